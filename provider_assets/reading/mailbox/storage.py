"""The storage of frames and archive: a folder, or a bucket's URL; its troubles in words.

What a bucket's package raises may be anything; it leaves here as one StorageError.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import wraps
from pathlib import Path
from typing import ParamSpec, TypeVar

from upath import UPath

from provider_assets.errors import StorageError, UsageError

Given = ParamSpec("Given")
Answer = TypeVar("Answer")
LOCAL = ("", "file", "local")
S3 = ("s3", "s3a")
WITHOUT_FOLDERS = (*S3, "gs", "gcs", "az", "abfs")


def storage_at(url: str) -> UPath:
    """The storage that a setting names; nothing is asked of it yet.

    Raises UsageError where nothing here knows such places.
    """
    try:
        path = UPath(url)
        if not is_local(path):
            _ = path.fs
    except ImportError:
        extra = url.partition(":")[0]
        brings = "provider-assets[s3]" if extra in S3 else f"fsspec[{extra}]"
        raise UsageError(
            f"PROVIDER_ASSETS_STORAGE: {url!r} needs a package that is not installed here; "
            f"pip install '{brings}' brings it"
        ) from None
    except ValueError:
        raise UsageError(
            f"PROVIDER_ASSETS_STORAGE: {url!r} is no place that is known; name a folder, or a "
            "bucket as s3://bucket/part"
        ) from None
    return path


def is_local(path: UPath) -> bool:
    """Whether a place of the storage is in this machine's own file system."""
    return getattr(path, "protocol", "") in LOCAL


def make_folder(folder: UPath) -> None:
    """Make a folder; a bucket has none, and is not made where its name was mistyped."""
    if str(folder.protocol) not in WITHOUT_FOLDERS:
        folder.mkdir(parents=True, exist_ok=True)


def is_older(path: UPath | Path, cutoff: datetime) -> bool:
    """Whether a file was last written before `cutoff`; one whose age nobody knows is young.

    So is one that has gone meanwhile.
    """
    try:
        written = path.stat().st_mtime
    except OSError:
        return False
    if not written and not isinstance(path, Path):
        try:  # some file systems tell it only so
            written = path.fs.modified(path.path).timestamp()
        except NotImplementedError:
            return False
    return bool(0 < written < cutoff.timestamp())


@contextmanager
def in_words(path: UPath) -> Iterator[None]:
    """Raises StorageError where a bucket cannot be used; a folder's errors are left as they are."""
    if is_local(path):
        yield
        return
    try:
        yield
    except Exception as error:
        told = _told(path, error)
        if told is None:
            raise
        raise StorageError(f"the storage {path.anchor}{told}") from None


def speaks_to_storage(function: Callable[Given, Answer]) -> Callable[Given, Answer]:
    """A function whose troubles with the storage, one of its arguments, come in words."""

    @wraps(function)
    def speaking(*given: Given.args, **named: Given.kwargs) -> Answer:
        path = next(each for each in given if isinstance(each, UPath))
        with in_words(path):
            return function(*given, **named)

    return speaking


def _told(path: UPath, error: Exception) -> str | None:
    """What is wrong and what to do, None for an error that is not the storage's."""
    if str(path.protocol) in S3:
        from provider_assets.reading.mailbox.s3_troubles import in_words as s3_in_words

        for each in (error.__cause__, error):  # s3fs wraps what the server said
            told = s3_in_words(each, "of the storage") if isinstance(each, Exception) else None
            if told is not None:
                advice = told.advice.replace("in the file of mailboxes", "in the environment")
                return f" cannot be used ({told.strerror}); {advice}"
    if isinstance(error, FileNotFoundError):
        return " has no such file or bucket; see to PROVIDER_ASSETS_STORAGE"
    if isinstance(error, OSError):
        return f" cannot be used ({type(error).__name__}); see to its credentials and its rights"
    return None
