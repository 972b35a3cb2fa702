"""What became of a roster in one run, read from the run's own events and frames.

A run that does not load (a report that is made anew, what follows a failed step) learns from the
history what became of the roster.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import fields
from datetime import UTC, datetime
from typing import Any

from dagster import DagsterEvent, DagsterEventType, DagsterInstance
from upath import UPath

from provider_assets.orchestration.frame_files import frame_path, read_frame
from provider_assets.orchestration.requests import row_counts
from provider_assets.providers.codes import STILL_HELD
from provider_assets.providers.departures import Departures
from provider_assets.providers.imports import ImportRecord
from provider_assets.providers.roster import RosterOutcome, RosterSource, RowCounts, Tally

TABLE = "providerinfo_table"
STEPS = ("clean_providers", "duplicate_rows", "invalid_rows", "raw_providers")  # the last first
UNFINISHED = (
    "run-unfinished",
    "the run ended before the roster was loaded; nothing of it is in the table, and it is tried "
    "again where it came through the drop folder",
)
IN_THE_TABLE = "the roster is in the table, but what comes after the load was not done"

NOT_LOADED = (
    "not-loaded",
    "this roster has not been loaded, and the run made only a part of its assets; materialize the "
    "whole partition, or drop the file into the inbox",
)
TAKEN_BACK = (
    "undone",
    "the import of this roster was taken back; to load it again, ask for a replay",
)

Imports = Callable[[str], Sequence[ImportRecord]]
_TOLD = {
    DagsterEventType.ASSET_MATERIALIZATION_PLANNED,
    DagsterEventType.ASSET_MATERIALIZATION,
    DagsterEventType.ASSET_CHECK_EVALUATION,
    DagsterEventType.STEP_FAILURE,
}


def run_started(instance: DagsterInstance, run_id: str) -> datetime:
    """When a run began: its import and its report bear one day, also where midnight passes."""
    record = instance.get_run_record_by_id(run_id)
    began = record.start_time if record is not None else None
    return datetime.now(UTC) if began is None else datetime.fromtimestamp(began, UTC)


class RunEvents:
    """What a run has told so far, asked for once."""

    def __init__(self, instance: DagsterInstance, run_id: str) -> None:
        records = instance.get_records_for_run(run_id, of_type=_TOLD).records
        entries = [record.event_log_entry.dagster_event for record in records]
        self._events = [event for event in entries if event is not None]
        self._started = run_started(instance, run_id).isoformat()
        self._run_id = run_id
        self.made: Mapping[str, Mapping[str, Any]] = _metadata_by_asset(self._events)
        """The assets that the run materialized, each with its metadata's plain values."""
        self._planned = _planned(self._events) or {*STEPS, TABLE}

    @property
    def loads(self) -> bool:
        """Whether loading the roster is among what the run has to do."""
        return TABLE in self._planned

    def outcome(
        self, storage: UPath, delivered: RosterSource, imports: Imports | None = None
    ) -> RosterOutcome:
        """The roster's outcome as far as the run has come.

        `delivered` tells roster, file and hash; all else about the source comes from the frames
        that this run wrote, or worked on. `imports` gives the history's records of a content, and
        is asked where the run itself does not load. Raises nothing of its own: what a run did not
        do is an outcome too.
        """
        usable = {step for step in STEPS if step in self.made or step not in self._planned}
        source, tally = _last_frame(usable, storage, delivered)
        if not self.loads and imports is not None:
            return self._recorded(source, tally, imports(source.sha256))
        loaded = self.made.get(TABLE)
        departures = Departures()
        if loaded and "departures" in loaded:
            departures = Departures.from_plain(loaded["departures"])
        return RosterOutcome(
            source=source,
            status=str(loaded["status"]) if loaded else "failed",
            rows=_loaded_rows(loaded) if loaded else row_counts(tally),
            reasons=tally.reasons,
            warnings=_with_held(tally.warnings, departures),
            error=_later_error(self._events, str(loaded["status"]))
            if loaded
            else _error(self._events) or UNFINISHED,
            import_id=loaded["import_id"] if loaded else None,
            departures=departures,
            run_id=self._run_id,
            started=self._started,
            finished=datetime.now(UTC).isoformat(),
            registry=tally.registry,
            mends=loaded.get("mends") if loaded else None,
        )

    def _recorded(
        self, source: RosterSource, tally: Tally, records: Sequence[ImportRecord]
    ) -> RosterOutcome:
        record = max(records, key=lambda one: (one.state == "loaded", one.id), default=None)
        now = datetime.now(UTC).isoformat()
        if record is None:
            return RosterOutcome(
                source,
                "failed",
                row_counts(tally),
                tally.reasons,
                tally.warnings,
                NOT_LOADED,
                run_id=self._run_id,
                started=self._started,
                finished=now,
            )
        live = record.state == "loaded"
        return RosterOutcome(
            source,
            "loaded" if live else "failed",
            record.rows,
            record.reasons,
            _with_held(record.warnings, record.departures),
            None if live else record.error or TAKEN_BACK,
            record.id if live else None,
            record.departures,
            record.run_id,
            record.started.isoformat(),
            record.finished.isoformat(),
            record.registry,
            record.mends,
        )


