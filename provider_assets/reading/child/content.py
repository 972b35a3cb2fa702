"""What tells a file's kind: how its content starts, a zip's parts, a compound file's streams.

Nothing is unpacked here but a zip's directory and the few parts that tell.
"""

import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from provider_assets.errors import FileCode
from provider_assets.reading.child.refusal import (
    SAVE_AS,
    megabytes,
    refuse,
    refuse_damaged,
    refuse_too_large,
)
from provider_assets.reading.limits import BELIEVABLE_RATIO, ReadingLimits
from provider_assets.reading.mailbox.opening import open_file

START = 8192
BLANK = b"\x00\t\v\f\r\n \xef\xbb\xbf\xff\xfe"
_TELLING_PARTS = ("mimetype", "[Content_Types].xml", "META-INF/manifest.xml", "content.xml")
_ZIPS = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


@dataclass(frozen=True)
class Content:
    """`start` is how the content starts; `size` counts it in bytes, unpacked where it is a zip.

    Of a part that is packed unbelievably tight only so much counts as is believable. `names` are a
    zip's parts, `parts` the beginnings of those that tell its kind; `streams` are the names, in
    small letters, of a compound file's.
    """

    start: bytes
    size: int
    names: frozenset[str] = frozenset()
    parts: dict[str, bytes] = field(default_factory=dict)
    streams: frozenset[str] = frozenset()

    @property
    def is_folder(self) -> bool:
        """Whether it is a zip of files, and not a document that is packed as one."""
        is_document = any(self.parts.values()) or any(
            name.startswith(("xl/", "word/", "ppt/", "Index/")) for name in self.names
        )
        return bool(self.names) and not is_document

    @property
    def text(self) -> bytes:
        """How it starts, in small letters, without marks, blanks and the zeros of UTF-16."""
        return self.start.replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe\r\n\t ").lower()

    def part(self, name: str) -> bytes:
        """How a telling part starts; nothing where there is none."""
        return self.parts.get(name, b"")


def content_of(path: Path, limits: ReadingLimits) -> Content:
    """Look at a file. Raises Refusal where it is empty, too large, or a damaged container."""
    size = path.stat().st_size
    if size > limits.file_bytes:
        refuse_too_large(
            f"the file has {megabytes(size)} and {megabytes(limits.file_bytes)} are allowed"
        )
    with open_file(path) as file:
        start = file.read(START)
        if not start.strip(BLANK) and not file.read(START * 16).strip(BLANK):
            refuse(FileCode.EMPTY, "the file is empty; send the roster again")
        if start.startswith(_ZIPS):
            return _zip_content(file, start, limits)
    if start.startswith(_OLE):
        return Content(start, size, streams=_streams(path))
    return Content(start, size)


def _zip_content(file: IO[bytes], start: bytes, limits: ReadingLimits) -> Content:
    _check_entry_count(file, limits)
    try:
        with zipfile.ZipFile(file) as folder:
            entries = folder.infolist()
            parts = {name: _part(folder, name) for name in _TELLING_PARTS}
    except Exception:  # noqa: BLE001 - zlib.error, struct.error and more: damaged, either way
        refuse_damaged()
    if len(entries) > limits.archive_entries:
        _too_many_entries(limits)
    unpacked = sum(entry.file_size for entry in entries)
    if unpacked > limits.unpacked_bytes:
        refuse_too_large(
            f"the workbook unpacks to {megabytes(unpacked)} and "
            f"{megabytes(limits.unpacked_bytes)} are allowed"
        )
    _refuse_two_of_a_name(entries)
    believable = sum(min(e.file_size, BELIEVABLE_RATIO * e.compress_size) for e in entries)
    names = frozenset(entry.filename for entry in entries)
    return Content(start, believable, names, parts)


def _refuse_two_of_a_name(entries: Sequence[zipfile.ZipInfo]) -> None:
    """Refuse a document of which nobody can tell what it holds: two unlike parts of one name."""
    seen: dict[str, int] = {}
    for entry in entries:
        is_part = entry.filename.startswith(("xl/", "content.xml"))
        if is_part and seen.setdefault(entry.filename, entry.CRC) != entry.CRC:
            refuse(
                FileCode.CORRUPT,
                "the workbook holds two parts of one name, of which a reader would see one alone; "
                f"{SAVE_AS}, and send that",
            )


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


def _too_many_entries(limits: ReadingLimits) -> None:
    refuse_too_large(f"the workbook has more than {limits.archive_entries:,} parts inside")


def _part(folder: zipfile.ZipFile, name: str) -> bytes:
    if name not in folder.NameToInfo:
        return b""
    with folder.open(name) as part:
        return part.read(1 << 20)


def _streams(path: Path) -> frozenset[str]:
    """The names of a compound file's streams, in small letters."""
    import olefile

    try:
        with olefile.OleFileIO(path) as ole:
            streams = frozenset(name[-1].lower() for name in ole.listdir())
    except (OSError, ValueError, IndexError, RecursionError):
        streams = frozenset()
    if not streams:
        refuse_damaged()
    return streams
