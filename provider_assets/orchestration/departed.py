"""Who left, beside the imports: departures approved from the UI, and who was not named for long."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from dagster import (
    AssetCheckResult,
    AssetCheckSeverity,
    AssetSelection,
    Config,
    DefaultScheduleStatus,
    JobDefinition,
    OpExecutionContext,
    ScheduleDefinition,
    define_asset_job,
    job,
)
from pydantic import Field

from provider_assets.database.departures.approval import approve, dismiss
from provider_assets.database.questions.confirmed import BUCKETS, confirmed_providers, count_by_age
from provider_assets.orchestration.faults import sentences_only
from provider_assets.orchestration.platform import DEFAULT, Platform
from provider_assets.orchestration.prefixed import asset_check, made_for, op
from provider_assets.orchestration.resources import ProviderDatabase

if TYPE_CHECKING:
    from dagster._core.definitions.unresolved_asset_job_definition import (
        UnresolvedAssetJobDefinition,
    )


class DepartureConfig(Config):
    """Whose departures are decided, and how."""

    import_id: int = Field(
        description="The import's number, as `provider-assets departures list` shows it."
    )
    dismiss: bool = Field(
        default=False, description="true: leave everybody where they are, and ask no more."
    )
    dry_run: bool = Field(
        default=False, description="true: count in this run what would be done, and do nothing."
    )


@op(description="Approve or dismiss departures that wait.", pool="providerinfo_write")
def decide(
    context: OpExecutionContext, config: DepartureConfig, database: ProviderDatabase
) -> None:
    """Decide about one import's departures; what it did stands in the log, without values."""
    with sentences_only("decide_departures"):
        act = dismiss if config.dismiss else approve
        done = act(database.opened(), config.import_id, dry_run=config.dry_run)
    context.log.info(
        "import %s of %s: %s rows taken out, %s left%s%s",
        done.record.id,
        done.record.roster,
        done.departed,
        done.spared,
        f"; nothing to do: {done.reason}" if done.reason else "",
        "; this was a dry run" if config.dry_run else "",
    )


@asset_check(
    asset="providerinfo_table",
    name="providers_are_confirmed",
    description="A roster has named every provider of ours in the last 90 days. A warning, and "
    "evidence, not compliance. If this fails, `provider-assets verified --older-than 90d` lists "
    "them: ask their hospitals for a roster.",
)
def providers_are_confirmed(database: ProviderDatabase) -> AssetCheckResult:
    """Look at the whole table, so once a day and not with each import."""
    with sentences_only("providers_are_confirmed"):
        now = datetime.now(UTC)
        found = confirmed_providers(database.opened())
    counts = count_by_age(found, now)
    return AssetCheckResult(
        passed=counts[f"from_{BUCKETS[-1]}"] == 0,
        severity=AssetCheckSeverity.WARN,
        metadata={"providers": len(found), **counts},
    )


def build_departures(
    platform: Platform = DEFAULT,
) -> tuple[list["JobDefinition | UnresolvedAssetJobDefinition"], ScheduleDefinition]:
    """The jobs `decide_departures` and `confirm_providers` of a platform, and when it confirms."""
    deciding = made_for(platform, decide)

    @job(
        name=platform.called("decide_departures"),
        description="Approve or dismiss departures that wait: so many providers left by a roster, "
        "or are missing from it, that nobody was taken out. Give `import_id` in the launchpad; "
        "`dry_run` only reports.",
    )
    def decide_departures() -> None:
        deciding()

    confirm_providers = define_asset_job(
        platform.called("confirm_providers"),
        selection=AssetSelection.checks(made_for(platform, providers_are_confirmed)),
        description="Look when a roster last named each provider of the table that is ours.",
    )
    schedule = ScheduleDefinition(
        name=platform.called("confirm_providers_schedule"),
        job=confirm_providers,
        cron_schedule="40 4 * * *",
        default_status=DefaultScheduleStatus.RUNNING,
        description="Every morning.",
    )
    return [decide_departures, confirm_providers], schedule
