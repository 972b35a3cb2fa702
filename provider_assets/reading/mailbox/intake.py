"""A delivered file is taken in: named, hashed and copied to the archive. Nothing is parsed here."""

import hashlib
import os
import re
import stat
import unicodedata
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from upath import UPath

from provider_assets.errors import FileCode, RosterError, UsageError

Stamp = tuple[int, ...]

CHUNK = 1 << 20
STEM_LENGTH = 80
KEY_DIGITS = 12


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file's content, in hex, read piece by piece.

    Raises UsageError where there is no such file, or it is a link, a folder or a device.
    """
    digest = hashlib.sha256()
    with _opened(path) as file:
        while piece := file.read(CHUNK):
            digest.update(piece)
    return digest.hexdigest()


def require_file(path: Path) -> os.stat_result:
    """What the system says of a file. Raises UsageError where it is none, or a link."""
    with _opened(path) as file:
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


def roster_key(file_name: str, sha256: str) -> str:
    """The partition of a roster: `<ASCII stem, at most 80>-<first 12 hex of the hash>`.

    Safe for any name: what is not an ASCII letter, digit, `_` or `.` becomes `-`.
    """
    return f"{_safe_stem(file_name)}-{sha256[:KEY_DIGITS]}"


def archive(path: Path, storage: UPath, sha256: str) -> UPath:
    """Copy a roster to `archive/<sha256>/<safe name>` under `storage` and return that place.

    Written aside and renamed, so that what stands under the name is whole; done already, it is
    left. Raises RosterError `changed-while-reading` when the content is not what was hashed.
    """
    folder = storage / "archive" / sha256
    target = folder / (_safe_stem(path.name) + _safe(path.suffix)[:10])
    if target.exists() and target.stat().st_size == path.lstat().st_size:
        if sha256_of(path) != sha256:
            raise _changed(path)
        return target
    folder.mkdir(parents=True, exist_ok=True)
    aside = folder / f".{uuid.uuid4().hex}.part"
    try:
        if _copy(path, aside) != sha256:
            raise _changed(path)
        aside.rename(target)
        _settle(folder)
    finally:
        if aside.exists():
            aside.unlink()
    return target


def name_of(path: Path) -> str:
    """A file's name, which may hold bytes that are no text; they become replacement characters."""
    return path.name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _last(name: str) -> str:
    return name.replace("\\", "/").rsplit("/", 1)[-1]


def _safe_stem(name: str) -> str:
    return _safe(Path(_last(name)).stem)[:STEM_LENGTH].strip("-.") or "roster"


def _safe(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return re.sub(r"-{2,}", "-", re.sub(r"[^A-Za-z0-9_.]", "-", plain)).strip("-")


def _changed(path: Path) -> RosterError:
    return RosterError(
        FileCode.CHANGED_WHILE_READING,
        f"{path.name!r}: the file changed while it was read; drop it again when it is complete",
    )


def _unreadable(path: Path, error: OSError) -> UsageError:
    reason = "is a link" if path.is_symlink() else (error.strerror or "").lower()
    return UsageError(f"{str(path)!r} cannot be read: {reason}")


@contextmanager
def _opened(path: Path) -> Iterator[IO[bytes]]:
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        raise _unreadable(path, error) from None
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise UsageError(f"{str(path)!r} is not a file")
    with os.fdopen(handle, "rb") as file:
        yield file


def _copy(path: Path, target: UPath) -> str:
    """Copy, and return the SHA-256 of what was copied."""
    digest = hashlib.sha256()
    with _opened(path) as file, target.open("wb") as out:
        while piece := file.read(CHUNK):
            digest.update(piece)
            out.write(piece)
        out.flush()
        if _is_local(target):
            os.fsync(out.fileno())
    return digest.hexdigest()


def _settle(folder: UPath) -> None:
    """Make the rename itself survive a power cut; a bucket has no such thing."""
    if not _is_local(folder):
        return
    handle = os.open(str(folder), os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _is_local(path: UPath) -> bool:
    return getattr(path, "protocol", "") in ("", "file", "local")
