"""A roster as it travels between the rooms: its rows, what was counted, what became of it.

Where its rows came from is in `source`, and is imported from here as well.
"""

import json
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from provider_assets.providers.departures import Departures
from provider_assets.providers.source import (
    OnExisting,
    RosterSource,
    Severity,
    SheetSource,
    SourceColumn,
)

if TYPE_CHECKING:  # who only names a roster, such as a layout, does without
    import pandas as pd

__all__ = [
    "Asked",
    "OnExisting",
    "RosterFrame",
    "RosterOutcome",
    "RosterSource",
    "RowCounts",
    "Severity",
    "SheetSource",
    "SourceColumn",
    "Tally",
]


@dataclass(frozen=True)
class Asked:
    """What the public registry was asked about a roster's clean rows.

    `rows` were held against it, `confirmed` are those that it holds, active and under a name that
    agrees (None where the list of all NPIs is not set up); `snapshots` and `sha256` are those of
    its parts. It is no part of the layout's fingerprint: a newer snapshot makes no other roster.
    """

    rows: int
    confirmed: int | None
    snapshots: Mapping[str, str]
    sha256: Mapping[str, str]

    @property
    def share(self) -> float | None:
        """Confirmed over all, from 0 to 1; None where nothing could be confirmed."""
        return None if self.confirmed is None or not self.rows else self.confirmed / self.rows

    def to_json(self) -> str:
        """As the history and a frame's metadata keep it."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str | None) -> "Asked | None":
        """Undo `to_json`; None where nothing was kept."""
        return cls(**json.loads(text)) if text else None


@dataclass(frozen=True)
class Tally:
    """What the steps so far have counted: rows by fate, and codes (a row may have several).

    `left` are those of the invalid rows that only say that their provider has left.
    """

    read: int = 0
    invalid: int = 0
    duplicate: int = 0
    reasons: Mapping[str, int] = field(default_factory=dict)
    warnings: Mapping[str, int] = field(default_factory=dict)
    registry: Asked | None = None
    left: int = 0

    def to_json(self) -> str:
        """As a frame's metadata keeps it."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> "Tally":
        """Undo `to_json`."""
        raw: dict[str, Any] = json.loads(text)
        asked = raw.pop("registry", None)
        return cls(**raw, registry=Asked(**asked) if asked else None)


@dataclass(frozen=True)
class RosterFrame:
    """Rows of one roster (columns as `frames` names them for each step) and where they came from.

    The tally grows from step to step, so that the last one knows what the others set aside.
    """

    rows: "pd.DataFrame"
    source: RosterSource
    tally: Tally = field(default_factory=Tally)


@dataclass(frozen=True)
class RowCounts:
    """How many rows went where.

    Always `read = invalid + duplicate + clean` and `clean = inserted + updated + unchanged`;
    `read` counts the roster's non-blank data rows. `departed` stands beside them: providers that
    were taken out of the table because they left. `left` of the invalid rows only say that their
    provider has left: an answer of the sender, and no error.
    """

    read: int = 0
    invalid: int = 0
    duplicate: int = 0
    clean: int = 0
    inserted: int = 0
    updated: int = 0
    unchanged: int = 0
    departed: int = 0
    left: int = 0

    @property
    def wrong(self) -> int:
        """The invalid rows that need a correction."""
        return self.invalid - self.left

    @property
    def wrong_rate(self) -> float:
        """Their share of the rows read, as PROVIDER_ASSETS_MAX_REJECT_RATE means it."""
        return self.wrong / self.read if self.read else 0.0


class Counted(ABC):
    """What a roster's or an import's counts come to, the same on every page and command."""

    rows: RowCounts
    reasons: Mapping[str, int]

    @property
    @abstractmethod
    def is_refused(self) -> bool:
        """Whether nothing of it loaded, not even the clean rows."""

    @property
    def loaded(self) -> int:
        """The clean rows, that is, those inserted, updated or found unchanged; 0 if it failed."""
        return 0 if self.is_refused else self.rows.clean

    @property
    def elsewhere(self) -> int:
        """Rows that list a provider at one more place: no rejects, nothing is to be done."""
        return min(self.rows.duplicate, self.reasons.get("duplicate-in-file", 0))

    @property
    def rejected(self) -> int:
        """The rows that did not load and that somebody may have to correct."""
        return self.rows.wrong + self.rows.duplicate - self.elsewhere

    @property
    def reject_rate(self) -> float:
        """`rows.wrong_rate`: who has left by the roster's word is no reject."""
        return self.rows.wrong_rate


@dataclass(frozen=True)
class RosterOutcome(Counted):
    """What became of one roster: for the command line's JSON, the report and the alerts.

    `status` is `loaded`, `already_loaded`, `failed` or `valid`; `reasons` and `warnings` count
    rows by code, warnings among the clean rows; `error` is (code, sentence) when failed, and when
    the rows are loaded while what goes back to the sender could not be written;
    `started` and `finished` are ISO 8601 in UTC;
    `mends` is the import whose reject workbook this was.
    """

    source: RosterSource
    status: str
    rows: RowCounts
    reasons: Mapping[str, int] = field(default_factory=dict)
    warnings: Mapping[str, int] = field(default_factory=dict)
    error: tuple[str, str] | None = None
    import_id: int | None = None
    departures: Departures = field(default_factory=Departures)
    run_id: str | None = None
    started: str | None = None
    finished: str | None = None
    registry: Asked | None = None
    mends: int | None = None

    @property
    def is_refused(self) -> bool:
        """Whether nothing of it loaded, not even the clean rows."""
        return self.status == "failed"
