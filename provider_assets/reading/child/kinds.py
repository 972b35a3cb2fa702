"""What a file is, by its content; its name only decides whether a note is due.

Nothing is unpacked here but a zip's directory.
"""

import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import IO, NoReturn

from provider_assets.errors import FileCode
from provider_assets.reading.child.refusal import refuse
from provider_assets.reading.limits import BELIEVABLE_RATIO, ReadingLimits

SPREADSHEETS = ("xlsx", "xlsm", "xlsb", "xls", "ods")
TEXTS = ("csv", "tsv", "psv", "txt")

_START = 4096
_BLANK = b"\x00\t\v\f\r\n \xef\xbb\xbf\xff\xfe"
_SAVE_AS = "open it in a spreadsheet program and save it as an Excel workbook (.xlsx)"
_OTHERS: tuple[tuple[bytes, str], ...] = (
    (b"%PDF", "a PDF document"),
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
    (b"II*\x00", "a picture"),
    (b"MM\x00*", "a picture"),
    (b"PAR1", "a Parquet file"),
    (b"SQLite format 3", "a database"),
    (b"\x00\x01\x00\x00Standard", "a database"),
    (b"\x7fELF", "a program"),
    (b"MZ", "a program"),
)
_MARKUP: tuple[tuple[bytes, str], ...] = (
    *((tag, "a web page") for tag in (b"<html", b"<!doctype html", b"<table", b"<head", b"<body")),
    (b"<meta", "a web page"),
    (b"<style", "a web page"),
    (b"<?xml", "an XML document"),
    (b"<workbook", "an XML document"),
    (b"mime-version:", "a web archive"),
    (b'{"', "a JSON document"),
    (b"[{", "a JSON document"),
)
_OLD_EXCEL = (b"\x09\x08", b"\x09\x04", b"\x09\x02", b"\x09\x00")
_OLD_EXCEL_LENGTHS = (b"\x08", b"\x10", b"\x06", b"\x04")
_TELLING_PARTS = ("mimetype", "[Content_Types].xml", "META-INF/manifest.xml")
_ZIPS = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OLE_STREAMS: tuple[tuple[str, str], ...] = (
    ("EncryptedPackage", "encrypted"),
    ("Workbook", "xls"),
    ("Book", "xls"),
    ("WordDocument", "a word processor's document"),
    ("PowerPoint Document", "a presentation"),
    ("__properties_version1.0", "an e-mail"),
)


@dataclass(frozen=True)
class Kind:
    """`name` is one of `SPREADSHEETS` or `text`; `unpacked` is the content's size in bytes.

    Of a part that is packed unbelievably tight only so much counts as is believable.
    """

    name: str
    unpacked: int


def kind_of(path: Path, limits: ReadingLimits) -> Kind:
    """What the file at `path` is. Raises Refusal where it is nothing that can be read."""
    size = path.stat().st_size
    if size > limits.file_bytes:
        _too_large(f"the file has {_mb(size)} and {_mb(limits.file_bytes)} are allowed")
    with path.open("rb") as file:
        start = file.read(_START)
        if not start.strip(_BLANK) and not file.read(_START * 16).strip(_BLANK):
            refuse(FileCode.EMPTY, "the file is empty; send the roster again")
        if start.startswith(_ZIPS):
            return _zip_kind(file, limits)
        if start.startswith(_OLE):
            return _ole_kind(file, size)
    _refuse_others(start)
    return Kind("text", size)


def _refuse_others(start: bytes) -> None:
    """Refuse what is neither a workbook nor text, by how it starts."""
    for magic, what in _OTHERS:
        # letters alone may be a text's first header
        if start.startswith(magic) and (b"\0" in start or not magic.isalnum()):
            _unsupported(what)
    if start[:2] in _OLD_EXCEL and start[2:3] in _OLD_EXCEL_LENGTHS:
        _unsupported("a workbook of Excel 4 or older")
    text = start.replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe\r\n\t ").lower()
    for magic, what in _MARKUP:
        if text.startswith(magic):
            _unsupported(what)


def note_on_name(file: str, kind: str) -> str | None:
    """A sentence where the file's extension promises something else than its content."""
    extension = Path(file).suffix.lower().lstrip(".")
    expected = TEXTS if kind == "text" else (kind, "xltx" if kind == "xlsx" else kind)
    if extension in expected or (kind, extension) in (("xlsm", "xltm"), ("xls", "xlt")):
        return None
    what = "delimited text" if kind == "text" else f"{kind} content"
    named = f'named ".{extension[:10]}"' if extension else "without an extension"
    return f"the file is {named} but holds {what}; it was read as that"


