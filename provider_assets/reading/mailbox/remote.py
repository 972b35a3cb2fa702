"""A mailbox on another machine: what SFTP and buckets have in common.

What differs (how a place is listed, read and written to, and how its troubles are put into words)
is behind `Store`. Nothing here knows a protocol.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from provider_assets.leftovers import temporary_folder
from provider_assets.reading.mailbox.drop_folder import (
    FAILED,
    INBOX,
    PROCESSED,
    is_folder_in,
    is_ignored,
    lies_beside,
)
from provider_assets.reading.mailbox.fetching import Fetched, fetch, local_name
from provider_assets.reading.mailbox.moving import numbered_names
from provider_assets.reading.mailbox.port import FileChangedError, Tray, WaitingFile, oldest_first

TRAYS = (INBOX, PROCESSED, FAILED)


class Store(Protocol):
    """Folders of files behind a protocol, each file at `<folder>/<name>`.

    Every method raises MailboxError where the place cannot be used now.
    """

    @property
    def place(self) -> str:
        """Where it is, for people; never a password."""

    @property
    def url(self) -> str:
        """How each of its addresses begins, without who speaks to it."""

    appears_whole: bool
    """Whether a file is there as a whole or not at all."""

    def prepare(self, folders: Iterable[str]) -> None:
        """Make the folders that are missing."""

    def files(self, folder: str) -> list[WaitingFile]:
        """The files of a folder, none deeper, in any order; a missing folder is empty."""

    def astray(self) -> tuple[list[str], list[str]]:
        """The names of files beside the inbox, and of folders in it, where nothing is read."""

    def look(self, folder: str, name: str) -> WaitingFile | None:
        """One file, None where there is none."""

    def read(self, file: WaitingFile, offset: int) -> AbstractContextManager[Iterator[bytes]]:
        """The content from a position on, in pieces; FileChangedError where it is another one."""

    def write(self, folder: str, name: str, content: Path) -> None:
        """Have a file of this content there, whole or not at all; one of that name goes."""

    def move(self, file: WaitingFile, folder: str, name: str) -> None:
        """Move a file to a name that is free; FileChangedError where it is another one."""

    def close(self) -> None:
        """Let go of the connection."""


@dataclass(frozen=True)
class RemoteMailbox:
    """The port `Mailbox` over a store; what is fetched lies in `fetched` until it is put away.

    Answers go to the folders of the store below `answers`, which is empty for beside the inbox.
    """

    store: Store
    fetched: Fetched
    answers: str = ""

    @property
    def place(self) -> str:
        """Where it is, for people."""
        return self.store.place

    def prepare(self) -> None:
        """Make what is missing of inbox, processed and failed."""
        self.store.prepare(TRAYS)

    def scan(self) -> list[WaitingFile]:
        """Every file of the inbox that may be a roster, oldest first."""
        found = oldest_first(self._files(INBOX))
        self.fetched.keep_only(found)
        return found

    def overlooked(self) -> list[str]:
        """What lies where nothing is read, in a sentence each: beside the inbox, or deeper."""
        beside, deeper = self.store.astray()
        files = sorted(name for name in beside if not is_ignored(name))
        folders = sorted(name for name in deeper if not is_ignored(name))
        return [
            *(lies_beside(name, self.place) for name in files),
            *(is_folder_in(name, f"the inbox of {self.place}") for name in folders),
        ]

    def is_settled(
        self, file: WaitingFile, now: float, seconds: float, *, seen: float | None
    ) -> bool:
        """Whether the looks have seen the same file for so long, by this machine's clock.

        The server's clock may be any, and some clients give a file the time of its original.
        """
        del file
        return self.store.appears_whole or (seen is not None and now - seen >= seconds)

    def hash(self, file: WaitingFile) -> str:
        """The content's sha256 in hex; FileChangedError also where a further look must go on."""
        path = self.fetched.go_on(file, self._reading(file))
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()

    def look(self, address: str) -> WaitingFile | None:
        """The file at an address of the inbox, of `processed/` or of `failed/` of this mailbox."""
        for folder in TRAYS:
            head, _, name = address.rpartition("/")
            if head == f"{self.store.url}/{folder}" and not is_ignored(name):
                return self.store.look(folder, name)
        return None

    def search(self) -> Iterator[WaitingFile]:
        """Every file that waits or was put away."""
        for folder in TRAYS:
            yield from sorted(self._files(folder), key=lambda file: file.name)

    @contextmanager
    def take(self, file: WaitingFile) -> Iterator[Path]:
        """The content on this machine: what a look has fetched, or fetched now."""
        known = self.fetched.find(file)
        if known is not None:
            yield known
            return
        with temporary_folder("fetched") as folder:
            path = folder / local_name(file.name)
            fetch(file, path, self._reading(file))
            yield path

    def put(self, file: WaitingFile, tray: Tray, note: str | None = None) -> None:
        """Move a file out of the inbox, its note before it; nothing is overwritten."""
        if self.store.look(INBOX, file.name) != file:
            raise FileChangedError
        name = next(name for name in numbered_names(file.name) if self._is_free(tray, name, note))
        if note is not None:
            with _as_file(f"{name}.txt", note) as written:
                self.store.write(tray, f"{name}.txt", written)
        self.store.move(file, tray, name)
        self.fetched.forget(file)

    def give_back(self, answers: Iterable[Path]) -> None:
        """Put what was written for a roster into the folders of its own names there."""
        for path in answers:
            folder = self._answers(path.parent.name)
            self.store.prepare([folder])
            self.store.write(folder, path.name, path)

    def has_answer(self, path: str) -> bool:
        """Whether an answer was given back at `<folder>/<name>`, by whichever machine."""
        folder, _, name = path.partition("/")
        return self.store.look(self._answers(folder), name) is not None

    def answer(self, path: str) -> bytes | None:
        """The content of an answer that was given back, None where it is not there."""
        folder, _, name = path.partition("/")
        found = self.store.look(self._answers(folder), name)
        if found is None:
            return None
        with self.store.read(found, 0) as pieces:
            return b"".join(pieces)

    def _answers(self, folder: str) -> str:
        return f"{self.answers}/{folder}".lstrip("/")

    def close(self) -> None:
        """Let go of the connection."""
        self.store.close()

    def _files(self, folder: str) -> list[WaitingFile]:
        return [file for file in self.store.files(folder) if not is_ignored(file.name)]

    def _reading(
        self, file: WaitingFile
    ) -> Callable[[int], AbstractContextManager[Iterator[bytes]]]:
        return lambda offset: self.store.read(file, offset)

    def _is_free(self, tray: str, name: str, note: str | None) -> bool:
        """A note that is there in the same words was left by a move that was cut off."""
        if self.store.look(tray, name) is not None:
            return False
        beside = self.store.look(tray, f"{name}.txt")
        if beside is None:
            return True
        if note is None or beside.size != len(note.encode()):
            return False
        with self.store.read(beside, 0) as pieces:
            return b"".join(pieces) == note.encode()


@contextmanager
def _as_file(name: str, text: str) -> Iterator[Path]:
    with temporary_folder("note") as folder:
        path = folder / local_name(name)
        path.write_bytes(text.encode())
        yield path
