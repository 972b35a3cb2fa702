"""The one assembly: the web UI, the command line and the tests build these definitions."""

from functools import cache

from dagster import Definitions, JobDefinition

from provider_assets.orchestration import assets, checks, report
from provider_assets.orchestration.io_managers import FrameIOManager, MySQLIOManager
from provider_assets.orchestration.jobs import IMPORT_ROSTER, import_roster
from provider_assets.orchestration.resources import Database, Folders


def build_definitions() -> Definitions:
    """All assets, checks, jobs, sensors and resources; reads no setting and touches nothing."""
    folders, database = Folders(), Database()
    return Definitions(
        assets=[
            assets.raw_providers,
            assets.invalid_rows,
            assets.duplicate_rows,
            assets.clean_providers,
            assets.providerinfo_table,
            report.roster_report,
        ],
        asset_checks=checks.CHECKS,
        jobs=[import_roster],
        sensors=[],
        resources={
            "folders": folders,
            "database": database,
            "frame_io_manager": FrameIOManager(folders=folders),
            "mysql_io_manager": MySQLIOManager(database=database),
        },
    )


@cache
def import_roster_job() -> JobDefinition:
    """The job as the command line runs it, built once a process."""
    return build_definitions().resolve_job_def(IMPORT_ROSTER)
