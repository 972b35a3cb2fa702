"""Lines of delimited text become records, quotation marks and all; a stray one harms one line.

Records count as a spreadsheet program's rows: a record is a row, also where a quoted cell holds
line breaks, and so is a blank line.
"""

import csv
import re
from collections.abc import Iterator

from provider_assets.errors import FileCode
from provider_assets.reading.child.ragged import Ragged
from provider_assets.reading.child.refusal import refuse
from provider_assets.reading.limits import ReadingLimits

Record = list[str]
_MOST_NOTES = 20
_LINE_ENDS = ("\n", "\r")
_TEN_DIGITS = re.compile(r"[0-9]{10}")


class Records:
    """The records of some lines, once.

    A quotation mark that swallows whole rows (the lines it joins look like rows by themselves) is
    taken for a stray one: its lines are read one by one, and a note says where. Where the text ends
    inside a quoted cell, its last row is not whole. `ragged` takes in which rows are too long, and
    whether the last one is cut off.
    """

    def __init__(
        self,
        lines: Iterator[str],
        delimiter: str,
        limits: ReadingLimits,
        notes: list[str] | None,
        ragged: Ragged | None = None,
    ) -> None:
        self._lines = lines
        self._delimiter = delimiter
        self._limits = limits
        self._notes = notes
        self._ragged = ragged or Ragged()
        self._fields = self._ragged.fields
        self._last: tuple[Record, str] = ([], "")
        self._pending: list[str] = []
        self._ended = False
        self._width = 0
        self._count = 0
        csv.field_size_limit(limits.cell_characters * 2)

    def __iter__(self) -> Iterator[Record]:
        """Every record in its order. Raises Refusal `too-large`."""
        reader = self._reader()
        while True:
            self._pending.clear()
            try:
                record = next(reader)
            except StopIteration:
                self._ragged.end(self._count - 1, *self._last)
                return
            except csv.Error:
                if len(self._pending) == 1:
                    refuse(FileCode.TOO_LARGE, "a cell holds more text than a cell can")
                yield from self._one_by_one()
                reader = self._reader()
                continue
            if (len(self._pending) > 1 or self._ended) and self._is_stray():
                yield from self._one_by_one()
                continue
            self._check(record, self._pending[-1])
            if self._ended:
                self._ragged.cut = self._count - 1
            yield record

    def _reader(self) -> Iterator[Record]:
        return csv.reader(self._feed(), delimiter=self._delimiter, skipinitialspace=True)

    def _feed(self) -> Iterator[str]:
        pending = self._pending
        for line in self._lines:
            plain = line.replace("\0", "").replace("\x1a", "") if "\0" in line else line
            pending.append(plain)
            yield plain
        self._ended = True

    def _is_stray(self) -> bool:
        """Whether the lines of a record that spans several look like rows by themselves.

        A record that is quoted faultlessly and as wide as its neighbours is believed, unless each
        line inside it has an NPI of its own.
        """
        if self._ended:  # inside a cell
            if len(self._pending) == 1:
                return self._pending[0].endswith(_LINE_ENDS)
            return any(map(self._is_like_a_row, self._pending[1:]))
        if self._width < 2:  # noqa: PLR2004
            return False
        inner = self._pending[1:-1] or self._pending
        alike = sum(self._width_of(line) == self._width for line in inner)
        if self._is_faultless():
            several = len(self._pending) > 2  # noqa: PLR2004
            return several and alike == len(inner) and all(map(_TEN_DIGITS.search, inner))
        if inner is self._pending:
            return alike == len(inner)
        return alike * 2 >= len(inner)

    def _is_like_a_row(self, line: str) -> bool:
        width = self._width_of(line)
        return width > 1 and (
            width in (self._width, self._fields) or bool(_TEN_DIGITS.search(line))
        )

    def _is_faultless(self) -> bool:
        try:
            records = list(
                csv.reader(
                    self._pending, delimiter=self._delimiter, skipinitialspace=True, strict=True
                )
            )
        except csv.Error:
            return False
        return len(records) == 1 and len(records[0]) == self._width

    def _width_of(self, line: str) -> int:
        return len(self._alone(line))

    def _alone(self, line: str) -> Record:
        """One line as a record; where its own marks do not pair, they are dropped."""
        if line.count('"') % 2 == 0:
            return next(csv.reader([line], delimiter=self._delimiter, skipinitialspace=True), [])
        cells = next(csv.reader([line], delimiter=self._delimiter, quoting=csv.QUOTE_NONE), [])
        return [cell.strip('" ') for cell in cells]

    def _one_by_one(self) -> Iterator[Record]:
        if self._notes is not None and len(self._notes) < _MOST_NOTES:
            self._notes.append(
                f"row {self._count + 1} has a quotation mark that is never closed; the lines "
                "after it were read one by one"
            )
        for line in list(self._pending):
            try:
                record = self._alone(line)
            except csv.Error:
                refuse(FileCode.TOO_LARGE, "a cell holds more text than a cell can")
            self._check(record, line)
            if line.count('"') % 2 and not line.endswith(_LINE_ENDS):
                self._ragged.cut = self._count - 1
            yield record

    def _check(self, record: Record, line: str) -> None:
        self._count += 1
        self._last = record, line
        if self._fields and len(record) != self._fields:
            self._ragged.see(self._count - 1, record, line, self._delimiter)
        if self._count <= 100:  # noqa: PLR2004 - the header is among the first rows
            self._width = max(self._width, len(record))
        if self._count > self._limits.rows or len(record) > self._limits.columns:
            refuse(
                FileCode.TOO_LARGE,
                "the text has more rows or columns than a sheet can; send it in several files",
            )
