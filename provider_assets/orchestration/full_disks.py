"""A full disk is named, wherever it shows: in a step, before one, or in Dagster's storage."""

import errno
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from upath import UPath

from provider_assets.errors import DiskFullError
from provider_assets.reading.mailbox.storage import is_local
from provider_assets.settings import process_settings

FULL_BYTES = 2**20
UNKNOWN = "a place that PROVIDER_ASSETS_HOME or TMPDIR names"
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
NOWHERE = "No usable temporary directory"
_DEPTH = 20


@contextmanager
def naming_full_disks() -> Iterator[None]:
    """Raise DiskFullError, which names the disk, for what comes of a full one."""
    try:
        yield
    except Exception as error:
        told = full_disk(error)
        if told is None:
            raise
        full = told
    else:
        return
    raise DiskFullError(full)


def full_disk(error: BaseException) -> str | None:
    """A sentence that names the full disk, where one is behind an error; else None.

    A write to an open file knows no file's name, nor does SQLite: then the disks are looked at.
    """
    for one in _chain(error):
        if isinstance(one, FileNotFoundError) and NOWHERE in str(one):
            return _say(None, "is full, or may not be written to; make room")
        if isinstance(one, OSError) and one.errno in FULL:
            named = one.filename if isinstance(one.filename, str) else None
            if one.errno == errno.EFBIG:
                return _say(named, "takes no larger files; raise this limit (ulimit -f)")
            return _say(named, "is full; make room")
        if isinstance(one, sqlite3.Error) and _sqlite_number(one) == sqlite3.SQLITE_FULL:
            return _say(None, "is full; make room")
        if isinstance(one, sqlite3.Error) and _sqlite_number(one) == sqlite3.SQLITE_IOERR:
            return _say(None, "refused a write; see the disk, and the limit of files (ulimit -f),")
    return None


def _say(named: str | None, what: str) -> str:
    if named is None:
        little = [each for each in _written_to() if shutil.disk_usage(each).free < FULL_BYTES]
        named = " and ".join(map(str, little)) or UNKNOWN
    return f"the disk of {named} {what} and load again"


def _sqlite_number(error: sqlite3.Error) -> int:
    return getattr(error, "sqlite_errorcode", 0) & 0xFF


def _chain(error: BaseException) -> Iterator[BaseException]:
    """An error and what it came of, as far as they tell."""
    found: BaseException | None = error
    for _ in range(_DEPTH):
        if found is None:
            return
        yield found
        original = getattr(found, "orig", None)
        if isinstance(original, BaseException):
            yield original
        # some libraries hand the system's error on as an argument only
        yield from (one for one in found.args if isinstance(one, OSError))
        found = found.__cause__ or found.__context__


def _written_to() -> list[Path]:
    """The places that we write to, one a disk."""
    settings = process_settings()
    storage = UPath(settings.storage)
    named = [settings.home, settings.dagster_home, settings.drop_folder, *_temporary()]
    if is_local(storage):
        named.append(Path(storage.path))
    by_disk: dict[int, Path] = {}
    for place in named:
        standing = next(each for each in (place, *place.absolute().parents) if each.exists())
        by_disk.setdefault(standing.stat().st_dev, standing)
    return list(by_disk.values())


def _temporary() -> list[Path]:
    try:
        return [Path(tempfile.gettempdir())]
    except FileNotFoundError:  # each one that Python knows is full
        return []
