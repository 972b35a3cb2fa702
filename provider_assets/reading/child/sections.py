"""Headings within a sheet and titles above it that say who has left. In the reader's child process.

What their words mean stands in `providers.ended_lists`.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import pyarrow as pa
import pyarrow.compute as pc

from provider_assets.providers import cleaning
from provider_assets.providers.ended_lists import Says, is_plain, judge_heading, judge_title
from provider_assets.reading.child.endings import end_columns
from provider_assets.reading.child.headings import Candidate, shown_header
from provider_assets.reading.child.sheets import Sheet
from provider_assets.reading.child.table_cells import TableCells

_NPI_LIKE = r"[0-9]{5}"
_LONG_NUMBER = r"[0-9]{9}"
_LETTER = r"\pL"


@dataclass(frozen=True)
class _Heading:
    """A row (from 0 below the headers, before 0 above them) with one text, and what it says."""

    at: int
    text: str
    says: Says
    column: int | None = None


@dataclass
class Sections:
    """Which rows stand `under` a heading for those who left, by its text; which are `headings`."""

    under: pa.Array
    headings: pa.Array
    notes: list[str] = field(default_factory=list)

    @property
    def ended(self) -> pa.Array:
        """Which rows have left."""
        return pc.is_valid(self.under)


def read_sections(sheet: Sheet, cells: TableCells, filled: pa.Array) -> Sections:
    """Go through the headings of a sheet, if its layout does; `filled` are the rows with something.

    A reject workbook that came back has none: its column `Sheet` names them.
    """
    found = cells.found
    headings: list[_Heading] = []
    if found.match.wanted.headings and cells.origin is None:
        headings = [*_titles(sheet, found), *_headings(cells)]
    if not headings:
        none = pa.repeat(pa.scalar(False), cells.size)
        return Sections(pa.nulls(cells.size, pa.string()), none)
    has_own = bool(end_columns(found))
    is_filled = filled.to_pylist()
    under: list[str | None] = [None] * cells.size
    is_heading = [False] * cells.size
    notes: list[str] = []
    for one, end in zip(headings, _ends(headings, cells.size), strict=True):
        is_heading[max(one.at, 0)] |= one.at >= 0 and one.says != "unsure"
        if one.says == "stays":
            notes += _told(one, (), found) if is_filled[one.at] else []
        elif one.says == "left" or not has_own:  # else the rows' own columns tell it
            own = _own_words(cells, one)
            rows = [at for at in range(max(one.at + 1, 0), end) if is_filled[at] and not own(at)]
            notes += _told(one, rows, found)
            for at in rows if one.says == "left" else ():
                under[at] = one.text
    return Sections(pa.array(under, pa.string()), pa.array(is_heading, pa.bool_()), notes)


def _ends(headings: Sequence[_Heading], size: int) -> list[int]:
    """Where the rows under each heading end: at the next one in the sheet that is sure."""
    ends: list[int] = []
    end = size
    for one in reversed(headings):
        ends.append(end)
        if one.at >= 0 and one.says != "unsure":
            end = one.at
    return ends[::-1]


def _own_words(cells: TableCells, heading: _Heading) -> Callable[[int], bool]:
    """Whether a row says it itself, where the heading is a word in a column that tells it."""
    if heading.column not in {one.position for one in (*cells.ends, *cells.alike)}:
        return lambda _: False
    own = cells.by_position[heading.column].to_pylist()
    return lambda at: bool(own[at] and own[at].strip())


def _titles(sheet: Sheet, found: Candidate) -> Iterator[_Heading]:
    """What stands alone in a row above the headers, over the first of them or further left."""
    first = next((at for at, header in enumerate(found.headers) if header), 0)
    for at, row in enumerate(sheet.head[: found.row - sheet.first], sheet.first):
        texts = {cell.strip() for cell in row if cell and cell.strip()}
        if len(texts) != 1:
            continue
        [text] = texts
        place = next(place for place, cell in enumerate(row) if cell and cell.strip())
        says = judge_title(text)
        if says in ("left", "unsure"):
            yield _Heading(at - found.row - 1, text, says if place <= first else "unsure")


def _headings(cells: TableCells) -> Iterator[_Heading]:
    """The rows without an NPI that have one text, which is a heading's."""
    own, npi = cells.by_position, cells.found.match.columns["npi"]
    npis = own[npi]
    odd = pc.invert(pc.fill_null(pc.match_substring_regex(npis, _NPI_LIKE), False))
    rows = pc.indices_nonzero(odd)
    if not len(rows):
        return
    columns = {at: cleaning.clean_texts(column.take(rows)) for at, column in own.items()}
    texts = {
        at: pc.if_else(pc.match_substring_regex(column, _LETTER), column, None)
        for at, column in columns.items()
    }
    alone = pc.coalesce(*texts.values())
    # a malformed NPI is one: the row is somebody's
    no_npi = pc.or_(pc.is_null(columns[npi]), pc.is_valid(texts[npi]))
    single = pc.and_(pc.is_valid(alone), no_npi)
    for at, column in columns.items():
        same = pc.fill_null(pc.equal(texts[at], alone), True)
        number = pc.fill_null(pc.match_substring_regex(column, _LONG_NUMBER), False)
        single = pc.and_(single, pc.and_not(same, number))
    for place in pc.indices_nonzero(single).to_pylist():
        text = alone[place].as_py()
        says = judge_heading(text)
        if says is not None:
            column = next(at for at, column in texts.items() if column[place].is_valid)
            yield _Heading(rows[place].as_py(), text, says, column)


def _told(one: _Heading, rows: Sequence[int], found: Candidate) -> list[str]:
    """A sentence on a heading; of what may be somebody's name only where it stands."""
    shown = f" {shown_header(one.text)!r}" if is_plain(one.text) else ""
    row = one.at + found.row + 2
    where = f"sheet {found.sheet!r}: row {row:,}"
    if one.says == "stays":
        return [f"{where} is a heading{shown}, not a provider; it was left out"]
    if not rows:
        return []
    first, last = rows[0] + found.row + 2, rows[-1] + found.row + 2
    span = f"rows {first:,}\u2013{last:,}" if last > first else f"row {first:,}"
    if one.says == "unsure":
        looks = f"{where}{shown} seems to list providers who have left"
        count = "count" if last > first else "counts"
        return [f"{looks}; {span} below it {count} as the others do (see terminations: headings)"]
    stand, them = ("stand", "they are") if last > first else ("stands", "it is")
    by = f"under{shown or ' a heading for those who left'} (row {row:,})"
    return [f"sheet {found.sheet!r}: {span} {stand} {by}: {them} read as left"]
