"""The columns of a table that a layout asks for, and how they are filled."""

from dataclasses import dataclass, field

import pyarrow as pa
import pyarrow.compute as pc

from provider_assets.errors import FileCode
from provider_assets.providers import cleaning
from provider_assets.providers.forms import forms
from provider_assets.providers.headers import letters
from provider_assets.reading.child.endings import EndColumn, end_columns, lookalikes, positions
from provider_assets.reading.child.headings import Candidate
from provider_assets.reading.child.refusal import refuse
from provider_assets.reading.child.returned import check_column, origin_column, reason_column
from provider_assets.reading.child.sheets import Sheet
from provider_assets.reading.limits import ReadingLimits

_TOLD = 8


@dataclass
class TableCells:
    """The sheet's columns that matter, by position, below the headers.

    Of those that are `unread`, or `bare` of a header, only so much is asked as how many of their
    cells are filled.
    """

    found: Candidate
    ends: tuple[EndColumn, ...]
    alike: tuple[EndColumn, ...]
    origin: int | None
    unread: tuple[int, ...] = ()
    bare: tuple[int, ...] = ()
    by_position: dict[int, pa.Array] = field(default_factory=dict)

    @property
    def size(self) -> int:
        """How many rows stand below the headers."""
        return len(self.by_position[0])

    def reach(self, size: int) -> None:
        """Have at least so many rows: below the last value formulas without one may stand."""
        lacking = size - self.size
        if lacking > 0:
            more = pa.nulls(lacking, pa.string())
            self.by_position = {
                at: pa.concat_arrays([cells, more]) for at, cells in self.by_position.items()
            }


def read_cells(sheet: Sheet, found: Candidate, limits: ReadingLimits) -> TableCells:
    """The columns that a layout asks for. Raises Refusal `too-large` for a cell beyond limits."""
    ends = end_columns(found)
    cells = TableCells(found, ends, lookalikes(found, ends), origin_column(found))
    places = {*found.match.columns.values(), 0} | positions(cells.ends) | positions(cells.alike)
    ours = (cells.origin, check_column(found), reason_column(found))
    places |= {place for place in ours if place is not None}
    if sheet.is_light:
        headed = (at for at in range(len(found.headers)) if _header(found, at))
        cells.unread = tuple(at for at in headed if at not in places)
    named = max((at for at, header in enumerate(found.headers) if header), default=-1) + 1
    width = len(sheet.head[found.row - sheet.first])
    sheet.ragged.expect(found.row, named, max(named, width))
    if sheet.is_light:
        cells.bare = tuple(at for at in range(width) if not _header(found, at))
    wanted = sorted({*places, *cells.unread, *cells.bare})
    for position, values in zip(wanted, sheet.columns(wanted), strict=True):
        if position in places:
            _check_lengths(values, sheet.name, limits)
        cells.by_position[position] = values
    shown = {place for name, place in found.match.columns.items() if name != "npi"}
    for position in shown:
        cells.by_position[position] = sheet.show(cells.by_position[position], position)
    start = found.row + 1
    cells.by_position = {at: values.slice(start) for at, values in cells.by_position.items()}
    return cells


def _header(found: Candidate, position: int) -> str:
    return ((found.headers[position] if position < len(found.headers) else None) or "").strip()


def note_bare(cells: TableCells) -> list[str]:
    """A sentence on the columns without a header in which something stands below the headers."""
    filled = ((at, _count_filled(cells.by_position[at])) for at in cells.bare)
    told = [f"{letters(at)} ({n:,} cell{'s' * (n > 1)})" for at, n in filled if n]
    if not told:
        return []
    more = f" and {len(told) - _TOLD:,} more" if len(told) > _TOLD else ""
    many = "columns without a header hold" if len(told) > 1 else "a column without a header holds"
    return [
        f"sheet {cells.found.sheet!r}: {many} something that was not read: "
        f"{', '.join(told[:_TOLD])}{more}"
    ]


def _count_filled(cells: pa.Array) -> int:
    if cells.null_count == len(cells):
        return 0
    return pc.sum(pc.not_equal(pc.utf8_trim_whitespace(cells), "")).as_py() or 0


def looks(cells: TableCells, kept: pa.Array) -> dict[int, tuple[int, list[str]]]:
    """How many of the kept rows have something in a column, and forms of some that is read."""
    told = (end.position for end in (*cells.ends, *cells.alike))
    places = {*cells.found.match.columns.values(), *told}
    seen: dict[int, tuple[int, list[str]]] = {}
    for place in places:
        own = cleaning.clean_texts(cells.by_position[place].filter(kept)).drop_null()
        seen[place] = (len(own), forms(own.slice(0, 200).to_pylist()))
    for place in cells.unread:  # no form of them either: nobody asked for what stands there
        seen[place] = (_count_filled(cells.by_position[place].filter(kept)), [])
    return seen


def _check_lengths(cells: pa.Array, sheet: str, limits: ReadingLimits) -> None:
    longest = pc.max(pc.binary_length(cells)).as_py() or 0
    if longest > limits.cell_characters:
        longest = pc.max(pc.utf8_length(cells)).as_py()
    if longest > limits.cell_characters:
        refuse(
            FileCode.TOO_LARGE,
            f"sheet {sheet!r}: a cell holds {longest:,} characters and "
            f"{limits.cell_characters:,} are allowed; shorten it",
        )
