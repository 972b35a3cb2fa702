"""One look at the inbox: what settled, what it is, and what is done with it.

Bounded work: a tick hashes a limited number of files for a limited time, and remembers only what
is pending, so it costs the same whether ten files wait or ten thousand. What it needs of Dagster
and of the database comes through `RosterRuns` and `History`, and of the place that rosters come
from through `Mailbox`; `sensor.py` gives the real ones.
"""

import hashlib
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from provider_assets.errors import DatabaseError
from provider_assets.orchestration.inbox.decision import (
    Action,
    AtFault,
    Delivery,
    Loaded,
    RosterRun,
    Start,
    Wait,
    reconcile,
)
from provider_assets.orchestration.inbox.notes import fault_note, loaded_note, partly_note
from provider_assets.providers.imports import ImportRecord
from provider_assets.providers.keys import roster_key
from provider_assets.providers.shown import shown
from provider_assets.reading.mailbox.port import FileChangedError, Mailbox, WaitingFile


class History(Protocol):
    """The imports that the database knows of."""

    def imports_of(self, hashes: Collection[str]) -> Mapping[str, Sequence[ImportRecord]]:
        """Every import of these contents, by sha256; DatabaseError where it cannot be asked."""


class RosterRuns(Protocol):
    """The runs that Dagster knows of."""

    def unfinished(self) -> Sequence[RosterRun]:
        """Every run of any roster that waits or works."""

    def finished(self, rosters: Collection[str]) -> Sequence[RosterRun]:
        """The ended runs of these rosters."""


@dataclass(frozen=True)
class Pace:
    """How much a tick may do; seconds, files.

    `settle`: how long nobody may have written to a file. `first_pause`: before a second try.
    `at_once`: runs that may wait or work at the same time; the rest of the inbox waits in its
    folder. `remembered`: files whose content is known and that could not be loaded or answered;
    beyond that something general is wrong, and no new file is begun. `hashing`: the time after
    which no further file is hashed in this tick.
    """

    settle: float = 5.0
    first_pause: float = 30.0
    at_once: int = 50
    remembered: int = 1000
    hashing: float = 40.0


@dataclass(frozen=True)
class TickResult:
    """What a tick decided and did.

    `looks` goes to the next tick: `WaitingFile.token` to sha256, or to an empty text where the
    file was seen once. `moved` are sentences, `troubles` sentences about what a person has to
    mend; `waiting` counts files that stay in the inbox; `answered` are the keys of rosters that
    were themselves at fault: nothing of them is to be made any more.
    """

    starts: tuple[Start, ...] = ()
    looks: Mapping[str, str] = field(default_factory=dict)
    moved: tuple[str, ...] = ()
    troubles: tuple[str, ...] = ()
    waiting: int = 0
    answered: tuple[str, ...] = ()


