"""HTML tables, which report servers save as `.xls` and spreadsheet programs open as one sheet.

The rows of all tables stand below each other, in their order. Of a cell that Excel wrote as a web
page, the number in `x:num` is the value and the text what is seen.
"""

import codecs
import re
from html.parser import HTMLParser
from pathlib import Path

from provider_assets.errors import FileCode
from provider_assets.reading.child.cells import Cells
from provider_assets.reading.child.content import Content
from provider_assets.reading.child.encodings import Encoding, encoding_of
from provider_assets.reading.child.reader import Reader, Source
from provider_assets.reading.child.refusal import SAVE_AS, refuse, refuse_damaged
from provider_assets.reading.child.sheets import Workbook
from provider_assets.reading.limits import EXCEL_COLUMNS, EXCEL_ROWS, ReadingLimits

_START = re.compile(
    rb"(<\?xml[^>]*>\s*)?(<!--.*?-->\s*)*<(!doctype html|html|head|body|table|meta|style|div|title|"
    rb"font|center|form|span|p|h[1-6]|b|br|script|link|base)[\s>/]",
    re.DOTALL,
)
_CHARSET = re.compile(rb"""charset\s*=\s*["']?\s*([\w-]+)""", re.IGNORECASE)
_NOT_SEEN = ("script", "style", "head", "title", "select")
_DEEPEST = 50
_AS_WINDOWS = ("iso-8859-1", "latin-1", "latin1", "ascii", "us-ascii")


class _Table:
    """A table that is being read: where its next cell stands, and which places are taken."""

    def __init__(self) -> None:
        self.row = -1
        self.column = 0
        self.taken: dict[int, int] = {}  # by column, how many more rows a cell above spans


class _Parser(HTMLParser):
    def __init__(self, cells: Cells, limits: ReadingLimits) -> None:
        super().__init__(convert_charrefs=True)
        self.cells, self.limits = cells, limits
        self.row = -1
        self._tables: list[_Table] = []
        self._closes_cells = False
        self._said: list[str] | None = None
        self._length = self._unseen = 0
        self._spans, self._number = (1, 1), ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _NOT_SEEN:
            self._unseen += 1
        elif tag == "table":
            self._end_cell()
            if len(self._tables) >= _DEEPEST:
                refuse_damaged()
            self._tables.append(_Table())
        elif tag == "tr" and self._tables:
            self._begin_row()
        elif tag in ("td", "th") and self._tables:
            self._begin_cell({name: value or "" for name, value in attrs})
        elif tag in ("br", "p", "div", "li"):
            self.handle_data(" ")

    def handle_endtag(self, tag: str) -> None:
        if tag in _NOT_SEEN:
            self._unseen = max(self._unseen - 1, 0)
        elif tag in ("td", "th", "tr"):
            self._closes_cells = True
            self._end_cell()
        elif tag == "table" and self._tables:
            self._end_cell()
            self._tables.pop()
        elif tag in ("p", "div", "li"):
            self.handle_data(" ")

    def handle_data(self, data: str) -> None:
        if self._said is not None and not self._unseen:
            self._length += len(data)
            if self._length > self.limits.cell_characters * 4:
                refuse(FileCode.TOO_LARGE, "a cell holds more text than a cell can; shorten it")
            self._said.append(data)

    @property
    def cut(self) -> int | None:
        """The row in which the page breaks off: its table never ends, though its cells do."""
        return self._tables[-1].row if self._tables and self._closes_cells else None

    def _begin_row(self) -> None:
        self._end_cell()
        table = self._tables[-1]
        self.row += 1
        table.row, table.column = self.row, 0
        if self.row >= EXCEL_ROWS:
            refuse(FileCode.TOO_LARGE, "the table has more rows than a sheet can")

    def _begin_cell(self, attributes: dict[str, str]) -> None:
        self._end_cell()
        table = self._tables[-1]
        if table.row < 0:
            self._begin_row()
        while table.taken.get(table.column, -1) >= table.row:
            table.column += 1
        self._said, self._length = [], 0
        self._spans = (_span(attributes, "colspan"), _span(attributes, "rowspan"))
        self._number = attributes.get("x:num", "")

    def _end_cell(self) -> None:
        if self._said is None:
            return
        table, (wide, high) = self._tables[-1], self._spans
        seen = " ".join("".join(self._said).split())
        self.cells.put(table.row, table.column, self._number or seen)
        if self._number and seen:
            self.cells.see(table.row, table.column, seen)
        if high > 1:
            self.cells.merged.append((table.row, table.row + high - 1, table.column))
            for column in range(table.column, table.column + wide):
                table.taken[column] = table.row + high - 1
        table.column += wide
        self._said = None


def _span(attributes: dict[str, str], name: str) -> int:
    told = attributes.get(name, "1").strip()
    return min(max(int(told), 1), EXCEL_COLUMNS) if told.isascii() and told.isdigit() else 1


def _open(source: Source, limits: ReadingLimits) -> Workbook:
    cells = Cells(source.sheet_name, limits)
    parser = _Parser(cells, limits)
    encoding = _encoding(source.path)
    for line in encoding.lines(source.path):
        parser.feed(line)
    parser.close()
    if parser.row < 0:
        refuse(FileCode.UNSUPPORTED, f"this is a web page without a table; {SAVE_AS}")
    sheet = cells.sheet()
    sheet.ragged.cut = parser.cut
    return Workbook(iter([sheet]), [], [encoding.note] if encoding.note else [])


def _encoding(path: Path) -> Encoding:
    """What the bytes say; where they are no UTF, what the page says of itself."""
    found = encoding_of(path)
    with path.open("rb") as file:
        told = _CHARSET.search(file.read(1 << 14))
    name = told[1].decode("ascii", "replace").lower() if told else ""
    if found.note is None or not name or name.startswith("utf"):
        return found
    try:
        return Encoding("cp1252" if name in _AS_WINDOWS else codecs.lookup(name).name)
    except LookupError:
        return found


def _recognises(content: Content) -> bool:
    return bool(_START.match(content.text))


def _extent(path: Path, limits: ReadingLimits) -> int:
    del path, limits
    return 0  # a cell that is not written costs nothing here


READER = Reader("a table of a web page", ("html", "htm"), _recognises, _open, _extent)
