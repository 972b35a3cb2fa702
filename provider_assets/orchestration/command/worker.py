"""One of the processes that share a folder's rosters: it runs what it is given, in its turn.

Forked from a process that has imported everything (`warm.py`) and has no connection; what it opens
is its own. Its end of the pipe is all that it knows of the others.
"""

import atexit
import os
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from multiprocessing.connection import Connection
from typing import Any

from provider_assets.errors import ProviderAssetsError
from provider_assets.orchestration.command.look_ahead import LookAhead
from provider_assets.orchestration.command.order import Asked
from provider_assets.orchestration.command.runs import loading
from provider_assets.orchestration.turn import take_turns
from provider_assets.settings import Settings, use_settings

LOADED = "loaded"


def work(
    parent: Connection, settings: Settings, end_well: Callable[[], None], *, replay: bool
) -> None:
    """Run rosters as `(path, the next one's path)` come, and send each one's result; None ends it.

    An error that concerns all of them is sent in a result's place. `end_well` has SIGTERM end this
    process with all that it started.
    """
    os.setsid()  # a terminal's Ctrl-C is for the parent, which passes it on once
    end_well()
    use_settings(settings)
    turn = _Turn(parent)
    take_turns(turn)
    with suppress(KeyboardInterrupt, EOFError, BrokenPipeError):
        try:
            _run_each(parent, settings, turn, replay=replay)
        except ProviderAssetsError as error:
            parent.send(error)
    atexit._run_exitfuncs()  # noqa: SLF001  (a fork of multiprocessing's ends without)


def _run_each(parent: Connection, settings: Settings, turn: "_Turn", *, replay: bool) -> None:
    with loading(settings, LookAhead(settings)) as runs:
        while (given := parent.recv()) is not None:
            path, following = given
            turn.begin()
            parent.send(runs.run(path, replay=replay, following=following))


class _Turn:
    """Asks through the pipe, each thing once a roster."""

    def __init__(self, parent: Connection) -> None:
        self._parent = parent
        self._since: dict[Asked, datetime] = {}

    def begin(self) -> None:
        """Another roster."""
        self._since.clear()

    def judge(self) -> None:
        """Wait until the table may be asked."""
        self._wait(Asked.JUDGE)

    def write(self) -> datetime:
        """Wait until it may be written."""
        return self._wait(Asked.WRITE)

    def loaded(self) -> None:
        """The next one may be judged; where nobody is left to hear it, this one is loaded still."""
        with suppress(OSError):
            self._parent.send(LOADED)

    def _wait(self, asked: Asked) -> datetime:
        if asked not in self._since:
            self._ask(asked)
            self._since[asked] = datetime.now(UTC)
        return self._since[asked]

    def _ask(self, asked: Any) -> None:
        try:
            self._parent.send(asked)
            self._parent.recv()
        except (EOFError, OSError):  # whoever handed out the rosters has gone
            raise KeyboardInterrupt from None
