"""Excel's workbooks since 2007: quickly where that is right, else exactly."""

from provider_assets.reading.child.content import Content
from provider_assets.reading.child.extent import explain_extent, extent_of
from provider_assets.reading.child.package import Package
from provider_assets.reading.child.reader import Reader, Source
from provider_assets.reading.child.readers.contents import contents_of, is_odd
from provider_assets.reading.child.readers.exact import ExactReader
from provider_assets.reading.child.readers.quick import open_quickly
from provider_assets.reading.child.sheets import Workbook
from provider_assets.reading.limits import ReadingLimits

_TYPES = "[Content_Types].xml"


def _is_xlsm(content: Content) -> bool:
    types = content.part(_TYPES).replace(b"\0", b"")
    return b"sheet.macroEnabled" in types or b"template.macroEnabled" in types


def _is_xlsx(content: Content) -> bool:
    types = content.part(_TYPES).replace(b"\0", b"")
    return b"spreadsheetml" in types or "xl/workbook.xml" in content.names


def _open(source: Source, limits: ReadingLimits) -> Workbook:
    package = Package(source.path)
    contents = contents_of(package)
    exact = ExactReader(package, contents, limits)
    if is_odd(package, contents):
        return exact.workbook()
    hidden = frozenset(at for at, sheet in enumerate(contents.sheets) if sheet.is_hidden)
    return open_quickly(source.path, hidden, limits, exact.sheet) or exact.workbook()


XLSX = Reader("xlsx content", ("xlsx", "xltx"), _is_xlsx, _open, extent_of, explain_extent)
XLSM = Reader("xlsm content", ("xlsm", "xltm"), _is_xlsm, _open, extent_of, explain_extent)
