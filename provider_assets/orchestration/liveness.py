"""Whether the process of a run still lives, on one machine, whatever was killed around it.

Dagster's code server tells of a worker that died, but only while the server itself lives. So a
run holds a lock on a file of its own for as long as its process lives; the kernel lets go of the
lock when the process ends, however it ends.
"""

import fcntl
import os
from pathlib import Path

_held: dict[str, int] = {}


def hold(folder: Path, run_id: str) -> None:
    """Say that this process works on `run_id`, until `let_go` or the end of the process."""
    if run_id in _held:
        return
    folder.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(folder / run_id, os.O_RDWR | os.O_CREAT, 0o600)
    fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    _held[run_id] = descriptor


def let_go(folder: Path, run_id: str) -> None:
    """The run is over in this process; nothing is left behind."""
    descriptor = _held.pop(run_id, None)
    if descriptor is not None:
        (folder / run_id).unlink(missing_ok=True)
        os.close(descriptor)


def is_dead(folder: Path, run_id: str) -> bool | None:
    """Whether the run's process has ended without saying so; None where it never said a word."""
    try:
        descriptor = os.open(folder / run_id, os.O_RDWR)
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    finally:
        os.close(descriptor)
    return True


def bury(folder: Path, run_id: str) -> None:
    """Forget a run that was found dead and has been told so."""
    (folder / run_id).unlink(missing_ok=True)
