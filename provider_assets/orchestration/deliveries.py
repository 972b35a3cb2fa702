"""Finding the file behind a partition and taking it in, before anything is read from it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from shutil import copyfileobj
from tempfile import TemporaryDirectory

from upath import UPath

from provider_assets.errors import UsageError
from provider_assets.reading.mailbox.intake import archive, name_of, roster_key, sha256_of

HASH_IN_KEY = 12


@dataclass(frozen=True)
class Delivery:
    """A delivered file that now lies in the archive: its name, its hash, its place."""

    file: str
    sha256: str
    archived: UPath


def take_in(
    roster: str, drop_root: Path, storage: UPath, path: Path | None, sha256: str | None
) -> Delivery:
    """Copy the roster's file to the archive and prove that it is the partition's.

    The file is the one at `path`; without one, or where it is gone, the archive's copy or the
    file of the drop folder whose name and content give this partition's key.
    Raises RosterError where the file changes meanwhile, UsageError where there is none.
    """
    if path is not None and path.exists():
        digest = sha256 or sha256_of(path)
        return Delivery(name_of(path), digest, archive(path, storage, digest))
    archived = _in_archive(roster, storage)
    if archived is not None:
        return Delivery(archived.name, archived.parent.name, archived)
    for candidate in _in_drop_folder(drop_root):
        digest = sha256_of(candidate)
        if roster_key(candidate.name, digest) == roster:
            return Delivery(name_of(candidate), digest, archive(candidate, storage, digest))
    raise UsageError(
        f"{roster}: its file is neither in the archive under {storage} nor in {drop_root}; "
        "drop the roster into the inbox again"
    )


@contextmanager
def local_copy(archived: UPath) -> Iterator[Path]:
    """The archived file as a path on this machine; what lies in a bucket is fetched for it."""
    if archived.protocol in ("", "file", "local"):
        yield Path(archived.path)
        return
    with TemporaryDirectory(prefix="provider-assets-") as folder:
        copy = Path(folder) / archived.name
        with archived.open("rb") as remote, copy.open("wb") as local:
            copyfileobj(remote, local)
        yield copy


def _in_archive(roster: str, storage: UPath) -> UPath | None:
    prefix = roster[-HASH_IN_KEY:]
    root = storage / "archive"
    if not root.exists():
        return None
    for folder in root.glob(f"{prefix}*"):
        for file in folder.iterdir():
            if roster_key(file.name, folder.name) == roster:
                return file
    return None


def _in_drop_folder(drop_root: Path) -> Iterator[Path]:
    for folder in ("inbox", "processed", "failed"):
        if (drop_root / folder).is_dir():
            yield from (
                path
                for path in sorted((drop_root / folder).iterdir())
                if path.is_file() and not path.is_symlink()
            )
