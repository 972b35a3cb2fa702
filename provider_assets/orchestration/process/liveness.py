"""Whether the process of a run still lives, on one machine, whatever was killed around it.

Dagster's code server tells of a worker that died, but only while the server itself lives. So a
run's process holds a lock on a file of the run's name; the kernel lets go of the lock when the
process ends, however it ends.
"""

import atexit
import fcntl
import os
import signal
import threading
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_held: dict[Path, int] = {}
END = ".end"
LOOK = 1.0
TRIES, PAUSE = 10, 0.05  # who looks whether a run lives has its lock for some microseconds


def alive_folder(home: Path) -> Path:
    """Where the locks lie, below the root of everything that is written."""
    return home / "alive"


def hold(folder: Path, run_id: str) -> bool:
    """Say that this process works on `run_id`, until it works on another one or ends.

    False, and nothing is waited for, where another process says so already.
    """
    if folder / run_id in _held:
        return True
    folder.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(folder / run_id, os.O_RDWR | os.O_CREAT, 0o600)
    if not _locked(descriptor):
        os.close(descriptor)
        return False
    _let_go()
    _held[folder / run_id] = descriptor
    return True


def _locked(descriptor: int) -> bool:
    for attempt in range(TRIES):
        time.sleep(PAUSE if attempt else 0)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            continue
        return True
    return False


@atexit.register
def _let_go() -> None:
    while _held:
        path, descriptor = _held.popitem()
        path.unlink(missing_ok=True)
        os.close(descriptor)


def is_dead(folder: Path, run_id: str) -> bool | None:
    """Whether the run's process has ended; None where it never said that it works on the run."""
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


def ask_to_end(folder: Path, run_id: str) -> None:
    """Have the run's process interrupted, wherever it is that sees this folder."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{run_id}{END}").touch()


@contextmanager
def ending_when_asked(
    folder: Path, run_id: str, *, elsewhere: Callable[[], bool] = lambda: False
) -> Iterator[None]:
    """Interrupt this process, as Ctrl-C does, when somebody asks the run to end.

    `elsewhere` is where else that may have been said; an error of it says nothing.
    """
    asked, done = folder / f"{run_id}{END}", threading.Event()

    def is_asked() -> bool:
        with suppress(Exception):
            return asked.exists() or elsewhere()
        return False

    def watch() -> None:
        while not done.wait(LOOK):
            if is_asked():
                os.kill(os.getpid(), signal.SIGINT)
                return

    threading.Thread(target=watch, name="end-when-asked", daemon=True).start()
    try:
        yield
    finally:
        done.set()
        asked.unlink(missing_ok=True)


def sweep(folder: Path, unfinished: Collection[str]) -> None:
    """Remove what ended runs have left; `unfinished` are the runs that may still need theirs."""
    if not folder.is_dir():
        return
    for path in folder.iterdir():
        if path.name.removesuffix(END) not in unfinished and is_dead(folder, path.name):
            path.unlink(missing_ok=True)
