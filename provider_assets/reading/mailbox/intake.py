"""A delivered file is opened with care, hashed and looked at. Nothing is parsed here."""

import hashlib
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from io import BufferedReader
from pathlib import Path

from provider_assets.errors import UsageError
from provider_assets.reading.mailbox.opening import NoFileError, open_file

Stamp = tuple[int, ...]


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file's content, in hex.

    Raises UsageError where there is no such file, or it is a link, a folder or a device.
    """
    with opened(path) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def require_file(path: Path) -> os.stat_result:
    """What the system says of a file. Raises UsageError where it is none, or a link."""
    with opened(path) as file:
        return os.fstat(file.fileno())


def stamp_of(path: Path) -> Stamp:
    """What tells that a file was written to: its size, times and place on the disk.

    The file is not opened. Raises UsageError as `require_file` does.
    """
    try:
        found = path.lstat()
    except OSError as error:
        raise _unreadable(path, error) from None
    if stat.S_ISLNK(found.st_mode):
        raise _unreadable(path, OSError())
    if not stat.S_ISREG(found.st_mode):
        raise UsageError(f"{str(path)!r} is not a file")
    return found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino


def name_of(path: Path) -> str:
    """A file's name, which may hold bytes that are no text; they become replacement characters."""
    return path.name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _unreadable(path: Path, error: OSError) -> UsageError:
    reason = "is a link" if path.is_symlink() else (error.strerror or "").lower()
    return UsageError(f"{str(path)!r} cannot be read: {reason}")


@contextmanager
def opened(path: Path) -> Iterator[BufferedReader]:
    """A file to read from. Raises UsageError where it is none, or a link."""
    try:
        file = open_file(path, follow=False)
    except NoFileError:
        raise UsageError(f"{str(path)!r} is not a file") from None
    except OSError as error:
        raise _unreadable(path, error) from None
    with file:
        yield file
