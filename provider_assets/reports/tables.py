"""Frames as tables in the roster's own headers and order, before anything is written.

Which columns, which sheet of which name, which cells are at fault, what each cell says; not how a
workbook or a CSV file is made of it.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import NamedTuple

import pandas as pd

from provider_assets.providers.capacity import Capacity
from provider_assets.providers.cleaning import CELL_ERRORS
from provider_assets.providers.codes import LEFT, has_code, which_have
from provider_assets.providers.duplicates import CONFLICTING, IN_FILE
from provider_assets.providers.facts import NoRegistry, Registry
from provider_assets.providers.fields import FIELDS, TABLE_FIELDS
from provider_assets.providers.frames import REJECTED, empty
from provider_assets.providers.returned import (
    DUPLICATES,
    WARNINGS,
    check_of,
    reject_headers,
    repeat_of,
)
from provider_assets.providers.roster import RosterSource, SourceColumn
from provider_assets.reports.reasons import advice, reason, words_for
from provider_assets.reports.registry_words import registry_words

_CHUNK = 10_000
_NAME_PARTS = ("first_name", "last_name")
_REPEATED = frozenset({IN_FILE, CONFLICTING})


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


@dataclass(frozen=True)
class Context:
    """What the words for a reject need to know besides its row.

    `kept` tells for an NPI that the roster repeats where the row that counts stands
    (`kept_places`); `capacity` is the table's; `registry` is what is known of NPIs in public.
    """

    kept: Mapping[str, str]
    capacity: Capacity
    registry: Registry = field(default_factory=NoRegistry)


class ToldRow(NamedTuple):
    """A rejected row as people see it: its own cells, which are at fault, its place and why."""

    position: int
    cells: tuple[str | None, ...]
    faulty: tuple[bool, ...]
    codes: str
    why: str
    advice: str
    sheet: str
    row: int
    check: str


PASSED = "This row is right; it did not load because of the others."


def reject_tables(
    source: RosterSource,
    invalid: pd.DataFrame,
    duplicates: pd.DataFrame,
    passed: pd.DataFrame | None = None,
    warned: pd.DataFrame | None = None,
) -> list[RosterTable]:
    """`Errors`, `Passed`, `Duplicates`, `DuplicatesExisting`, `Warnings`, those that have rows.

    `passed` (`frames.CLEAN`) are the right rows of a roster that was refused for the others: they
    stand before the duplicates, so that the same row of an NPI counts when the workbook comes
    back. `warned` (`frames.CLEAN`) loaded, and what is odd about them is told.

    Sheets of the roster that spell their headers differently cannot share one table: the second
    spelling's rows stand in `Errors 2` and so on.
    """
    in_file = which_have(duplicates["codes"], _REPEATED)
    kinds = (
        ("Errors", invalid),
        ("Passed", _told_of(passed, "")),
        (DUPLICATES, duplicates[in_file]),
        ("DuplicatesExisting", duplicates[~in_file]),
        (WARNINGS, _told_of(warned, None)),
    )
    tables: list[RosterTable] = []
    for title, rows in kinds:
        for number, (columns, part) in enumerate(_by_headers(source, rows), start=1):
            name = title if number == 1 else f"{title} {number}"
            tables.append(RosterTable(name, columns, part, _extra(columns, part)))
    return tables


def _told_of(clean: pd.DataFrame | None, codes: str | None) -> pd.DataFrame:
    """Clean rows as rejected ones are written, with these codes or those of their warnings."""
    if clean is None:
        return empty(REJECTED)
    rows = clean.rename(columns={"warnings": "codes"})
    return rows if codes is None else rows.assign(codes=codes).astype({"codes": "str"})


def clean_tables(source: RosterSource, clean: pd.DataFrame) -> list[RosterTable]:
    """What passed, one table for each sheet of the roster that has such rows."""
    columns = {sheet.sheet: sheet.columns for sheet in source.sheets}
    return [
        RosterTable(str(sheet), columns.get(str(sheet)) or _plain(), rows.sort_index())
        for sheet, rows in clean.groupby("sheet", sort=False)
    ]


def rejects_by_headers(
    source: RosterSource,
    invalid: pd.DataFrame,
    duplicates: pd.DataFrame,
    passed: pd.DataFrame | None = None,
) -> list[RosterTable]:
    """All rejects in the roster's order, one table for each spelling (a CSV file has no sheets)."""
    rows = pd.concat([invalid, duplicates, _told_of(passed, "")])
    return [
        RosterTable("", columns, part, _extra(columns, part))
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
    if column.field in FIELDS:
        return rows[column.field]
    codes = rows["codes" if "codes" in rows else "warnings"]
    marks = [column.terminated_as if has_code(one, LEFT) else None for one in codes]
    return pd.Series(marks, index=rows.index, dtype="str")


def cells(table: RosterTable) -> Iterator[tuple[str | None, ...]]:
    """The table's own cells row by row, as text, None where blank."""
    for part in chunks(table):
        columns = (texts(part, column).astype(object) for column in table.columns)
        yield from zip(*(one.where(one.notna(), None).tolist() for one in columns), strict=True)


def told_rows(table: RosterTable, context: Context) -> Iterator[ToldRow]:
    """The rejected rows of a table with their cells, which of these are at fault, and why."""
    rows = table.rows
    faulty = zip(*(_faults(table, one, context.capacity) for one in table.columns), strict=True)
    about = rows[["codes", "npi", "sheet", "row"]].astype(object)
    about = about.where(about.notna(), None)
    places = zip(rows.index, *(about[name].tolist() for name in about.columns), strict=True)
    beside = registry_words(rows, context.registry)
    for values, wrong, (position, codes, npi, sheet, row), more in zip(
        cells(table), faulty, places, beside, strict=True
    ):
        why = f"{explain(codes, npi, context.kept)} {more}".rstrip()
        check = check_row(table, values, codes)
        yield ToldRow(position, values, wrong, codes, why, advice(codes), sheet, row, check)


def check_row(table: RosterTable, values: Iterable[str | None], codes: str) -> str:
    """What tells, when the workbook comes back, whether a row that repeats another was changed."""
    code = repeat_of(codes)
    headers = (column.header for column in table.columns)
    return check_of(code, zip(headers, values, strict=True)) if code else ""


def explain(codes: str, npi: str | None, kept: Mapping[str, str]) -> str:
    """Why a row did not load; for a duplicate in the file, also where the other row stands."""
    if not codes:
        return PASSED
    told = reason(codes)
    if npi is not None and has_code(codes, _REPEATED) and npi in kept:
        return f"{told} The earlier row: {kept[npi]}."
    return told


def kept_places(duplicates: pd.DataFrame, clean: pd.DataFrame) -> dict[str, str]:
    """For each NPI that the roster repeats, where the row that counts stands: `Sheet1, row 3`."""
    again = which_have(duplicates["codes"], _REPEATED)
    repeated = set(duplicates.loc[again, "npi"])
    if not repeated:
        return {}
    held = duplicates[~again]
    return {
        npi: f"{sheet}, row {row}"
        for rows in (held, clean)
        for npi, sheet, row in rows.loc[
            rows["npi"].isin(repeated), ["npi", "sheet", "row"]
        ].itertuples(index=False)
    }


def _faults(table: RosterTable, column: SourceColumn, capacity: Capacity) -> list[bool]:
    """Which cells of a column are at fault."""
    rows = table.rows
    told = rows["codes"].tolist()
    if column.field not in FIELDS:
        tells = column.terminated_as is not None
        return [tells and has_code(codes, LEFT) for codes in told]
    found = [_names_field(codes, column.field) for codes in told]
    values = rows[column.field]
    is_part = column.field in _NAME_PARTS and "full_name" not in {c.field for c in table.columns}
    for code, test in (
        # a full name that is made of its parts is missing because a part is
        ("full-name-missing", lambda: values.isna() & is_part),
        ("cell-error", lambda: values.isin(CELL_ERRORS)),
        ("value-too-long", lambda: capacity.too_long(values, column.field)),
        ("value-unstorable", lambda: capacity.unstorable(values, column.field)),
    ):
        broken = [has_code(codes, frozenset({code})) for codes in told]
        if any(broken):
            both = zip(found, broken, test(), strict=True)
            found = [known or (fits and bool(wrong)) for known, fits, wrong in both]
    return found


@cache
def _names_field(codes: str, field: str) -> bool:
    return any(words_for(code).field == field for code in codes.split())


def _by_headers(
    source: RosterSource, rows: pd.DataFrame
) -> Iterator[tuple[tuple[SourceColumn, ...], pd.DataFrame]]:
    """The rows, apart where their sheets spell or order the headers differently."""
    columns = {sheet.sheet: sheet.columns for sheet in source.sheets}
    spellings: dict[tuple[tuple[str, str], ...], list[str]] = {}
    for sheet in rows["sheet"].unique():
        spelled = tuple((column.header, column.field) for column in columns.get(sheet, ()))
        spellings.setdefault(spelled, []).append(sheet)
    ordered = rows.sort_index()
    for sheets in spellings.values():
        part = ordered if len(spellings) == 1 else ordered[ordered["sheet"].isin(sheets)]
        yield columns.get(sheets[0]) or _plain(), part


def _extra(columns: tuple[SourceColumn, ...], rows: pd.DataFrame) -> tuple[str, ...]:
    checked = bool(which_have(rows["codes"], _REPEATED).any())
    return reject_headers((column.header for column in columns), checked=checked)


def _plain() -> tuple[SourceColumn, ...]:
    return tuple(SourceColumn(name, name, at) for at, name in enumerate(TABLE_FIELDS))
