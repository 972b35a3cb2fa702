"""A registry file as it lies there: which of the three it is, its day, its content as a stream.

What it is, `recognizing` says; its day stands in the names that its makers give. Reading its
rows: `nppes`, `deactivations`, `exclusions`.
"""

import hashlib
import re
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from provider_assets.errors import RegistryError
from provider_assets.registry.recognizing import (
    HEADERS_ALONE,
    OTHERS,
    PROVIDERS,
    Kind,
    is_companion,
    recognized,
)

BEGINNING = date(2005, 5, 23)  # a full NPPES file covers all days since then
MOST_WORKBOOK = 200_000_000  # bytes, unpacked; the real one has 15 MB
_RANGE = re.compile(r"(\d{8})-(\d{8})")


@dataclass(frozen=True)
class Source:
    """A registry file: `kind` the asset that it feeds, `member` its part within a zip.

    `start` and `end` are the days that it covers, None where its name does not tell; `others` the
    member or the file beside it that holds organizations' other names, None where there is none.
    """

    path: Path
    kind: Kind
    member: str | None
    start: date | None
    end: date | None
    sha256: str
    size: int
    others: str | None = None

    @property
    def is_weekly(self) -> bool:
        """Whether it holds only what was new or changed in some days."""
        return self.kind == "npi_registry" and self.start != BEGINNING

    @property
    def name(self) -> str:
        """The file's own name, for sentences."""
        return self.path.name

    @contextmanager
    def opened(self) -> Iterator[BinaryIO]:
        """The content as bytes. Raises RegistryError where the zip is damaged."""
        with _readable(self.path), _opened(self.path, self.member) as content:
            yield content

    @contextmanager
    def others_opened(self) -> Iterator[BinaryIO]:
        """The other names' content, likewise."""
        assert self.others is not None  # noqa: S101  (asked before)
        path = self.path if self.member else self.path.with_name(self.others)
        with _readable(path), _opened(path, self.others if self.member else None) as content:
            yield content


@contextmanager
def _opened(path: Path, member: str | None) -> Iterator[BinaryIO]:
    if member is None:
        with path.open("rb") as plain:
            yield plain
    else:
        with zipfile.ZipFile(path) as archive, archive.open(member) as packed:
            yield packed  # type: ignore[misc]  # typeshed: IO[bytes]


def candidates(folder: Path) -> list[Path]:
    """What lies in a folder and may be a registry file; nothing hidden, no link is followed.

    What only accompanies NPPES' file of providers, where somebody unpacked its zip, is none.
    """
    try:
        found = sorted(folder.iterdir())
    except OSError:
        return []
    return [
        path
        for path in found
        if not path.name.startswith((".", "~"))
        and not is_note(path)
        and not is_companion(path.name)
        and path.is_file()
        and not path.is_symlink()
    ]


def note_beside(path: Path) -> Path:
    """Where it is written why a file was not taken."""
    return path.with_name(f"{path.name}.txt")


def is_note(path: Path) -> bool:
    """Whether this only says why the file beside it was not taken."""
    return path.suffix == ".txt" and path.with_suffix("").is_file()


def others_beside(path: Path) -> Path | None:
    """The file of other names that was unpacked beside an unpacked file of providers."""
    short = path.name.casefold()
    if not short.startswith(PROVIDERS):
        return None
    wanted = OTHERS + short.removeprefix(PROVIDERS)
    with suppress(OSError):
        return next((one for one in path.parent.iterdir() if _is_it(one, wanted)), None)
    return None


def _is_it(path: Path, wanted: str) -> bool:
    return path.name.casefold() == wanted and path.is_file() and not path.is_symlink()


def registry_files(folder: Path, kind: Kind) -> list[Path]:
    """The files in a folder that feed one asset."""
    return [path for path in candidates(folder) if _is_of(path, kind)]


def kind_of(path: Path) -> Kind:
    """Which asset a file feeds, by its beginning alone. Raises RegistryError where it is none."""
    with _readable(path):
        return recognized(path)[0]


def find_source(path: Path) -> Source:
    """What a file is. Raises RegistryError, one sentence, where it is none of the three."""
    if not path.is_file() or path.is_symlink():
        raise RegistryError(f"{path.name}: not a file; name one of NPPES' zips or LEIE's csv")
    with _readable(path):
        kind, member = recognized(path)
        sha256 = _hash(path)
    start, end = _days(kind, path.name, member or "")
    others = _others(path, member) if kind == "npi_registry" else None
    return Source(path, kind, member, start, end, sha256, path.stat().st_size, others)


def _others(path: Path, member: str | None) -> str | None:
    """The member, or the name of the file beside it, with organizations' other names."""
    if member is None:
        beside = others_beside(path)
        return None if beside is None else beside.name
    with zipfile.ZipFile(path) as archive:
        found = [
            one.filename
            for one in archive.infolist()
            if (short := PurePosixPath(one.filename).name.casefold()).startswith(OTHERS)
            and is_companion(short)
            and not short.endswith(HEADERS_ALONE)
        ]
    return found[0] if found else None


def _is_of(path: Path, kind: Kind) -> bool:
    try:
        return kind_of(path) == kind
    except RegistryError:
        return False


def _days(kind: Kind, name: str, member: str) -> tuple[date | None, date | None]:
    """The days that a file covers, out of its member's name or its own."""
    names = (PurePosixPath(member).name, name)
    if kind == "npi_registry":
        for one in names:
            found = _RANGE.search(one)
            if found and (start := _day(found[1], "%Y%m%d")) and (end := _day(found[2], "%Y%m%d")):
                return start, end
        return None, None
    for one in names:
        eight = re.search(r"(?<!\d)(\d{8})(?!\d)", one)
        six = re.search(r"(?<!\d)(\d{6})(?!\d)", one)
        day = _day(eight[1], "%Y%m%d") if eight else _day(six[1], "%m%d%y") if six else None
        if day:
            return None, day
    return None, None


def _day(digits: str, form: str) -> date | None:
    try:
        return datetime.strptime(digits, form).date()  # noqa: DTZ007  (a day has no zone)
    except ValueError:
        return None


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def _readable(path: Path) -> Iterator[None]:
    try:
        yield
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as error:
        told = "is encrypted" if "encrypted" in str(error) else "is cut off or damaged"
        raise RegistryError(f"{path.name}: {told}; download it again") from None
    except RuntimeError as error:
        if "encrypted" not in str(error):
            raise
        raise RegistryError(f"{path.name}: is encrypted; put it there unpacked") from None
    except OSError as error:
        raise RegistryError(f"{path.name}: cannot be read ({error.strerror})") from None
