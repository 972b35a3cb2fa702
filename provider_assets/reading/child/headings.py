"""The headers in a sheet: which row holds them, and which layout they fit."""

from collections.abc import Sequence
from dataclasses import dataclass

from provider_assets.errors import FileCode
from provider_assets.providers.cleaning import clean_text
from provider_assets.providers.entities import field_of
from provider_assets.providers.headers import (
    Match,
    Wanted,
    canonical,
    is_of_others,
    known_headers,
    letters,
    loose_keys,
    match_places,
)
from provider_assets.providers.words import words
from provider_assets.reading.child.refusal import refuse
from provider_assets.reading.child.sheets import Sheet

SHOWN_LENGTH = 40


@dataclass(frozen=True)
class Candidate:
    """A row of a sheet (from 0) held against a layout."""

    sheet: str
    row: int
    headers: tuple[str | None, ...]
    match: Match

    @property
    def layout(self) -> str:
        """The layout's name."""
        return self.match.wanted.layout


def candidates(sheet: Sheet, wanted: Sequence[Wanted]) -> list[Candidate]:
    """Every row of the sheet's head that has a header some layout looks for, by layout.

    A row also counts together with the row above, where that fills its blanks: headers over two
    rows, some of them merged.
    """
    known = known_headers(wanted)
    found: list[Candidate] = []
    above: list[str | None] = []
    beyond: list[str | None] = []  # a row that a blank one parts from this
    for at, cells in enumerate(sheet.head, sheet.first):
        width = max(len(above), len(beyond), len(cells))
        own, over = _padded(cells, width), _padded(above, width)
        filled = [cell or other for cell, other in zip(own, over, strict=True)]
        for headers in [own] if filled == own else [own, filled]:
            row = _Row(sheet, at, headers, over, _padded(beyond, width), known)
            found += [row.held_against(one) for one in wanted if row.is_known]
        above, beyond = cells, [] if any(cells) else above
    return found


class _Row:
    """A row that may hold the headers; a column also goes by the heading above it, or its letter.

    `Provider Information > NPI` is the column `NPI` under that heading, which may span several;
    `column D` is the fourth one.
    """

    def __init__(
        self,
        sheet: Sheet,
        at: int,
        headers: list[str | None],
        above: list[str | None],
        beyond: list[str | None],
        known: frozenset[str],
    ) -> None:
        self._sheet, self._at = sheet, at
        self._headers = list(headers)
        self._places: dict[str, list[int]] = {}
        self._loose: dict[str, list[int]] = {}
        self._others: set[int] = set()
        heading = None
        self._has_headings = sum(1 for cell in above if cell) > 1  # one alone is a title
        for position, header in enumerate(headers):
            heading = above[position] or beyond[position] or heading
            if header:
                self._add(position, header, heading, known)

    def _add(self, position: int, header: str, heading: str | None, known: frozenset[str]) -> None:
        path = f"{_one_line(heading)} > {_one_line(header)}" if heading else ""
        letter = "" if holds_number(header) else f"column {letters(position)}"
        for name in (header, path, letter):
            key = canonical(name)
            if key in known:
                self._places.setdefault(key, []).append(position)
                self._headers[position] = name if name != header else self._headers[position]
        of_others = self._has_headings and is_of_others(heading)
        if of_others:  # its header alone would pass for the provider's
            self._others.add(position)
            self._headers[position] = path
        for key in loose_keys(path if of_others else header):
            if key in known:
                self._loose.setdefault(key, []).append(position)

    @property
    def is_known(self) -> bool:
        """Whether any header in it is one that a layout looks for."""
        return bool(self._places or self._loose)

    def held_against(self, wanted: Wanted) -> Candidate:
        """The row as a layout sees it."""
        if not wanted.fallback:
            match = match_places(self._places, wanted)
        else:
            own = {
                key: [place for place in places if place not in self._others]
                for key, places in self._places.items()
            }
            match = match_places(own, wanted, self._loose, self._held(wanted))
        return Candidate(self._sheet.name, self._at, tuple(self._headers), match)

    def _held(self, wanted: Wanted) -> dict[int, str]:
        """Columns that a header names a practice, though codes or degrees stand in them."""
        places = {
            place
            for key in wanted.columns["entity_name"]
            for place in self._places.get(key, ())
            if not _OF_KINDS.isdisjoint(words(self._headers[place] or ""))
        }
        held = ((place, field_of(self._values(place))) for place in places)
        return {place: field for place, field in held if field is not None}

    def _values(self, position: int) -> list[str]:
        rows = self._sheet.head[self._at - self._sheet.first + 1 :]
        below = (row[position] for row in rows if position < len(row))
        return [text for cell in below if cell and (text := clean_text(cell))]


_OF_KINDS = frozenset({"type", "entity", "kind", "category", "class"})


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _padded(cells: list[str | None], width: int) -> list[str | None]:
    return cells + [None] * (width - len(cells))


def best_fit(found: Sequence[Candidate]) -> Candidate | None:
    """The most specific fit of a sheet, the highest row of it; None where none fits.

    Raises Refusal `ambiguous-layout` when two layouts fit equally well.
    """
    fits = [one for one in found if one.match.fits]
    if not fits:
        return None
    top = max(one.match.rank for one in fits)
    tied = [one for one in fits if one.match.rank == top]
    refuse_several({one.layout for one in tied}, f"sheet {tied[0].sheet!r}")
    return min(tied, key=lambda one: one.row)


def refuse_several(layouts: set[str], where: str) -> None:
    """Refuse `ambiguous-layout` where there is more than one layout."""
    if len(layouts) > 1:
        refuse(
            FileCode.AMBIGUOUS_LAYOUT,
            f"the layouts {' and '.join(sorted(layouts))} fit {where} equally well; give one of "
            "them a header that only its own rosters have",
        )


def shown_header(header: str) -> str:
    """A header for a message: on one line, cut, and with long numbers hidden.

    Should the row be data after all, no NPI and no date of birth gets out.
    """
    line = " ".join(header.split())[:SHOWN_LENGTH]
    return "(a number)" if holds_number(line) else line


def holds_number(text: str) -> bool:
    """Whether a text holds a number too long for a header: an NPI, a day, a phone."""
    return sum(character.isdigit() for character in text) > 4  # noqa: PLR2004


def named_column(found: Candidate, position: int) -> str:
    """A column for a note: its sheet, its header, its letter."""
    header = shown_header(found.headers[position] or "")
    return f"sheet {found.sheet!r}: the column {header!r} ({letters(position)})"
