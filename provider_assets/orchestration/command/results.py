"""A roster's result as the command line tells it: the outcome, the rejects, the files."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import pandas as pd
from upath import UPath

from provider_assets.errors import ProviderAssetsError
from provider_assets.orchestration.frame_files import frame_path, read_frame
from provider_assets.providers.codes import STILL_HELD
from provider_assets.providers.departures import tell_still_held
from provider_assets.providers.frames import CLEAN, REJECTED, empty
from provider_assets.providers.headers import letters
from provider_assets.providers.imports import ImportRecord
from provider_assets.providers.roster import RosterOutcome, RosterSource, RowCounts
from provider_assets.reports.reasons import Reject, Warned, list_rejects, list_warned
from provider_assets.reports.summary import word_note

REJECTED_IN = ("invalid_rows", "duplicate_rows")
FILES = ("rejects", "filtered", "return", "report")


@dataclass(frozen=True)
class RosterResult:
    """One roster's outcome, its rejects in the roster's order, and the files written for it."""

    outcome: RosterOutcome
    rejects: tuple[Reject, ...] = ()
    files: Mapping[str, str | None] = field(default_factory=lambda: dict.fromkeys(FILES))
    warned: tuple[Warned, ...] = ()

    def forgotten(self) -> "RosterResult":
        """The result of a run whose files and traces are gone: it only planned."""
        return replace(
            self,
            outcome=replace(self.outcome, import_id=None, run_id=None),
            files=dict.fromkeys(FILES),
        )

    def as_json(self) -> dict[str, Any]:
        """One object of `load --json` and `validate --json`."""
        outcome, source = self.outcome, self.outcome.source
        return {
            "roster": source.roster or None,
            "file": source.file,
            "sha256": source.sha256 or None,
            "layout": source.layout or None,
            "status": outcome.status,
            "error": dict(zip(("code", "message"), outcome.error, strict=True))
            if outcome.error
            else None,
            "rows": asdict(outcome.rows),
            "reasons": dict(outcome.reasons),
            "warnings": dict(outcome.warnings),
            "rejects": [asdict(reject) for reject in self.rejects],
            "warned": [asdict(row) for row in self.warned],
            "columns": list(_columns(source)),
            "unread": list(dict.fromkeys(h for sheet in source.sheets for h in sheet.unread)),
            "unread_columns": list(_unread(source)),
            "notes": list(source.notes),
            "departures": _departures(outcome),
            "files": dict(self.files),
            "registry": asdict(outcome.registry) if outcome.registry else None,
            "import_id": outcome.import_id,
            "mends": outcome.mends,
            "run_id": outcome.run_id,
        }


def _departures(outcome: RosterOutcome) -> dict[str, Any]:
    """Who left, counted: beside `rows.departed`."""
    told = asdict(outcome.departures)
    names = (
        "held",
        "absent",
        "spared",
        "of",
        "at_least",
        "older_than",
        "overtaken",
        "kept_out",
        "by_word",
        "namesakes",
    )
    note = word_note(outcome.departures, outcome.rows, outcome.source)
    waits = {"waiting": outcome.departures.waits, "left_note": note}
    return {name: told[name] for name in names} | waits


def result_of(
    outcome: RosterOutcome, made: Mapping[str, Mapping[str, Any]], storage: UPath
) -> RosterResult:
    """The result of a run, out of what it materialized."""
    written = made.get("roster_report", {})
    files = {name: written.get(name) for name in FILES}
    roster = outcome.source.roster
    rejects = _rejects(roster, set(made), storage, written.get("still_held") or ())
    warned = list_warned(_kept(roster, "clean_providers", made, storage, CLEAN))
    held = (Warned(one.sheet, one.row, (STILL_HELD,)) for one in rejects if STILL_HELD in one.codes)
    return RosterResult(outcome, rejects, files, (*warned, *held))


def _columns(source: RosterSource) -> Iterator[dict[str, Any]]:
    """Which header feeds which field, in the roster's order, and how its column is filled."""
    for sheet in source.sheets:
        for column in sheet.columns:
            yield {
                "field": column.field,
                "header": column.header,
                "column": letters(column.position),
                "filled": column.filled,
                "empty": sheet.rows - column.filled,
                "examples": list(column.examples),
                "sheet": sheet.sheet,
            }


def _unread(source: RosterSource) -> Iterator[dict[str, Any]]:
    """Which columns feed nothing, and how they are filled, as far as that was counted."""
    for sheet in source.sheets:
        for column in sheet.unread_columns:
            yield {
                "header": column.header,
                "column": letters(column.position),
                "filled": column.filled,
                "empty": None if column.filled is None else sheet.rows - column.filled,
                "sheet": sheet.sheet,
            }


def known_result(delivered: RosterSource, live: ImportRecord, storage: UPath) -> RosterResult:
    """The result of a roster that is in the table already: nothing was run."""
    rows = RowCounts(
        read=live.rows.read,
        invalid=live.rows.invalid,
        duplicate=live.rows.duplicate,
        clean=live.rows.clean,
        left=live.rows.left,
        unchanged=live.rows.clean,
    )
    held = {STILL_HELD: live.departures.held} if live.departures.held else {}
    outcome = RosterOutcome(
        source=replace(delivered, layout=live.layout, fingerprint=live.fingerprint),
        status="already_loaded",
        rows=rows,
        reasons=live.reasons,
        warnings={**live.warnings, **held},
        import_id=live.id,
        departures=live.departures,
        run_id=live.run_id,
        registry=live.registry,
        mends=live.mends,
    )
    return RosterResult(outcome, _rejects(live.roster, set(REJECTED_IN), storage))


def named(path: Path, sha256: str = "", roster: str = "") -> RosterSource:
    """What is known of a file before it is read."""
    size = path.stat().st_size if sha256 else 0
    return RosterSource.unread(roster, path.name, sha256, size)


def failed_result(delivered: RosterSource, error: ProviderAssetsError) -> RosterResult:
    """The result of a roster that no run was started for."""
    outcome = RosterOutcome(
        source=delivered, status="failed", rows=RowCounts(), error=(error.code, error.message)
    )
    return RosterResult(outcome)


def _rejects(
    roster: str, made: Collection[str], storage: UPath, held: Collection[int] = ()
) -> tuple[Reject, ...]:
    """The rejects as the frames tell them that were made, and are still kept.

    `held` are the positions of rows whose provider has left and is in the table all the same.
    """
    frames = (_kept(roster, step, made, storage, REJECTED) for step in REJECTED_IN)
    invalid, duplicates = frames
    return tuple(list_rejects(tell_still_held(invalid, held), duplicates))


def _kept(
    roster: str, step: str, made: Collection[str], storage: UPath, columns: tuple[str, ...]
) -> pd.DataFrame:
    """Places, NPIs and codes of a step's rows, where the step was made and its frame is kept."""
    path = frame_path(storage, roster, step)
    if step not in made or not path.exists():
        return empty(columns)
    return read_frame(path, columns=("sheet", "row", "npi", columns[-1])).rows
