"""Finding the file behind a partition and taking it in, before anything is read from it."""

from dataclasses import dataclass
from pathlib import Path

from upath import UPath

from provider_assets.errors import UsageError
from provider_assets.providers.keys import roster_key
from provider_assets.reading.mailbox.archive import archive, find_archived
from provider_assets.reading.mailbox.intake import name_of, sha256_of
from provider_assets.reading.mailbox.port import Mailbox


@dataclass(frozen=True)
class ArchivedRoster:
    """A delivered file that now lies in the archive: its name, its hash, its place."""

    file: str
    sha256: str
    archived: UPath


def take_in(
    roster: str, mailbox: Mailbox, storage: UPath, address: str | None, sha256: str | None
) -> ArchivedRoster:
    """Copy the roster's file to the archive and prove that it is the partition's.

    The file is the mailbox's at `address`, or the one that a person named so; without one, or
    where it is gone, the archive's copy, or the mailbox's file whose name and content give this
    partition's key.
    Raises RosterError where the file changes meanwhile, UsageError where there is none.
    """
    if address is not None:
        waiting = mailbox.look(address)
        if waiting is not None:
            with mailbox.take(waiting) as path:
                return _archived(path, storage, sha256 or sha256_of(path))
        if Path(address).exists():
            return _archived(Path(address), storage, sha256 or sha256_of(Path(address)))
    known = find_archived(roster, storage)
    if known is not None:
        return ArchivedRoster(known.name, known.parent.name, known)
    for file in mailbox.search():
        with mailbox.take(file) as path:
            digest = sha256_of(path)
            if roster_key(file.name, digest) == roster:
                return _archived(path, storage, digest)
    raise UsageError(
        f"{roster}: its file is neither in the archive under {storage} nor in {mailbox.place}; "
        "drop the roster into the inbox again"
    )


def _archived(path: Path, storage: UPath, sha256: str) -> ArchivedRoster:
    return ArchivedRoster(name_of(path), sha256, archive(path, storage, sha256))
