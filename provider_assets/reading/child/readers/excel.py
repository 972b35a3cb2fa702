"""Excel's workbooks."""

from pathlib import Path

from provider_assets.reading.child.content import Content
from provider_assets.reading.child.extent import explain_extent, extent_of
from provider_assets.reading.child.reader import Reader
from provider_assets.reading.child.readers.quick import open_workbook
from provider_assets.reading.limits import ReadingLimits


def _is_xlsb(content: Content) -> bool:
    types = content.part("[Content_Types].xml")
    return b"sheet.binary.macroEnabled" in types or "xl/workbook.bin" in content.names


def _is_xlsm(content: Content) -> bool:
    types = content.part("[Content_Types].xml")
    return b"sheet.macroEnabled" in types or b"template.macroEnabled" in types


def _is_xlsx(content: Content) -> bool:
    types = content.part("[Content_Types].xml")
    return b"spreadsheetml" in types or "xl/workbook.xml" in content.names


def _is_xls(content: Content) -> bool:
    return bool(content.streams & {"workbook", "book"})


def _extent_of_xls(path: Path, limits: ReadingLimits) -> int:
    del path, limits
    return 65_536 * 256


XLSX = Reader("xlsx content", ("xlsx", "xltx"), _is_xlsx, open_workbook, extent_of, explain_extent)
XLSM = Reader("xlsm content", ("xlsm", "xltm"), _is_xlsm, open_workbook, extent_of, explain_extent)
XLSB = Reader("xlsb content", ("xlsb",), _is_xlsb, open_workbook, extent_of, explain_extent)
XLS = Reader("xls content", ("xls", "xlt"), _is_xls, open_workbook, _extent_of_xls)
