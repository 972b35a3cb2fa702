"""What the operating system has to bring, and what is asked of it."""

import os
from contextlib import suppress
from pathlib import Path

from provider_assets.errors import UsageError

NOT_OTHERS = 0o027


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
