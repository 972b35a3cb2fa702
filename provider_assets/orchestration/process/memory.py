"""Memory that is no longer used goes back to the system, and so is no part of the next step's peak.

Arrow's usual allocator, and the C library's for what is large, keep what was freed for later. A
run's frames come and go by the hundred megabytes, each step's in other sizes, so what is kept
hardly fits what is asked for next. Must be called before the first frame is made.
"""

import ctypes

import pyarrow as pa

# M_TRIM_THRESHOLD and M_MMAP_THRESHOLD of the GNU C library's malloc.h
_THRESHOLDS = (-1, -3)
LARGE = 4 << 20  # bytes; a lower one saves little more, and asking the system costs time


def give_memory_back() -> None:
    """From now on, whatever is freed and `LARGE` is the system's again at once.

    Where the C library is another one, only Arrow's part of it holds.
    """
    pa.set_memory_pool(pa.system_memory_pool())
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        for threshold in _THRESHOLDS:
            mallopt(threshold, LARGE)
