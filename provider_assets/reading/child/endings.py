"""Which rows of a table say that their provider has left. Runs in the reader's child process.

What the words mean stands in `providers.endings`, what a day is in `providers.days`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import partial

import pyarrow as pa
import pyarrow.compute as pc

from provider_assets.providers import cleaning
from provider_assets.providers.days import Days, read_days
from provider_assets.providers.ended_lists import judge_heading, judge_sheet
from provider_assets.providers.ended_values import says_left
from provider_assets.providers.endings import (
    Judgement,
    Kind,
    judge_header,
)
from provider_assets.providers.headers import Ending, canonical
from provider_assets.providers.own_words import LONGEST_WORD, PARTED, parted_place
from provider_assets.providers.returned import LEAVERS, is_called
from provider_assets.providers.words import words
from provider_assets.reading.child.day_notes import note_days
from provider_assets.reading.child.headings import Candidate, named_column

UNREADABLE = "term-date-unreadable"
LONG_AGO = "1900-01-01"
_SAID_AS: Mapping[Kind, str] = {"status": "INACTIVE", "active": "N", "action": "D", "flag": "Y"}


@dataclass(frozen=True)
class EndColumn:
    """A column that tells who has left: by listed `values`, or by its `kind`.

    `back` is the column of the day on which somebody came back, where there is one.
    """

    position: int
    kind: Kind
    values: tuple[str, ...] = ()
    back: int | None = None

    @property
    def said_as(self) -> str:
        """What a cell of this column says in a roster that we write, of somebody who has left."""
        return self.values[0].upper() if self.values else _SAID_AS.get(self.kind, LONG_AGO)


@dataclass
class Told:
    """What the columns and the sheet tell, row by row, and sentences for people.

    `by_column` has for each column which rows it ends, and its days.
    """

    ended: pa.Array
    unreadable: pa.Array
    notes: list[str] = field(default_factory=list)
    by_column: list[tuple[EndColumn, pa.Array, Days]] = field(default_factory=list)


def end_columns(found: Candidate) -> tuple[EndColumn, ...]:
    """The columns that the layout reads for this, by the layout's own list or by their words."""
    match = found.match
    used = {*match.columns.values()}
    listed = [
        EndColumn(place, "date" if ending.dated else "status", ending.values, _back(found, ending))
        for place, ending in match.ends
        if place not in used
    ]
    if not match.wanted.known_endings:
        return tuple(listed)
    taken = used | {column.position for column in listed}
    judged = [(at, one) for at, one in _judged(found.headers) if at not in taken and one.sure]
    back = next((at for at, one in judged if one.kind == "back"), None)
    known = [
        EndColumn(at, one.kind, back=back if _is_deactivation(found.headers[at]) else None)
        for at, one in judged
        if one.kind != "back"
    ]
    return (*listed, *known)


def lookalikes(found: Candidate, read: Sequence[EndColumn]) -> tuple[EndColumn, ...]:
    """The columns that look as if they told it, and that the layout does not read."""
    taken = {*found.match.columns.values(), *(column.position for column in read)}
    return tuple(
        EndColumn(at, one.kind)
        for at, one in _judged(found.headers)
        if at not in taken and one.kind != "back"
    )


def positions(columns: Sequence[EndColumn]) -> set[int]:
    """The positions that the columns' telling needs."""
    return {c.position for c in columns} | {c.back for c in columns if c.back is not None}


def tell(
    cells: Mapping[int, pa.Array], columns: Sequence[EndColumn], found: Candidate, today: date
) -> Told:
    """Which rows have left by these columns (`cells` by position, below the headers)."""
    size = len(next(iter(cells.values())))
    told = Told(_none(size), _none(size))
    for column in columns:
        ended, unreadable, days = tell_column(cells, column, today)
        told.by_column.append((column, ended, days))
        told.ended = pc.or_(told.ended, ended)
        told.unreadable = pc.or_(told.unreadable, unreadable)
        named = named_column(found, column.position)
        told.notes += note_days(named, days, cells[column.position])
    told.unreadable = pc.and_not(told.unreadable, told.ended)
    return told


def own_words(
    cells: Mapping[int, pa.Array], told: Told, found: Candidate, rows: pa.Array
) -> pa.Array:
    """Of some `rows` (places) the roster's own word for who has left, as `left_as` has it.

    Words are clearer than days. A day of two readings is written so that it has one.
    """
    said = pa.nulls(len(rows), pa.string())
    for column, ended, days in sorted(told.by_column, key=lambda one: one[0].kind == "date"):
        texts = cleaning.clean_texts(cells[column.position].take(rows))
        if days.doubtful:
            texts = cleaning.map_unique(texts, partial(_one_reading, days), pa.string())
        short = pc.fill_null(pc.less_equal(pc.utf8_length(texts), LONGEST_WORD), False)
        header = pa.scalar(found.headers[column.position] or "")
        word = pc.binary_join_element_wise(header, texts, PARTED)
        said = pc.coalesce(said, pc.if_else(pc.and_(ended.take(rows), short), word, None))
    return said


