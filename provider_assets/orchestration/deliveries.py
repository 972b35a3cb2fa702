"""Finding the file behind a partition and taking it in, before anything is read from it."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from upath import UPath

from provider_assets.errors import UsageError
from provider_assets.providers.keys import roster_key
from provider_assets.reading.mailbox.archive import archive, find_archived
from provider_assets.reading.mailbox.intake import name_of, sha256_of


@dataclass(frozen=True)
class ArchivedRoster:
    """A delivered file that now lies in the archive: its name, its hash, its place."""

    file: str
    sha256: str
    archived: UPath


def take_in(
    roster: str, drop_root: Path, storage: UPath, path: Path | None, sha256: str | None
) -> ArchivedRoster:
    """Copy the roster's file to the archive and prove that it is the partition's.

    The file is the one at `path`; without one, or where it is gone, the archive's copy or the
    file of the drop folder whose name and content give this partition's key.
    Raises RosterError where the file changes meanwhile, UsageError where there is none.
    """
    if path is not None and path.exists():
        digest = sha256 or sha256_of(path)
        return ArchivedRoster(name_of(path), digest, archive(path, storage, digest))
    archived = find_archived(roster, storage)
    if archived is not None:
        return ArchivedRoster(archived.name, archived.parent.name, archived)
    for candidate in _in_drop_folder(drop_root):
        digest = sha256_of(candidate)
        if roster_key(candidate.name, digest) == roster:
            return ArchivedRoster(name_of(candidate), digest, archive(candidate, storage, digest))
    raise UsageError(
        f"{roster}: its file is neither in the archive under {storage} nor in {drop_root}; "
        "drop the roster into the inbox again"
    )


def _in_drop_folder(drop_root: Path) -> Iterator[Path]:
    for folder in ("inbox", "processed", "failed"):
        if (drop_root / folder).is_dir():
            yield from (
                path
                for path in sorted((drop_root / folder).iterdir())
                if path.is_file() and not path.is_symlink()
            )
