"""The three stores together: what they hold of given NPIs, and how old each is."""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from provider_assets.registry import merging
from provider_assets.registry.store import About, Store, open_store, store_path

ASSETS = ("npi_registry", "npi_deactivations", "exclusions")
MOST_DAYS = 45  # an older snapshot says nothing of an NPI that it lacks
INDIVIDUAL, ORGANIZATION = 1, 2

Flags = npt.NDArray[np.bool_]
Numbers = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Held:
    """What is held of some NPIs, number by number.

    `place` is the row in the registry's store, -1 where it has none; `kind` 1, 2 or 0;
    `deactivated` the day as a number since 1970, 0 where it is active; `replacement` an NPI or 0;
    `excluded` the row in LEIE's store, -1 where nobody is excluded now.
    """

    npis: Numbers
    place: Numbers
    kind: npt.NDArray[np.uint8]
    deactivated: Numbers
    replacement: Numbers
    excluded: Numbers


@dataclass(frozen=True)
class Reference:
    """What is set up of the registry; each part may be missing, and then says nothing."""

    providers: Store | None
    deactivations: Store | None
    exclusions: Store | None
    today: date

    @property
    def abouts(self) -> tuple[About, ...]:
        """What stands there."""
        parts = (self.providers, self.deactivations, self.exclusions)
        return tuple(part.about for part in parts if part is not None)

    @property
    def is_fresh(self) -> bool:
        """Whether the list of all NPIs is new enough to say that one is not in it."""
        return self.providers is not None and self.providers.about.age(self.today) <= MOST_DAYS

    def held(self, npis: Numbers) -> Held:
        """What is held of these NPIs; a number that is none is not found."""
        place = _places(self.providers, npis)
        kind = _values(self.providers, "kind", place)
        return Held(
            npis=npis,
            place=place,
            kind=kind.astype(np.uint8),
            deactivated=self._deactivated(npis, place, kind),
            replacement=_values(self.providers, "replacement", place),
            excluded=self._excluded(npis),
        )

    def _deactivated(self, npis: Numbers, place: Numbers, kind: Numbers) -> Numbers:
        """The day since which an NPI is deactivated, by the newer of both lists."""
        gone = _values(self.providers, "deactivated", place)
        back = _values(self.providers, "reactivated", place)
        day: Numbers = np.where(merging.is_deactivated(gone, back), gone, 0)
        if self.deactivations is None:
            return day
        told = _values(self.deactivations, "deactivated", _places(self.deactivations, npis))
        outdated = back > told
        if self.providers is not None and self.providers.about.day > self.deactivations.about.day:
            outdated |= (kind > 0) & (day == 0)
        reported: Numbers = np.where(outdated, 0, told)
        return np.where(day > 0, day, reported)

    def _excluded(self, npis: Numbers) -> Numbers:
        place = _places(self.exclusions, npis)
        since = _values(self.exclusions, "excluded", place)
        back = _values(self.exclusions, "reinstated", place)
        found: Numbers = np.where((since > 0) & (back < since), place, -1)
        return found


def open_reference(folder: Path, today: date) -> Reference | None:
    """What the folder holds; None where nothing was ever loaded.

    Raises RegistryError where a store cannot be read.
    """
    marks = tuple(_mark(folder, asset) for asset in ASSETS)
    if not any(marks):
        return None
    providers, deactivations, exclusions = _stores(folder, marks)
    return Reference(providers, deactivations, exclusions, today)


@lru_cache(maxsize=2)
def _stores(
    folder: Path, _marks: tuple[object, ...]
) -> tuple[Store | None, Store | None, Store | None]:
    """Mapped once a process; a store that took another's place has another mark."""
    providers, deactivations, exclusions = (open_store(folder, asset) for asset in ASSETS)
    return providers, deactivations, exclusions


def _mark(folder: Path, asset: str) -> tuple[int, int] | None:
    try:
        found = store_path(folder, asset).stat()
    except OSError:
        return None
    return (found.st_ino, found.st_mtime_ns)


def _places(store: Store | None, npis: Numbers) -> Numbers:
    return np.full(len(npis), -1) if store is None else store.places(npis)


def _values(store: Store | None, name: str, place: Numbers) -> Numbers:
    """A column of numbers at these places, 0 where there is none."""
    if store is None or not len(store.numbers(name)):
        return np.zeros(len(place), dtype=np.int64)
    found: Numbers = np.where(place >= 0, store.numbers(name)[place].astype(np.int64), 0)
    return found
