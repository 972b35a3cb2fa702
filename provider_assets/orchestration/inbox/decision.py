"""What becomes of each file in the inbox: a pure decision over history, runs and the clock.

No Dagster, no database, no file is touched here: `tick.py` gathers the facts and carries out the
actions. The truth about what is loaded is the history (`provider_import`); runs only tell what
is under way and how often a delivery was tried.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from provider_assets.errors import ANSWERED
from provider_assets.providers.imports import ImportRecord
from provider_assets.providers.keys import digits_of_hash, digits_of_key
from provider_assets.reading.mailbox.port import WaitingFile

LONGEST_PAUSE = 3600.0


@dataclass(frozen=True)
class Delivery:
    """A settled file, its content's sha256, and the roster (partition) that it is."""

    file: WaitingFile
    sha256: str
    roster: str


@dataclass(frozen=True)
class RosterRun:
    """A run of `import_roster`: for which roster, asked for by which delivery, over since when.

    `delivery` is `WaitingFile.token`, None for a run that no mailbox asked for; `ended` is seconds
    since 1970, None while the run waits or works. `mailbox` is the name of the one that asked for
    it, empty for the drop folder and for nobody.
    """

    run_id: str
    roster: str
    delivery: str | None
    ended: float | None
    mailbox: str = ""


@dataclass(frozen=True)
class Loaded:
    """The content is in the table; `by_this` tells whether this very delivery put it there."""

    delivery: Delivery
    record: ImportRecord
    by_this: bool


@dataclass(frozen=True)
class AtFault:
    """The file itself is at fault, and trying again would say the same."""

    delivery: Delivery
    record: ImportRecord


@dataclass(frozen=True)
class Start:
    """A run is to be started: the `attempt`-th for this delivery, counted from 1."""

    delivery: Delivery
    attempt: int


@dataclass(frozen=True)
class Wait:
    """Nothing to do yet: a run is under way, or the next try is at `until` (since 1970)."""

    delivery: Delivery
    why: Literal["running", "pausing"]
    until: float | None = None


Action = Loaded | AtFault | Start | Wait


def reconcile(
    deliveries: Sequence[Delivery],
    history: Mapping[str, Sequence[ImportRecord]],
    runs: Iterable[RosterRun],
    now: datetime,
    first_pause: float,
) -> list[Action]:
    """One action for each delivery, in their order; `history` is by sha256, in any order.

    A content that several files carry is tried once at a time; so are contents whose hashes begin
    alike, since the one that comes second then finds the key of the first taken. A delivery whose
    runs failed without blaming the file is tried again after `first_pause` seconds, then after
    twice as long, up to an hour; so is one whose sender lacks what goes back to him, though it is
    in the table: that run writes what is missing.
    """
    by_content: dict[str, list[RosterRun]] = {}
    for run in runs:
        by_content.setdefault(digits_of_key(run.roster), []).append(run)
    started: set[str] = set()
    actions: list[Action] = []
    for delivery in deliveries:
        action = _decide(
            delivery,
            history.get(delivery.sha256, ()),
            by_content.get(digits_of_hash(delivery.sha256), ()),
            now.timestamp(),
            first_pause,
        )
        if isinstance(action, Start):
            digits = digits_of_hash(delivery.sha256)
            if digits in started:
                action = Wait(delivery, "running")
            started.add(digits)
        actions.append(action)
    return actions


def pause_after(attempts: int, first_pause: float) -> float:
    """Seconds to wait after the `attempts`-th failed try."""
    return min(first_pause * 2.0 ** min(attempts - 1, 30), LONGEST_PAUSE)


def _decide(
    delivery: Delivery,
    records: Sequence[ImportRecord],
    runs: Sequence[RosterRun],
    now: float,
    first_pause: float,
) -> Action:
    if any(run.ended is None for run in runs):
        return Wait(delivery, "running")
    own = [run for run in runs if run.delivery == delivery.file.token]
    own_ids = {run.run_id for run in own}
    newest_first = sorted(records, key=lambda record: record.id, reverse=True)
    for record in newest_first:
        if record.state == "loaded" and not record.owed:
            return Loaded(delivery, record, by_this=record.run_id in own_ids)
    if newest_first and _blames_the_file(newest_first[0]) and newest_first[0].run_id in own_ids:
        return AtFault(delivery, newest_first[0])
    if own:
        until = max(run.ended or 0.0 for run in own) + pause_after(len(own), first_pause)
        if now < until:
            return Wait(delivery, "pausing", until)
    return Start(delivery, len(own) + 1)


def _blames_the_file(record: ImportRecord) -> bool:
    if record.state != "failed" or record.error is None or record.owed:
        return False
    return record.error[0] in ANSWERED
