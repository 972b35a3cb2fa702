"""What a file is called that is nothing to read, so that its sender knows it again."""

import re
from collections.abc import Callable

from provider_assets.reading.child.refusal import SAVE_AS

_HEADER_END = 12
_OTHERS: tuple[tuple[bytes, str], ...] = (
    (b"%PDF", "a PDF document"),
    (b"%!PS", "a document for a printer"),
    (b"{\\rtf", "a word processor's document"),
    (b"\x1f\x8b", "a compressed file"),
    (b"BZh", "a compressed file"),
    (b"\xfd7zXZ", "a compressed file"),
    (b"7z\xbc\xaf", "a compressed folder"),
    (b"Rar!", "a compressed folder"),
    (b"\x28\xb5\x2f\xfd", "a compressed file"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"BM", "a picture"),
    (b"RIFF", "a picture, a film or a sound"),
    (b"II*\x00", "a picture"),
    (b"MM\x00*", "a picture"),
    (b"PAR1", "a Parquet file"),
    (b"SQLite format 3", "a database"),
    (b"\x00\x01\x00\x00Standard", "a database"),
    (b"\x7fELF", "a program"),
    (b"MZ", "a program"),
    (b"\x00\x00\x02\x00", "a spreadsheet of Lotus 1-2-3 or Quattro Pro"),
    (b"\x00\x00\x1a\x00", "a spreadsheet of Lotus 1-2-3 or Quattro Pro"),
)
_TEXTS: tuple[tuple[re.Pattern[bytes], str], ...] = (
    (re.compile(rb"id;p"), "a SYLK file"),
    (re.compile(rb"table\r?\n0,1\r?\n"), "a DIF file"),
    (re.compile(rb"<"), "an XML document"),
    (re.compile(rb"mime-version:"), "a web archive"),
    (
        re.compile(rb"(from|return-path|received|delivered-to): .*\n([^\n]*\n)*?subject: "),
        "an e-mail",
    ),
    (re.compile(rb'\{\s*"|\[\s*[\[{"0-9]'), "a JSON document"),
)
_OLD_EXCEL = (b"\x09\x08", b"\x09\x04", b"\x09\x02", b"\x09\x00")
_OLD_EXCEL_LENGTHS = (b"\x08", b"\x10", b"\x06", b"\x04")
_DBASE = b"\x02\x03\x30\x31\x32\x43\x63\x83\x8b\xcb\xf5"
# letters, digits, the blank, the full stop, the comma and the ends of lines in EBCDIC
_EBCDIC = frozenset(
    b"\x40\x4b\x6b\x0d\x15\x25"
    + bytes([*range(0x81, 0x8A), *range(0x91, 0x9A), *range(0xA2, 0xAA)])
    + bytes([*range(0xC1, 0xCA), *range(0xD1, 0xDA), *range(0xE2, 0xEA), *range(0xF0, 0xFA)])
)
_MOST = 0.95
_INSTEAD = (
    ("picture", "send the spreadsheet that it shows"),
    ("compressed", "unpack it, and send what is in it"),
    ("PDF", "send the spreadsheet that it was made from"),
    ("printer", "send the spreadsheet that was printed"),
    ("e-mail", "send the spreadsheet that is attached to it"),
    ("program", "send the roster itself"),
)


def instead_of(what: str) -> str:
    """What a sender does who sent this, as `called` calls it."""
    for word, todo in _INSTEAD:
        if word in what:
            return todo
    return SAVE_AS


def called(start: bytes, text: bytes) -> str | None:
    """What people call a file that starts like this; None where it may be delimited text.

    `text` is the start in small letters, without marks and blanks before it.
    """
    for magic, what in _OTHERS:
        # letters alone may be a text's first header
        if start.startswith(magic) and (b"\0" in start or not magic.isalnum()):
            return what
    for is_it, what in _BINARIES:
        if is_it(start):
            return what
    return next((what for pattern, what in _TEXTS if pattern.match(text)), None)


def _is_old_excel(start: bytes) -> bool:
    return start[:2] in _OLD_EXCEL and start[2:3] in _OLD_EXCEL_LENGTHS


def _is_dbase(start: bytes) -> bool:
    """A kind of dBase, a day of the last change, and a header of some length."""
    if len(start) < _HEADER_END or start[:1] not in _DBASE:
        return False
    month, day, header = start[2], start[3], int.from_bytes(start[8:10], "little")
    return 1 <= month <= 12 and 1 <= day <= 31 and header > 32  # noqa: PLR2004


def _is_ebcdic(start: bytes) -> bool:
    alike = sum(byte in _EBCDIC for byte in start)
    return b" " not in start and b"\n" not in start and alike > _MOST * len(start)


_BINARIES: tuple[tuple[Callable[[bytes], bool], str], ...] = (
    (_is_old_excel, "a workbook of Excel 4 or older"),
    (lambda start: start[4:8] == b"ftyp", "a picture or a film"),
    (_is_dbase, "a database"),
    (_is_ebcdic, "text in EBCDIC, as mainframes write it"),
)
