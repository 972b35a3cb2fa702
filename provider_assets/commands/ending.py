"""How a command ends when it is asked to: SIGTERM, SIGINT, within ten seconds, with its children.

The signal becomes `KeyboardInterrupt`, so that what is under way is taken back and every folder
and child goes. Libraries put handlers of their own in the place of ours for a while, and code in C
may not come back for a minute; so a thread sees each signal too, and ends the process hard after
`GRACE` seconds, or at the second signal. What is half done then is taken back by the database.
"""

import os
import select
import signal
import threading
from types import FrameType
from typing import NoReturn

GRACE = 8.0
SIGNALS = (signal.SIGTERM, signal.SIGINT)

_asked: list[int] = []
_watched: list[bool] = []


def watch_for_the_end() -> None:
    """From now on, SIGTERM and SIGINT end this process; to be called by its main thread."""
    if _watched:
        return
    _watched.append(True)
    seen, written = os.pipe()
    os.set_blocking(written, False)
    for number in SIGNALS:
        signal.signal(number, _interrupt)
    signal.set_wakeup_fd(written, warn_on_full_buffer=False)
    threading.Thread(target=_insist, args=(seen,), name="ending", daemon=True).start()


def asked_to_end() -> bool:
    """Whether this process was asked to end; a loop over rosters begins no other one then."""
    return bool(_asked)


def status() -> int:
    """The exit status of a process that was asked to end, as shells tell it: 143 or 130."""
    return 128 + (_asked[0] if _asked else signal.SIGINT)


def _interrupt(number: int, _frame: FrameType | None) -> NoReturn:
    _asked.append(number)  # the thread may not have come to it before the process ends
    raise KeyboardInterrupt


def _insist(seen: int) -> None:
    while (number := os.read(seen, 1)[0]) not in SIGNALS:
        continue
    _asked.append(number)
    select.select([seen], [], [], GRACE)  # until somebody asks again
    _end_hard()


def _end_hard() -> NoReturn:
    from provider_assets.reading.nursery import NURSERY

    NURSERY.retire()
    os._exit(status())
