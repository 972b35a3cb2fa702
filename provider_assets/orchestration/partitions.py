"""The one partitions definition: a partition is a delivered roster; and the tags that name it."""

from dagster import DagsterRun, DynamicPartitionsDefinition

from provider_assets.orchestration.platform import Platform, name_of_run

PARTITION_TAG = "dagster/partition"  # Dagster's own
RANGE_TAG = "dagster/asset_partition_range_start"  # Dagster's own, of several partitions
DELIVERY_TAG = "provider_assets/delivery"  # which look at the inbox asked for the run
MAILBOX_TAG = "provider_assets/mailbox"  # and which mailbox it came by, where it has a name
ATTEMPT_TAG = "provider_assets/attempt"  # and which try for that delivery it is: 1, 2 …
CHOOSE_A_ROSTER = (
    "choose a roster: every run works on one partition of `rosters`; click Materialize, pick it "
    "there, or drop a file into the inbox and it runs by itself"
)
NONE_TO_JUDGE = (
    "a check judges the roster that its asset was made for last, and there is none yet; drop a "
    "file into the inbox, or materialize the partition of a roster, and it runs with it"
)

rosters = DynamicPartitionsDefinition(name="rosters")


def partitions_for(platform: Platform) -> DynamicPartitionsDefinition:
    """The platform's own rosters."""
    if not platform.key_prefix:
        return rosters
    return DynamicPartitionsDefinition(name=platform.called(str(rosters.name)))


def platform_of(run: DagsterRun) -> str:
    """The name of the platform whose run this is."""
    return name_of_run(run.tags, [key.path for key in run.asset_selection or ()])
