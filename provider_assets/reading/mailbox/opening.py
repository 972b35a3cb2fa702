"""A file is opened without waiting: where it has become a pipe, a link or a folder, it is none."""

import os
import stat
from io import BufferedReader
from pathlib import Path


class NoFileError(OSError):
    """There is no regular file at the path; `strerror` says what there is."""


def open_file(path: Path, *, follow: bool = True) -> BufferedReader:
    """A regular file, opened for reading; a link to one only where `follow` says so.

    Raises NoFileError for a folder, a pipe or a device, OSError as `open` does.
    """
    no_follow = 0 if follow else os.O_NOFOLLOW
    handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | no_follow)
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise NoFileError(0, "is not a file")
    return os.fdopen(handle, "rb")
