"""Sheets as the readers give them: all text, rows counted as on the screen."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import pyarrow as pa

from provider_assets.reading.child.ragged import Ragged

HEAD_ROWS = 100


@dataclass
class Sheet:
    """One sheet. `head` has its first rows, cell by cell from column A, null where blank, from the
    row `first` on (from 0), above which all is blank.

    `columns` gives the whole columns (string, null where blank, from the sheet's first row on)
    at some positions, `show` makes of one of them what people see where its cells are no text;
    `notes` fills up while they are read. `uncalculated` tells the places (row and column, from 0)
    of formulas that were saved without a value, which a reader that goes cell by cell
    (`is_exact`) meets by itself; `merged` the cells that are merged over several rows: the first
    row, the last and the column, from 0. Of one that `is_light`, columns that nobody asks for
    cost little to count. `ragged` is what a text's rows are found to be while its columns are read.
    `whole` is false where some of its cells could not be taken.
    """

    name: str
    head: list[list[str | None]]
    columns: Callable[[Sequence[int]], list[pa.Array]]
    show: Callable[[pa.Array, int], pa.Array] = lambda cells, _: cells
    notes: list[str] = field(default_factory=list)
    first: int = 0
    uncalculated: Callable[[], frozenset[tuple[int, int]]] = frozenset
    merged: Callable[[], Sequence[tuple[int, int, int]]] = tuple
    is_exact: bool = False
    is_light: bool = True
    ragged: Ragged = field(default_factory=Ragged)
    whole: bool = True

    @property
    def is_blank(self) -> bool:
        """Whether nothing stands in the sheet's head."""
        return not any(cell and cell.strip() for row in self.head for cell in row)


@dataclass
class Workbook:
    """A workbook's visible sheets, read one after the other; the hidden ones' names.

    `notes` are sentences on what is no sheet's own, such as one that holds only a chart. `whole` is
    false where a sheet has cells, as far as the file says, and they are not in it.
    """

    sheets: Iterator[Sheet]
    hidden: list[str]
    notes: list[str] = field(default_factory=list)
    whole: bool = True
