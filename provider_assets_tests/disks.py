"""A small file system for tests, and how it is filled; only an administrator can make one."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

MAY_MOUNT = os.geteuid() == 0 and sys.platform == "linux"


@contextmanager
def small_disk(megabytes: int) -> Iterator[Path]:
    """A file system with so little room."""
    with tempfile.TemporaryDirectory(prefix="pa") as folder:  # short: a socket's path has to be
        subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", folder], check=True
        )
        try:
            yield Path(folder)
        finally:
            subprocess.run(["umount", "-l", folder], check=True)


def fill(folder: Path, left: int = 0) -> Path:
    """Take all of a small disk's room but this many bytes; the file that takes it."""
    ballast = folder / "ballast"
    free = os.statvfs(folder).f_bavail * os.statvfs(folder).f_frsize
    ballast.write_bytes(b"\0" * (free - left))
    return ballast
