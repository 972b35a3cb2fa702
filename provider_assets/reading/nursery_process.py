"""What the nursery's process does: it imports, and forks for whoever asks.

`serve` is for the one process that started it, by its standard streams. `lend` is for many: each
gets a fork of its own, which serves it by a socket and ends with it.
"""

import json
import os
import select
import signal
import socket
import sys
from contextlib import suppress
from typing import NoReturn

CONTROL = 0  # the descriptor by which sockets come to `lend`


def serve() -> None:
    """For each line of stdin, fork, and say how the fork ended."""
    _import()
    _answer()


def lend() -> None:
    """For each socket that comes by the control, fork a nursery that serves it."""
    _import()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody asks how they ended
    with socket.socket(fileno=os.dup(CONTROL)) as control:
        while True:
            told, sockets, _, _ = socket.recv_fds(control, 1, 1)
            if not told:
                return
            if not sockets:  # no descriptor was free here; who asked sees the other end close
                continue
            if os.fork() == 0:
                control.close()
                _lent(sockets[0])
            os.close(sockets[0])


def _lent(asks: int) -> NoReturn:
    with suppress(BaseException):
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        os.setsid()
        os.dup2(asks, 0)
        os.dup2(asks, 1)
        os.close(asks)
        _answer()
    os._exit(0)


def _import() -> None:
    for costly in ("pandas", "numpy"):  # pyarrow looks for both, and does without
        sys.modules.setdefault(costly, None)  # type: ignore[arg-type]
    import fastexcel  # noqa: F401
    import pyarrow.csv
    import pyarrow.parquet  # noqa: F401

    import provider_assets.reading.child.tables
    import provider_assets.reading.child.worker  # noqa: F401


def _answer() -> None:
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
