"""An import: one load of one roster into the table, as it is asked for and as history keeps it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Literal

from provider_assets.providers.departures import Departures, Mentions
from provider_assets.providers.roster import Asked, Counted, OnExisting, RosterSource, RowCounts

if TYPE_CHECKING:
    import pandas as pd

ImportState = Literal["loaded", "failed", "superseded", "undone"]


@dataclass(frozen=True)
class ImportRequest:
    """What is to be loaded, why, and what was sifted out before.

    `rows` has `read`, `invalid`, `duplicate` and `clean` filled; `reasons` and `warnings` count
    rows by code; `started` is in UTC. `replay` asks for the load even where the very same import
    is live already: what the table lacks by now comes back. `registry` is what the public registry
    was asked.
    """

    source: RosterSource
    on_existing: OnExisting
    rows: RowCounts
    run_id: str | None
    started: datetime
    reasons: Mapping[str, int] = field(default_factory=dict)
    warnings: Mapping[str, int] = field(default_factory=dict)
    replay: bool = False
    registry: Asked | None = None


@dataclass(frozen=True)
class PreparedImport:
    """Rows that are ready to load (columns `frames.CLEAN`), and what is to be kept about them.

    `mentions` are the providers whom the roster names on other rows.
    """

    rows: pd.DataFrame
    request: ImportRequest
    mentions: Mentions | None = None


@dataclass(frozen=True)
class ImportRecord(Counted):
    """One row of `provider_import`. Times are in UTC; `error` is (code, sentence) when failed.

    `arrived` is the first import of the same content, `mends` the one
    whose reject workbook this was; `departing` is `waiting`, `approved` or
    `dismissed` where so many were absent that a person had to say whether they go. `removed`,
    `kept` and `staged_by` are `LoadResult`'s. `owed` tells that what goes back to the sender (the
    rejects, the report and so on) was not written yet, though this import owes it.
    """

    id: int
    roster: str
    file: str
    sha256: str
    layout: str
    fingerprint: str
    on_existing: OnExisting
    state: ImportState
    run_id: str | None
    rows: RowCounts
    reasons: Mapping[str, int]
    warnings: Mapping[str, int]
    error: tuple[str, str] | None
    started: datetime
    finished: datetime
    registry: Asked | None = None
    arrived: int | None = None
    mends: int | None = None
    departing: str | None = None
    departures: Departures = field(default_factory=Departures)
    removed: int = 0
    kept: int = 0
    staged_by: str = ""
    owed: bool = False

    @property
    def is_refused(self) -> bool:
        """Whether nothing of it loaded, not even the clean rows."""
        return self.state == "failed"

    def result(self) -> LoadResult:
        """What the load told when it was done."""
        return LoadResult(
            self.id,
            self.rows,
            removed=self.removed,
            kept=self.kept,
            staged_by=self.staged_by,
            departures=self.departures,
            mends=self.mends,
        )


@dataclass(frozen=True)
class LoadResult:
    """What a load did, or a plan would do.

    `already_loaded` tells that the very same import was done before and nothing was written;
    `removed` counts rows that an earlier import of this roster inserted and that it no longer
    yields; `kept` those of them that stayed because somebody changed them since; `staged_by` is
    how the rows travelled to `provider_import_row` (`load-data` or `insert`); `mends` is the import
    whose reject workbook this was.
    """

    import_id: int | None
    rows: RowCounts
    already_loaded: bool = False
    removed: int = 0
    kept: int = 0
    staged_by: str = ""
    departures: Departures = field(default_factory=Departures)
    mends: int | None = None
