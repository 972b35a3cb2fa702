"""OpenDocument spreadsheets, packed (`.ods`) or flat (`.fods`), cell by cell.

Of all kinds this one alone carries what people see beside each value, so it is taken as it stands.
The parsers in Rust fail on an indented file, on one without the entry `mimetype`, and on times.
"""

import re
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, time
from pathlib import Path
from typing import IO

from provider_assets.providers.cleaning import CELL_ERRORS
from provider_assets.reading.child.cells import Cells, Value
from provider_assets.reading.child.content import Content
from provider_assets.reading.child.markup import Attributes, walk
from provider_assets.reading.child.package import damage_refused
from provider_assets.reading.child.reader import Reader, Source
from provider_assets.reading.child.refusal import (
    refuse_damaged,
    refuse_encrypted,
    refuse_too_large,
)
from provider_assets.reading.child.sheets import Workbook
from provider_assets.reading.limits import EXCEL_COLUMNS, EXCEL_ROWS, ReadingLimits

_SPREADSHEETS = (
    b"application/vnd.oasis.opendocument.spreadsheet",
    b"application/vnd.sun.xml.calc",
)
_PART = "content.xml"
# what stands in a cell or beside the rows and is no part of them
_APART = frozenset(
    ("annotation", "note", "shapes", "frame", "tracked-changes", "dde-links", "forms")
)
_TIME = re.compile(r"PT(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)(?:[.,]\d+)?S)?")
_ONE_DAY = 24
_VALUES = frozenset(("value-type", "ext:value-type", "value", "string-value"))


class _Walker:
    """Gathers the cells of every sheet while the XML goes by."""

    def __init__(self, limits: ReadingLimits) -> None:
        self.limits = limits
        self.sheets: list[tuple[Cells, str]] = []
        self.hidden_styles: set[str] = set()
        self._style = ""
        self._apart = 0
        self._row = self._column = self._tables = 0
        self._rows_alike = 1
        self._row_cells: list[tuple[int, Value, str | None]] = []
        self._bare: list[int] = []
        self._cell: Attributes | None = None
        self._lines: list[str] = []
        self._is_paragraph = False

    def start(self, name: str, attributes: Attributes) -> None:
        if self._apart or name in _APART:
            self._apart += 1
        elif name == "table":
            self._tables += 1
            if self._tables == 1:
                self._begin_sheet(attributes)
        elif name == "style":
            self._style = attributes.get("name", "")
        elif name == "table-properties" and attributes.get("display") == "false":
            self.hidden_styles.add(self._style)
        elif name == "table-row":
            self._rows_alike = _times(attributes, "number-rows-repeated")
            self._row_cells, self._column, self._bare = [], 0, []
        elif name in ("table-cell", "covered-table-cell"):
            self._cell, self._lines = attributes, []
        elif self._cell is not None:
            self._start_text(name, attributes)

    def _start_text(self, name: str, attributes: Attributes) -> None:
        if name == "p":
            self._is_paragraph = True
            self._lines.append("")
        elif self._is_paragraph:
            said = {"s": " " * _times(attributes, "c"), "tab": "\t", "line-break": "\n"}.get(name)
            self._lines[-1] += (said or "")[: self.limits.cell_characters]

    def text(self, said: str) -> None:
        if self._is_paragraph and not self._apart:
            last = self._lines[-1]
            plain = re.sub(r"[ \t\r\n]+", " ", said)
            self._lines[-1] = last + (plain.lstrip(" ") if not last else plain)

    def end(self, name: str) -> None:
        if self._apart:
            self._apart -= 1
        elif name == "p":
            self._is_paragraph = False
        elif name in ("table-cell", "covered-table-cell") and self._cell is not None:
            self._end_cell(self._cell)
            self._cell = None
        elif name == "table-row" and self._tables == 1:
            self._end_row()
        elif name == "table":
            self._tables -= 1

    def _begin_sheet(self, attributes: Attributes) -> None:
        if len(self.sheets) >= self.limits.sheets:
            refuse_too_large(f"the workbook has more than {self.limits.sheets:,} sheets")
        cells = Cells(attributes.get("name", ""), self.limits)
        self.sheets.append((cells, attributes.get("style-name", "")))
        self._row = 0

    def _end_cell(self, cell: Attributes) -> None:
        times = _times(cell, "number-columns-repeated")
        seen = "\n".join(line.rstrip(" ") if at else line for at, line in enumerate(self._lines))
        value = _value(cell, seen)
        if "formula" in cell and not cell.keys() & _VALUES and not seen:
            self._bare.append(self._column)
        elif value not in (None, "") and self._tables == 1:
            if self._column + times > EXCEL_COLUMNS:
                self._note("column")
                times = max(EXCEL_COLUMNS - self._column, 0)
            if len(self._row_cells) + times > EXCEL_COLUMNS:
                refuse_damaged()
            shown = None if isinstance(value, str) else seen
            self._row_cells += [(self._column + at, value, shown) for at in range(times)]
            if (down := _times(cell, "number-rows-spanned")) > 1:
                span = (self._row, self._row + down - 1, self._column)
                self.sheets[-1][0].merged.append(span)
        self._column += times

    def _end_row(self) -> None:
        cells, times = self.sheets[-1][0], self._rows_alike
        if self._bare and len(cells.bare) < EXCEL_ROWS:
            cells.bare |= {(self._row, column) for column in self._bare}
        if self._row_cells:
            if self._row + times > EXCEL_ROWS:
                self._note("row")
                times = max(EXCEL_ROWS - self._row, 0)
            for column, value, shown in self._row_cells:
                cells.put(self._row, column, value, shown, times)
        self._row += self._rows_alike

    def _note(self, what: str) -> None:
        cells = self.sheets[-1][0]
        note = (
            f"sheet {cells.name!r}: a {what} is repeated past the sheet's end; what lies beyond it "
            "was left out"
        )
        cells.whole = False
        if note not in cells.notes:
            cells.notes.append(note)


