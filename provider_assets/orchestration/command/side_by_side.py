"""A folder's rosters on several processors: processes share them, and the outcome is that of one.

This process hands the rosters out in their order and says when which may do what (`order.py`).
Dagster, the table and the reading are the workers' (`worker.py`); one that dies costs the roster
that it was at, and another takes its place. Imports no Dagster.
"""

import multiprocessing
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection, wait
from multiprocessing.forkserver import ensure_running
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from provider_assets.errors import ProviderAssetsError
from provider_assets.orchestration.command.look_ahead import LookAhead
from provider_assets.orchestration.command.order import Asked, Order
from provider_assets.orchestration.command.results import (
    RosterResult,
    failed_result,
    known_result,
    named,
)
from provider_assets.orchestration.configured import readable_database
from provider_assets.reading.mailbox.storage import storage_at
from provider_assets.settings import Settings

WORKER = "provider_assets.orchestration.command.worker"
PRELOADED = ["provider_assets.orchestration.process.warm", WORKER]
END_SECONDS = 9.0


class WorkerDiedError(ProviderAssetsError):
    """The process that a roster was given to ended without a word: it was killed, or crashed."""

    code = "worker-died"


@dataclass
class _Worker:
    """A process, the roster that it is at, the one that it will be at, what it waits for."""

    process: BaseProcess
    pipe: Connection
    at: int | None = None
    following: int | None = None
    asked: Asked | None = None


class SideBySide:
    """Has rosters loaded by processes of their own; see `loading_side_by_side`."""

    def __init__(self, settings: Settings, files: Sequence[Path], jobs: int, start: Any) -> None:
        self._settings, self._files, self._start = settings, files, start
        looks = LookAhead(settings)
        self._order = Order([_content(looks, path) for path in files])
        self.workers: list[_Worker] = [start() for _ in range(jobs)]

    def results(self) -> Iterator[tuple[int, RosterResult]]:
        """Each roster's number and what became of it, as they come.

        Raises ProviderAssetsError where no roster can be loaded here.
        """
        self._hand_out()
        while not self._order.finished:
            for ready in wait([worker.pipe for worker in self.workers]):
                worker = next(one for one in self.workers if one.pipe is ready)
                result = self._heard(worker)
                if result is not None and worker.at is not None:
                    number, worker.at = worker.at, None
                    self._order.done(number)
                    yield number, result
            self._hand_out()
            self._let_go()

    def _heard(self, worker: _Worker) -> RosterResult | None:
        try:
            told = worker.pipe.recv()
        except (EOFError, OSError):
            return self._died(worker)
        if isinstance(told, ProviderAssetsError):
            raise told
        if isinstance(told, RosterResult):
            return told
        if isinstance(told, Asked):
            worker.asked = told
        elif worker.at is not None:
            self._order.loaded(worker.at)
        return None

    def _died(self, worker: _Worker) -> RosterResult | None:
        worker.pipe.close()
        worker.process.join()
        self.workers[self.workers.index(worker)] = self._start()
        if worker.following is not None:
            self._order.give_back(worker.following)
        if worker.at is None:
            return None
        # its place in `workers` is another's by now; `results` still asks it where it was
        return self._result_of_the_dead(self._files[worker.at], worker.process.exitcode or 0)

    def _result_of_the_dead(self, path: Path, status: int) -> RosterResult:
        from provider_assets.database.history import find_import

        how = f"was killed by signal {-status}" if status < 0 else f"ended with {status}"
        try:
            sha256 = LookAhead(self._settings).sha256(path)
            live = find_import(readable_database(), sha256)
        except ProviderAssetsError:
            live = None
        if live is None:
            told = f"the process that loaded it {how}; nothing of it is in the table: load it again"
            return failed_result(named(path), WorkerDiedError(told))
        storage = storage_at(self._settings.storage)
        known = known_result(named(path, live.sha256, live.roster), live, storage)
        told = f"the roster is in the table, and then its process {how}: load it again for the rest"
        return replace(known, outcome=replace(known.outcome, error=(WorkerDiedError.code, told)))

    def _hand_out(self) -> None:
        for worker in self.workers:
            if worker.at is None and worker.following is None:
                worker.following = self._next()
        for worker in self.workers:
            if worker.at is None and worker.following is not None:
                worker.at, worker.following = worker.following, None
                worker.following = self._next()
                following = None if worker.following is None else self._files[worker.following]
                with suppress(OSError):  # it has died, and its end of the pipe will say so
                    worker.pipe.send((self._files[worker.at], following))

    def _next(self) -> int | None:
        held = [(one.at, one.following) for one in self.workers]
        return self._order.next([number for pair in held for number in pair if number is not None])

    def _let_go(self) -> None:
        for worker in self.workers:
            if worker.asked and worker.at is not None and self._order.may(worker.asked, worker.at):
                worker.asked = None
                with suppress(OSError):
                    worker.pipe.send(None)


def _work(*given: Any, **chosen: Any) -> None:
    from provider_assets.orchestration.command.worker import work  # it imports Dagster

    work(*given, **chosen)


def _content(looks: LookAhead, path: Path) -> str:
    try:
        return looks.sha256(path)
    except ProviderAssetsError:  # its own worker will tell
        return ""


@contextmanager
def loading_side_by_side(
    settings: Settings,
    files: Sequence[Path],
    jobs: int,
    end_well: Callable[[], None],
    *,
    replay: bool,
) -> Iterator[SideBySide]:
    """So many processes that load these files; afterwards they have ended.

    `end_well` is called in each: it has SIGTERM end the process with all that it started.
    Raises UsageError where the database's setting cannot be used.
    """
    forks = multiprocessing.get_context("forkserver")
    forks.set_forkserver_preload(PRELOADED)
    ensure_running()  # it imports, while this process does
    readable_database()

    def start() -> _Worker:
        ours, theirs = multiprocessing.Pipe()
        process = forks.Process(
            target=_work, args=(theirs, settings, end_well), kwargs={"replay": replay}, daemon=True
        )
        process.start()
        theirs.close()  # so that ours ends when theirs does
        return _Worker(process, ours)

    shared = SideBySide(settings, files, jobs, start)
    try:
        yield shared
        for worker in shared.workers:  # one after the other: the last one writes the last index
            with suppress(OSError):
                worker.pipe.send(None)
            worker.process.join()
    finally:
        for worker in shared.workers:
            worker.process.terminate()
            worker.pipe.close()
        for worker in shared.workers:
            worker.process.join(END_SECONDS)
