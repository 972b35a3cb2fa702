"""When an alert is due: after a run, and when a source has been silent for too long.

The words and the sending are in `messages.py`; what the drop folder itself has to complain about is
told by its sensor.
"""

import json
import logging
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from dagster import (
    AssetCheckEvaluation,
    DagsterEventType,
    DagsterInstance,
    DagsterRun,
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

from provider_assets.database import overview
from provider_assets.errors import ANSWERED, ProviderAssetsError, UsageError
from provider_assets.orchestration.alerts.messages import (
    CheckResult,
    check_alert,
    failure_alert,
    period,
    recipients,
    send,
    silence_alert,
)
from provider_assets.orchestration.checks import CHECKS
from provider_assets.orchestration.configured import hasty_database, mailbox_at
from provider_assets.orchestration.outcomes import RunEvents
from provider_assets.orchestration.partitions import ATTEMPT_TAG, PARTITION_TAG, platform_of
from provider_assets.orchestration.platform import DEFAULT, Platform
from provider_assets.orchestration.prefixed import under
from provider_assets.orchestration.resources import Folders
from provider_assets.providers.layout import Layout
from provider_assets.providers.roster import RosterSource
from provider_assets.settings import Settings

WILL_RETRY_TAG = "dagster/will_retry"
RARER = 4  # a roster that goes on failing is told of at the 1st, 4th, 16th … try
HOUSEKEEPING_SECONDS = 60

log = logging.getLogger(__name__)


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
        return SkipReason("the metrics are written, and every silence is told")

    on_failure = run_failure_sensor(
        name=platform.called("alert_on_failure"),
        minimum_interval_seconds=interval,
        default_status=DefaultSensorStatus.RUNNING,
        description="Tells PROVIDER_ASSETS_NOTIFY, and the layout's contact, of a roster that did "
        "not load and is not being tried again at once.",
    )
    on_checks = run_status_sensor(
        run_status=DagsterRunStatus.SUCCESS,
        name=platform.called("alert_on_checks"),
        minimum_interval_seconds=interval,
        default_status=DefaultSensorStatus.RUNNING,
        description="Tells of checks that failed or warned in a run that loaded all the same.",
    )
    housekeeping = sensor(
        name=platform.called("housekeeping_sensor"),
        minimum_interval_seconds=max(interval, HOUSEKEEPING_SECONDS),
        default_status=DefaultSensorStatus.RUNNING,
        description="Writes the metrics file, and tells of a hospital that has sent nothing for "
        "longer than its layout's expected_every.",
    )
    return [
        on_failure(under(platform, alert_on_failure)),
        on_checks(under(platform, alert_on_checks)),
        housekeeping(housekeeping_sensor),
    ]


def tell_of_failure(
    instance: DagsterInstance, run: DagsterRun, folders: Folders, settings: Settings
) -> None:
    """Send an alert about a failed run of a roster, unless it is tried again at once."""
    current = instance.get_run_by_id(run.run_id) or run
    if PARTITION_TAG not in run.tags or current.tags.get(WILL_RETRY_TAG) == "true":
        return
    outcome = RunEvents(instance, run.run_id).outcome(
        folders.storage_root(), delivered(run, folders.of())
    )
    blamed = outcome.error is not None and outcome.error[0] in ANSWERED
    if not blamed and not due(int(run.tags.get(ATTEMPT_TAG, "1"))):
        return
    failed = failed_checks(instance, run.run_id)
    alert = failure_alert(outcome, failed, link(settings, run.run_id))
    send(
        alert,
        recipients(
            settings.notify,
            contact_of(outcome.source.layout, replace(folders.of(), given=settings)),
        ),
    )


def tell_of_checks(
    instance: DagsterInstance, run: DagsterRun, folders: Folders, settings: Settings
) -> None:
    """Send an alert about the checks that did not hold in a run that succeeded."""
    if PARTITION_TAG not in run.tags:
        return
    failed = failed_checks(instance, run.run_id)
    if not failed:
        return
    outcome = RunEvents(instance, run.run_id).outcome(
        folders.storage_root(), delivered(run, folders.of())
    )
    alert = check_alert(outcome, failed, link(settings, run.run_id))
    send(
        alert,
        recipients(
            settings.notify,
            contact_of(outcome.source.layout, replace(folders.of(), given=settings)),
        ),
    )


def keep_house(
    cursor: str | None, settings: Settings, now: datetime, platform: Platform = DEFAULT
) -> str:
    """Write the metrics and tell of silence; the cursor for the next time."""
    from provider_assets.orchestration.alerts.metrics import write_metrics

    told: dict[str, Any] = _told(cursor)
    try:
        opened = hasty_database(platform)
        write_metrics(
            settings.metrics_file, overview.totals(opened), mailbox_at(settings.drop_folder), now
        )
        heard = overview.last_heard(opened)
    except (ProviderAssetsError, OSError) as error:
        log.warning("housekeeping is put off: %s", error)
        return json.dumps(told)
    return json.dumps(tell_of_silence(told, heard, replace(platform, given=settings), now))


def tell_of_silence(
    told: Mapping[str, Any], heard: Mapping[str, datetime], platform: Platform, now: datetime
) -> dict[str, Any]:
    """Alert once for every `expected_every` that passes in silence.

    `told` is by layout: since when it is expected, when the silence began, and for how many
    periods it was told.
    """
    after = {}
    for layout in _layouts(platform):
        if layout.expected_every is None:
            continue
        before = told.get(layout.name, {})
        since = datetime.fromisoformat(before.get("since", now.isoformat()))
        last = heard.get(layout.name)
        begin = last or since
        silent = int((now - begin) / period(layout.expected_every))
        known = before.get("periods", 0) if before.get("begin") == begin.isoformat() else 0
        if silent > known:
            alert = silence_alert(layout.name, layout.expected_every, last, now, since)
            send(alert, recipients(platform.settings.notify, layout.contact))
        after[layout.name] = {
            "since": since.isoformat(),
            "begin": begin.isoformat(),
            "periods": max(silent, known),
        }
    return after


def due(attempt: int) -> bool:
    """Whether the `attempt`-th failed try is told of: the 1st, 4th, 16th, 64th …"""
    while attempt > 1 and attempt % RARER == 0:
        attempt //= RARER
    return attempt == 1


def failed_checks(instance: DagsterInstance, run_id: str) -> list[CheckResult]:
    """The checks of a run that did not hold, each with what to do and its counts."""
    records = instance.get_records_for_run(
        run_id, of_type=DagsterEventType.ASSET_CHECK_EVALUATION
    ).records
    found = []
    for record in records:
        event = record.event_log_entry.dagster_event
        if event is not None and not event.asset_check_evaluation_data.passed:
            found.append(_check_result(event.asset_check_evaluation_data))
    return found


def _check_result(check: AssetCheckEvaluation) -> CheckResult:
    counts = {
        name: value.value
        for name, value in check.metadata.items()
        if isinstance(value.value, int | float) and not isinstance(value.value, bool)
    }
    sentence = check.description or _advice().get(check.check_name, "see the run")
    return CheckResult(check.check_name, sentence, counts)


@cache
def _advice() -> dict[str, str]:
    specs = [spec for definition in CHECKS for spec in definition.check_specs]
    return {spec.name: spec.description or "" for spec in specs}


def delivered(run: DagsterRun, platform: Platform = DEFAULT) -> RosterSource:
    """What a run's own tags and config tell of its roster."""
    ops: Mapping[str, Any] = run.run_config.get("ops", {})  # type: ignore[assignment]
    config = ops.get(platform.step("raw_providers"), {}).get("config", {})
    roster = run.tags[PARTITION_TAG]
    file = Path(config["path"]).name if config.get("path") else roster
    return RosterSource.unread(roster, file, config.get("sha256") or "")


def contact_of(layout: str, platform: Platform) -> str | None:
    """The contact that a layout names."""
    return next((each.contact for each in _layouts(platform) if each.name == layout), None)


def link(settings: Settings, run_id: str) -> str:
    """Where the web UI shows a run."""
    return f"{settings.ui_url.rstrip('/')}/runs/{run_id}"


def _layouts(platform: Platform) -> tuple[Layout, ...]:
    try:
        return platform.layouts
    except UsageError as error:
        log.warning("alerts go without the layouts' contacts: %s", error)
        return ()


def _told(cursor: str | None) -> dict[str, Any]:
    try:
        told = json.loads(cursor or "{}")
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}
