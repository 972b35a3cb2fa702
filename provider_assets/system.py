"""What the operating system has to bring, and what is asked of it."""

import ctypes
import errno
import os
import stat
from contextlib import suppress
from pathlib import Path

from provider_assets.errors import UsageError

NOT_OTHERS = 0o027
FOLDER_MODE, FILE_MODE = 0o750, 0o640
OTHERS = 0o007
ROOM = (errno.ENOSPC, errno.EDQUOT)
_mask = [NOT_OTHERS]


def require_unix() -> None:
    """Raises UsageError where files cannot be locked or no process can fork: Windows as it is."""
    try:
        import fcntl  # noqa: F401
    except ImportError:
        locks = False
    else:
        locks = True
    if not locks or not hasattr(os, "fork"):
        raise UsageError(
            "provider_assets runs on Linux and macOS, and this system lacks what it stands on "
            "(file locks by fcntl, fork); on Windows, run it in WSL or in the container of deploy/"
        )


def keep_to_group() -> None:
    """Have every file that this process makes, and those that it starts, be nobody else's.

    Whatever holds rows becomes 0640, a folder 0750; who runs under a stricter mask keeps it. The
    group is that of the service, or of the folder where that hands its group on (setgid).
    """
    stricter = os.umask(0o077)
    os.umask(stricter | NOT_OTHERS)
    _mask[:] = [stricter | NOT_OTHERS]


def make_ours(folder: Path, group: str | None) -> None:
    """Make a folder where it is missing, closed to others whatever the mask is.

    With a `group` it is that group's, and hands it on to what is made in there (setgid). Raises
    UsageError where this user may not make it, or not give it to the group.
    """
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        folder.mkdir(FOLDER_MODE, exist_ok=True)
    except OSError as error:
        if error.errno in ROOM:
            raise
        raise UsageError(
            f"{folder} cannot be made ({error.strerror}); give this user the right to write there, "
            "or name another place"
        ) from None
    if group is None:
        return
    wanted, found = _group_id(group), folder.stat()
    if found.st_gid == wanted and found.st_mode & stat.S_ISGID:
        return
    try:
        os.chown(folder, -1, wanted)
        folder.chmod(stat.S_IMODE(found.st_mode) & ~OTHERS | FOLDER_MODE | stat.S_ISGID)
    except PermissionError:
        raise UsageError(
            f"PROVIDER_ASSETS_FILES_GROUP: {folder} cannot be given to the group {group}; the user "
            "that runs this has to own the folder and to be a member of the group"
        ) from None


def close_to_others(file: Path) -> None:
    """Give a file that came from elsewhere the rights and the group of those that are made there.

    Where it is somebody else's, its folder alone keeps others out.
    """
    with suppress(PermissionError):
        file.chmod(FILE_MODE & ~_mask[0])
        folder = file.parent.stat()
        if folder.st_mode & stat.S_ISGID:
            os.chown(file, -1, folder.st_gid)


def is_open_to_others(place: Path) -> bool:
    """Whether those who are neither its owner nor of its group can come at what is in a folder."""
    return all(one.stat().st_mode & stat.S_IXOTH for one in (place, *place.resolve().parents))


def belongs_to(folder: Path, group: str) -> bool:
    """Whether a folder is the group's, and what is made in there will be."""
    found = folder.stat()
    return found.st_gid == _group_id(group) and bool(found.st_mode & stat.S_ISGID)


def _group_id(group: str) -> int:
    import grp

    return grp.getgrnam(group).gr_gid


def flush_names(folder: Path) -> None:
    """Have the names in a folder on the disk, as after a rename, where its file system can.

    Network shares may refuse it; what they hold is theirs to keep.
    """
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def trim_heap() -> None:
    """Give memory that was freed back to the system, where the C library is one that can."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)