def _zip_kind(file: IO[bytes], limits: ReadingLimits) -> Kind:
    _check_entry_count(file, limits)
    try:
        with zipfile.ZipFile(file) as folder:
            entries = folder.infolist()
            parts = [_part(folder, name) for name in _TELLING_PARTS]
    except Exception:  # noqa: BLE001 - zlib.error, struct.error and more: damaged, either way
        return _corrupt()
    if len(entries) > limits.archive_entries:
        _too_many_entries(limits)
    unpacked = sum(entry.file_size for entry in entries)
    if unpacked > limits.unpacked_bytes:
        _too_large(
            f"the workbook unpacks to {_mb(unpacked)} and {_mb(limits.unpacked_bytes)} are allowed"
        )
    believable = sum(min(e.file_size, BELIEVABLE_RATIO * e.compress_size) for e in entries)
    return Kind(_zip_content({entry.filename for entry in entries}, *parts), believable)


def _zip_content(names: set[str], mimetype: bytes, types: bytes, manifest: bytes) -> str:
    if mimetype.startswith(b"application/vnd.oasis.opendocument.spreadsheet"):
        if b"encryption-data" in manifest:
            _encrypted()
        return "ods"
    if b"sheet.binary.macroEnabled" in types or "xl/workbook.bin" in names:
        return "xlsb"
    if b"sheet.macroEnabled" in types or b"template.macroEnabled" in types:
        return "xlsm"
    if b"spreadsheetml" in types or "xl/workbook.xml" in names:
        return "xlsx"
    if b"wordprocessingml" in types or b"opendocument.text" in mimetype:
        _unsupported("a word processor's document")
    if b"presentationml" in types or b"opendocument.presentation" in mimetype:
        _unsupported("a presentation")
    return _unsupported("a compressed folder or a document")


def _check_entry_count(file: IO[bytes], limits: ReadingLimits) -> None:
    """From the zip's last record, before its directory is read into memory."""
    size = file.seek(0, 2)
    file.seek(max(0, size - 66_000))
    tail = file.read()
    at = tail.rfind(b"PK\x05\x06")
    if at >= 0 and len(tail) >= at + 16:
        declared = int.from_bytes(tail[at + 10 : at + 12], "little")
        directory = int.from_bytes(tail[at + 12 : at + 16], "little")
        if declared > limits.archive_entries and declared != 0xFFFF:  # noqa: PLR2004
            _too_many_entries(limits)
        if directory != 0xFFFFFFFF and directory > limits.archive_entries * 1000:  # noqa: PLR2004
            _too_many_entries(limits)


def _part(folder: zipfile.ZipFile, name: str) -> bytes:
    """The start of a part; nothing where there is none."""
    if name not in folder.NameToInfo:
        return b""
    with folder.open(name) as part:
        return part.read(1 << 20)


def _ole_kind(file: IO[bytes], size: int) -> Kind:
    file.seek(0)
    content = file.read()
    for stream, kind in _OLE_STREAMS:
        if _has_stream(content, stream):
            if kind == "encrypted":
                _encrypted()
            if kind != "xls":
                _unsupported(kind)
            return Kind("xls", size)
    return _corrupt()


def _has_stream(content: bytes, stream: str) -> bool:
    """Whether an OLE directory entry has this name: UTF-16, at a multiple of 128 bytes."""
    name = stream.encode("utf-16-le") + b"\0\0"
    at = content.find(name)
    while at >= 0:
        if at % 128 == 0:
            return True
        at = content.find(name, at + 1)
    return False


def _mb(size: int) -> str:
    return f"{size / (1 << 20):,.0f} MB"


def _unsupported(what: str) -> NoReturn:
    refuse(FileCode.UNSUPPORTED, f"this is {what}, not a spreadsheet; {_SAVE_AS}")


def _encrypted() -> NoReturn:
    refuse(
        FileCode.ENCRYPTED,
        "the workbook is protected with a password; save it without one and send it again",
    )


def _corrupt() -> NoReturn:
    refuse(
        FileCode.CORRUPT,
        f"the file is damaged or incomplete; {_SAVE_AS}, and send that",
    )


def _too_large(why: str) -> NoReturn:
    refuse(FileCode.TOO_LARGE, f"{why}; send the roster in several files")


def _too_many_entries(limits: ReadingLimits) -> NoReturn:
    _too_large(f"the workbook has more than {limits.archive_entries:,} parts inside")
