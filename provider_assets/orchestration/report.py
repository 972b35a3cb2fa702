"""The asset `roster_report`: what goes back to the people who sent the roster."""

from dagster import AssetExecutionContext, AssetIn, MaterializeResult, MetadataValue, asset

from provider_assets.orchestration.assets import DELIVERY, OWNERS
from provider_assets.orchestration.faults import sentences_only
from provider_assets.orchestration.outcomes import outcome_of_run
from provider_assets.orchestration.partitions import rosters
from provider_assets.orchestration.resources import Folders
from provider_assets.providers.roster import RosterFrame
from provider_assets.providers.sifting import find_clean
from provider_assets.reports.files import ReportLimits, write_report_files
from provider_assets.reports.summary import markdown_summary

LAST = {"dagster/priority": "-1"}


@asset(
    partitions_def=rosters,
    group_name=DELIVERY,
    kinds={"excel", "html"},
    owners=OWNERS,
    op_tags=LAST,
    description="What the hospital gets back: the rows to correct with their reasons, the rows "
    "that passed, and a page that says what happened. Also written when nothing was loaded.",
)
def roster_report(
    context: AssetExecutionContext,
    raw_providers: RosterFrame,
    invalid_rows: RosterFrame,
    duplicate_rows: RosterFrame,
    folders: Folders,
) -> MaterializeResult[None]:
    """Write the reject workbook, the filtered roster and the page."""
    with sentences_only("roster_report"):
        source = raw_providers.source
        outcome = outcome_of_run(
            context.instance, context.run_id, folders.storage_root(), source
        )
        clean = find_clean(
            raw_providers.rows, invalid_rows.rows, duplicate_rows.rows, source.rules
        )
        files = write_report_files(
            folders.drop_root(), outcome, invalid_rows.rows, duplicate_rows.rows, clean,
            ReportLimits(),
        )  # fmt: skip
    return MaterializeResult(
        metadata={
            "summary": MetadataValue.md(markdown_summary(outcome)),
            "report": MetadataValue.path(files.report),
        }
    )
