"""An xlsx gone through cell by cell, with the formats of its cells; a tenth as quick as `quick`.

For workbooks that the parsers in Rust read wrongly or not at all (see `contents`).
"""

import re
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import NoReturn

from provider_assets.errors import FileCode
from provider_assets.reading.child.cells import Cells, Value
from provider_assets.reading.child.markup import Attributes, walk
from provider_assets.reading.child.package import Package
from provider_assets.reading.child.readers.contents import Contents
from provider_assets.reading.child.readers.merges import span_of
from provider_assets.reading.child.refusal import refuse, refuse_damaged, refuse_too_large
from provider_assets.reading.child.sheets import Sheet, Workbook
from provider_assets.reading.child.shown import show
from provider_assets.reading.limits import ReadingLimits

_PLACE = re.compile(r"([A-Za-z]{1,9})([0-9]{1,12})")
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")


class ExactReader:
    """Reads the sheets of one package; what they share is read once, when it is first needed."""

    def __init__(self, package: Package, contents: Contents, limits: ReadingLimits) -> None:
        self._package, self._contents, self._limits = package, contents, limits

    @cached_property
    def _strings(self) -> list[str]:
        return _strings(self._package, self._contents)

    @cached_property
    def _formats(self) -> list["_Format"]:
        return _formats(self._package, self._contents)

    def sheet(self, index: int) -> Sheet:
        """One sheet, by its place. Raises Refusal where it is damaged or reaches too far."""
        entry = self._contents.sheets[index]
        if entry.part is None:
            refuse_damaged()
        cells = Cells(entry.name, self._limits)
        walker = _Walker(cells, self._strings, self._formats, is_1904=self._contents.is_1904)
        with self._package.open(entry.part) as stream:
            walk(stream, walker.start, walker.end, walker.text)
        return cells.sheet()

    def workbook(self) -> Workbook:
        """The visible sheets; those without cells are passed over with a note."""
        sheets = self._contents.sheets
        if len(sheets) > self._limits.sheets:
            refuse_too_large(f"the workbook has {len(sheets):,} sheets")
        with_cells = [at for at, sheet in enumerate(sheets) if sheet.part]
        shown = [at for at in with_cells if not sheets[at].is_hidden] or with_cells
        if not with_cells:
            _refuse_without_cells(self._contents)
        return Workbook(
            (self.sheet(at) for at in shown),
            [sheets[at].name for at in with_cells if at not in shown],
            [sheet.note for sheet in sheets if not sheet.part],
            whole=all(sheet.part or sheet.held for sheet in sheets),
        )


def _refuse_without_cells(contents: Contents) -> NoReturn:
    if all(sheet.relation is None for sheet in contents.sheets):
        refuse_damaged()
    refuse(FileCode.EMPTY, "no sheet holds cells (charts or macros alone); send the roster again")


def _strings(package: Package, contents: Contents) -> list[str]:
    """The shared strings, each with its runs joined; what only says how to speak it is left out."""
    strings: list[str] = []
    pieces: list[str] = []
    state = {"apart": 0, "text": 0}

    def start(name: str, _: Attributes) -> None:
        if name == "si":
            pieces.clear()
        state["apart"] += name == "rPh"
        state["text"] += name == "t"

    def end(name: str) -> None:
        state["apart"] -= name == "rPh"
        state["text"] -= name == "t"
        if name == "si":
            strings.append(unescaped("".join(pieces)))

    def text(said: str) -> None:
        if state["text"] and not state["apart"]:
            pieces.append(said)

    if contents.strings is not None and contents.strings.part:
        with package.open(contents.strings.part) as stream:
            walk(stream, start, end, text)
    return strings


@dataclass(frozen=True)
class _Format:
    code: str = "General"
    is_of_days: bool = False


