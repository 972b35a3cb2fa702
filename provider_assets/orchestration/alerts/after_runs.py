"""Who is told after a run: of a roster that did not load, and of checks that did not hold."""

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from dagster import (
    AssetCheckEvaluation,
    DagsterEventType,
    DagsterInstance,
    DagsterRun,
)

from provider_assets.errors import ANSWERED
from provider_assets.orchestration.alerts.contacts import contact_of
from provider_assets.orchestration.alerts.messages import (
    Alert,
    CheckResult,
    check_alert,
    failure_alert,
    recipients,
    send,
)
from provider_assets.orchestration.checks import CHECKS
from provider_assets.orchestration.checks_before import NOT_SET_UP
from provider_assets.orchestration.outcomes import RunEvents
from provider_assets.orchestration.partitions import ATTEMPT_TAG, PARTITION_TAG
from provider_assets.orchestration.platform import DEFAULT, Platform
from provider_assets.orchestration.resources import Folders
from provider_assets.providers.roster import RosterOutcome, RosterSource
from provider_assets.settings import Settings

WILL_RETRY_TAG = "dagster/will_retry"
RARER = 4  # a roster that goes on failing is told of at the 1st, 4th, 16th … try


def tell_of_failure(
    instance: DagsterInstance, run: DagsterRun, folders: Folders, settings: Settings
) -> None:
    """Send an alert about a failed run of a roster, unless it is tried again at once."""
    current = instance.get_run_by_id(run.run_id) or run
    if PARTITION_TAG not in run.tags or current.tags.get(WILL_RETRY_TAG) == "true":
        return
    events = RunEvents(instance, run.run_id)
    if not events.loads:  # a person had a part made, and looks at it
        return
    outcome = _outcome(events, run, folders)
    blamed = outcome.error is not None and outcome.error[0] in ANSWERED
    if blamed or due(int(run.tags.get(ATTEMPT_TAG, "1"))):
        failed = failed_checks(instance, run.run_id)
        alert = failure_alert(outcome, failed, link(settings, run.run_id))
        _send(alert, outcome, folders, settings)


def tell_of_checks(
    instance: DagsterInstance, run: DagsterRun, folders: Folders, settings: Settings
) -> None:
    """Send an alert about the checks that did not hold in a run that succeeded.

    What the platform lacks is not for the layout's contact.
    """
    if PARTITION_TAG not in run.tags:
        return
    failed = failed_checks(instance, run.run_id)
    theirs = [check for check in failed if not check.is_ours]
    ours = [check for check in failed if check.is_ours]
    if not failed:
        return
    outcome = _outcome(RunEvents(instance, run.run_id), run, folders)
    if theirs:
        alert = check_alert(outcome, theirs, link(settings, run.run_id))
        _send(alert, outcome, folders, settings)
    if ours:
        send(check_alert(outcome, ours, link(settings, run.run_id)), settings.notify)


def _outcome(events: RunEvents, run: DagsterRun, folders: Folders) -> RosterOutcome:
    return events.outcome(folders.storage_root(), delivered(run, folders.of()))


def _send(alert: Alert, outcome: RosterOutcome, folders: Folders, settings: Settings) -> None:
    contact = contact_of(outcome.source.layout, replace(folders.of(), given=settings))
    send(alert, recipients(settings.notify, contact))


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
    return CheckResult(check.check_name, sentence, counts, NOT_SET_UP in check.metadata)


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


def link(settings: Settings, run_id: str) -> str:
    """Where the web UI shows a run."""
    return f"{settings.ui_url.rstrip('/')}/runs/{run_id}"
