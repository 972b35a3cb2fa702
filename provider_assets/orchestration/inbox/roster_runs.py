"""The runs of rosters as Dagster's storage knows them, in a few bounded queries.

Also where a run is declared failed whose process was killed together with everything that could
have told of it. What is done about a roster is decided in `inbox.py`.
"""

import time
from collections.abc import Collection, Sequence
from pathlib import Path

from dagster import DagsterInstance, DagsterRunStatus, RunRecord, RunsFilter

from provider_assets.orchestration.inbox.decision import RosterRun
from provider_assets.orchestration.process.liveness import is_dead, sweep

PARTITION_TAG = "dagster/partition"
DELIVERY_TAG = "provider_assets/delivery"
ATTEMPT_TAG = "provider_assets/attempt"
LAUNCHED_HERE_TAG = ".dagster/grpc_info"  # on runs that a code server started as its child

ENDED = [DagsterRunStatus.SUCCESS, DagsterRunStatus.FAILURE, DagsterRunStatus.CANCELED]
NOT_ENDED = [status for status in DagsterRunStatus if status not in ENDED]
SILENT_START = 60.0
DIED = (
    "The process of this run ended without a word: it was killed, or the machine went down. "
    "Nothing of the roster is half loaded, and it is tried again."
)


class DagsterRuns:
    """The port `RosterRuns` over a Dagster instance; `alive` is where runs say that they live."""

    def __init__(self, instance: DagsterInstance, alive: Path) -> None:
        self._instance = instance
        self._alive = alive

    def unfinished(self) -> Sequence[RosterRun]:
        """Every run of any roster that waits or works; one whose process died is told failed."""
        records = self._instance.get_run_records(RunsFilter(statuses=NOT_ENDED))
        going = [record for record in records if not self._declared_dead(record)]
        sweep(self._alive, {record.dagster_run.run_id for record in going})
        return [_roster_run(record) for record in going if _is_of_a_roster(record)]

    def finished(self, rosters: Collection[str]) -> Sequence[RosterRun]:
        """The ended runs of these rosters."""
        if not rosters:
            return []
        wanted = RunsFilter(statuses=ENDED, tags={PARTITION_TAG: sorted(rosters)})
        return [_roster_run(record) for record in self._instance.get_run_records(wanted)]

    def _declared_dead(self, record: RunRecord) -> bool:
        run = record.dagster_run
        if run.status not in (DagsterRunStatus.STARTED, DagsterRunStatus.CANCELING):
            return False
        dead = is_dead(self._alive, run.run_id)
        if dead is None:
            since = time.time() - (record.start_time or time.time())
            dead = LAUNCHED_HERE_TAG in run.tags and since > SILENT_START
        if not dead:
            return False
        now = self._instance.get_run_by_id(run.run_id)
        if now is not None and not now.is_finished:  # it may have ended in peace just now
            self._instance.report_run_failed(now, DIED)
            # or nobody could write to the table any more
            self._instance.event_log_storage.free_concurrency_slots_for_run(run.run_id)
        return True


def _is_of_a_roster(record: RunRecord) -> bool:
    return PARTITION_TAG in record.dagster_run.tags


def _roster_run(record: RunRecord) -> RosterRun:
    run = record.dagster_run
    ended = None
    if run.is_finished:
        ended = record.end_time or record.update_timestamp.timestamp()
    return RosterRun(run.run_id, run.tags[PARTITION_TAG], run.tags.get(DELIVERY_TAG), ended)
