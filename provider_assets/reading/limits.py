"""What a roster may cost: sizes before it is read, memory and time while it is."""

import resource
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

# Excel's own limits: no spreadsheet that a person made goes over them
EXCEL_ROWS = 1_048_576
EXCEL_COLUMNS = 16_384
EXCEL_CELL_CHARACTERS = 32_767

MB = 1 << 20
REPORT_BYTES = 16 * MB
FULL_STATUS = 28  # how a reader ends that found no room to write
# what spreadsheet programs pack shrinks 10 to 60 times; a bomb shrinks up to 1,000 times
BELIEVABLE_RATIO = 100
STATM = Path("/proc/self/statm")
MEMINFO = Path("/proc/meminfo")
CGROUP = Path("/sys/fs/cgroup")
LEAST_MEMORY = 256 * MB


@dataclass(frozen=True)
class ReadingLimits:
    """Above any of these a roster is refused or its reader is ended; the defaults let a full
    sheet of 1,048,576 rows and 50 columns pass.

    Sizes in bytes, times in seconds. `cells` counts the rectangle that a sheet spans, since a
    reader has to hold it. `memory` is what the reader may address at most; a small file gets
    less, in proportion. `rescue` allows LibreOffice to convert what no reader opens.
    """

    file_bytes: int = 1024 * MB
    unpacked_bytes: int = 6 * 1024 * MB
    archive_entries: int = 10_000
    rows: int = 5_000_000  # of a text; a sheet ends at 1,048,576
    columns: int = EXCEL_COLUMNS
    cells: int = EXCEL_ROWS * 50
    cell_characters: int = EXCEL_CELL_CHARACTERS
    sheets: int = 500
    memory: int = 8 * 1024 * MB
    seconds: float = 300.0
    output_bytes: int = 2 * 1024 * MB
    rescue: bool = False


def limit_process(limits: ReadingLimits) -> None:
    """Hold this process, the reader's child, to its limits for good."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    limit_seconds(limits.seconds)
    most = limits.output_bytes
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, max(most, REPORT_BYTES)))
    limit_memory(limits.memory)
    try:  # where the machine's memory runs out, the reader is what the system should end
        Path("/proc/self/oom_score_adj").write_text("1000", encoding="ascii")
    except OSError:
        return


def allow_report() -> None:
    """Let this process write its last file, however little its rows were allowed to take."""
    most = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))


def limit_seconds(seconds: float) -> None:
    """Allow this process so much time on the processor in all; beyond, the system ends it."""
    whole = int(seconds) + 1
    resource.setrlimit(resource.RLIMIT_CPU, (whole, resource.RLIM_INFINITY))


def free_memory() -> int:
    """Bytes that a reader may take without pushing others out: four fifths of what is left.

    Of the machine, or of the container that it runs in; as much as one likes where nothing tells.
    """
    left = [1 << 62]
    with suppress(OSError, ValueError, IndexError):
        told = MEMINFO.read_text(encoding="ascii").split("MemAvailable:")[1].split()[0]
        left.append(int(told) * 1024)
    with suppress(OSError, ValueError):  # a container without a limit says "max"
        most, now = (int((CGROUP / name).read_text()) for name in ("memory.max", "memory.current"))
        left.append(max(most - now, 0))
    return max(min(left) // 5 * 4, LEAST_MEMORY)


def limit_memory(more: int) -> None:
    """Allow this process so many bytes of memory on top of what it addresses now.

    Only Linux says how much that is; elsewhere the sizes that are checked before have to do.
    """
    if not STATM.exists():
        return
    pages = int(STATM.read_text(encoding="ascii").split()[0])
    allowed = pages * resource.getpagesize() + more
    resource.setrlimit(resource.RLIMIT_AS, (allowed, resource.RLIM_INFINITY))
