"""A mailbox: a place that rosters come from and answers go back to, as the inbox knows it.

The drop folder is one. A folder behind SFTP or a bucket is a `Store` below `remote.py`, which
fulfils `Mailbox` for both; which one a name means is chosen in `choosing.py`.
"""

import hashlib
import os
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

Tray = Literal["processed", "failed"]
UNREACHABLE = "unreachable"  # the kind of a trouble that mostly passes by itself
MISSING = "missing"  # the kind of one that may only mean that nobody looked there before
REJECTS, RETURNS, REPORTS = ANSWERS = ("rejects", "returns", "reports")
"""The folders of what goes back to people: beside the trays, or where a mailbox has its own."""


class FileChangedError(Exception):
    """The file is no longer the one that was looked at, or not all here yet: look again later."""


class MailboxError(OSError):
    """The place cannot be used now: `strerror` says why, `advice` what a person can do.

    `kind` is one word for the trouble, so that one that goes on is told as one, whatever its
    sentence.
    """

    def __init__(self, kind: str, sentence: str, advice: str) -> None:
        super().__init__(0, sentence)
        self.kind = kind
        self.advice = advice


@dataclass(frozen=True)
class WaitingFile:
    """A file in a mailbox as one look saw it; times are nanoseconds since 1970, by its clock.

    `address` is how the mailbox finds it again and ends with the file's name; `size` is in bytes;
    `changed` is when its content or name last changed, where the mailbox tells that apart from
    `modified`; `mark` is what else differs for another content, such as a bucket's ETag.
    No inode number: on network shares it may differ from one look to the next.
    """

    address: str
    size: int
    modified: int
    changed: int
    mark: str = ""

    @property
    def name(self) -> str:
        """What the sender called it; may hold bytes that are no text."""
        return self.address.rpartition("/")[2]

    @property
    def token(self) -> str:
        """24 hex digits that differ for every delivery: another name, content or arrival."""
        seen = (self.size, self.modified, self.changed, *([self.mark] if self.mark else []))
        identity = os.fsencode(self.name) + b"\0" + repr(seen).encode()
        return hashlib.blake2b(identity, digest_size=12).hexdigest()


class Mailbox(Protocol):
    """Where rosters wait, and where each goes when it is known what became of it.

    A file is always in exactly one place there, and is changed by nobody but its sender.
    OSError from any method means that the place cannot be used now.
    """

    @property
    def place(self) -> str:
        """Where it is, for people: `the drop folder /srv/drop`; never a password."""

    def prepare(self) -> None:
        """Make what is missing."""

    def scan(self) -> list[WaitingFile]:
        """Every file that waits and may be a roster, oldest first."""

    def overlooked(self) -> list[str]:
        """What lies where nothing is read, in a sentence each: beside the inbox, or deeper."""

    def is_settled(
        self, file: WaitingFile, now: float, seconds: float, *, seen: float | None
    ) -> bool:
        """Whether the sender is done with it: nobody wrote to it for `seconds` before `now`.

        `now` and `seen` are seconds since 1970 by this machine's clock; `seen` is when the looks
        first saw this very file, None where this look is the first. Where a file appears whole or
        not at all, it is settled when it appears.
        """

    def hash(self, file: WaitingFile) -> str:
        """The content's sha256 in hex; FileChangedError where it is not the one looked at."""

    def look(self, address: str) -> WaitingFile | None:
        """The file at an address of this mailbox, waiting or put away; None where there is none."""

    def search(self) -> Iterator[WaitingFile]:
        """Every file that waits or was put away: where a roster is looked for that a run lost."""

    def take(self, file: WaitingFile) -> AbstractContextManager[Path]:
        """The content as a file of this name on this machine, for as long as it is needed.

        The file stays where it is; FileChangedError where it is gone.
        """

    def put(self, file: WaitingFile, tray: Tray, note: str | None = None) -> None:
        """Put a file away, with a `.txt` beside it that holds `note`; nothing is overwritten.

        Raises FileChangedError, with the file left where it waits, where it is not the one that
        was looked at.
        """

    def give_back(self, answers: Iterable[Path]) -> None:
        """Let the sender have what was written for a roster, in folders named as here."""

    def close(self) -> None:
        """Let go of what is open; the next use opens it again."""


def oldest_first(files: Iterable[WaitingFile]) -> list[WaitingFile]:
    """The order in which files are taken in."""
    return sorted(files, key=lambda file: (file.modified, file.name))
