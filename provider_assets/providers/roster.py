"""A roster as it travels between the rooms: its rows, and where they came from."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from provider_assets.providers.departures import DeparturePolicy, Departures
from provider_assets.providers.headers import UNREAD_SHEET

if TYPE_CHECKING:  # who only names a roster, such as a layout, does without
    import pandas as pd

OnExisting = Literal["reject", "update"]
Severity = Literal["reject", "warn", "off"]


@dataclass(frozen=True)
class SourceColumn:
    """One column of the sheet that the layout uses.

    `header` as the roster spells it; `field` one of `frames.FIELDS`, or `headers.TERMINATION`.
    `position` counts the sheet's columns from 0 (column A). `terminated_as` is a value that the
    layout reads as "has left", for one of the columns that tell it: a roster that we write back
    says so with it. Of the rows that were read so many are `filled` in it; `examples` are the
    forms of two or three values (`Aaaaaa, Aaa`).
    """

    header: str
    field: str
    position: int
    terminated_as: str | None = None
    filled: int = 0
    examples: tuple[str, ...] = ()


@dataclass(frozen=True)
class SheetSource:
    """A sheet that was read: its name, the header's row number, the used columns in their order.

    `returned` tells that it is a reject workbook's: it has the columns that we add. `unread` are
    the headers of the other columns, `passed_over` those of them that look as if they told who has
    left; `rows` counts the rows that were read.
    """

    sheet: str
    header_row: int
    columns: tuple[SourceColumn, ...]
    returned: bool = False
    unread: tuple[str, ...] = ()
    passed_over: tuple[str, ...] = ()
    rows: int = 0

    @classmethod
    def from_dict(cls, raw: Mapping[str, Any]) -> "SheetSource":
        """Undo `asdict`, also of an older version's."""
        columns = (
            column | {"examples": tuple(column.get("examples", ()))} for column in raw["columns"]
        )
        listed = {name: tuple(raw.get(name, ())) for name in ("unread", "passed_over")}
        told = dict(raw) | listed
        return cls(**(told | {"columns": tuple(SourceColumn(**column) for column in columns)}))


@dataclass(frozen=True)
class RosterSource:
    """Where a roster's rows came from; no row's values.

    `roster` is the partition, `kind` what the content is (`xlsx`, `text`, …), `layout` the layout's
    name and `fingerprint` a hash over the layout and its rules, `notes` sentences for people
    (a wrong extension, a sheet that was left out). `rules` (the layout's own severities by code),
    `on_existing` and `departures` are pinned here, so that every step of a run goes by the same
    ones. A workbook that we made says what it was `made_as` (`rejects`, `filtered`) and of which
    content (`made_of`, a hash); None of any other. `mailbox` is the name of the one that it came
    by, empty for the drop folder.
    """

    roster: str
    file: str
    sha256: str
    size: int
    kind: str
    layout: str
    fingerprint: str
    sheets: tuple[SheetSource, ...]
    hidden_sheets: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    rules: Mapping[str, Severity] = field(default_factory=dict)
    on_existing: OnExisting = "reject"
    departures: DeparturePolicy = field(default_factory=DeparturePolicy)
    made_as: str | None = None
    made_of: str | None = None
    mailbox: str = ""

    @classmethod
    def unread(cls, roster: str, file: str, sha256: str = "", size: int = 0) -> "RosterSource":
        """A roster of which only the file is known: it was not read, or could not be."""
        return cls(roster, file, sha256, size, kind="", layout="", fingerprint="", sheets=())

    @property
    def is_returned(self) -> bool:
        """Whether this is a reject workbook that came back: its rows were all wrong once."""
        return bool(self.sheets) and all(sheet.returned for sheet in self.sheets)

    @property
    def is_part(self) -> bool:
        """Whether this is a workbook of ours, which holds only some of a roster's rows."""
        return self.made_as is not None or self.is_returned

    @property
    def names_everybody(self) -> bool:
        """Whether every sheet was read: a hidden or unread one may hold who seems to be missing."""
        return not self.hidden_sheets and not any(UNREAD_SHEET in note for note in self.notes)

    def to_json(self) -> str:
        """The source as one JSON document."""
        return json.dumps(asdict(self) | {"rules": dict(self.rules)}, ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> "RosterSource":
        """Undo `to_json`."""
        raw: dict[str, Any] = json.loads(text)
        raw["sheets"] = tuple(SheetSource.from_dict(sheet) for sheet in raw["sheets"])
        raw["hidden_sheets"] = tuple(raw["hidden_sheets"])
        raw["notes"] = tuple(raw["notes"])
        raw["departures"] = DeparturePolicy(**raw.get("departures", {}))
        return cls(**raw)


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
    """What the steps so far have counted: rows by fate, and codes (a row may have several)."""

    read: int = 0
    invalid: int = 0
    duplicate: int = 0
    reasons: Mapping[str, int] = field(default_factory=dict)
    warnings: Mapping[str, int] = field(default_factory=dict)
    registry: Asked | None = None

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
    were taken out of the table because they left.
    """

    read: int = 0
    invalid: int = 0
    duplicate: int = 0
    clean: int = 0
    inserted: int = 0
    updated: int = 0
    unchanged: int = 0
    departed: int = 0


class Counted:
    """What a roster's or an import's counts come to, the same on every page and command."""

    rows: RowCounts
    reasons: Mapping[str, int]

    @property
    def is_refused(self) -> bool:
        """Whether nothing of it loaded, not even the clean rows."""
        raise NotImplementedError

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
        return self.rows.invalid + self.rows.duplicate - self.elsewhere

    @property
    def reject_rate(self) -> float:
        """Invalid rows over rows read, as PROVIDER_ASSETS_MAX_REJECT_RATE means it."""
        return self.rows.invalid / self.rows.read if self.rows.read else 0.0


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