@dataclass(frozen=True)
class InboxTick:
    """Everything a tick works with; `answers` is the folder of `rejects/` and `reports/`."""

    mailbox: Mailbox
    history: History
    runs: RosterRuns
    answers: Path
    pace: Pace = Pace()
    key: Callable[[str, str], str] = roster_key

    def run(self, looks: Mapping[str, str], now: datetime | None = None) -> TickResult:
        """Look, decide, move; `looks` is the last tick's. Raises nothing that a person can mend."""
        moment = now or datetime.now(UTC)
        try:
            self.mailbox.prepare()
            files = self.mailbox.scan()
            # only a mailbox with folders in it can have something that is not read
            overlooked: list[str] = getattr(self.mailbox, "overlooked", list)()
        except OSError as error:
            trouble = f"{self.mailbox.place} cannot be used ({error.strerror})"
            return TickResult(looks=looks, troubles=(f"{trouble}; mount it or see to its rights",))
        try:
            result = self._settle(files, looks, moment)
            return replace(result, troubles=(*result.troubles, *overlooked))
        except DatabaseError as error:
            kept = {file.token: looks[file.token] for file in files if file.token in looks}
            trouble = f"the inbox waits, its history cannot be read: {error.message}"
            return TickResult((), kept, (), (trouble,), len(files))

    def _settle(
        self, files: Sequence[WaitingFile], looks: Mapping[str, str], now: datetime
    ) -> TickResult:
        under_way = self.runs.unfinished()
        known = [self._delivery(file, looks[file.token]) for file in files if looks.get(file.token)]
        unknown = [file for file in files if not looks.get(file.token)]
        room = min(
            max(0, self.pace.at_once - len(under_way)), max(0, self.pace.remembered - len(known))
        )
        rested = [
            file
            for file in unknown
            if self.mailbox.is_settled(
                file, now.timestamp(), self.pace.settle, seen=file.token in looks
            )
        ]
        fresh, unread = self._hash(rested, room)
        deliveries = sorted([*known, *fresh], key=lambda each: each.file.modified)
        actions = self._decide(deliveries, under_way, now)
        actions = _at_most(self.pace.at_once - len(under_way), actions)
        moved, stuck = self._carry_out(actions)
        pending = {
            action.delivery.file.token: action.delivery.sha256
            for action in actions
            if isinstance(action, Start | Wait) or action.delivery.file.token in stuck
        }
        hashed = {delivery.file.token for delivery in fresh}
        # what cannot be read stands behind what may be, so that it holds up nothing
        first_looks = [file.token for file in unknown if file.token not in hashed | unread.keys()]
        tried = dict.fromkeys([*unread][: self.pace.remembered], "")
        return TickResult(
            starts=tuple(action for action in actions if isinstance(action, Start)),
            looks=dict.fromkeys(first_looks[: self.pace.at_once], "") | tried | pending,
            moved=tuple(moved),
            troubles=(*unread.values(), *stuck.values()),
            waiting=len(files) - len(moved),
            answered=tuple(
                action.delivery.roster
                for action in actions
                if isinstance(action, AtFault) and action.delivery.file.token not in stuck
            ),
        )

    def _delivery(self, file: WaitingFile, sha256: str) -> Delivery:
        return Delivery(file, sha256, self.key(file.name, sha256))

    def _hash(
        self, files: Sequence[WaitingFile], most: int
    ) -> tuple[list[Delivery], dict[str, str]]:
        """So many of the files as can be read, and by token why others cannot."""
        began = time.monotonic()
        found: list[Delivery] = []
        unread: dict[str, str] = {}
        for file in files:
            if len(found) >= most or time.monotonic() - began > self.pace.hashing:
                break
            try:
                found.append(self._delivery(file, self.mailbox.hash(file)))
            except FileChangedError:
                continue
            except OSError as error:
                unread[file.token] = (
                    f"{shown(file.name)} in {self.mailbox.place} cannot be read "
                    f"({error.strerror}); give this service the right to read it"
                )
        return found, unread

    def _decide(
        self, deliveries: Sequence[Delivery], under_way: Sequence[RosterRun], now: datetime
    ) -> list[Action]:
        if not deliveries:
            return []
        history = self.history.imports_of({delivery.sha256 for delivery in deliveries})
        ended = self.runs.finished({delivery.roster for delivery in deliveries})
        pause = self.pace.first_pause
        return reconcile(deliveries, history, [*under_way, *ended], now, pause)

    def _carry_out(self, actions: Sequence[Action]) -> tuple[list[str], dict[str, str]]:
        """What was moved, as sentences, and by token what could not be."""
        moved: list[str] = []
        stuck: dict[str, str] = {}
        for action in actions:
            if isinstance(action, Start | Wait):
                continue
            file = action.delivery.file
            try:
                moved.append(self._put_away(action))
            except FileChangedError:
                continue
            except OSError as error:
                stuck[file.token] = (
                    f"{shown(file.name)} cannot be moved on in "
                    f"{self.mailbox.place} ({error.strerror}); see to its space and its rights"
                )
        return moved, stuck

    def _put_away(self, action: Loaded | AtFault) -> str:
        file, record = action.delivery.file, action.record
        name = shown(file.name)
        if isinstance(action, AtFault):
            self.mailbox.put(file, "failed", fault_note(self.answers, file.name, record))
            return f"{name}: to failed/, {record.error[0] if record.error else ''}"
        again = not action.by_this
        note = (
            loaded_note(file.name, record)
            if again
            else partly_note(self.answers, file.name, record)
        )
        self.mailbox.put(file, "processed", note)
        return f"{name}: to processed/, import {record.id}" + (
            ", its content was loaded before" if again else ""
        )


def _at_most(starts: int, actions: Sequence[Action]) -> list[Action]:
    """The same actions, where all starts beyond so many wait for the next tick."""
    kept: list[Action] = []
    for action in actions:
        if isinstance(action, Start):
            starts -= 1
        waits = isinstance(action, Start) and starts < 0
        kept.append(Wait(action.delivery, "running") if waits else action)
    return kept


def trouble_mark(troubles: Sequence[str]) -> str:
    """A short mark that differs when the troubles do; empty where there are none."""
    joined = "\n".join(sorted(troubles))
    return hashlib.blake2b(joined.encode(), digest_size=8).hexdigest() if troubles else ""