def _times(attributes: Attributes, name: str) -> int:
    told = attributes.get(name, "1")
    return max(int(told), 1) if told.isascii() and told.isdigit() else 1


def _value(cell: Attributes, seen: str) -> Value:
    """A cell's value by its type; what is typed as something that it is not is what is seen."""
    kind = cell.get("value-type", "string")
    if cell.get("ext:value-type") == "error" or ("formula" in cell and _is_error(seen)):
        return seen if seen in CELL_ERRORS else "#VALUE!"
    read = _TYPED.get(kind)
    if read is None:
        return seen or cell.get("string-value", "")
    try:
        return read(cell)
    except (KeyError, ValueError):
        return seen


def _is_error(seen: str) -> bool:
    return seen in CELL_ERRORS or bool(re.fullmatch(r"Err:\d{3}", seen))


def _time(told: str) -> Value:
    found = _TIME.fullmatch(told)
    if found is None:
        raise ValueError
    hours, minutes, seconds = (int(part or 0) for part in found.groups())
    if hours >= _ONE_DAY:
        return f"{hours}:{minutes:02d}:{seconds:02d}"
    return time(hours, minutes, seconds)


_TYPED: dict[str, Callable[[Attributes], Value]] = {
    **dict.fromkeys(("float", "percentage", "currency"), lambda cell: float(cell["value"])),
    "boolean": lambda cell: cell["boolean-value"] == "true",
    "date": lambda cell: datetime.fromisoformat(cell["date-value"]),
    "time": lambda cell: _time(cell["time-value"]),
}


def _open(source: Source, limits: ReadingLimits) -> Workbook:
    walker = _Walker(limits)
    with _content(source.path) as stream:
        walk(stream, walker.start, walker.end, walker.text)
    hidden = [cells.name for cells, style in walker.sheets if style in walker.hidden_styles]
    if len(hidden) == len(walker.sheets):
        hidden = []
    shown = (cells for cells, style in walker.sheets if cells.name not in hidden)
    return Workbook((cells.sheet() for cells in shown), hidden)


@contextmanager
def _content(path: Path) -> Iterator[IO[bytes]]:
    """The part with the sheets; of a flat file that is the whole."""
    if not zipfile.is_zipfile(path):
        with path.open("rb") as flat:
            yield flat
        return
    with damage_refused(), zipfile.ZipFile(path) as folder, folder.open(_PART) as part:
        yield part


def _recognises(content: Content) -> bool:
    manifest, part = content.part("META-INF/manifest.xml"), content.part(_PART)
    told = (content.part("mimetype"), manifest, part, b"" if content.names else content.text)
    is_it = told[0].startswith(_SPREADSHEETS) or (
        not told[0] and _PART in content.names and (_is_calc(manifest) or b":spreadsheet" in part)
    )
    if is_it and b"encryption-data" in manifest:
        refuse_encrypted()
    return is_it or (_SPREADSHEETS[0] in told[3] and b"<" in content.text[:1])


def _is_calc(manifest: bytes) -> bool:
    return _SPREADSHEETS[0] + b'"' in manifest


def _extent(path: Path, limits: ReadingLimits) -> int:
    del path
    return limits.cells  # a row or a cell may be repeated up to there


READER = Reader("ods content", ("ods", "fods", "ots"), _recognises, _open, _extent)
