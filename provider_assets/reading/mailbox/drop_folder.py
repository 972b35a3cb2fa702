"""The drop folder: the mailbox that is a folder of this machine, or a share mounted on it.

Pure file work. What a roster's history is, and so which folder a file belongs to, is decided in
`orchestration/inbox/decision.py`.
"""

import hashlib
import os
import shutil
import stat
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from provider_assets.leftovers import in_place_of
from provider_assets.providers.shown import shown
from provider_assets.reading.mailbox.mounts import is_on_this_machine
from provider_assets.reading.mailbox.moving import as_waiting, look, move, open_waiting
from provider_assets.reading.mailbox.port import (
    ANSWERS,
    FileChangedError,
    Tray,
    WaitingFile,
    oldest_first,
)

INBOX, PROCESSED, FAILED = "inbox", "processed", "failed"
FOLDERS = (INBOX, PROCESSED, FAILED, *ANSWERS)
UNFINISHED = (".tmp", ".part", ".partial", ".crdownload", ".filepart")


@dataclass(frozen=True)
class DropFolder:
    """Where rosters arrive (`inbox/`), and what people get back (the other five folders)."""

    root: Path

    @property
    def place(self) -> str:
        """Where it is, for people."""
        return f"the drop folder {self.root}"

    @property
    def inbox(self) -> Path:
        """Rosters that wait."""
        return self.root / INBOX

    @property
    def processed(self) -> Path:
        """Rosters whose content is in the table."""
        return self.root / PROCESSED

    @property
    def failed(self) -> Path:
        """Rosters that are themselves at fault, each with a `.txt` that says what to do."""
        return self.root / FAILED

    def prepare(self) -> None:
        """Make the six folders where they are missing."""
        for name in FOLDERS:
            (self.root / name).mkdir(parents=True, exist_ok=True)

    def scan(self) -> list[WaitingFile]:
        """Every file of the inbox that may be a roster, oldest first."""
        return oldest_first(_files(self.inbox))

    def is_settled(
        self, file: WaitingFile, now: float, seconds: float, *, seen: float | None
    ) -> bool:
        """Whether nobody wrote to it in the last `seconds` before `now`.

        On a disk of this machine one look is enough: the kernel's own clock says when it was
        written to last, whatever a copy sets its time to. A share's clock may be another one, so
        there two looks have to see the same file, and a time in the future holds nothing back.
        """
        last = max(file.modified, file.changed) / 1e9
        if seen is None and not (last <= now and is_on_this_machine(self.inbox)):
            return False
        return not now - seconds < last <= now

    def hash(self, file: WaitingFile) -> str:
        """The content's sha256 in hex; FileChangedError where it changed since, or meanwhile."""
        path = Path(file.address)
        with open_waiting(path) as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
            after = as_waiting(path, os.fstat(stream.fileno()))
        if after != file:
            raise FileChangedError
        return digest

    def look(self, address: str) -> WaitingFile | None:
        """The file at a path of the inbox, of `processed/` or of `failed/`; no link's target."""
        path = Path(address)
        if path.parent not in (self.inbox, self.processed, self.failed):
            return None
        with suppress(FileChangedError):
            return look(path)
        return None

    def overlooked(self) -> list[str]:
        """What lies where nothing is read, in a sentence each: beside the inbox, or deeper."""
        if not self.inbox.is_dir():
            return []
        files = sorted(file.name for file in _files(self.root))
        folders = sorted(
            entry.name
            for entry in os.scandir(self.inbox)
            if entry.is_dir(follow_symlinks=False) and not is_ignored(entry.name)
        )
        return [
            *(lies_beside(name, self.place) for name in files),
            *(
                is_folder_in(name, str(self.inbox))
                for name in folders
                if any(files for _, _, files in os.walk(self.inbox / name))
            ),
        ]

    def search(self) -> Iterator[WaitingFile]:
        """Every file that waits or was put away."""
        for folder in (self.inbox, self.processed, self.failed):
            if folder.is_dir():
                yield from sorted(_files(folder), key=lambda file: file.name)

    @contextmanager
    def take(self, file: WaitingFile) -> Iterator[Path]:
        """The file itself: it is on this machine already."""
        yield Path(look(Path(file.address)).address)

    def put(self, file: WaitingFile, tray: Tray, note: str | None = None) -> None:
        """Move a file out of the inbox; see `moving.move`."""
        move(file, self.root / tray, note)

    def give_back(self, answers: Iterable[Path]) -> None:
        """Copy in what was written elsewhere; what was written here is there already."""
        for path in answers:
            if not path.is_relative_to(self.root):
                target = self.root / path.parent.name / path.name
                target.parent.mkdir(parents=True, exist_ok=True)
                with in_place_of(target) as aside:
                    shutil.copyfile(path, aside)

    def close(self) -> None:
        """Nothing stays open."""


def lies_beside(name: str, place: str) -> str:
    """What is said of a file that somebody put where nothing is read."""
    return (
        f"{shown(name)} in {place} lies beside the inbox, where nothing is read; if it is a "
        f"roster, move it into {INBOX}/"
    )


def is_folder_in(name: str, inbox: str) -> str:
    """What is said of a folder in an inbox."""
    return (
        f"{shown(name)}/ in {inbox} is a folder with files in it, and no folder in there "
        "is read; move its rosters up into the inbox"
    )


def is_ignored(name: str) -> bool:
    """Whether a name is an editor's lock file, a hidden file or an unfinished copy."""
    return name.startswith((".", "~$")) or name.lower().endswith(UNFINISHED)


def _files(folder: Path) -> Iterator[WaitingFile]:
    """What may be a roster: links, folders and devices are not files."""
    with os.scandir(folder) as entries:
        for entry in entries:
            if is_ignored(entry.name):
                continue
            try:
                seen = entry.stat(follow_symlinks=False)
            except FileNotFoundError:
                continue
            if stat.S_ISREG(seen.st_mode):
                yield as_waiting(Path(entry.path), seen)