def _one_reading(days: Days, text: str) -> str:
    day = days.days.get(text)
    return text if day is None else day.isoformat()


def tell_sheet(found: Candidate, origin: pa.Array | None, size: int) -> tuple[pa.Array, list[str]]:
    """Which rows have left since their sheet lists such; `origin` names it row by row, or None.

    In a reject workbook that came back the column `Sheet` tells where a row once stood. The sheet
    in which it lists leavers needs no such column.
    """
    wanted = found.match.wanted
    listed = {name for ending in wanted.endings for name in ending.sheets}

    def is_ended(name: str) -> bool:
        judged = judge_sheet(name) if wanted.known_endings else None
        known = canonical(name) in listed or (judged is not None and judged.sure)
        return known or is_called(name, LEAVERS)

    def was_ended(place: str) -> bool:
        if not place.strip():
            return is_leavers
        sheet, heading = parted_place(place)
        left = heading is not None and wanted.headings and judge_heading(heading) == "left"
        return left or is_ended(sheet) or is_ended(place)

    if origin is not None:
        is_leavers = is_called(found.sheet, LEAVERS)
        told = cleaning.map_unique(origin, was_ended, pa.bool_())
        return pc.fill_null(told, is_leavers), []
    if is_ended(found.sheet):
        return pa.repeat(pa.scalar(True), size), []
    notes = []
    if judge_sheet(found.sheet) is not None and not end_columns(found):
        notes.append(
            f"sheet {found.sheet!r} seems to list providers who have left; the layout "
            f"{wanted.layout} does not read it so, and its rows count as the others do (see "
            "terminations: sheets)"
        )
    return _none(size), notes


def days_in(cells: pa.Array, column: EndColumn) -> Days:
    """The days of a column that may hold some."""
    if column.values or column.kind not in ("date", "flag"):
        return Days()
    return read_days([text for text in cells.unique().to_pylist() if text])


def tell_column(
    cells: Mapping[int, pa.Array], column: EndColumn, today: date
) -> tuple[pa.Array, pa.Array, Days]:
    """Which cells say that somebody left, which are unreadable as days, and the days."""
    own = cells[column.position]
    if column.values:
        values = frozenset(column.values)
        ended = cleaning.map_unique(own, lambda text: canonical(text) in values, pa.bool_())
        return pc.fill_null(ended, False), _none(len(own)), Days()
    days = days_in(own, column)

    def is_ended(text: str) -> bool:
        day = days.days.get(text)
        return day < today if day is not None else says_left(text, column.kind)

    def is_unreadable(text: str) -> bool:
        if text in days.undecided:
            return True
        return column.kind == "date" and text in days.unreadable and bool(text.strip())

    ended = pc.fill_null(cleaning.map_unique(own, is_ended, pa.bool_()), False)
    unreadable = pc.fill_null(cleaning.map_unique(own, is_unreadable, pa.bool_()), False)
    if column.back is not None:
        again = read_days([text for text in cells[column.back].unique().to_pylist() if text])
        ended = pc.and_not(ended, _came_back(own, cells[column.back], days, again))
        unclear = cleaning.map_unique(
            cells[column.back], lambda text: text in again.undecided, pa.bool_()
        )
        unclear = pc.and_(ended, pc.fill_null(unclear, False))
        ended, unreadable = pc.and_not(ended, unclear), pc.or_(unreadable, unclear)
    return ended, unreadable, days


def _came_back(left: pa.Array, back: pa.Array, days: Days, again: Days) -> pa.Array:
    """Where the day of coming back is not before the day of leaving."""
    left_on = cleaning.map_unique(left, days.days.get, pa.date32())
    back_on = cleaning.map_unique(back, again.days.get, pa.date32())
    return pc.fill_null(pc.less_equal(left_on, back_on), False)


def _judged(headers: Sequence[str | None]) -> list[tuple[int, Judgement]]:
    found = ((at, judge_header(header)) for at, header in enumerate(headers) if header)
    return [(at, judged) for at, judged in found if judged is not None]


def _back(found: Candidate, ending: Ending) -> int | None:
    places = [at for at, h in enumerate(found.headers) if h and canonical(h) in ending.back]
    return places[0] if places else None


def _is_deactivation(header: str | None) -> bool:
    return any(word.startswith(("deactiv", "inactiv")) for word in words(header or ""))


def _none(size: int) -> pa.Array:
    return pa.repeat(pa.scalar(False), size)
