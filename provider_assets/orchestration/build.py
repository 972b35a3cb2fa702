"""The one assembly: the web UI, the command line and the tests build these definitions."""

from collections.abc import Sequence
from functools import cache

from dagster import (
    AssetsDefinition,
    Definitions,
    IOManagerDefinition,
    JobDefinition,
    ResourceDefinition,
)
from sqlalchemy import make_url

from provider_assets.database.address import PROVIDERINFO
from provider_assets.orchestration import arrival, assets, checks, report
from provider_assets.orchestration.alerts.sensors import build_alert_sensors
from provider_assets.orchestration.departed import build_departures, providers_are_confirmed
from provider_assets.orchestration.inbox.sensor import build_mailbox_sensors
from provider_assets.orchestration.io_managers import NPIS_ONLY, FrameIOManager, MySQLIOManager
from provider_assets.orchestration.jobs import IMPORT_ROSTER, import_job, import_roster
from provider_assets.orchestration.platform import Platform, remember
from provider_assets.orchestration.prefixed import made_for
from provider_assets.orchestration.process.executor import roster_executor
from provider_assets.orchestration.process.fence import read_migrations_once
from provider_assets.orchestration.registry.assets import REGISTRY_ASSETS
from provider_assets.orchestration.registry.sensor import build_registry_sensor
from provider_assets.orchestration.resources import Folders, ProviderDatabase
from provider_assets.orchestration.upkeep import build_upkeep
from provider_assets.providers.layout import Layout
from provider_assets.providers.rules import Rule, add_rule
from provider_assets.settings import Settings, load_settings

ASSETS = (
    arrival.raw_providers,
    assets.invalid_rows,
    assets.duplicate_rows,
    assets.clean_providers,
    assets.departed_providers,
    assets.providerinfo_table,
    report.roster_report,
    *REGISTRY_ASSETS,
)


def build_definitions(
    folders: Folders | None = None,
    database: ProviderDatabase | None = None,
    *,
    settings: Settings | None = None,
    layouts: Sequence[Layout] = (),
    rules: Sequence[Rule] = (),
    table: str = PROVIDERINFO,
    key_prefix: str | Sequence[str] = (),
) -> Definitions:
    """All assets, checks, jobs, sensors and resources of one platform; touches nothing.

    `settings` decide about its assets; without them the process's own do, when they are asked for.
    `layouts` and `rules` stand beside those of the settings and the built-in ones. `table` is what
    the application calls its table; its history stands beside it. Under a `key_prefix` everything
    has a name of its own, so that `Definitions.merge` puts several platforms in one code location.
    `folders` and `database` replace the resources that go by the settings.
    Raises UsageError for a prefix, a table or a rule's code that cannot be used.
    """
    read_migrations_once()  # the sensors of whatever code location this is look often
    parts = key_prefix.split("/") if isinstance(key_prefix, str) else key_prefix
    prefix = tuple(part for part in parts if part)
    own = tuple(add_rule(rule) for rule in rules)
    platform = remember(Platform(prefix, settings, tuple(layouts), own, table))
    folders = folders or Folders(platform=platform.name)
    database = database or ProviderDatabase(platform=platform.name)
    known = settings or load_settings()
    interval = known.sensor_interval
    importing = import_job(platform) if prefix else import_roster
    jobs, schedule = build_upkeep(platform)
    departure_jobs, confirm_schedule = build_departures(platform)
    return Definitions(
        assets=_assets(platform, known),
        asset_checks=[made_for(platform, one) for one in (*checks.CHECKS, providers_are_confirmed)],
        executor=roster_executor,
        jobs=[importing, *jobs, *departure_jobs],
        schedules=[schedule, confirm_schedule],
        sensors=[
            *build_mailbox_sensors(known, platform, importing),
            build_registry_sensor(interval, platform),
            *build_alert_sensors(interval, platform),
        ],
        resources={
            platform.called(name): one for name, one in _resources(folders, database).items()
        },
    )


def _assets(platform: Platform, settings: Settings) -> list[AssetsDefinition]:
    """The assets under the platform's names; the table's is of its own database's kind."""
    made = {one: made_for(platform, one) for one in ASSETS}
    kind = make_url(settings.database_url.get_secret_value()).get_backend_name()
    table = made[assets.providerinfo_table]
    made[assets.providerinfo_table] = table.map_asset_specs(
        lambda spec: spec.replace_attributes(kinds={kind})
    )
    return list(made.values())


def _resources(folders: Folders, database: ProviderDatabase) -> dict[str, ResourceDefinition]:
    """What the assets use, made already, so that the Launchpad offers nothing of it to be set."""
    io_managers = {
        "frame_io_manager": FrameIOManager(folders=folders),
        NPIS_ONLY: FrameIOManager(folders=folders, columns=["npi"]),
        "mysql_io_manager": MySQLIOManager(database=database),
    }
    return {
        "folders": ResourceDefinition.hardcoded_resource(folders),
        "database": ResourceDefinition.hardcoded_resource(database),
        **{
            name: IOManagerDefinition.hardcoded_io_manager(each)
            for name, each in io_managers.items()
        },
    }


def own_definitions() -> Definitions:
    """The platform of the process's own settings; built once a process."""
    return _definitions("")


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
