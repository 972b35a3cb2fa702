"""Workbooks of Excel 5 to 2003, by xlrd: of all readers it alone reads every kind rightly.

The parsers in Rust take a chart's cached values for cells, leave a zero after each letter, and miss
streams whose name is in capitals. olefile finds the stream, so that xlrd's own, stricter look at
the compound file is not asked; whether its sectors run in a circle is checked here.
"""

import os
import struct
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from provider_assets.reading.child.cells import Cells, Value
from provider_assets.reading.child.content import Content
from provider_assets.reading.child.reader import Reader, Source
from provider_assets.reading.child.refusal import refuse_damaged, refuse_encrypted, refuse_too_large
from provider_assets.reading.child.sheets import Sheet, Workbook
from provider_assets.reading.limits import ReadingLimits

STREAMS = ("workbook", "book")
_ROWS, _COLUMNS = 65_536, 256
_FILEPASS, _FIRST_RECORDS = 0x2F, 12
_BEGIN, _END, _MERGED = 0x0809, 0x0A, 0xE5


def _open(source: Source, limits: ReadingLimits) -> Workbook:
    import xlrd

    stream = workbook_stream(source.path)
    try:
        with Path(os.devnull).open("w", encoding="ascii") as nowhere:
            book = xlrd.open_workbook(
                file_contents=stream, logfile=nowhere, on_demand=True, ragged_rows=True
            )
    except Exception as error:  # noqa: BLE001 - whatever a parser may raise on a broken record
        if "encrypted" in str(error):
            refuse_encrypted()
        refuse_damaged()
    if book.nsheets > limits.sheets:
        refuse_too_large(f"the workbook has {book.nsheets:,} sheets")
    states = zip(book.sheet_names(), book._sheet_visibility, strict=True)  # noqa: SLF001
    hidden = [name for name, state in states if state]
    if len(hidden) == book.nsheets:
        hidden = []
    return Workbook(_sheets(book, set(hidden), limits), hidden)


def _sheets(book: Any, hidden: set[str], limits: ReadingLimits) -> Iterator[Sheet]:
    for index, name in enumerate(book.sheet_names()):
        if name in hidden:
            continue
        try:
            sheet = book.sheet_by_index(index)
        except Exception:  # noqa: BLE001 - as above
            refuse_damaged()
        cells = Cells(name, limits)
        for row in range(sheet.nrows):
            pairs = zip(sheet.row_types(row), sheet.row_values(row), strict=True)
            for column, (kind, value) in enumerate(pairs):
                cells.put(row, column, _value(kind, value, book.datemode))
        book.unload_sheet(index)
        read = cells.sheet()
        read.merged = partial(_merged, book, index)
        yield read


def _merged(book: Any, index: int) -> list[tuple[int, int, int]]:
    """The cells of a sheet that are merged over several rows, out of its records.

    xlrd tells them only with every format, which takes a third more.
    """
    stream, at, depth = book.mem, book._sh_abs_posn[index], 0  # noqa: SLF001
    spans: list[tuple[int, int, int]] = []
    while at + 4 <= len(stream):
        code, size = struct.unpack_from("<HH", stream, at)
        depth += (code == _BEGIN) - (code == _END)  # a chart within the sheet has its own
        if depth <= 0:
            break
        if code == _MERGED:
            record = bytes(stream[at + 4 : at + 4 + size])
            ranges = struct.iter_unpack("<HHHH", record[2 : 2 + (len(record) - 2) // 8 * 8])
            spans += [(first, last, column) for first, last, column, _ in ranges if last > first]
        at += 4 + size
    return spans


def _value(kind: int, value: Any, datemode: int) -> Value:
    import xlrd

    if kind == xlrd.XL_CELL_DATE:
        try:
            moment = xlrd.xldate_as_datetime(value, datemode)
        except (ValueError, OverflowError, xlrd.XLDateError):
            return float(value)
        return moment.time() if 0 <= value < 1 else moment  # type: ignore[no-any-return]
    if kind == xlrd.XL_CELL_BOOLEAN:
        return bool(value)
    if kind == xlrd.XL_CELL_ERROR:
        return str(xlrd.error_text_from_code.get(value, "#VALUE!"))
    if kind == xlrd.XL_CELL_NUMBER:
        return float(value)
    return str(value) if kind == xlrd.XL_CELL_TEXT else None


def is_locked(path: Path, content: Content) -> bool:
    """Whether the workbook is encrypted: one of its first records says so ([MS-XLS] 2.4.117)."""
    if not _recognises(content):
        return False
    stream, at = workbook_stream(path), 0
    for _ in range(_FIRST_RECORDS):
        kind, size = (int.from_bytes(stream[at + n : at + n + 2], "little") for n in (0, 2))
        if kind == _FILEPASS:
            return True
        at += 4 + size
    return False


def workbook_stream(path: Path) -> bytes:
    """The workbook inside a compound file. Raises Refusal `corrupt` where there is none."""
    import olefile

    try:
        with olefile.OleFileIO(path) as ole:
            names = {name[-1].lower(): name for name in ole.listdir() if len(name) == 1}
            name = next(names[stream] for stream in STREAMS if stream in names)
            _require_straight(ole.fat, ole.first_dir_sector)
            entry = ole.direntries[ole._find(name)]  # noqa: SLF001 - no other way to its start
            if entry.size < ole.minisectorcutoff:
                ole.loadminifat()
                _require_straight(ole.minifat, entry.isectStart)
            else:
                _require_straight(ole.fat, entry.isectStart)
            stream = bytes(ole.openstream(name).read())
            if len(stream) < entry.size:
                refuse_damaged()
            return stream
    except (OSError, ValueError, IndexError, RecursionError, StopIteration):
        refuse_damaged()


def _require_straight(chain: Sequence[int], sector: int) -> None:
    """Refuse sectors that run in a circle: the stream would be read as something else."""
    for _ in range(len(chain) + 1):
        if sector >= len(chain):
            return
        sector = chain[sector]
    refuse_damaged()


def _extent(path: Path, limits: ReadingLimits) -> int:
    del path, limits
    return _ROWS * _COLUMNS


def _recognises(content: Content) -> bool:
    return not content.streams.isdisjoint(STREAMS)


READER = Reader("xls content", ("xls", "xlt"), _recognises, _open, _extent)
