"""Frames as tables in the roster's own headers and order, before anything is written.

Which columns, which sheet of which name, what each cell says; not why a row stands there (`told`),
nor how a workbook or a CSV file is made of it.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import pandas as pd

from provider_assets.providers.codes import LEFT, has_code, which_have
from provider_assets.providers.duplicates import CONFLICTING, IN_FILE
from provider_assets.providers.fields import FIELDS, TABLE_FIELDS
from provider_assets.providers.frames import REJECTED, empty
from provider_assets.providers.own_words import said_under
from provider_assets.providers.returned import (
    DUPLICATES,
    LEAVERS,
    WARNINGS,
    reject_headers,
)
from provider_assets.providers.roster import RosterSource, SourceColumn

_CHUNK = 10_000
REPEATED = frozenset({IN_FILE, CONFLICTING})


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
    def has_full_name(self) -> bool:
        """Whether a column of the roster tells the full name; else it is made of others."""
        return any(column.field == "full_name" for column in self.columns)

    @property
    def headers(self) -> tuple[str, ...]:
        """The roster's headers, then ours."""
        return (*(column.header for column in self.columns), *self.extra)


def reject_tables(
    source: RosterSource,
    invalid: pd.DataFrame,
    duplicates: pd.DataFrame,
    passed: pd.DataFrame | None = None,
    warned: pd.DataFrame | None = None,
) -> list[RosterTable]:
    """`Errors`, `Passed`, `Duplicates`, `DuplicatesExisting`, `Left`, `Warnings`: those with rows.

    Rows that say that their provider left stand apart from those to be corrected, in a sheet whose
    name says so: they stay so without the columns that we add.

    `passed` (`frames.CLEAN`) are the right rows of a roster that was refused for the others: they
    stand before the duplicates, so that the same row of an NPI counts when the workbook comes
    back. `warned` (`frames.CLEAN`) loaded, and what is odd about them is told.

    Sheets of the roster that spell their headers differently cannot share one table: the second
    spelling's rows stand in `Errors 2` and so on.
    """
    in_file = which_have(duplicates["codes"], REPEATED)
    left = which_have(invalid["codes"], LEFT)
    kinds = (
        ("Errors", invalid[~left]),
        ("Passed", _told_of(passed, "")),
        (DUPLICATES, duplicates[in_file]),
        ("DuplicatesExisting", duplicates[~in_file]),
        (LEAVERS, invalid[left]),
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
    """All rejects in the roster's order, one table for each spelling (a CSV file has no sheets).

    Left out are those who left and of whom no cell of their own says so: nothing else would, once
    the columns that we add are gone.
    """
    rows = pd.concat([invalid, duplicates, _told_of(passed, "")])
    rows = rows[~which_have(rows["codes"], LEFT) | _says_so(source, rows)]
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
    if "left_as" not in rows:
        return pd.Series(None, index=rows.index, dtype="str")
    told = zip(rows["codes"], rows["left_as"], strict=True)
    marks = [_said(column, left_as) if has_code(one, LEFT) else None for one, left_as in told]
    return pd.Series(marks, index=rows.index, dtype="str")


def _said(column: SourceColumn, left_as: object) -> str | None:
    """What a row says in a column that tells who has left: its own word, or ours if it has none."""
    own = said_under(left_as, column.header)
    return column.terminated_as if own is None and not isinstance(left_as, str) else own


def cells(table: RosterTable) -> Iterator[tuple[str | None, ...]]:
    """The table's own cells row by row, as text, None where blank."""
    for part in chunks(table):
        columns = (texts(part, column).astype(object) for column in table.columns)
        yield from zip(*(one.where(one.notna(), None).tolist() for one in columns), strict=True)


def _says_so(source: RosterSource, rows: pd.DataFrame) -> pd.Series:
    """Which rows have a cell, as we write it, that says that their provider left."""
    said = pd.Series(False, index=rows.index)
    for columns, part in _by_headers(source, rows):
        for column in columns:
            if column.field not in FIELDS:
                said[part.index] |= texts(part, column).notna()
    return said


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
    checked = bool(which_have(rows["codes"], REPEATED).any())
    return reject_headers((column.header for column in columns), checked=checked)


def _plain() -> tuple[SourceColumn, ...]:
    return tuple(SourceColumn(name, name, at) for at, name in enumerate(TABLE_FIELDS))
