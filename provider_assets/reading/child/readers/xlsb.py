"""Binary workbooks (.xlsb) by python-calamine, and the errors, which it leaves out, by ourselves.

The parsers in Rust read a formula's error as blank. Where errors stand is told by the sheet's own
records ([MS-XLSB] 2.1.4): a number of one or two bytes, a length of one to four, and the data.
"""

from collections.abc import Iterator
from datetime import timedelta
from typing import IO, Any

from provider_assets.reading.child.cells import Cells
from provider_assets.reading.child.content import Content
from provider_assets.reading.child.extent import explain_extent, extent_of
from provider_assets.reading.child.package import Package
from provider_assets.reading.child.reader import Reader, Source
from provider_assets.reading.child.refusal import refuse_damaged, refuse_encrypted, refuse_too_large
from provider_assets.reading.child.sheets import Sheet, Workbook
from provider_assets.reading.limits import ReadingLimits

_ROW, _ERROR, _FORMULA_ERROR, _BUNDLE = 0, 3, 11, 156
_ERRORS = {
    0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!", 0x1D: "#NAME?",
    0x24: "#NUM!", 0x2A: "#N/A", 0x2B: "#GETTING_DATA",
}  # fmt: skip
_LARGEST_RECORD = 1 << 24


def _open(source: Source, limits: ReadingLimits) -> Workbook:
    import python_calamine

    try:
        book = python_calamine.load_workbook(source.path)
    except Exception as error:  # noqa: BLE001 - a parser's errors have many types
        if "password" in str(error).lower():
            refuse_encrypted()
        refuse_damaged()
    sheets = book.sheets_metadata
    if len(sheets) > limits.sheets:
        refuse_too_large(f"the workbook has {len(sheets):,} sheets")
    cells = [one for one in sheets if one.typ == python_calamine.SheetTypeEnum.WorkSheet]
    hidden = [one.name for one in cells if one.visible != python_calamine.SheetVisibleEnum.Visible]
    if len(hidden) == len(cells):
        hidden = []
    shown = [one.name for one in cells if one.name not in hidden]
    notes = [
        f"sheet {one.name!r} holds no cells (a chart, a dialog or macros); it was skipped"
        for one in sheets
        if one not in cells
    ]
    return Workbook(_sheets(book, Package(source.path), shown, limits), hidden, notes)


def _sheets(
    book: Any, package: Package, shown: list[str], limits: ReadingLimits
) -> Iterator[Sheet]:
    parts = _parts(package)
    for name in shown:
        try:
            found = book.get_sheet_by_name(name)
            rows = found.iter_rows()
        except Exception:  # noqa: BLE001 - as above
            refuse_damaged()
        cells = Cells(name, limits)
        first_row, first_column = found.start or (0, 0)
        for row, values in enumerate(rows, first_row):
            for column, value in enumerate(values, first_column):
                if isinstance(value, timedelta):
                    value = str(value)  # noqa: PLW2901
                cells.put(row, column, value)
        for row, column, error in _errors(package, parts.get(name)):
            cells.put(row, column, error)
        yield cells.sheet()


def _parts(package: Package) -> dict[str, str | None]:
    """The part of each sheet, by the workbook's list of them."""
    relations = package.relations(package.workbook)
    parts: dict[str, str | None] = {}
    with package.open(package.workbook) as stream:
        for kind, data in records(stream):
            if kind == _BUNDLE:
                id_length = int.from_bytes(data[8:12], "little")
                name_at = 12 + 2 * id_length
                relation = relations.get(data[12:name_at].decode("utf-16-le", "replace"))
                name = data[name_at + 4 :].decode("utf-16-le", "replace")
                parts[name] = relation.part if relation else None
    return parts


def _errors(package: Package, part: str | None) -> Iterator[tuple[int, int, str]]:
    if part is None:
        return
    row = 0
    with package.open(part) as stream:
        for kind, data in records(stream):
            if kind == _ROW:
                row = int.from_bytes(data[:4], "little")
            elif kind in (_ERROR, _FORMULA_ERROR) and len(data) > 8:  # noqa: PLR2004
                column = int.from_bytes(data[:4], "little")
                yield row, column, _ERRORS.get(data[8], "#VALUE!")


def records(stream: IO[bytes]) -> Iterator[tuple[int, bytes]]:
    """The records of a binary part, each its number and its data."""
    while first := stream.read(1):
        kind = first[0]
        if kind & 0x80:
            kind = kind & 0x7F | (stream.read(1) or b"\0")[0] << 7
        size = shift = 0
        for _ in range(4):
            byte = (stream.read(1) or b"\0")[0]
            size |= (byte & 0x7F) << shift
            shift += 7
            if not byte & 0x80:
                break
        if size > _LARGEST_RECORD:
            refuse_damaged()
        yield kind, stream.read(size)


def _recognises(content: Content) -> bool:
    types = content.part("[Content_Types].xml")
    return b"sheet.binary.macroEnabled" in types or "xl/workbook.bin" in content.names


READER = Reader("xlsb content", ("xlsb",), _recognises, _open, extent_of, explain_extent)
