"""SpreadsheetML 2003: a workbook in one XML file, which credentialing systems export as `.xml`, or
under the name `.xls`. No library reads it.
"""

from datetime import datetime
from pathlib import Path

from provider_assets.reading.child.cells import Cells, Value
from provider_assets.reading.child.content import Content
from provider_assets.reading.child.markup import Attributes, walk
from provider_assets.reading.child.reader import Reader, Source
from provider_assets.reading.child.refusal import refuse_damaged, refuse_too_large
from provider_assets.reading.child.sheets import Workbook
from provider_assets.reading.child.shown import show
from provider_assets.reading.limits import ReadingLimits

_MARKS = (b"urn:schemas-microsoft-com:office:spreadsheet", b'progid="excel.sheet"')
_FORMATS = {
    "Short Date": "m/d/yyyy",
    "General Date": "m/d/yyyy h:mm",
    "Long Date": "dddd, mmmm d, yyyy",
    "Medium Date": "d-mmm-yy",
    "Short Time": "h:mm",
    "Medium Time": "h:mm AM/PM",
    "Long Time": "h:mm:ss AM/PM",
    "Fixed": "0.00",
    "Standard": "#,##0.00",
    "Percent": "0.00%",
}
_DAY_ZERO = 1900  # a time without a day stands on the last day of the year before


class _Walker:
    def __init__(self, limits: ReadingLimits) -> None:
        self.limits = limits
        self.sheets: list[Cells] = []
        self.hidden: set[str] = set()
        self._formats: dict[str, str] = {}
        self._style = ""
        self._row = self._column = 0
        self._cell: Attributes | None = None
        self._has_value = False
        self._kind = ""
        self._said: list[str] | None = None
        self._in_comment = False

    def start(self, name: str, attributes: Attributes) -> None:
        if name == "Worksheet":
            if len(self.sheets) >= self.limits.sheets:
                refuse_too_large(f"the workbook has more than {self.limits.sheets:,} sheets")
            self.sheets.append(Cells(attributes.get("Name", ""), self.limits))
            self._row = 0
        elif name == "Style":
            self._style = attributes.get("ID", "")
        elif name == "NumberFormat":
            self._formats[self._style] = attributes.get("Format", "General")
        elif name == "Row" and self.sheets:
            self._row = _index(attributes, self._row + 1)
            self._column = 0
        elif name == "Cell" and self.sheets:
            self._column = _index(attributes, self._column + 1)
            self._cell, self._has_value = attributes, False
        elif name == "Comment":
            self._in_comment = True
        elif name == "Data" and self._cell is not None and not self._in_comment:
            self._kind, self._said = attributes.get("Type", "String"), []
            self._has_value = True
        elif name == "Visible":
            self._said = []

    def text(self, said: str) -> None:
        if self._said is not None:
            self._said.append(said)

    def end(self, name: str) -> None:
        if name == "Data" and self._said is not None and self._cell is not None:
            self._put("".join(self._said), self._cell)
            self._said = None
        elif name == "Visible" and self._said is not None:
            if "".join(self._said).strip() in ("SheetHidden", "SheetVeryHidden") and self.sheets:
                self.hidden.add(self.sheets[-1].name)
            self._said = None
        elif name == "Comment":
            self._in_comment = False
        elif name == "Cell" and self._cell is not None:
            if "Formula" in self._cell and not self._has_value:
                self.sheets[-1].bare.add((self._row - 1, self._column - 1))
            self._column += _count(self._cell, "MergeAcross")
            self._cell = None

    def _put(self, told: str, cell: Attributes) -> None:
        value = _value(self._kind, told)
        form = self._formats.get(cell.get("StyleID", "Default"), "General")
        shown = None if isinstance(value, str) else show(value, _FORMATS.get(form, form))
        self.sheets[-1].put(self._row - 1, self._column - 1, value, shown)
        if down := _count(cell, "MergeDown"):
            row = self._row - 1
            self.sheets[-1].merged.append((row, row + down, self._column - 1))


def _count(attributes: Attributes, name: str) -> int:
    told = attributes.get(name, "")
    return int(told) if told.isascii() and told.isdigit() else 0


def _index(attributes: Attributes, following: int) -> int:
    return _count(attributes, "Index") or following


def _value(kind: str, told: str) -> Value:
    try:
        if kind == "Number":
            return float(told)
        if kind == "DateTime":
            moment = datetime.fromisoformat(told.strip())
            return moment.time() if moment.year < _DAY_ZERO else moment
    except ValueError:
        return told
    return told.strip() == "1" if kind == "Boolean" else told


def _open(source: Source, limits: ReadingLimits) -> Workbook:
    walker = _Walker(limits)
    with source.path.open("rb") as stream:
        walk(stream, walker.start, walker.end, walker.text)
    if not walker.sheets:
        refuse_damaged()
    hidden = [cells.name for cells in walker.sheets if cells.name in walker.hidden]
    shown = [cells for cells in walker.sheets if cells.name not in walker.hidden]
    if not shown:
        shown, hidden = walker.sheets, []
    return Workbook((cells.sheet() for cells in shown), hidden)


def _recognises(content: Content) -> bool:
    return content.text.startswith((b"<?xml", b"<?mso", b"<workbook", b"<ss:workbook")) and any(
        mark in content.text for mark in _MARKS
    )


def _extent(path: Path, limits: ReadingLimits) -> int:
    del path, limits
    return 0  # a cell that is not written costs nothing here


READER = Reader("SpreadsheetML content", ("xml",), _recognises, _open, _extent)
