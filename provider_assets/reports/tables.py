"""Frames as tables in the roster's own headers and order, before anything is written.

Which columns, which sheet of which name, which cells are at fault, what each cell says; not how a
workbook or a CSV file is made of it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import numpy as np
import pandas as pd

from provider_assets.providers.capacity import Capacity
from provider_assets.providers.duplicates import CONFLICTING, IN_FILE
from provider_assets.providers.frames import FIELDS
from provider_assets.providers.roster import RosterSource, SourceColumn
from provider_assets.providers.rules import CELL_ERRORS
from provider_assets.reports.reasons import advice, reason, words_for

EXTRA = ("Reason", "What to do", "Sheet", "Row")
TERMINATION = "termination"
_CHUNK = 10_000
_TERMINATED_AS = "Term"


@dataclass(frozen=True)
class RosterTable:
    """Rows of one kind that share their headers.

    `rows` has the columns `frames.REJECTED` or `frames.CLEAN`, `columns` are the roster's own in
    its order, `extra` our headers after them (none in a table of what passed).
    """

    title: str
    columns: tuple[SourceColumn, ...]
    rows: pd.DataFrame
    extra: tuple[str, ...] = ()

    @property
    def headers(self) -> tuple[str, ...]:
        """The roster's headers, then ours."""
        return (*(column.header for column in self.columns), *self.extra)


def reject_tables(
    source: RosterSource, invalid: pd.DataFrame, duplicates: pd.DataFrame
) -> list[RosterTable]:
    """`Errors`, `Duplicates` and `DuplicatesExisting`, those that have rows.

    Sheets of the roster that spell their headers differently cannot share one table: the second
    spelling's rows stand in `Errors 2` and so on.
    """
    in_file = _has_code(duplicates["codes"], {IN_FILE, CONFLICTING})
    kinds = (
        ("Errors", invalid),
        ("Duplicates", duplicates[in_file]),
        ("DuplicatesExisting", duplicates[~in_file]),
    )
    tables: list[RosterTable] = []
    for title, rows in kinds:
        for number, (columns, part) in enumerate(_by_headers(source, rows), start=1):
            name = title if number == 1 else f"{title} {number}"
            tables.append(RosterTable(name, columns, part, _free_extra(columns)))
    return tables


def clean_tables(source: RosterSource, clean: pd.DataFrame) -> list[RosterTable]:
    """What passed, one table for each sheet of the roster that has such rows."""
    columns = {sheet.sheet: sheet.columns for sheet in source.sheets}
    return [
        RosterTable(str(sheet), columns.get(str(sheet)) or _plain(), rows.sort_index())
        for sheet, rows in clean.groupby("sheet", sort=False)
    ]


def rejects_by_headers(
    source: RosterSource, invalid: pd.DataFrame, duplicates: pd.DataFrame
) -> list[RosterTable]:
    """All rejects in the roster's order, one table for each spelling (a CSV file has no sheets)."""
    rows = pd.concat([invalid, duplicates])
    return [
        RosterTable("", columns, part, _free_extra(columns))
        for columns, part in _by_headers(source, rows)
    ]


def clean_by_headers(source: RosterSource, clean: pd.DataFrame) -> list[RosterTable]:
    """What passed, one table for each spelling of the headers."""
    return [RosterTable("", columns, rows) for columns, rows in _by_headers(source, clean)]


def chunks(table: RosterTable) -> Iterator[pd.DataFrame]:
    """The table's rows, some thousands at a time."""
    for start in range(0, len(table.rows), _CHUNK):
        yield table.rows.iloc[start : start + _CHUNK]


def texts(rows: pd.DataFrame, column: SourceColumn) -> pd.Series:
    """What stands in one of the roster's own columns: text, null where blank."""
    if column.field != TERMINATION:
        return rows[column.field]
    left = _has_code(rows["codes" if "codes" in rows else "warnings"], {"terminated"})
    value = column.terminated_as or _TERMINATED_AS
    return left.map({True: value, False: None}).astype("str")


def cells(table: RosterTable) -> Iterator[tuple[str | None, ...]]:
    """The table's own cells row by row, as text, None where blank."""
    for part in chunks(table):
        columns = [texts(part, column) for column in table.columns]
        yield from zip(
            *(one.astype(object).where(one.notna(), None) for one in columns), strict=True
        )


