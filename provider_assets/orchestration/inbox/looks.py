"""What a look at a mailbox needs, what it may do, and what it says; the looking is `tick.py`'s."""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol, Self

from provider_assets.orchestration.inbox.decision import RosterRun, Start
from provider_assets.providers.imports import ImportRecord


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
    beyond that something general is wrong, and no new file is begun. `hashing`, `moving`: the
    times after which no further file is hashed, or moved, in this tick.
    """

    settle: float = 5.0
    first_pause: float = 30.0
    at_once: int = 50
    remembered: int = 1000
    hashing: float = 40.0
    moving: float = 40.0


class Trouble(str):
    """A sentence about a place that cannot be used, and one word that stays while it goes on."""

    __slots__ = ("kind",)
    kind: str

    def __new__(cls, sentence: str, kind: str) -> Self:
        """The sentence, which may differ from look to look, and the word for all of them."""
        made = super().__new__(cls, sentence)
        made.kind = kind
        return made


@dataclass(frozen=True)
class TickResult:
    """What a tick decided and did.

    `looks` goes to the next tick: `WaitingFile.token` to sha256, or to `@` and the time when the
    file was first seen, in seconds since 1970. `moved` are sentences, `troubles` sentences about
    what a person has to mend; `waiting` counts files that stay in the inbox; `answered` are the
    keys of rosters that were themselves at fault: nothing of them is to be made any more.
    """

    starts: tuple[Start, ...] = ()
    looks: Mapping[str, str] = field(default_factory=dict)
    moved: tuple[str, ...] = ()
    troubles: tuple[str, ...] = ()
    waiting: int = 0
    answered: tuple[str, ...] = ()


def first_seen(look: str, now: float) -> float | None:
    """When a file that a look saw was first seen; None where its content is known."""
    if not look.startswith("@"):
        return None if look else now
    return float(look[1:])


def trouble_mark(troubles: Sequence[str]) -> str:
    """A short mark that differs when the troubles do; empty where there are none."""
    joined = "\n".join(sorted({getattr(trouble, "kind", "") or trouble for trouble in troubles}))
    return hashlib.blake2b(joined.encode(), digest_size=8).hexdigest() if troubles else ""
