"""Workbooks that no library writes: parts moved, recoded or added, records put in by hand."""

import io
import struct
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path

import xlwt
from xlwt.CompoundDoc import XlsDoc

Edit = Callable[[str, bytes], tuple[str, bytes] | None]


def repacked(path: Path, target: Path, edit: Edit, more: dict[str, bytes] | None = None) -> Path:
    """A zip with each part as `edit` gives its name and content; None leaves it out."""
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            kept = edit(name, old.read(name))
            if kept is not None:
                new.writestr(*kept)
        for name, content in (more or {}).items():
            new.writestr(name, content)
    return target


def replacing(part: str, *pairs: tuple[str, str]) -> Edit:
    """An edit that replaces texts in the parts whose names end like this."""

    def edit(name: str, content: bytes) -> tuple[str, bytes]:
        if name.endswith(part):
            for old, new in pairs:
                assert old.encode() in content, (name, old)
                content = content.replace(old.encode(), new.encode())
        return name, content

    return edit


def biff_record(number: int, data: bytes = b"") -> bytes:
    """A record of an .xls ([MS-XLS] 2.1.4)."""
    return struct.pack("<HH", number, len(data)) + data


def xls_stream(rows: Sequence[Sequence[object]], **options: object) -> bytes:
    """The workbook stream of an .xls with one sheet."""
    book = xlwt.Workbook(**options)
    sheet = book.add_sheet("S")
    for at, row in enumerate(rows):
        for position, value in enumerate(row):
            sheet.write(at, position, value)
    return book.get_biff_data()


def write_stream(path: Path, stream: bytes, name: str = "Workbook") -> Path:
    """A compound file that holds the stream under this name."""
    out = io.BytesIO()
    XlsDoc().save(out, stream)
    usual, own = (text.encode("utf-16-le") for text in ("Workbook", name))
    entry = (own + b"\0" * 64)[:64] + struct.pack("<H", len(own) + 2)
    content = out.getvalue()
    at = content.index(usual + b"\0" * (64 - len(usual)))
    path.write_bytes(content[:at] + entry + content[at + len(entry) :])
    return path


def with_chart(stream: bytes) -> bytes:
    """The stream with a chart in its last sheet, whose cached values lie over the cells."""
    end = biff_record(0x0A)
    assert stream.endswith(end)
    chart = biff_record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0020, 0, 1997, 0, 6))
    chart += biff_record(0x0200, struct.pack("<IIHHH", 0, 2, 0, 2, 0))
    for row in range(2):
        chart += biff_record(0x0203, struct.pack("<HHHd", row, 0, 0, 17.0 + row))
    return stream[: -len(end)] + chart + end + end
