"""What runs leave behind whose process was killed, and how the next one comes past it.

Such a run stays *Started* in Dagster's storage, and keeps its place in the pool of those that
write to the table. A daemon clears that up after a while; a command line has none.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from dagster import DagsterInstance, DagsterRun, DagsterRunStatus, RunRecord, RunsFilter

from provider_assets.orchestration.partitions import PARTITION_TAG
from provider_assets.orchestration.process.liveness import is_dead
from provider_assets.orchestration.process.presence import is_gone

LAUNCHED_HERE_TAG = ".dagster/grpc_info"  # on runs that a code server started as its child
STARTING = DagsterRunStatus.STARTING  # its process may have said its name by then
AT_WORK = (DagsterRunStatus.STARTED, DagsterRunStatus.CANCELING)
UNFINISHED = [*AT_WORK, DagsterRunStatus.NOT_STARTED]
SILENT_START = 60.0
DIED = (
    "The process of this run ended without a word: it was killed, or the machine went down. "
    "Nothing of the roster is half loaded, and it is tried again."
)


@dataclass(frozen=True)
class Place:
    """A place in a pool: whose it is, and why nobody alive holds it (empty where somebody does)."""

    pool: str
    run_id: str
    roster: str
    orphaned: str

    @property
    def holder(self) -> str:
        """The run, as a person finds it again."""
        return _called(self.run_id, self.roster)


def is_lost(alive: Path, record: RunRecord) -> bool:
    """Whether the process of this unfinished run has ended; `alive` is where the living say so."""
    run = record.dagster_run
    if run.status in AT_WORK or (run.status == STARTING and is_gone(run)):
        dead = is_dead(alive, run.run_id)
        if dead is None:
            dead = is_gone(run)
        if dead is not None:
            return dead
        began, silent = record.start_time, LAUNCHED_HERE_TAG in run.tags
    else:  # a command that was killed between making a run and beginning it
        began = record.create_timestamp.timestamp()
        silent = run.status == DagsterRunStatus.NOT_STARTED
    return silent and time.time() - (began or time.time()) > SILENT_START


def declare_dead(instance: DagsterInstance, alive: Path, record: RunRecord) -> bool:
    """Tell Dagster of a run whose process has ended; whether it was one."""
    if not is_lost(alive, record):
        return False
    run_id = record.dagster_run.run_id
    now = instance.get_run_by_id(run_id)
    if now is not None and not now.is_finished:  # it may have ended in peace just now
        instance.report_run_failed(now, DIED)
        # or nobody could write to the table any more
        instance.event_log_storage.free_concurrency_slots_for_run(run_id)
    return True


def places(instance: DagsterInstance, alive: Path) -> Iterator[Place]:
    """Every place that is taken or kept in any pool."""
    storage = instance.event_log_storage
    for pool in sorted(storage.get_concurrency_keys()):
        info = storage.get_concurrency_info(pool)
        taken = {slot.run_id for slot in info.claimed_slots}
        for run_id in sorted(taken | {step.run_id for step in info.pending_steps}):
            record = instance.get_run_record_by_id(run_id)
            roster = record.dagster_run.tags.get(PARTITION_TAG, "") if record else ""
            yield Place(pool, run_id, roster, _why_orphaned(alive, record))


def lost_runs(instance: DagsterInstance, alive: Path) -> list[str]:
    """The runs that Dagster takes for unfinished and whose process has ended."""
    records = instance.get_run_records(RunsFilter(statuses=UNFINISHED))
    return [
        _called(record.dagster_run.run_id, record.dagster_run.tags.get(PARTITION_TAG, ""))
        for record in records
        if is_lost(alive, record)
    ]


def living_runs(instance: DagsterInstance, alive: Path) -> frozenset[str]:
    """The ids of the runs that are under way: they wait or work, and nobody killed them."""
    records = instance.get_run_records(RunsFilter(statuses=UNFINISHED))
    return frozenset(one.dagster_run.run_id for one in records if not is_lost(alive, one))


def clear_up(instance: DagsterInstance, alive: Path) -> list[Place]:
    """Tell of every dead run and free what it holds; the places that were freed."""
    freed = [place for place in places(instance, alive) if place.orphaned]
    for record in instance.get_run_records(RunsFilter(statuses=UNFINISHED)):
        declare_dead(instance, alive, record)
    for place in freed:
        instance.event_log_storage.free_concurrency_slots_for_run(place.run_id)
    return freed


def _why_orphaned(alive: Path, record: RunRecord | None) -> str:
    if record is None:
        return "the run was deleted"
    run: DagsterRun = record.dagster_run
    if run.is_finished:
        return "the run has ended"
    return "the run's process was killed" if is_lost(alive, record) else ""


def _called(run_id: str, roster: str) -> str:
    return f"run {run_id[:8]}" + (f" of {roster}" if roster else "")
