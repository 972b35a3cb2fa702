"""A roster's result as the command line tells it: the outcome, the rejects, the files."""

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

import pandas as pd
from upath import UPath

from provider_assets.errors import ProviderAssetsError
from provider_assets.orchestration.frame_files import frame_path, read_frame
from provider_assets.providers.frames import REJECTED, empty
from provider_assets.providers.imports import ImportRecord
from provider_assets.providers.roster import RosterOutcome, RosterSource, RowCounts
from provider_assets.reports.reasons import Reject, list_rejects

REJECTED_IN = ("invalid_rows", "duplicate_rows")
FILES = ("rejects", "filtered", "return", "report")


@dataclass(frozen=True)
class RosterResult:
    """One roster's outcome, its rejects in the roster's order, and the files written for it."""

    outcome: RosterOutcome
    rejects: tuple[Reject, ...] = ()
    files: Mapping[str, str | None] = field(default_factory=lambda: dict.fromkeys(FILES))

    def forgotten(self) -> "RosterResult":
        """The result of a run whose files and traces are gone: it only planned."""
        return RosterResult(replace(self.outcome, import_id=None, run_id=None), self.rejects)

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
            "files": dict(self.files),
            "registry": asdict(outcome.registry) if outcome.registry else None,
            "import_id": outcome.import_id,
            "run_id": outcome.run_id,
        }


def result_of(
    outcome: RosterOutcome, made: Mapping[str, Mapping[str, Any]], storage: UPath
) -> RosterResult:
    """The result of a run, out of what it materialized."""
    written = made.get("roster_report", {})
    files = {name: written.get(name) for name in FILES}
    return RosterResult(outcome, _rejects(outcome.source.roster, set(made), storage), files)


def known_result(delivered: RosterSource, live: ImportRecord, storage: UPath) -> RosterResult:
    """The result of a roster that is in the table already: nothing was run."""
    rows = RowCounts(
        read=live.rows.read,
        invalid=live.rows.invalid,
        duplicate=live.rows.duplicate,
        clean=live.rows.clean,
        unchanged=live.rows.clean,
    )
    outcome = RosterOutcome(
        source=replace(delivered, layout=live.layout, fingerprint=live.fingerprint),
        status="already_loaded",
        rows=rows,
        reasons=live.reasons,
        warnings=live.warnings,
        import_id=live.id,
        run_id=live.run_id,
        registry=live.registry,
    )
    return RosterResult(outcome, _rejects(live.roster, set(REJECTED_IN), storage))


def failed_result(delivered: RosterSource, error: ProviderAssetsError) -> RosterResult:
    """The result of a roster that no run was started for."""
    outcome = RosterOutcome(
        source=delivered, status="failed", rows=RowCounts(), error=(error.code, error.message)
    )
    return RosterResult(outcome)


def _rejects(roster: str, made: Collection[str], storage: UPath) -> tuple[Reject, ...]:
    """The rejects as the frames tell them that were made, and are still kept."""
    invalid, duplicates = (_rejected(roster, step, made, storage) for step in REJECTED_IN)
    return tuple(list_rejects(invalid, duplicates))


def _rejected(roster: str, step: str, made: Collection[str], storage: UPath) -> pd.DataFrame:
    path = frame_path(storage, roster, step)
    if step not in made or not path.exists():
        return empty(REJECTED)
    return read_frame(path, columns=("sheet", "row", "codes")).rows
