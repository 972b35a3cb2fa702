"""The tests' files go into memory where there is enough: on a disk each commit waits for it."""

import os
import tempfile
from pathlib import Path

MEMORY = Path("/dev/shm")
ENOUGH = 4 << 30  # bytes; four workers with a server each take half of it


def use_memory() -> None:
    """Have this process and its children make temporary files in memory.

    Where `TMPDIR` is set, that is kept; where memory is short or forbids programs, the system's.
    """
    if "TMPDIR" not in os.environ and _is_roomy(MEMORY):
        os.environ["TMPDIR"] = tempfile.tempdir = str(MEMORY)


def other_disk(than: Path) -> Path:
    """A folder on another file system."""
    places = (MEMORY, Path("/var/tmp"), Path("/tmp"))
    return next(place for place in places if place.stat().st_dev != than.stat().st_dev)


def _is_roomy(folder: Path) -> bool:
    try:
        place = os.statvfs(folder)
        told = Path("/proc/meminfo").read_text(encoding="ascii")
    except OSError:
        return False
    free = int(told.partition("MemAvailable:")[2].split()[0]) << 10
    room = min(place.f_bavail * place.f_frsize, free // 2)
    return room >= ENOUGH and not place.f_flag & os.ST_NOEXEC
