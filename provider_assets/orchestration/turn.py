"""Whose turn it is, where several processes load one folder: the outcome is that of one process.

A roster is judged against the table when every roster before it is in there, and it writes (to the
table, to the history, to the sender) when everything about those before it is done. What comes
before that, reading and most rules, asks nothing of the others and waits for nobody. A process
that loads alone has no turn and waits for none of this. Imports no Dagster.
"""

from datetime import datetime
from typing import Protocol


class Turn(Protocol):
    """What a process asks whoever hands out the rosters; each answers when the time has come."""

    def judge(self) -> None:
        """Wait until every roster before this one is in the table, or will not be."""

    def write(self) -> datetime:
        """Wait until all that concerns the rosters before this one is done; since when it is."""

    def loaded(self) -> None:
        """Say that this roster is in the table."""


_in_use: list[Turn] = []


def take_turns(turn: Turn) -> None:
    """From now on this process waits for its turn."""
    _in_use[:] = [turn]


def wait_to_judge() -> None:
    """Return when the table may be asked about this roster's providers."""
    for turn in _in_use:
        turn.judge()


def wait_to_write() -> None:
    """Return when this roster may be loaded, refused or reported."""
    for turn in _in_use:
        turn.write()


def begun_in_turn(began: datetime) -> datetime:
    """When the work on this roster began, which may be loaded now: never before its turn.

    So the history's times follow its order.
    """
    return max([began, *(turn.write() for turn in _in_use)])


def tell_loaded() -> None:
    """Let the next roster be judged."""
    for turn in _in_use:
        turn.loaded()
