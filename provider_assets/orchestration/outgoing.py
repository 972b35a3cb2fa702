"""What goes back to a mailbox on another machine, and waits where that cannot be reached.

It waits in the storage, at `outgoing/<mailbox>/<roster>/<folder>/<name>`, which every machine sees;
the mailbox's sensor gives it back as soon as it can.
"""

import shutil
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from upath import UPath

from provider_assets.leftovers import aside_of, temporary_folder
from provider_assets.providers.roster import RosterSource
from provider_assets.reading.mailbox.archive import unfinished
from provider_assets.reading.mailbox.port import ANSWERS, REPORTS, Mailbox, MailboxError
from provider_assets.reading.mailbox.storage import is_local, make_folder
from provider_assets.reports.names import CLAIMS

OUTGOING = "outgoing"
LEFT_SECONDS = 24 * 3600.0
SECONDS = 10.0  # of one look, which also has to look


def outgoing_root(storage: UPath, mailbox: str) -> UPath:
    """Where what waits for a mailbox lies; a folder for each roster."""
    return storage / OUTGOING / mailbox


def give_back(
    mailbox: Mailbox, storage: UPath, source: RosterSource, answers: Sequence[Path]
) -> str | None:
    """Give a roster's answers back, or have them wait; a sentence where they do.

    A load is done by then: nothing of it is repeated because a server is down.
    """
    if not source.mailbox:
        mailbox.give_back(answers)
        return None
    folder = outgoing_root(storage, source.mailbox) / source.roster
    _remove(folder)  # what an earlier run of this roster left
    try:
        mailbox.give_back(answers)
    except MailboxError as error:
        for path in answers:
            _keep(path, folder / path.parent.name / path.name, unfinished(storage))
        return (
            f"{mailbox.place} cannot be used ({error.strerror}); the answers wait, and are given "
            "back as soon as it can be"
        )
    return None


def give_what_waits(mailbox: Mailbox, storage: UPath, name: str) -> int:
    """Give back what waits for a mailbox; how many rosters' answers. MailboxError as it raises."""
    given, end = 0, time.monotonic() + SECONDS
    for folder in list(_inside(outgoing_root(storage, name))):
        if time.monotonic() > end:
            break
        files = list(_files(folder))
        if not files:
            continue
        with temporary_folder("answers") as here:
            copies = [_fetch(file, here / file.parent.name / file.name) for file in files]
            mailbox.give_back(copies)
        for file in files:  # and none that a run has put there meanwhile
            file.unlink()
        _tidy(folder)
        given += 1
    return given


def remove_copies(root: Path, answers: Sequence[Path]) -> None:
    """Remove what was given back, or waits in the storage: nobody looks for it on this machine.

    Gone is also what a killed process left in this folder of a mailbox's answers a day ago.
    """
    gone = list(answers)
    for folder in ANSWERS:
        for path in (root / folder).glob("*"):
            with suppress(OSError):
                if path.is_file() and time.time() - path.stat().st_mtime > LEFT_SECONDS:
                    gone.append(path)
    for path in gone:
        path.unlink(missing_ok=True)
        (root / REPORTS / CLAIMS / path.stem.casefold()).unlink(missing_ok=True)


def _inside(folder: UPath) -> Iterator[UPath]:
    if folder.is_dir():
        yield from sorted(folder.iterdir(), key=str)


def _files(folder: UPath) -> Iterator[UPath]:
    """The answers of a roster, and nothing that somebody else has put beside them."""
    for kind in _inside(folder):
        if kind.name in ANSWERS:
            yield from (file for file in _inside(kind) if file.is_file())


def _keep(path: Path, target: UPath, place: UPath) -> None:
    """Have an answer in the storage; in `place` until it is whole."""
    for folder in (target.parent, place):
        make_folder(folder)
    aside = place / aside_of(target.name)
    try:
        with path.open("rb") as answer, aside.open("wb") as out:
            shutil.copyfileobj(answer, out)
    except OSError:
        with suppress(OSError):  # on a full disk what is half written only takes room
            aside.unlink()
        raise
    aside.rename(target)


def _fetch(file: UPath, target: Path) -> Path:
    target.parent.mkdir(parents=True, exist_ok=True)
    with file.open("rb") as answer, target.open("wb") as out:
        shutil.copyfileobj(answer, out)
    return target


def _tidy(folder: UPath) -> None:
    """Remove the folders that are empty now; a bucket has none."""
    if is_local(folder):
        for each in (*_inside(folder), folder):
            with suppress(OSError):
                each.rmdir()


def _remove(folder: UPath) -> None:
    if folder.exists():
        folder.fs.rm(folder.path, recursive=True)
