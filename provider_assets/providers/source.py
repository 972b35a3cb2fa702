"""Where a roster's rows came from: the file, its sheets, the columns that were used."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from provider_assets.providers.departures import DeparturePolicy

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
class UnreadColumn:
    """A column that feeds nothing; of the rows that were read so many are `filled` in it.

    None where that was not counted, as in a very large text.
    """

    header: str
    position: int
    filled: int | None = None


@dataclass(frozen=True)
class SheetSource:
    """A sheet that was read: its name, the header's row number, the used columns in their order.

    `returned` tells that it is a reject workbook's: it has the columns that we add. `unread` are
    the headers of the other columns, `unread_columns` the same with how they are filled,
    `passed_over` those of them that look as if they told who has left; `rows` counts
    the rows that were read.
    """

    sheet: str
    header_row: int
    columns: tuple[SourceColumn, ...]
    returned: bool = False
    unread: tuple[str, ...] = ()
    unread_columns: tuple[UnreadColumn, ...] = ()
    passed_over: tuple[str, ...] = ()
    rows: int = 0

    @classmethod
    def from_dict(cls, raw: Mapping[str, Any]) -> "SheetSource":
        """Undo `asdict`, also of an older version's."""
        columns = (
            column | {"examples": tuple(column.get("examples", ()))} for column in raw["columns"]
        )
        listed = {name: tuple(raw.get(name, ())) for name in ("unread", "passed_over")}
        unread = tuple(UnreadColumn(**one) for one in raw.get("unread_columns", ()))
        told = dict(raw) | listed | {"unread_columns": unread}
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
    by, empty for the drop folder. `whole` says that every part was read that may name a provider:
    no sheet is hidden or left out, and nothing is cut off. It is false unless the reader said so.
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
    whole: bool = False

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