def _formats(package: Package, contents: Contents) -> list[_Format]:
    """The number format of each cell style."""
    from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format

    own: dict[str, str] = {str(number): code for number, code in BUILTIN_FORMATS.items()}
    numbers: list[str] = []
    inside: list[str] = []

    def start(name: str, attributes: Attributes) -> None:
        if name == "numFmt":
            own[attributes.get("numFmtId", "")] = attributes.get("formatCode", "General")
        elif name in ("cellXfs", "cellStyleXfs"):
            inside[:] = [name]
        elif name == "xf" and inside == ["cellXfs"]:
            numbers.append(attributes.get("numFmtId", "0"))

    if contents.styles is not None and contents.styles.part:
        package.walk(contents.styles.part, start)
    codes = [own.get(number, "General") for number in numbers]
    return [_Format(code, bool(is_date_format(code))) for code in codes]


class _Walker:
    """Puts the cells of one sheet in their places while the XML goes by."""

    def __init__(
        self, cells: Cells, strings: list[str], formats: list[_Format], *, is_1904: bool
    ) -> None:
        self.cells = cells
        self._strings, self._formats, self._is_1904 = strings, formats, is_1904
        self._row = self._column = -1
        self._cell: Attributes | None = None
        self._value: list[str] = []
        self._runs: list[str] = []
        self._into: list[str] | None = None
        self._apart = 0
        self._has_formula = False

    def start(self, name: str, attributes: Attributes) -> None:
        if name == "row":
            told = attributes.get("r", "")
            self._row = int(told) - 1 if told.isdecimal() else self._row + 1
            self._column = -1
        elif name == "c":
            self._begin_cell(attributes)
        elif name == "mergeCell":
            span = span_of(attributes.get("ref", ""))
            self.cells.merged += [span] if span else []
        elif self._cell is not None:
            self._apart += name == "rPh"
            self._has_formula = self._has_formula or name == "f"
            if name == "v":
                self._into = self._value
            elif name == "t" and not self._apart:
                self._into = self._runs

    def _begin_cell(self, attributes: Attributes) -> None:
        place = _PLACE.fullmatch(attributes.get("r", ""))
        self._column += 1
        if place:
            self._column, self._row = number_of(place[1]) - 1, int(place[2]) - 1
        self._cell, self._value, self._runs = attributes, [], []
        self._has_formula = False

    def text(self, said: str) -> None:
        if self._into is not None:
            self._into.append(said)

    def end(self, name: str) -> None:
        if name in ("v", "t"):
            self._into = None
        elif name == "rPh":
            self._apart -= 1
        elif name == "c" and self._cell is not None:
            form = self._format(self._cell.get("s", "0"))
            value = self._typed(self._cell.get("t", "n"), "".join(self._value), form)
            shown = None if isinstance(value, str) else show(value, form.code)
            self.cells.put(self._row, self._column, value, shown)
            if value is None and self._has_formula and self._cell.get("t") != "str":
                self.cells.bare.add((self._row, self._column))
            self._cell = None

    def _format(self, style: str) -> _Format:
        is_known = style.isdecimal() and int(style) < len(self._formats)
        return self._formats[int(style)] if is_known else _Format()

    def _typed(self, kind: str, told: str, form: _Format) -> Value:
        if kind == "inlineStr":
            return unescaped("".join(self._runs))
        if not told:
            return None
        if kind == "s":
            is_known = told.strip().isdecimal() and int(told) < len(self._strings)
            return self._strings[int(told)] if is_known else refuse_damaged()
        if kind == "b":
            return told.strip() in ("1", "true")
        if kind in ("str", "e"):
            return unescaped(told)
        return _day(told) if kind == "d" else self._number(told, form)

    def _number(self, told: str, form: _Format) -> Value:
        from openpyxl.utils.datetime import MAC_EPOCH, WINDOWS_EPOCH, from_excel

        try:
            number = float(told)
            if not form.is_of_days:
                return number
            found: Value = from_excel(number, MAC_EPOCH if self._is_1904 else WINDOWS_EPOCH)
        except (ValueError, OverflowError):  # no number, or no day that there is
            return told
        return found


def _day(told: str) -> Value:
    try:
        return datetime.fromisoformat(told)
    except ValueError:
        return told


def unescaped(text: str) -> str:
    """A text in which `_x000A_` and the like stand for what XML cannot hold."""
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text) if "_x" in text else text


def number_of(letters: str) -> int:
    """A column's number from its letters: A is 1."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number