def _with_held(warnings: Mapping[str, int], departures: Departures) -> dict[str, int]:
    held = {STILL_HELD: departures.held} if departures.held else {}
    return {**warnings, **held}


def _planned(events: list[DagsterEvent]) -> set[str]:
    """The assets that the run was asked for."""
    planned = (
        event.asset_key
        for event in events
        if event.event_type == DagsterEventType.ASSET_MATERIALIZATION_PLANNED
    )
    return {key.path[-1] for key in planned if key is not None}


def _metadata_by_asset(events: list[DagsterEvent]) -> dict[str, dict[str, Any]]:
    made = {}
    for event in events:
        if event.event_type == DagsterEventType.ASSET_MATERIALIZATION:
            materialization = event.step_materialization_data.materialization
            made[materialization.asset_key.path[-1]] = {
                name: value.value for name, value in materialization.metadata.items()
            }
    return made


def _last_frame(
    usable: Collection[str], storage: UPath, delivered: RosterSource
) -> tuple[RosterSource, Tally]:
    for step in STEPS:
        path = frame_path(storage, delivered.roster, step)
        if step in usable and path.exists():
            frame = read_frame(path, columns=())
            return frame.source, frame.tally
    return delivered, Tally()


def _loaded_rows(metadata: Mapping[str, Any]) -> RowCounts:
    return RowCounts(
        **{field.name: int(metadata.get(field.name, 0)) for field in fields(RowCounts)}
    )


def _error(events: list[DagsterEvent]) -> tuple[str, str] | None:
    """The first failed blocking check, else the first failed step: (code, sentence)."""
    for event in events:
        if event.event_type == DagsterEventType.ASSET_CHECK_EVALUATION:
            check = event.asset_check_evaluation_data
            if check.blocking and not check.passed:
                code = check.metadata.get("code")
                sentence = check.description or f"the check {check.check_name} failed"
                return (str(code.value) if code else "check-failed", sentence)
    return _failed_step(events)


def _later_error(events: list[DagsterEvent], status: str) -> tuple[str, str] | None:
    """Why a run that loaded its roster failed all the same: (code, sentence)."""
    failed = _failed_step(events)
    if failed is None or status == "valid":
        return failed
    return failed[0], f"{IN_THE_TABLE}: {failed[1]}"


def _failed_step(events: list[DagsterEvent]) -> tuple[str, str] | None:
    for event in events:
        if event.event_type == DagsterEventType.STEP_FAILURE:
            told = event.step_failure_data.user_failure_data
            if told is None:
                return ("unexpected", f"the step {event.step_key} failed; see the run's log")
            code = told.metadata.get("code")
            return (str(code.value) if code else "unexpected", told.description or "")
    return None
