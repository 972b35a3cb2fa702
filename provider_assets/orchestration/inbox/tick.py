"""One look at the inbox: what settled, what it is, and what is done with it.

Bounded work: a tick hashes a limited number of files for a limited time, and remembers only what
is pending, so it costs the same whether ten files wait or ten thousand. What it needs of Dagster
and of the database comes through `RosterRuns` and `History`, and of the place that rosters come
from through `Mailbox`; `sensor.py` gives the real ones.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from provider_assets.errors import DatabaseError
from provider_assets.orchestration.given import see_also
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
from provider_assets.orchestration.inbox.looks import (
    History,
    Pace,
    RosterRuns,
    TickResult,
    Trouble,
    first_seen,
)
from provider_assets.orchestration.inbox.notes import fault_note, loaded_note, partly_note
from provider_assets.providers.keys import roster_key
from provider_assets.providers.shown import shown
from provider_assets.reading.mailbox.port import (
    FileChangedError,
    Mailbox,
    MailboxError,
    WaitingFile,
)


@dataclass(frozen=True)
class InboxTick:
    """Everything a tick works with; `answers` is the folder of `rejects/` and `reports/`.

    `name` is the mailbox's as its runs know it, empty for the drop folder.
    """

    mailbox: Mailbox
    history: History
    runs: RosterRuns
    answers: Path
    pace: Pace = field(default_factory=Pace)
    key: Callable[[str, str], str] = roster_key
    name: str = ""

    def run(self, looks: Mapping[str, str], now: datetime | None = None) -> TickResult:
        """Look, decide, move; `looks` is the last tick's. Raises nothing that a person can mend."""
        try:
            return self._look(looks, now or datetime.now(UTC))
        finally:
            self.mailbox.close()

    def _look(self, looks: Mapping[str, str], moment: datetime) -> TickResult:
        try:
            self.mailbox.prepare()
            files = self.mailbox.scan()
            overlooked = self._overlooked()
        except OSError as error:
            return TickResult(looks=looks, troubles=(self._unusable(error),))
        try:
            result = self._settle(files, looks, moment)
            return replace(result, troubles=(*result.troubles, *overlooked))
        except DatabaseError as error:
            kept = {file.token: looks[file.token] for file in files if file.token in looks}
            trouble = f"the inbox waits, its history cannot be read: {error.message}"
            return TickResult((), kept, (), (trouble,), len(files))

    def _overlooked(self) -> list[str]:
        with suppress(OSError):  # we may have the right to list the inbox alone
            return self.mailbox.overlooked()
        return []

    def _settle(
        self, files: Sequence[WaitingFile], looks: Mapping[str, str], now: datetime
    ) -> TickResult:
        under_way = self.runs.unfinished()
        own = sum(run.mailbox == self.name for run in under_way)
        since = {token: first_seen(look, now.timestamp()) for token, look in looks.items()}
        known = [
            self._delivery(file, looks[file.token])
            for file in files
            if since.get(file.token, 0.0) is None
        ]
        unknown = [file for file in files if since.get(file.token, 0.0) is not None]
        room = min(max(0, self.pace.at_once - own), max(0, self.pace.remembered - len(known)))
        rested = [
            file
            for file in unknown
            if self.mailbox.is_settled(
                file, now.timestamp(), self.pace.settle, seen=since.get(file.token)
            )
        ]
        fresh, unread = self._hash(rested, room)
        deliveries = sorted([*known, *fresh], key=lambda each: each.file.modified)
        actions = self._decide(deliveries, under_way, now)
        actions = _at_most(self.pace.at_once - own, actions)
        moved, stuck = self._carry_out(actions)
        pending = {
            action.delivery.file.token: action.delivery.sha256
            for action in actions
            if isinstance(action, Start | Wait) or action.delivery.file.token in stuck
        }
        hashed = {delivery.file.token for delivery in fresh}
        # what cannot be read stands behind what may be, so that it holds up nothing
        first_looks = [file.token for file in unknown if file.token not in hashed | unread.keys()]
        tried = [*unread][: self.pace.remembered]
        first = f"@{now.timestamp():.3f}"
        return TickResult(
            starts=tuple(action for action in actions if isinstance(action, Start)),
            looks={
                token: looks.get(token) or first
                for token in (*first_looks[: self.pace.at_once], *tried)
            }
            | pending,
            moved=tuple(moved),
            troubles=tuple(dict.fromkeys(filter(None, (*unread.values(), *stuck.values())))),
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
            except MailboxError as error:  # it is so for every file
                unread[file.token] = self._unusable(error)
                break
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
        """What was moved, as sentences, and by token why what was not; empty for want of time."""
        began = time.monotonic()
        moved: list[str] = []
        stuck: dict[str, str] = {}
        cut_off = ""
        for action in actions:
            if isinstance(action, Start | Wait):
                continue
            file = action.delivery.file
            if cut_off or time.monotonic() - began > self.pace.moving:
                stuck[file.token] = cut_off
                continue
            try:
                moved.append(self._put_away(action))
            except FileChangedError:
                continue
            except MailboxError as error:
                cut_off = stuck[file.token] = self._unusable(error)
            except OSError as error:
                stuck[file.token] = (
                    f"{shown(file.name)} cannot be moved on in "
                    f"{self.mailbox.place} ({error.strerror}); see to its space and its rights"
                )
        return moved, stuck

    def _unusable(self, error: OSError) -> str:
        return unusable(self.mailbox, error)

    def _put_away(self, action: Loaded | AtFault) -> str:
        file, record = action.delivery.file, action.record
        name = shown(file.name)
        answers = see_also(self.mailbox, self.answers, record)
        if isinstance(action, AtFault):
            self.mailbox.put(file, "failed", fault_note(answers, file.name, record))
            return f"{name}: to failed/, {record.error[0] if record.error else ''}"
        again = not action.by_this
        note = (
            loaded_note(answers, file.name, record)
            if again
            else partly_note(answers, file.name, record)
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


def unusable(mailbox: Mailbox, error: OSError) -> Trouble:
    """That a place cannot be used now, and what a person can do."""
    advice = getattr(error, "advice", "mount it or see to its rights")
    sentence = f"{mailbox.place} cannot be used ({error.strerror}); {advice}"
    return Trouble(sentence, error.kind if isinstance(error, MailboxError) else sentence)
