"""The runs of rosters as Dagster's storage knows them, in a few bounded queries.

A run whose process was killed together with everything that could have told of it is told failed
first. What is done about a roster is decided in `decision.py`.
"""

from collections.abc import Collection, Sequence
from pathlib import Path

from dagster import DagsterInstance, DagsterRunStatus, RunRecord, RunsFilter

from provider_assets.orchestration.inbox.decision import RosterRun
from provider_assets.orchestration.partitions import (
    DELIVERY_TAG,
    MAILBOX_TAG,
    PARTITION_TAG,
    platform_of,
)
from provider_assets.orchestration.process.liveness import sweep
from provider_assets.orchestration.process.remains import declare_dead

ENDED = [DagsterRunStatus.SUCCESS, DagsterRunStatus.FAILURE, DagsterRunStatus.CANCELED]
NOT_ENDED = [status for status in DagsterRunStatus if status not in ENDED]


class DagsterRuns:
    """The port `RosterRuns` over a Dagster instance; `alive` is where runs say that they live.

    It speaks of one platform's runs, since two may have been sent the same roster.
    """

    def __init__(self, instance: DagsterInstance, alive: Path, platform: str = "") -> None:
        self._instance = instance
        self._alive = alive
        self._platform = platform

    def unfinished(self) -> Sequence[RosterRun]:
        """Every run of any roster that waits or works; one whose process died is told failed."""
        records = self._instance.get_run_records(RunsFilter(statuses=NOT_ENDED))
        going = [
            record for record in records if not declare_dead(self._instance, self._alive, record)
        ]
        sweep(self._alive, {record.dagster_run.run_id for record in going})
        return [_roster_run(record) for record in going if self._is_of_a_roster(record)]

    def finished(self, rosters: Collection[str]) -> Sequence[RosterRun]:
        """The ended runs of these rosters."""
        if not rosters:
            return []
        wanted = RunsFilter(statuses=ENDED, tags={PARTITION_TAG: sorted(rosters)})
        records = self._instance.get_run_records(wanted)
        return [_roster_run(record) for record in records if self._is_of_a_roster(record)]

    def _is_of_a_roster(self, record: RunRecord) -> bool:
        run = record.dagster_run
        return PARTITION_TAG in run.tags and platform_of(run) == self._platform


def _roster_run(record: RunRecord) -> RosterRun:
    run = record.dagster_run
    ended = None
    if run.is_finished:
        ended = record.end_time or record.update_timestamp.timestamp()
    delivery, mailbox = run.tags.get(DELIVERY_TAG), run.tags.get(MAILBOX_TAG, "")
    return RosterRun(run.run_id, run.tags[PARTITION_TAG], delivery, ended, mailbox)
