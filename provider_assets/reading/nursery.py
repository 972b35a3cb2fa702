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
import socket
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path
from typing import IO, Protocol

LENDS_WITHIN = 10.0  # seconds
ENVIRONMENT = {
    "LANG": "C.UTF-8",
    "OMP_NUM_THREADS": "1",
    "MALLOC_ARENA_MAX": "2",
    "ARROW_DEFAULT_MEMORY_POOL": "system",
}
_PROCESS = "from provider_assets.reading.nursery_process import {0}; {0}()"


class Forks(Protocol):
    """Somebody who forks a worker for each line, and answers how it ended."""

    def ask(self, line: bytes, seconds: float) -> bytes:
        """The answer; empty where nobody is there. Raises TimeoutError after so many seconds."""

    def lives(self) -> bool:
        """Whether anybody is there, as far as is known."""

    def end(self) -> None:
        """Let go of it; what it is doing ends, too."""


class OwnProcess:
    """A process of this one's own, asked by its standard streams."""

    def __init__(self) -> None:
        self._process = _start("serve", subprocess.PIPE, subprocess.PIPE)

    def ask(self, line: bytes, seconds: float) -> bytes:
        """The answer to a line."""
        asks, answers = self._process.stdin, self._process.stdout
        if asks is None or answers is None:
            return b""
        asks.write(line)
        asks.flush()
        return _answer(answers, seconds)

    def lives(self) -> bool:
        """Whether the process runs."""
        return self._process.poll() is None

    def end(self) -> None:
        """Kill it, with the worker, which is in its process group."""
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        with self._process:
            pass


class LentProcess:
    """A fork of a process that `Lender` keeps, asked by a socket; it ends when that closes."""

    def __init__(self, asks: socket.socket) -> None:
        self._asks = asks
        self._answers = asks.makefile("rb")
        self._gone = False

    def ask(self, line: bytes, seconds: float) -> bytes:
        """The answer to a line."""
        self._asks.sendall(line)
        told = _answer(self._answers, seconds)
        self._gone = not told
        return told

    def lives(self) -> bool:
        """Whether it has answered until now."""
        return not self._gone

    def end(self) -> None:
        """Close the socket."""
        self._gone = True
        with suppress(OSError):
            self._asks.shutdown(socket.SHUT_RDWR)
        self._answers.close()
        self._asks.close()


class Lender:
    """Keeps a process that has imported everything, for processes that this one starts.

    What they get shares no memory with this process: the kept one was started without its settings.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None

    def lend(self) -> socket.socket:
        """A socket for `Nursery.adopt` of another process; a dead one where none could be had."""
        mine, its = socket.socketpair()
        with its, self._lock:
            for _ in range(2):  # the kept process may have been killed
                try:
                    socket.send_fds(self._started(), [b"!"], [its.fileno()])
                    break
                except OSError:
                    self._end()
        return mine

    def close(self) -> None:
        """End the kept process; who got something of it keeps that."""
        with self._lock:
            self._end()

    def _started(self) -> socket.socket:
        if self._control is None:
            self._control, its = socket.socketpair()
            self._control.settimeout(LENDS_WITHIN)  # a stopped process must not stop who lends
            with its:
                self._process = _start("lend", its.fileno(), subprocess.DEVNULL)
        return self._control

    def _end(self) -> None:
        process, control = self._process, self._control
        self._process = self._control = None
        if control is not None:
            control.close()
        if process is not None:
            process.kill()
            process.wait()


class Nursery:
    """The one nursery of a process; started when it is first needed, or before by `prepare`."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._forks: Forks | None = None
        self._owner = 0
        self._retired = False

    def adopt(self, lent: socket.socket) -> None:
        """Work with what another process lent; where that ends, with one of its own."""
        with self._lock:
            self._end()
            self._forks, self._owner = LentProcess(lent), os.getpid()

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
        line = json.dumps([str(folder), worker]).encode() + b"\n"
        forks = self._started()
        told = _told(forks, line, seconds)
        if not told and isinstance(forks, LentProcess):  # whoever lent it may have gone
            self._end()
            told = _told(self._started(), line, seconds)
        return int(told)

    def _started(self) -> Forks:
        if self._retired:
            raise BrokenPipeError
        if self._owner != os.getpid():  # nothing, or inherited by a fork: not ours to talk to
            self._forks, self._owner = None, os.getpid()
        if self._forks is None or not self._forks.lives():
            self._end()
            self._forks = OwnProcess()
        return self._forks

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
        forks, self._forks = self._forks, None
        if forks is not None:
            forks.end()


NURSERY = Nursery()
atexit.register(NURSERY.close)


def _told(forks: Forks, line: bytes, seconds: float) -> bytes:
    try:
        return forks.ask(line, seconds)
    except (BrokenPipeError, ConnectionError):
        return b""


def _answer(answers: IO[bytes], seconds: float) -> bytes:
    if not select.select([answers], [], [], seconds)[0]:
        raise TimeoutError
    return answers.readline()


def _start(does: str, stdin: int, stdout: int) -> "subprocess.Popen[bytes]":
    package = str(Path(__file__).parents[2])
    paths = [package, *(path for path in sys.path if path and path != package)]
    code = f"import sys; sys.path = {paths!r}; {_PROCESS.format(does)}"
    return subprocess.Popen(  # noqa: S603 - our own interpreter and our own text
        [sys.executable, "-I", "-S", "-c", code],
        stdin=stdin,
        stdout=stdout,
        stderr=subprocess.DEVNULL,
        cwd="/",
        env=ENVIRONMENT,
        start_new_session=True,
    )
