"""A process that has the reader's libraries ready, and is forked for each file.

To start Python and to import pyarrow costs more than to read a small roster. A fork costs next to
nothing, and each file still has a process of its own, in which no other file was ever opened: the
nursery itself opens none. What the forked process does, and its limits, are the worker's.
"""

import atexit
import json
import os
import select
import signal
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path
from typing import NoReturn

ENVIRONMENT = {
    "LANG": "C.UTF-8",
    "OMP_NUM_THREADS": "1",
    "MALLOC_ARENA_MAX": "2",
    "ARROW_DEFAULT_MEMORY_POOL": "system",
}
_SERVE = "from provider_assets.reading.nursery import serve; serve()"


class Nursery:
    """The one nursery of a process; started when it is first needed, or before by `prepare`."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._owner = 0
        self._retired = False

    def prepare(self) -> None:
        """Start the nursery, so that it imports while the caller does something else."""
        with self._lock:
            self._started()

    def run(self, worker: str, folder: Path, seconds: float) -> int:
        """Run the worker's text on a folder; the exit status, negative the signal that ended it.

        Raises TimeoutError after so many seconds; then the worker has been killed.
        """
        with self._lock:
            try:
                return self._run(worker, folder, seconds)
            except (BrokenPipeError, ValueError):  # the latter where `retire` closed the pipe
                self._end()
                return -signal.SIGKILL
            except BaseException:
                self._end()  # with the worker, which is in its process group
                raise

    def _run(self, worker: str, folder: Path, seconds: float) -> int:
        process = self._started()
        if process.stdin is None or process.stdout is None:
            raise BrokenPipeError
        process.stdin.write(json.dumps([str(folder), worker]).encode() + b"\n")
        process.stdin.flush()
        if not select.select([process.stdout], [], [], seconds)[0]:
            raise TimeoutError
        told = process.stdout.readline()
        if not told:
            raise BrokenPipeError
        return int(told)

    def _started(self) -> "subprocess.Popen[bytes]":
        if self._retired:
            raise BrokenPipeError
        if self._owner != os.getpid():  # nothing, or inherited by a fork: not ours to talk to
            self._process, self._owner = None, os.getpid()
        if self._process is None or self._process.poll() is not None:
            self._end()
            self._process = _start()
        return self._process

    def close(self) -> None:
        """End the nursery and wait for it."""
        with self._lock:
            if self._owner == os.getpid():
                self._end()

    def retire(self) -> None:
        """End the nursery for good, and what it is doing with it; this process ends too."""
        self._retired = True
        if self._owner == os.getpid():
            self._end()

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        with process:
            pass


NURSERY = Nursery()
atexit.register(NURSERY.close)


def _start() -> "subprocess.Popen[bytes]":
    package = str(Path(__file__).parents[2])
    paths = [package, *(path for path in sys.path if path and path != package)]
    return subprocess.Popen(  # noqa: S603 - our own interpreter and our own text
        [sys.executable, "-I", "-S", "-c", f"import sys; sys.path = {paths!r}; {_SERVE}"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd="/",
        env=ENVIRONMENT,
        start_new_session=True,
    )


def serve() -> None:
    """Be the nursery: for each line of stdin, fork, and say how the fork ended."""
    for costly in ("pandas", "numpy"):  # pyarrow looks for both, and does without
        sys.modules.setdefault(costly, None)  # type: ignore[arg-type]
    import fastexcel  # noqa: F401
    import pyarrow.csv
    import pyarrow.parquet  # noqa: F401

    import provider_assets.reading.child.tables
    import provider_assets.reading.child.worker  # noqa: F401

    for line in sys.stdin.buffer:
        folder, worker = json.loads(line)
        lives, held = os.pipe()
        child = os.fork()
        if child == 0:
            _become(folder, worker)
        os.close(held)
        # nothing is asked for meanwhile, so stdin tells only that nobody wants the answer any more
        if lives not in select.select([lives, 0], [], [])[0]:
            os.kill(child, signal.SIGKILL)
        os.close(lives)
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        os.write(1, f"{status}\n".encode())


def _become(folder: str, worker: str) -> NoReturn:
    """Be the worker, with no stream of the nursery's, and end."""
    status = 1
    try:
        nothing = os.open(os.devnull, os.O_RDWR)
        for stream in range(3):
            os.dup2(nothing, stream)
        os.chdir(folder)
        sys.argv = ["-c", folder]
        exec(worker, {"__name__": "worker"})  # noqa: S102 - our own text
        status = 0
    finally:
        os._exit(status)
