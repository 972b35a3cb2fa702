"""Rows of a text that are longer than its headers, or that end before their end.

A separator that stands unquoted in a value (`Smith, Jr`) makes one field more of a row and shifts
all that follow. A text that was cut off on its way ends inside a row. Neither may load.
"""

from array import array
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

import pyarrow as pa

from provider_assets.providers.counted import counted
from provider_assets.providers.headers import letters

SHIFTED = "values-shifted"
ENDLESS = "row-cut-off"
_MANY = 10  # where every tenth row lacks its last fields, the last one may


@dataclass
class Ragged:
    """What is seen while lines become records; rows count from 0.

    It is told before where the headers stand, how many they are (`named`), and how many fields
    their row has (`fields`). `over` are the rows below with more fields and something beyond the
    headers, `widths` how many fields each has, `parted` those of them in which a blank follows only
    some separators. `long` counts the rows with more fields by their number, `short` those that
    have fewer. `cut` is the row that is not whole.
    """

    header: int = -1
    named: int = 0
    fields: int = 0
    over: "array[int]" = field(default_factory=lambda: array("q"))
    widths: "array[int]" = field(default_factory=lambda: array("q"))
    parted: set[int] = field(default_factory=set)
    long: Counter[int] = field(default_factory=Counter)
    short: int = 0
    cut: int | None = None

    def expect(self, header: int, named: int, fields: int) -> None:
        """Say where the headers stand, up to which field, and how many fields their row has."""
        self.header, self.named, self.fields = header, named, fields

    def see(self, row: int, record: Sequence[str], line: str, delimiter: str) -> None:
        """Take a record in that has not as many fields as the headers."""
        if row <= self.header or not _holds(record):
            return
        if len(record) < self.fields:
            self.short += 1
            return
        self.long[len(record)] += 1
        if _holds(record[self.named :]):
            self.over.append(row)
            self.widths.append(len(record))
            bare = line.split('"')[::2]  # what stands outside of quotation marks
            blanks = sum(part.count(f"{delimiter} ") for part in bare)
            if 0 < blanks * 2 <= sum(part.count(delimiter) for part in bare):
                self.parted.add(row)

    def end(self, row: int, record: Sequence[str], line: str) -> None:
        """Look at the last record: without a line end, and shorter than rows usually are, it is
        not whole.
        """
        rows = row - self.header - 1
        if (
            0 < len(record) < self.fields
            and row > self.header
            and _holds(record)
            and not line.endswith(("\n", "\r"))
            and (self.short - 1) * _MANY <= rows
        ):
            self.cut = row


def _holds(cells: Sequence[str]) -> bool:
    """Whether anything stands there, but for blanks and the mark with which DOS ended a file."""
    return any(cell.strip(" \t\r\n\v\f\x1a") for cell in cells)


def judge(
    ragged: Ragged, filled: pa.Array, kept: pa.Array, sheet: str
) -> tuple[list[tuple[str, pa.Array]], list[str]]:
    """By code, which rows below the headers are shifted or cut off, and sentences on them.

    `kept` are the rows that count, of those that are `filled`. Where most have the same fields
    beyond the headers, these are columns without a header, unless blanks after some separators show
    that values were parted.
    """
    start, rows = ragged.header + 1, sum(kept.to_pylist()) if ragged.over else 0
    shifted = set(ragged.over)
    notes = []
    if sum(ragged.long.values()) * 2 > rows and len(ragged.parted) * 2 <= len(ragged.over):
        usual = ragged.long.most_common(1)[0][0]
        longer = zip(ragged.over, ragged.widths, strict=True)
        shifted = {row for row, width in longer if width > usual} | ragged.parted
        beyond = len(ragged.over) - len(shifted)
        some = counted(beyond, "row", "holds", "hold")
        if beyond:
            notes.append(
                f"sheet {sheet!r}: {some} something beyond the last header (from column "
                f"{letters(ragged.named)} on), which was not read; give it a header"
            )
    marks = [(SHIFTED, _marks({row - start for row in shifted}, len(kept)))]
    last = -1 if ragged.cut is None else ragged.cut
    at = last - start
    if at >= 0 and (kept[at].as_py() or not filled[at].as_py()):  # a total needs no line end
        marks.append((ENDLESS, _marks({at}, len(kept))))
        notes.append(
            f"sheet {sheet!r}: row {last + 1:,} is where the file breaks off; the rest is missing: "
            "send the whole file again"
        )
    return marks, notes


def _marks(rows: set[int], size: int) -> pa.Array:
    if not rows:
        return pa.repeat(pa.scalar(False), size)
    return pa.array([row in rows for row in range(size)], pa.bool_())
