"""CMS' monthly report of deactivated NPIs: a workbook with a title, its headers, NPI and day."""

import io
import zipfile
import zlib
from collections.abc import Iterator
from datetime import date, datetime
from itertools import islice
from typing import Any

import numpy as np
import pyarrow as pa
from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from provider_assets.errors import RegistryError
from provider_assets.providers.counted import counted
from provider_assets.providers.days import read_day
from provider_assets.registry.merging import day_number
from provider_assets.registry.sources import MOST_WORKBOOK, Source

Sheet = Any  # openpyxl's stubs do not know that a read-only sheet forgets its dimensions
_TITLE_ROWS = 20  # the headers stand in the second
_COLUMNS = 10
_DAMAGED = (
    zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, InvalidFileException,
    KeyError, ValueError, SyntaxError, OSError,
)  # fmt: skip


def read_deactivations(source: Source) -> dict[str, pa.Array]:
    """Columns `npi` and `deactivated` (days since 1970), sorted by NPI, of each its last day.

    Raises RegistryError where it is another workbook, or a damaged one.
    """
    days: dict[int, int] = {}
    try:
        book = load_workbook(io.BytesIO(_content(source)), read_only=True, data_only=True)
        found = [_days(sheet, source.name) for sheet in book if _is_report(sheet)]
    except _DAMAGED:
        raise RegistryError(f"{source.name}: is cut off or damaged; download it again") from None
    if not found:
        raise RegistryError(
            f"{source.name}: has no column for NPI with one for NPPES Deactivation Date, as CMS' "
            "report of deactivated NPIs has; a roster belongs in inbox/"
        )
    for of_sheet in found:
        days |= {npi: max(day, days.get(npi, 0)) for npi, day in of_sheet.items()}
    if not days:
        raise RegistryError(f"{source.name}: has headers and no rows; download it again")
    npis = np.array(sorted(days), dtype=np.uint32)
    numbers = np.array([days[int(npi)] for npi in npis], dtype=np.uint16)
    return {"npi": pa.array(npis), "deactivated": pa.array(numbers)}


def _content(source: Source) -> bytes:
    with source.opened() as stream:
        content = stream.read(MOST_WORKBOOK + 1)
    if len(content) > MOST_WORKBOOK:
        raise RegistryError(
            f"{source.name}: unpacks to more than {MOST_WORKBOOK // 10**6} MB, which no report of "
            "deactivated NPIs does"
        )
    return content


def _rows(sheet: Sheet, most: int | None = None) -> Iterator[tuple[object, ...]]:
    sheet.reset_dimensions()  # what a file says of its size need not be so
    return islice(sheet.iter_rows(max_col=_COLUMNS, values_only=True), most)


def _places(row: tuple[object, ...]) -> tuple[int, int] | None:
    """Where NPI and day stand, if this row is the headers'."""
    plain = [" ".join(str(cell or "").split()).casefold() for cell in row]
    day = next((at for at, one in enumerate(plain) if one.endswith("deactivation date")), None)
    return (plain.index("npi"), day) if "npi" in plain and day is not None else None


def _is_report(sheet: Sheet) -> bool:
    return any(_places(row) for row in _rows(sheet, _TITLE_ROWS))


def _days(sheet: Sheet, where: str) -> dict[int, int]:
    at: tuple[int, int] | None = None
    found: dict[int, int] = {}
    unread = 0
    for row in _rows(sheet):
        if at is None:
            at = _places(row)
            continue
        npi, day = str(row[at[0]] or "").strip(), _day(row[at[1]])
        if len(npi) == 10 and npi.isdigit() and npi[0] in "12" and day:  # noqa: PLR2004
            number = int(npi)
            found[number] = max(found.get(number, 0), day_number(day))
        elif any(cell is not None for cell in row):
            unread += 1
    if unread > len(found) // 100 + 1:
        raise RegistryError(
            f"{where}: {counted(unread, 'row', 'has', 'have')} no NPI or no day; the "
            "workbook is another, or damaged"
        )
    return found


def _day(cell: object) -> date | None:
    if isinstance(cell, datetime):
        return cell.date()
    return cell if isinstance(cell, date) else read_day(str(cell)) if cell else None
