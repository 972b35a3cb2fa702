"""Excel's workbooks since 2007: quickly where that is right, else exactly."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import cache, partial

from provider_assets.reading.child.content import Content
from provider_assets.reading.child.extent import explain_extent, extent_of
from provider_assets.reading.child.package import Package
from provider_assets.reading.child.reader import Reader, Source
from provider_assets.reading.child.readers.contents import contents_of, is_odd
from provider_assets.reading.child.readers.exact import ExactReader
from provider_assets.reading.child.readers.formulas import uncalculated
from provider_assets.reading.child.readers.looks import Look, look_through
from provider_assets.reading.child.readers.merges import merged_cells
from provider_assets.reading.child.readers.quick import open_quickly
from provider_assets.reading.child.sheets import Sheet, Workbook
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
    book = None
    look = cache(partial(look_through, package))
    if not is_odd(package, contents, look):
        hidden = frozenset(at for at, sheet in enumerate(contents.sheets) if sheet.is_hidden)
        book = open_quickly(source.path, hidden, limits, exact.sheet)
    book = book or exact.workbook()
    parts = {sheet.name: sheet.part for sheet in contents.sheets}
    return replace(book, sheets=_with_the_rest(book.sheets, package, parts, look))


def _with_the_rest(
    sheets: Iterator[Sheet],
    package: Package,
    parts: Mapping[str, str | None],
    look: Callable[[str], Look],
) -> Iterator[Sheet]:
    for sheet in sheets:
        part = parts.get(sheet.name)
        if not sheet.is_exact and part and look(part).has_formulas:
            sheet.uncalculated = partial(uncalculated, package, part)
        if not sheet.is_exact and part and look(part).has_merged:
            sheet.merged = partial(merged_cells, package, part)
        yield sheet


XLSX = Reader("xlsx content", ("xlsx", "xltx"), _is_xlsx, _open, extent_of, explain_extent)
XLSM = Reader("xlsm content", ("xlsm", "xltm"), _is_xlsm, _open, extent_of, explain_extent)
