"""The one assembly: the web UI, the command line and the tests build these definitions."""

from functools import cache

from dagster import Definitions, JobDefinition

from provider_assets.orchestration import assets, checks, departed, report, upkeep
from provider_assets.orchestration.alerts.sensors import build_alert_sensors
from provider_assets.orchestration.inbox.sensor import build_drop_folder_sensor
from provider_assets.orchestration.io_managers import NPIS_ONLY, FrameIOManager, MySQLIOManager
from provider_assets.orchestration.jobs import IMPORT_ROSTER, import_roster
from provider_assets.orchestration.process.executor import roster_executor
from provider_assets.orchestration.registry.assets import REGISTRY_ASSETS
from provider_assets.orchestration.registry.sensor import build_registry_sensor
from provider_assets.orchestration.resources import Folders, ProviderDatabase
from provider_assets.settings import load_settings


def build_definitions(
    folders: Folders | None = None, database: ProviderDatabase | None = None
) -> Definitions:
    """All assets, checks, jobs, sensors and resources; touches nothing.

    The sensors' pace is the settings'; `folders` and `database` replace the ones that go by them.
    """
    interval = load_settings().sensor_interval
    folders, database = folders or Folders(), database or ProviderDatabase()
    return Definitions(
        assets=[
            assets.raw_providers,
            assets.invalid_rows,
            assets.duplicate_rows,
            assets.clean_providers,
            assets.departed_providers,
            assets.providerinfo_table,
            report.roster_report,
            *REGISTRY_ASSETS,
        ],
        asset_checks=[*checks.CHECKS, departed.providers_are_confirmed],
        executor=roster_executor,
        jobs=[
            import_roster,
            upkeep.undo_import,
            upkeep.retention,
            departed.decide_departures,
            departed.confirm_providers,
        ],
        schedules=[upkeep.retention_schedule, departed.confirm_schedule],
        sensors=[
            build_drop_folder_sensor(interval),
            build_registry_sensor(interval),
            *build_alert_sensors(interval),
        ],
        resources={
            "folders": folders,
            "database": database,
            "frame_io_manager": FrameIOManager(folders=folders),
            NPIS_ONLY: FrameIOManager(folders=folders, columns=["npi"]),
            "mysql_io_manager": MySQLIOManager(database=database),
        },
    )


def import_roster_job() -> JobDefinition:
    """The job as `load` runs it; its definitions are built once a process."""
    return _definitions("").resolve_job_def(IMPORT_ROSTER)


def plan_roster_job(scratch: str) -> JobDefinition:
    """The same job as `validate` runs it: it plans only, and keeps what it makes in `scratch`."""
    return _definitions(scratch).resolve_job_def(IMPORT_ROSTER)


@cache
def _definitions(scratch: str) -> Definitions:
    if not scratch:
        return build_definitions()
    return build_definitions(scratch_folders(scratch), ProviderDatabase(plan_only=True))


def scratch_folders(scratch: str) -> Folders:
    """Storage and drop folder below one folder."""
    return Folders(storage=f"{scratch}/storage", drop_folder=f"{scratch}/drop")
