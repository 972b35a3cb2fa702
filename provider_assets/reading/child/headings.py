"""The headers in a sheet: which row holds them, and which layout they fit."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NoReturn

from provider_assets.errors import FileCode
from provider_assets.providers.headers import (
    Match,
    Wanted,
    canonical,
    known_headers,
    letters,
    match_places,
)
from provider_assets.reading.child.refusal import refuse
from provider_assets.reading.child.sheets import Sheet

SHOWN_HEADERS = 12
SHOWN_LENGTH = 40
_DRAFTED = " (provider-assets layouts suggest FILE drafts it)"


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
    for at, cells in enumerate(sheet.head, sheet.first):
        width = max(len(above), len(cells))
        filled = [
            cell or over
            for cell, over in zip(_padded(cells, width), _padded(above, width), strict=True)
        ]
        for headers in [cells] if filled == cells else [cells, filled]:
            places = _places(headers, known)
            found += [
                Candidate(sheet.name, at, tuple(headers), match_places(places, one))
                for one in wanted
                if places
            ]
        above = cells
    return found


def _padded(cells: list[str | None], width: int) -> list[str | None]:
    return cells + [None] * (width - len(cells))


def _places(headers: Sequence[str | None], known: frozenset[str]) -> dict[str, list[int]]:
    places: dict[str, list[int]] = {}
    for position, header in enumerate(headers):
        if header and (key := canonical(header)) in known:
            places.setdefault(key, []).append(position)
    return places


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


def refuse_unfit(found: Sequence[Candidate]) -> NoReturn:
    """Say why no sheet fits any layout, from everything that was looked at."""
    doubled = [one for one in found if one.match.doubled and not one.match.missing]
    if doubled:
        _refuse_doubled(max(doubled, key=lambda one: (one.match.rank, -one.row)))
    near = [one for one in found if one.match.columns or one.match.doubled]
    if not near:
        refuse(
            FileCode.NO_LAYOUT,
            "no row has the headers of a roster (such as NPI, Last Name, First Name); put headers "
            f"above the rows, or write a layout for the ones that it has{_DRAFTED}",
        )
    one = max(near, key=_nearness)
    shown = [shown_header(cell) for cell in one.headers if cell and cell.strip()]
    more = f" and {len(shown) - SHOWN_HEADERS} more" if len(shown) > SHOWN_HEADERS else ""
    lacks = " and ".join(f"{name} ({_asked(one.match, name)})" for name in one.match.missing)
    refuse(
        FileCode.NO_LAYOUT,
        f"no layout fits; the nearest is {one.layout}, which lacks a column for {lacks}. Sheet "
        f"{one.sheet!r} has in row {one.row + 1}: {', '.join(shown[:SHOWN_HEADERS])}{more}. Rename "
        f"the headers, or write a layout with them{_DRAFTED}",
    )


def _nearness(one: Candidate) -> tuple[int, bool, int, int]:
    found = len(one.match.columns) + len(one.match.doubled)
    return found, not one.match.wanted.fallback, -len(one.match.missing), -one.row


def _asked(match: Match, name: str) -> str:
    """The header that the layout would rather see, canonical, for the sender to recognise."""
    spelled = match.wanted.spelled.get(name) or match.wanted.columns.get(name) or ("?",)
    return f"such as {spelled[0]}"


def _refuse_doubled(one: Candidate) -> NoReturn:
    name, places = next(iter(one.match.doubled.items()))
    columns = " and ".join(f"{shown_header(one.headers[p] or '')!r} ({letters(p)})" for p in places)
    refuse(
        FileCode.DUPLICATE_COLUMN,
        f"sheet {one.sheet!r}, row {one.row + 1}: the columns {columns} could each be the {name}; "
        "rename or delete all but one, or write a layout that names the right one",
    )


def shown_header(header: str) -> str:
    """A header for a message: on one line, cut, and with long numbers hidden.

    Should the row be data after all, no NPI and no date of birth gets out.
    """
    line = " ".join(header.split())[:SHOWN_LENGTH]
    return "(a number)" if sum(character.isdigit() for character in line) > 4 else line  # noqa: PLR2004
