"""The one partitions definition: a partition is a delivered roster."""

from dagster import DynamicPartitionsDefinition

rosters = DynamicPartitionsDefinition(name="rosters")
