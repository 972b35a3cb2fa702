"""The table in a sheet: which row holds the headers, and which layout they fit."""

from collections.abc import Sequence
from dataclasses import dataclass

from provider_assets.errors import FileCode
from provider_assets.providers.headers import Match, Wanted, canonical, match_places
from provider_assets.reading.refusal import refuse
from provider_assets.reading.sheets import Sheet

SHOWN_HEADERS = 12


@dataclass(frozen=True)
class Candidate:
    """A row of a sheet (from 0) held against a layout."""

    row: int
    match: Match
    headers: tuple[str | None, ...]


def candidates(sheet: Sheet, wanted: Sequence[Wanted]) -> list[Candidate]:
    """Every row of the sheet's head that has a header some layout looks for, by layout."""
    known = {header for one in wanted for headers in one.columns.values() for header in headers}
    found = []
    for at, cells in enumerate(sheet.head):
        places: dict[str, list[int]] = {}
        for position, cell in enumerate(cells):
            if cell and (key := canonical(cell)) in known:
                places.setdefault(key, []).append(position)
        if places:
            found += [Candidate(at, match_places(places, one), tuple(cells)) for one in wanted]
    return found


def best_fit(found: Sequence[Candidate]) -> Candidate | None:
    """The most specific fit of a sheet, the highest row of it; None where none fits.

    Raises Refusal `ambiguous-layout` when two layouts fit equally well.
    """
    fits = [one for one in found if one.match.fits]
    if not fits:
        return None
    top = max(one.match.rank for one in fits)
    tied = [one for one in fits if one.match.rank == top]
    names = sorted({one.match.wanted.layout for one in tied})
    if len(names) > 1:
        refuse(
            FileCode.AMBIGUOUS_LAYOUT,
            f"the layouts {' and '.join(names)} fit equally well; give one of them a header that "
            "only its rosters have",
        )
    return min(tied, key=lambda one: one.row)


def refuse_unfit(found: Sequence[tuple[str, Candidate]]) -> None:
    """Say why no sheet fits any layout; `found` has the sheets' names and what was looked at."""
    near = [(sheet, one) for sheet, one in found if one.match.columns or one.match.doubled]
    if not near:
        refuse(
            FileCode.NO_LAYOUT,
            "no row looks like the headers of a roster (such as NPI, Last Name, First Name); put "
            "the headers above the rows, or write a layout for them",
        )
    doubled = [(sheet, one) for sheet, one in near if one.match.doubled and not one.match.missing]
    if doubled:
        sheet, one = max(doubled, key=lambda pair: pair[1].match.rank)
        field, places = next(iter(one.match.doubled.items()))
        columns = " and ".join(f"{one.headers[p]!r} (column {letters(p)})" for p in places)
        refuse(
            FileCode.DUPLICATE_COLUMN,
            f"sheet {sheet!r}, row {one.row + 1}: {columns} could both be the {field}; rename or "
            "delete all but one, or write a layout that names the right one",
        )
    sheet, one = max(near, key=lambda p: (-len(p[1].match.missing), len(p[1].match.columns)))
    lacks = ", ".join(one.match.missing) or "nothing"
    shown = [_shown(cell) for cell in one.headers if cell][:SHOWN_HEADERS]
    refuse(
        FileCode.NO_LAYOUT,
        f"sheet {sheet!r} fits no layout; the nearest is {one.match.wanted.layout}, which lacks a "
        f"column for {lacks}. Headers found in row {one.row + 1}: {', '.join(shown)}",
    )


def letters(position: int) -> str:
    """A column's letters as a spreadsheet shows them: 0 is A, 26 is AA."""
    text, rest = "", position + 1
    while rest:
        rest, digit = divmod(rest - 1, 26)
        text = chr(65 + digit) + text
    return text


def _shown(header: str) -> str:
    return " ".join(header.split())[:40]
