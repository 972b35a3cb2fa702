"""The one partitions definition: a partition is a delivered roster; and the tags that name it."""

from dagster import DynamicPartitionsDefinition

PARTITION_TAG = "dagster/partition"  # Dagster's own
DELIVERY_TAG = "provider_assets/delivery"  # which look at the inbox asked for the run
ATTEMPT_TAG = "provider_assets/attempt"  # and the how-manieth for that delivery it is

rosters = DynamicPartitionsDefinition(name="rosters")
