"""Which files are old enough to go: archive, frames, what went back. When is the schedule's.

A file goes only where it is known to be a roster's: its path holds a roster's twelve hex digits
(frames, archive), or a roster claimed its name (rejects, returns, reports). What people put
there stays.
"""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from upath import UPath

from provider_assets.providers.keys import DIGITS, digits_of_key
from provider_assets.reading.mailbox.storage import is_older
from provider_assets.reports.names import CLAIMS, owner_of

_DIGITS = re.compile(
    rf"(?<![0-9a-f])([0-9a-f]{{{DIGITS}}})(?:[0-9a-f]{{{64 - DIGITS}}})?(?![0-9a-f])"
)
_NAMED = re.compile(
    r"(.+_\d{4}-\d{2}-\d{2})(?:_(?:rejects|filtered)(?:_\d+)?)?\.(?:xlsx|csv|json|html)"
)
_LEFT_ASIDE = re.compile(r"\..+-[0-9a-f]{8}\.tmp\.(?:xlsx|csv|json|html)")


@dataclass(frozen=True)
class Removed:
    """What a round of retention took away."""

    files: int = 0
    size: int = 0

    def __add__(self, other: "Removed") -> "Removed":
        """Both rounds."""
        return Removed(self.files + other.files, self.size + other.size)


@dataclass(frozen=True)
class KeptPlaces:
    """Where files pile up: storage folders (archive, frames) and the folders of what goes back."""

    storage: tuple[UPath | Path, ...]
    rejects: Path
    returns: Path
    reports: Path

    @property
    def back(self) -> tuple[Path, ...]:
        """The folders of what goes back to the sender."""
        return (self.rejects, self.returns, self.reports)


def remove_old(places: KeptPlaces, cutoff: datetime, spared: Collection[str]) -> Removed:
    """Remove what `find_old` finds, and the folders and claims that are empty then.

    A file that somebody holds open, or that is gone already, is left to the next round.
    """
    files = size = 0
    for path in list(find_old(places, cutoff, spared)):
        try:
            length = path.stat().st_size
            path.unlink()
        except OSError:
            continue
        files, size = files + 1, size + length
        _remove_empty(path.parent, places)
    _release_names(places, cutoff)
    return Removed(files, size)


def find_old(
    places: KeptPlaces, cutoff: datetime, spared: Collection[str]
) -> Iterator[UPath | Path]:
    """Files last written before `cutoff` (aware) that belong to no roster of `spared` (keys)."""
    digits = {digits_of_key(key) for key in spared}
    for folder in places.storage:
        for path in _files(folder):
            owners = set(_DIGITS.findall(str(path)[len(str(folder)) :]))
            if owners and owners.isdisjoint(digits) and is_older(path, cutoff):
                yield path
    for folder in places.back:
        for path in _files(folder):
            if _may_go(path, places.reports, digits) and is_older(path, cutoff):
                yield path


def _may_go(path: Path | UPath, reports: Path, spared_digits: set[str]) -> bool:
    if _LEFT_ASIDE.fullmatch(path.name):  # of a run that died while it wrote
        return True
    named = _NAMED.fullmatch(path.name)
    owner = owner_of(reports, named[1]) if named else None
    return owner is not None and digits_of_key(owner) not in spared_digits


def _files(folder: UPath | Path) -> Iterator[UPath | Path]:
    if not folder.exists():
        return
    for path in folder.rglob("*"):
        if not path.is_symlink() and path.is_file():
            yield path


def _remove_empty(folder: UPath | Path, places: KeptPlaces) -> None:
    # a bucket has no folders, and its rmdir would take what is in them along
    if isinstance(folder, Path) and folder not in (*places.back, *places.storage):
        try:
            folder.rmdir()
        except OSError:
            return


def _release_names(places: KeptPlaces, cutoff: datetime) -> None:
    """Give up the claims to names that no file bears any more."""
    borne = {
        named[1].casefold()
        for folder in places.back
        for path in _files(folder)
        if (named := _NAMED.fullmatch(path.name))
    }
    for claim in _files(places.reports / CLAIMS):
        if claim.name not in borne and is_older(claim, cutoff):  # a young one is being written for
            claim.unlink(missing_ok=True)
