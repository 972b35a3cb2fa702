"""What stands in the store, and how old it is: for the command, `doctor` and people."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from provider_assets.errors import RegistryError
from provider_assets.registry.reference import ASSETS, MOST_DAYS
from provider_assets.registry.store import SourceFile, open_store


@dataclass(frozen=True)
class Status:
    """One of the three stores. `error` is a sentence where it cannot be read; with neither it nor
    a snapshot, nothing was ever loaded. `age` are days, `size` bytes.
    """

    asset: str
    snapshot: str | None = None
    age: int | None = None
    rows: int = 0
    counts: Mapping[str, int] = field(default_factory=dict)
    size: int = 0
    files: tuple[SourceFile, ...] = ()
    error: str | None = None

    @property
    def is_old(self) -> bool:
        """Whether it says less than it could: an NPI that it lacks may have been issued since."""
        return self.age is not None and self.age > MOST_DAYS


def status(folder: Path, today: date) -> list[Status]:
    """All three, whether they stand there or not."""
    return [_status(folder, asset, today) for asset in ASSETS]


def _status(folder: Path, asset: str, today: date) -> Status:
    try:
        held = open_store(folder, asset)
    except RegistryError as error:
        return Status(asset, error=error.message)
    if held is None:
        return Status(asset)
    about = held.about
    return Status(
        asset, about.snapshot, about.age(today), about.rows, about.counts, held.size, about.files
    )
