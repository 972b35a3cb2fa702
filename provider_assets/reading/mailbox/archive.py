"""The archive: every roster as it was delivered, at `archive/<sha256>/<safe name>`.

A place may be a folder or a bucket; nothing is parsed here.
"""

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from shutil import copyfileobj

from upath import UPath

from provider_assets.errors import FileCode, RosterError, UsageError
from provider_assets.leftovers import (
    OF_ANOTHER_MACHINE,
    aside_of,
    is_aside,
    temporary_folder,
)
from provider_assets.providers.keys import digits_of_key, is_key_of, safe_stem, safe_text
from provider_assets.reading.mailbox.intake import opened, sha256_of
from provider_assets.reading.mailbox.storage import (
    in_words,
    is_local,
    is_older,
    make_folder,
    speaks_to_storage,
)
from provider_assets.system import flush_names

CHUNK = 1 << 20

UNFINISHED = ".unfinished"


def archive_root(storage: UPath) -> UPath:
    """Where the archive lies; each content has a folder there that is named by its hash."""
    return storage / "archive"


def unfinished(storage: UPath) -> UPath:
    """Where files of the storage are written until they are whole."""
    return storage / UNFINISHED


@speaks_to_storage
def sweep_unfinished(storage: UPath, seconds: float = OF_ANOTHER_MACHINE) -> int:
    """Remove what killed processes left unfinished in a bucket so long ago; how many files.

    Whether a maker lives is not known there.
    """
    folder, gone = unfinished(storage), 0
    cutoff = datetime.now(UTC) - timedelta(seconds=seconds)
    for path in list(folder.iterdir()) if folder.exists() else []:
        if is_aside(path.name) and is_older(path, cutoff):
            path.unlink()
            gone += 1
    return gone


@speaks_to_storage
def is_archived(storage: UPath, sha256: str) -> bool:
    """Whether a content lies in the archive."""
    return bool((archive_root(storage) / sha256).exists())


@speaks_to_storage
def find_archived(roster: str, storage: UPath, sha256: str | None = None) -> UPath | None:
    """The archive's copy of a roster, None where there is none.

    Where two contents have this key, the one with this hash.
    """
    root = archive_root(storage)
    if not root.exists():
        return None
    for folder in sorted(root.glob(f"{digits_of_key(roster)}*")):
        for file in folder.iterdir():
            if is_key_of(roster, file.name, folder.name) and sha256 in (None, folder.name):
                return file
    return None


@speaks_to_storage
def archive(path: Path, storage: UPath, sha256: str) -> UPath:
    """Copy a roster to the archive under `storage` and return its place there.

    Written aside and renamed, so that what stands under the name is whole; done already, it is
    left, unless it has another content by now. Raises RosterError `changed-while-reading` when the
    content is not what was hashed.
    """
    folder = archive_root(storage) / sha256
    target = folder / (safe_stem(path.name) + safe_text(path.suffix)[:10])
    if target.exists() and _hash(target) == sha256:
        if sha256_of(path) != sha256:
            raise _changed(path)
        return target
    make_folder(folder)
    make_folder(unfinished(storage))
    aside = unfinished(storage) / aside_of(target.name)
    try:
        if _copy(path, aside) != sha256:
            raise _changed(path)
        aside.rename(target)
        if is_local(folder):
            flush_names(Path(folder.path))
    finally:
        if aside.exists():
            aside.unlink()
    return target


@contextmanager
def local_copy(archived: UPath, sha256: str) -> Iterator[Path]:
    """An archived file as a path on this machine; what lies in a bucket is fetched for it.

    Raises UsageError where it is not the content that was archived.
    """
    if is_local(archived):
        yield _proven(Path(archived.path), archived, sha256)
        return
    with temporary_folder("archived") as folder:
        copy = folder / archived.name
        with in_words(archived), archived.open("rb") as remote, copy.open("wb") as local:
            copyfileobj(remote, local)
        yield _proven(copy, archived, sha256)


def _proven(copy: Path, archived: UPath, sha256: str) -> Path:
    if sha256_of(copy) != sha256:
        raise UsageError(
            f"{str(archived)!r} in the archive is not what was delivered: its content has another "
            "hash than its folder's name says; remove it, and drop the roster again"
        )
    return copy


def _hash(archived: UPath) -> str:
    digest = hashlib.sha256()
    with archived.open("rb") as file:
        while piece := file.read(CHUNK):
            digest.update(piece)
    return digest.hexdigest()


def _changed(path: Path) -> RosterError:
    return RosterError(
        FileCode.CHANGED_WHILE_READING,
        f"{path.name!r}: the file changed while it was read; drop it again when it is complete",
    )


def _copy(path: Path, target: UPath) -> str:
    """Copy, and return the SHA-256 of what was copied."""
    digest = hashlib.sha256()
    with opened(path) as file, target.open("wb") as out:
        while piece := file.read(CHUNK):
            digest.update(piece)
            out.write(piece)
        out.flush()
        if is_local(target):
            os.fsync(out.fileno())
    return digest.hexdigest()
