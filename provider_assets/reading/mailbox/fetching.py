"""A file of another machine comes to this one: piece by piece, going on where it stopped."""

import os
import shutil
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from provider_assets.reading.mailbox.moving import NAME_BYTES, numbered_names
from provider_assets.reading.mailbox.port import FileChangedError, WaitingFile

Reading = Callable[[int], AbstractContextManager[Iterator[bytes]]]
UNFINISHED = ".fetching"


@dataclass(frozen=True)
class Fetched:
    """Copies of waiting files in `folder`, each in a folder of its delivery's token.

    One look spends at most `seconds` on a file.
    """

    folder: Path
    seconds: float = 10.0

    def find(self, file: WaitingFile) -> Path | None:
        """The copy of this very delivery, if all of it is here."""
        path = self._path(file)
        return path if path.is_file() and path.stat().st_size == file.size else None

    def go_on(self, file: WaitingFile, reading: Reading) -> Path:
        """The copy; FileChangedError where it is not all here after `seconds`, or is another."""
        known = self.find(file)
        if known is not None:
            return known
        path = self._path(file)
        aside = path.parent / UNFINISHED
        path.parent.mkdir(parents=True, exist_ok=True)
        end = time.monotonic() + self.seconds
        try:
            fetch(file, aside, reading, until=end)
        except FileChangedError:
            if time.monotonic() < end:
                self.forget(file)
            raise
        return aside.replace(path)

    def forget(self, file: WaitingFile) -> None:
        """Remove a copy."""
        shutil.rmtree(self._path(file).parent, ignore_errors=True)

    def keep_only(self, files: Iterable[WaitingFile]) -> None:
        """Remove the copies of all but these."""
        if not self.folder.is_dir():
            return
        waiting = {file.token for file in files}
        for copy in self.folder.iterdir():
            if copy.name not in waiting:
                shutil.rmtree(copy, ignore_errors=True)

    def _path(self, file: WaitingFile) -> Path:
        return self.folder / file.token / local_name(file.name)


def fetch(file: WaitingFile, path: Path, reading: Reading, *, until: float = float("inf")) -> None:
    """Write a file's content to `path`, behind what is there of it already.

    FileChangedError where it is another one, or where `until` (of `time.monotonic`) is over first.
    """
    with path.open("ab") as copy:
        if copy.tell() < file.size or not file.size:
            with reading(copy.tell()) as pieces:
                for piece in pieces:
                    copy.write(piece)
                    if time.monotonic() > until and copy.tell() < file.size:
                        raise FileChangedError
    if path.stat().st_size != file.size:
        raise FileChangedError


def local_name(name: str) -> str:
    """A file's name as this machine's file system can hold it."""
    if len(os.fsencode(name)) <= NAME_BYTES:
        return name
    return next(numbered_names(name))
