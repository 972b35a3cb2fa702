"""The cells of a sheet as a reader meets them, typed, one by one; they become its `Sheet`.

For readers that go through a file themselves. Of each value two things are kept: its text, as
`quick` gives it too, and what people see, where that is something else.
"""

from array import array
from collections.abc import Sequence
from datetime import date, datetime, time

import pyarrow as pa

from provider_assets.errors import FileCode
from provider_assets.reading.child.refusal import refuse
from provider_assets.reading.child.sheets import HEAD_ROWS, Sheet
from provider_assets.reading.child.shown import show
from provider_assets.reading.limits import EXCEL_COLUMNS, EXCEL_ROWS, ReadingLimits

Value = str | bool | int | float | datetime | date | time | None
_LARGEST_EXACT = 1e15


class _Column:
    def __init__(self) -> None:
        self.rows = array("q")
        self.texts: list[str] = []
        self.shown: dict[int, str] = {}


class Cells:
    """One sheet's cells; rows and columns count from 0. `notes` are the sheet's, `bare` the
    places of formulas that were saved without a value, `merged` the cells that span several rows
    (first row, last row, column); `whole` is false where some were left out.
    """

    def __init__(self, name: str, limits: ReadingLimits) -> None:
        self.name = name
        self.notes: list[str] = []
        self.whole = True
        self.bare: set[tuple[int, int]] = set()
        self.merged: list[tuple[int, int, int]] = []
        self._limits = limits
        self._columns: dict[int, _Column] = {}
        self._height = 0
        self._count = 0

    def put(
        self, row: int, column: int, value: Value, shown: str | None = None, times: int = 1
    ) -> None:
        """A cell's value, so many times below each other; `shown` is what people see, if known.

        Raises Refusal `too-large` beyond a cell's, a sheet's or the reader's limits.
        """
        text = text_of(value)
        if not text or times < 1:
            return
        if len(text) > self._limits.cell_characters:
            refuse(FileCode.TOO_LARGE, "a cell holds more text than a cell can; shorten it")
        self._reach(row + times, column + 1, times)
        cells = self._columns.setdefault(column, _Column())
        cells.rows.extend(range(row, row + times))
        cells.texts.extend([text] * times)
        seen = shown or (None if isinstance(value, str) else show(value, "General"))
        if seen and seen != text:
            cells.shown.update(dict.fromkeys(range(row, row + times), seen))

    def see(self, row: int, column: int, shown: str) -> None:
        """Of a cell that was put: what people see of it."""
        if column in self._columns:
            self._columns[column].shown[row] = shown

    def _reach(self, rows: int, columns: int, count: int) -> None:
        self._height = max(self._height, rows)
        self._count += count
        if rows > EXCEL_ROWS or columns > EXCEL_COLUMNS or self._count > self._limits.cells:
            refuse_too_far(rows, columns)

    def sheet(self) -> Sheet:
        """The sheet, once all cells are in."""
        width = max(self._columns, default=-1) + 1
        if self._height * width > self._limits.cells:
            refuse_too_far(self._height, width)
        first = min((min(cells.rows) for cells in self._columns.values()), default=0)
        top = [self._texts(position, first + HEAD_ROWS)[first:] for position in range(width)]
        head = [list(row) for row in zip(*top, strict=True)]
        bare = frozenset(self.bare)
        return Sheet(
            self.name,
            head,
            self._arrays,
            self._show,
            self.notes,
            first,
            lambda: bare,
            lambda: self.merged,
            is_exact=True,
            whole=self.whole,
        )

    def _texts(self, position: int, height: int) -> list[str | None]:
        texts: list[str | None] = [None] * min(height, self._height)
        cells = self._columns.get(position) or _Column()
        for row, text in zip(cells.rows, cells.texts, strict=True):
            if row < height:
                texts[row] = text
        return texts

    def _arrays(self, positions: Sequence[int]) -> list[pa.Array]:
        blank = pa.nulls(self._height, pa.string())
        return [
            pa.array(self._texts(one, self._height), pa.string()) if one in self._columns else blank
            for one in positions
        ]

    def _show(self, cells: pa.Array, position: int) -> pa.Array:
        shown = self._columns[position].shown if position in self._columns else {}
        if not shown:
            return cells
        texts = cells.to_pylist()
        for row, text in shown.items():
            texts[row] = text
        return pa.array(texts, pa.string())


def refuse_too_far(rows: int, columns: int) -> None:
    """Refuse a sheet that reaches further than one can, or than is allowed."""
    refuse(
        FileCode.TOO_LARGE,
        f"a sheet reaches to row {rows:,} and column {columns:,}; delete the unused rows and "
        "columns and save it again",
    )


def text_of(value: Value) -> str | None:
    """A value as plain text: `2020-05-01 00:00:00`, `13:04:05`, `true`, a number's digits."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, datetime):
        return value.isoformat(" ")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer() and abs(value) < _LARGEST_EXACT:
        return str(int(value))
    return value if isinstance(value, str) or value is None else repr(value)