def extra_cells(rows: pd.DataFrame, kept: pd.Series) -> pd.DataFrame:
    """What we say about each row: columns `reason`, `advice`, `sheet`, `row`.

    `kept` maps an NPI to the place of the row that counts (`kept_places`).
    """
    told = rows["codes"].map(reason)
    repeated = _has_code(rows["codes"], {IN_FILE, CONFLICTING})
    if repeated.any():
        places = rows.loc[repeated, "npi"].map(kept)
        known = places.dropna()
        told.loc[known.index] = told[known.index] + " The earlier row: " + known + "."
    return pd.DataFrame(
        {
            "reason": told,
            "advice": rows["codes"].map(advice),
            "sheet": rows["sheet"],
            "row": rows["row"],
        }
    )


def kept_places(duplicates: pd.DataFrame, clean: pd.DataFrame) -> pd.Series:
    """For each NPI that a roster repeats, where the row that counts stands; index: the NPI."""
    repeated = duplicates[_has_code(duplicates["codes"], {IN_FILE, CONFLICTING})]
    held = duplicates.drop(repeated.index)
    first = pd.concat(
        [
            rows.loc[rows["npi"].isin(repeated["npi"]), ["npi", "sheet", "row"]]
            for rows in (clean, held)
        ]
    ).drop_duplicates("npi")
    places = first["sheet"] + ", row " + first["row"].astype("str")
    return pd.Series(places.to_numpy(), index=first["npi"], dtype="str")


def faults(table: RosterTable, capacity: Capacity) -> np.ndarray:
    """Which of the table's own cells are at fault: a truth value for each row and column."""
    found = [_fault(table.rows, column, capacity) for column in table.columns]
    if not found:
        return np.zeros((len(table.rows), 0), dtype=bool)
    return np.column_stack([fault.to_numpy(dtype=bool) for fault in found])


def _fault(rows: pd.DataFrame, column: SourceColumn, capacity: Capacity) -> pd.Series:
    codes = rows["codes"]
    if column.field == TERMINATION:
        return _has_code(codes, {"terminated"})
    values = rows[column.field]
    named = codes.map({c: _names_field(c, column.field) for c in codes.unique()}).astype(bool)
    named |= _has_code(codes, {"cell-error"}) & values.isin(CELL_ERRORS)
    too_long, unstorable = (_has_code(codes, {c}) for c in ("value-too-long", "value-unstorable"))
    if too_long.any():
        named |= too_long & capacity.too_long(values, column.field)
    if unstorable.any():
        named |= unstorable & capacity.unstorable(values, column.field)
    return named


@cache
def _names_field(codes: str, field: str) -> bool:
    return any(words_for(code).field == field for code in codes.split())


def _has_code(codes: pd.Series, wanted: set[str]) -> pd.Series:
    known = {text: not wanted.isdisjoint(text.split()) for text in codes.unique()}
    return codes.map(known).astype(bool)


def _by_headers(
    source: RosterSource, rows: pd.DataFrame
) -> Iterator[tuple[tuple[SourceColumn, ...], pd.DataFrame]]:
    """The rows, apart where their sheets spell or order the headers differently."""
    spelled = {
        sheet.sheet: tuple((column.header, column.field) for column in sheet.columns)
        for sheet in source.sheets
    }
    columns = {spelled[sheet.sheet]: sheet.columns for sheet in reversed(source.sheets)}
    ordered = rows.sort_index()
    spelling = ordered["sheet"].map(lambda sheet: spelled.get(str(sheet), ()))
    for one in dict.fromkeys(spelling):
        yield columns.get(one) or _plain(), ordered[[other == one for other in spelling]]


def _plain() -> tuple[SourceColumn, ...]:
    return tuple(SourceColumn(name, name, at) for at, name in enumerate(FIELDS))


def _free_extra(columns: tuple[SourceColumn, ...]) -> tuple[str, ...]:
    """Our headers; one that the roster uses itself gets another name, lest it be read as it."""
    taken = {_bare(column.header) for column in columns}
    return tuple(f"Reject {name}" if _bare(name) in taken else name for name in EXTRA)


def _bare(header: str) -> str:
    return re.sub(r"[\W_]+", "", header).casefold()
