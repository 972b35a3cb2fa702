"""In which order the rosters of a folder go, where several processes share them; pure.

Rosters are numbered from 0, as they were named. They are handed out in that order, two of one
content never at once, and each may do what it asks for when those before it are far enough.
"""

import heapq
from collections.abc import Collection, Sequence
from enum import Enum


class Asked(Enum):
    """What a roster has to wait for: to be judged against the table, or to write."""

    JUDGE = "judge"
    WRITE = "write"


class Order:
    """How far the rosters are; `contents` are their hashes, empty where a file has none."""

    def __init__(self, contents: Sequence[str]) -> None:
        self._contents = contents
        self._waiting = list(range(len(contents)))
        self._loaded, self._done = _Front(), _Front()

    def next(self, under_way: Collection[int]) -> int | None:
        """The next roster to hand out; None where none is left, or its like is under way."""
        if not self._waiting:
            return None
        content = self._contents[self._waiting[0]]
        if content and content in {self._contents[number] for number in under_way}:
            return None
        return heapq.heappop(self._waiting)

    def give_back(self, number: int) -> None:
        """Hand this one out again: it was not begun."""
        heapq.heappush(self._waiting, number)

    def loaded(self, number: int) -> None:
        """A roster is in the table."""
        self._loaded.add(number)

    def done(self, number: int) -> None:
        """All that concerns a roster is done, whatever became of it."""
        self._loaded.add(number)
        self._done.add(number)

    def may(self, asked: Asked, number: int) -> bool:
        """Whether a roster may do what it asks for."""
        return number <= (self._loaded if asked is Asked.JUDGE else self._done).first

    @property
    def finished(self) -> bool:
        """Whether all of them are done."""
        return self._done.first == len(self._contents)


class _Front:
    """The first number of all that has not been added yet."""

    def __init__(self) -> None:
        self.first = 0
        self._beyond: set[int] = set()

    def add(self, number: int) -> None:
        self._beyond.add(number)
        while self.first in self._beyond:
            self._beyond.remove(self.first)
            self.first += 1
