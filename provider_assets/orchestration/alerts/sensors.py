"""The sensors that send alerts: after a run, and from time to time.

The words are in `messages.py`, what is told when in `after_runs.py` and `housekeeping.py`; what the
drop folder itself has to complain about is told by its sensor.
"""

from datetime import UTC, datetime

from dagster import (
    DagsterRunStatus,
    DefaultSensorStatus,
    RunFailureSensorContext,
    RunStatusSensorContext,
    SensorDefinition,
    SensorEvaluationContext,
    SkipReason,
    run_failure_sensor,
    run_status_sensor,
    sensor,
)

from provider_assets.orchestration.alerts.after_runs import tell_of_checks, tell_of_failure
from provider_assets.orchestration.alerts.housekeeping import keep_house
from provider_assets.orchestration.partitions import platform_of
from provider_assets.orchestration.platform import DEFAULT, Platform
from provider_assets.orchestration.prefixed import under
from provider_assets.orchestration.resources import Folders

HOUSEKEEPING_SECONDS = 60
ALERT_SECONDS = 10
"""A look costs as much as one at the inbox, and nobody reads an alert within two seconds."""


def build_alert_sensors(interval: int, platform: Platform = DEFAULT) -> list[SensorDefinition]:
    """The sensors that tell people; each costs next to nothing where NOTIFY names nobody."""

    def alert_on_failure(context: RunFailureSensorContext, folders: Folders) -> None:
        if platform_of(context.dagster_run) == platform.name:
            settings = folders.of().settings
            tell_of_failure(context.instance, context.dagster_run, folders, settings)

    def alert_on_checks(context: RunStatusSensorContext, folders: Folders) -> None:
        if platform_of(context.dagster_run) == platform.name:
            settings = folders.of().settings
            tell_of_checks(context.instance, context.dagster_run, folders, settings)

    def housekeeping_sensor(context: SensorEvaluationContext) -> SkipReason:
        now = datetime.now(UTC)
        context.update_cursor(keep_house(context.cursor, platform.settings, now, platform))
        return SkipReason("the metrics are written, and silent hospitals are reported")

    seldom = max(interval, ALERT_SECONDS)
    on_failure = run_failure_sensor(
        name=platform.called("alert_on_failure"),
        minimum_interval_seconds=seldom,
        default_status=DefaultSensorStatus.RUNNING,
        description="Sends an alert to PROVIDER_ASSETS_NOTIFY and the layout's contact about a "
        "roster that did not load and is not tried again at once.",
    )
    on_checks = run_status_sensor(
        run_status=DagsterRunStatus.SUCCESS,
        name=platform.called("alert_on_checks"),
        minimum_interval_seconds=seldom,
        default_status=DefaultSensorStatus.RUNNING,
        description="Sends an alert about checks that failed or warned in a run that loaded all "
        "the same.",
    )
    housekeeping = sensor(
        name=platform.called("housekeeping_sensor"),
        minimum_interval_seconds=max(interval, HOUSEKEEPING_SECONDS),
        default_status=DefaultSensorStatus.RUNNING,
        description="Writes the metrics file, and sends an alert about a hospital that has sent "
        "nothing for longer than its layout's expected_every.",
    )
    return [
        on_failure(under(platform, alert_on_failure)),
        on_checks(under(platform, alert_on_checks)),
        housekeeping(housekeeping_sensor),
    ]
