"""Finding the file behind a partition and taking it in, before anything is read from it.

A run believes nothing that it is told: not where the file is, not its hash, not the partition's
key; whoever reaches the web UI can write all three.
"""

import re
from collections.abc import Collection, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from upath import UPath

from provider_assets.errors import UsageError
from provider_assets.orchestration.frame_files import (
    content_of_key,
    frame_path,
    read_frame,
    require_key,
)
from provider_assets.providers.keys import is_key_of, is_named_in
from provider_assets.reading.mailbox.archive import archive, archive_root, find_archived
from provider_assets.reading.mailbox.intake import name_of, sha256_of
from provider_assets.reading.mailbox.port import FileChangedError, Mailbox, MailboxError
from provider_assets.reading.mailbox.storage import is_local

SHA256 = re.compile("[0-9a-f]{64}")


@dataclass(frozen=True)
class ArchivedRoster:
    """A delivered file that now lies in the archive: its name, its hash, its place.

    `instead` tells that the run's config names another place, from which nothing was taken.
    """

    file: str
    sha256: str
    archived: UPath
    instead: bool = False


def take_in(
    roster: str,
    mailbox: Mailbox,
    storage: UPath,
    address: str | None,
    sha256: str | None,
    *,
    any_path: bool = False,
) -> ArchivedRoster:
    """Copy the roster's file to the archive and prove that it is the partition's.

    The file is the mailbox's at `address`, or the one at that path: any where the command line
    named it (`any_path`), else only one of the archive. Without one, or where it is gone or none
    that a run may take in, it is the archive's copy, or the mailbox's file whose name and content
    give this partition's key. Raises RosterError where the file
    changes meanwhile, UsageError where there is none, or where key, `sha256` and content do not
    belong together.
    """
    require_key(roster)
    owner = content_of_key(storage, roster)
    try:
        return _found(roster, owner, mailbox, storage, (address, sha256), any_path=any_path)
    except MailboxError as error:
        raise UsageError(
            f"{mailbox.place} cannot be used ({error.strerror}); {error.advice}"
        ) from None


def _found(
    roster: str,
    owner: str | None,
    mailbox: Mailbox,
    storage: UPath,
    named: tuple[str | None, str | None],
    *,
    any_path: bool,
) -> ArchivedRoster:
    address, sha256 = named
    if address is not None:
        with _named_by(address, mailbox, storage, any_path=any_path) as path:
            if path is not None:
                digest = sha256 or sha256_of(path)
                _require_same(roster, digest, owner)
                return _archived(path, storage, digest)
    known = find_archived(roster, storage, owner)
    if known is not None:
        return ArchivedRoster(known.name, known.parent.name, known, instead=address is not None)
    unread = 0
    for file in mailbox.search():
        if not is_named_in(roster, file.name):
            continue
        with ExitStack() as taken:
            try:
                path = taken.enter_context(mailbox.take(file))
                digest = sha256_of(path)
            except MailboxError:
                raise
            except (FileChangedError, UsageError, OSError):
                unread += 1
                continue
            if is_key_of(roster, file.name, digest) and owner in (None, digest):
                return _archived(path, storage, digest)
    refused = address is not None and not any_path and not _is_archived(Path(address), storage)
    raise UsageError(_nowhere(roster, mailbox, storage, refused=refused, unread=unread))


def mailbox_of(tagged: str | None, storage: UPath, roster: str, known: Collection[str]) -> str:
    """Which mailbox a roster came by: as its run says, else as its earlier run's frame does."""
    if tagged is not None:
        return tagged
    path = frame_path(storage, roster, "raw_providers")
    before = read_frame(path, columns=()).source.mailbox if path.exists() else ""
    return before if before in known else ""


@contextmanager
def _named_by(
    address: str, mailbox: Mailbox, storage: UPath, *, any_path: bool
) -> Iterator[Path | None]:
    waiting, path = mailbox.look(address), Path(address)
    if waiting is not None:
        with mailbox.take(waiting) as taken:
            yield taken
    else:
        yield path if (any_path or _is_archived(path, storage)) and path.exists() else None


def _is_archived(path: Path, storage: UPath) -> bool:
    root = archive_root(storage)
    # the file itself is opened only if it is no link
    return is_local(root) and path.absolute().parent.resolve().is_relative_to(
        Path(root.path).resolve()
    )


def _require_same(roster: str, sha256: str, owner: str | None) -> None:
    if not SHA256.fullmatch(sha256):
        raise UsageError(f"{roster}: the run's config has no SHA-256 of 64 hex digits as sha256")
    if not sha256.startswith(roster.rpartition("-")[2]):
        raise UsageError(
            f"{roster}: the file that the run's config names has another content than this "
            "partition; leave the config empty, or choose the partition of that file"
        )
    if owner not in (None, sha256):
        raise UsageError(
            f"{roster}: another content whose hash begins alike has this key; drop the file again, "
            "and it gets a longer one"
        )


def _nowhere(roster: str, mailbox: Mailbox, storage: UPath, *, refused: bool, unread: int) -> str:
    if refused:
        return (
            f"a run takes in what lies in {mailbox.place} or in the archive, and no other path; "
            "drop the roster into the inbox, or name it to `provider-assets load`"
        )
    if unread:
        return (
            f"{roster}: its file is not in the archive under {storage}, and {unread} of its name "
            f"in {mailbox.place} cannot be read; give this service the right to read them"
        )
    return (
        f"{roster}: its file is neither in the archive under {storage} nor in {mailbox.place}; "
        "drop the roster into the inbox again"
    )


def _archived(path: Path, storage: UPath, sha256: str) -> ArchivedRoster:
    return ArchivedRoster(name_of(path), sha256, archive(path, storage, sha256))
