"""Rejected rows as people see them: their cells, which of these are at fault, and why.

Which tables there are, and what stands in their columns, is `tables`' matter.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import NamedTuple

import pandas as pd

from provider_assets.providers.capacity import Capacity
from provider_assets.providers.cleaning import CELL_ERRORS
from provider_assets.providers.codes import LEFT, TERMINATED, has_code, which_have
from provider_assets.providers.facts import NoRegistry, Registry
from provider_assets.providers.fields import FIELDS
from provider_assets.providers.odd_texts import has_odd_quotes
from provider_assets.providers.own_words import place_of, said_in_column, said_under
from provider_assets.providers.returned import LEAVERS, check_of, is_called, repeat_of
from provider_assets.providers.roster import SourceColumn
from provider_assets.reports.held import Held, held_words
from provider_assets.reports.reasons import MALFORMED, advice, reason, sentence_of, words_for
from provider_assets.reports.registry_words import registry_words
from provider_assets.reports.tables import REPEATED, RosterTable, cells, texts

_NAME_PARTS = ("first_name", "last_name")


@dataclass(frozen=True)
class Context:
    """What the words for a reject need to know besides its row.

    `kept` tells for an NPI that the roster repeats where the row that counts stands
    (`kept_places`); `capacity` is the table's, to find the cell that is too long for it; `registry`
    is what is known of NPIs in public; `held` what the application holds of those whom it holds
    otherwise.
    """

    kept: Mapping[str, str] = field(default_factory=dict)
    capacity: Capacity = field(default_factory=Capacity)
    registry: Registry = field(default_factory=NoRegistry)
    held: Held = field(default_factory=Held)


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


NAMELESS = "full-name-missing"
_PARTLESS = "A name that the full name is made of is empty."
_FILL_PARTS = "Fill in the provider's names."
PASSED = "This row is right; it did not load because of the others."


def told_rows(table: RosterTable, context: Context) -> Iterator[ToldRow]:
    """The rejected rows of a table with their cells, which of these are at fault, and why."""
    rows = table.rows
    faulty = zip(*(_faults(table, one, context.capacity) for one in table.columns), strict=True)
    about = rows[["codes", "npi"]].assign(sheet=places_of(rows), row=rows["row"]).astype(object)
    about = about.where(about.notna(), None)
    places = zip(rows.index, *(about[name].tolist() for name in about.columns), strict=True)
    beside = beside_rows(table, rows, context)
    advised = advise_rows(table, rows)
    for values, wrong, (position, codes, npi, sheet, row), more, todo in zip(
        cells(table), faulty, places, beside, advised, strict=True
    ):
        why = f"{explain(table, codes, npi, context.kept)} {more}".rstrip()
        check = check_row(table, values, codes)
        yield ToldRow(position, values, wrong, codes, why, todo, sheet, row, check)


def places_of(rows: pd.DataFrame) -> list[str]:
    """The sheet of each row, and the heading that it stands under where that tells who has left."""
    if "left_as" not in rows:
        return rows["sheet"].tolist()
    return [place_of(*one) for one in zip(rows["sheet"], rows["left_as"], strict=True)]


def beside_rows(table: RosterTable, rows: pd.DataFrame, context: Context) -> list[str]:
    """For each of some rows of a table, what the registry and the application hold of it."""
    known = registry_words(rows, context.registry)
    headers = {column.field: column.header for column in table.columns}
    held = held_words(rows, context.held, headers)
    return [" ".join(filter(None, both)) for both in zip(known, held, strict=True)]


def check_row(table: RosterTable, values: Iterable[str | None], codes: str) -> str:
    """What tells, when the workbook comes back, whether a row that repeats another was changed."""
    code = repeat_of(codes)
    headers = (column.header for column in table.columns)
    return check_of(code, zip(headers, values, strict=True)) if code else ""


def explain(table: RosterTable, codes: str, npi: str | None, kept: Mapping[str, str]) -> str:
    """Why a row did not load; for a duplicate in the file, also where the other row stands."""
    if not codes:
        return PASSED
    told = reason(codes)
    if MALFORMED in codes.split():
        told = told.replace(words_for(MALFORMED).sentence, sentence_of(MALFORMED, npi))
    if NAMELESS in codes.split() and not table.has_full_name:
        told = told.replace(words_for(NAMELESS).sentence, _PARTLESS)
    if npi is not None and has_code(codes, REPEATED) and npi in kept:
        return f"{told} The earlier row: {kept[npi]}."
    return told


def advise_rows(table: RosterTable, rows: pd.DataFrame) -> list[str]:
    """For each of some rows of a table, what to do about it."""
    words = rows["left_as"] if "left_as" in rows else [None] * len(rows)
    return [
        _stays_out(advise(table, codes), sheet, left_as)
        if has_code(codes, LEFT)
        else advise(table, codes)
        for codes, sheet, left_as in zip(rows["codes"], rows["sheet"], words, strict=True)
    ]


def _stays_out(told: str, sheet: str, left_as: object) -> str:
    """The advice on a row that has left, by where the roster says so."""
    if is_called(sheet, LEAVERS):
        where = "correct that in the roster itself, and send the roster again."
    elif said_in_column(left_as):
        where = "clear the termination and send the row again."
    elif (heading := said_under(left_as, "")) is not None:
        where = f"move the row out from under {heading!r} in the roster itself, and send that."
    else:
        return told
    return told.replace(words_for(TERMINATED).advice, f"Nothing, if that is so; otherwise {where}")


def advise(table: RosterTable, codes: str) -> str:
    """What to do about a row that did not load."""
    if NAMELESS in codes.split() and not table.has_full_name:
        return advice(codes).replace(words_for(NAMELESS).advice, _FILL_PARTS)
    return advice(codes)


def kept_places(duplicates: pd.DataFrame, clean: pd.DataFrame) -> dict[str, str]:
    """For each NPI that the roster repeats, where the row that counts stands: `Sheet1, row 3`."""
    again = which_have(duplicates["codes"], REPEATED)
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
        return texts(rows, column).notna().tolist()
    found = [_names_field(codes, column.field) for codes in told]
    values = rows[column.field]
    is_part = column.field in _NAME_PARTS and not table.has_full_name
    for code, test in (
        # a full name that is made of its parts is missing because a part is
        ("full-name-missing", lambda: values.isna() & is_part),
        ("cell-error", lambda: values.isin(CELL_ERRORS)),
        ("quote-unmatched", lambda: has_odd_quotes(values)),
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
