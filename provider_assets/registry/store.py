"""The store: one Arrow file for each of the three, sorted by NPI, mapped into memory.

Many processes read one at once without a server: a look-up is a binary search in the mapped
file. A new one is written aside and renamed, so that a reader has the old one or the new one
whole, and a kill leaves the old one.
"""

import fcntl
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from provider_assets.errors import RegistryError
from provider_assets.leftovers import aside_of, sweep
from provider_assets.system import flush_names

FORMAT = 2  # a store of another one is not read; a whole file takes its place
_ABOUT = b"provider_assets"
Positions = npt.NDArray[np.int64]


@dataclass(frozen=True)
class SourceFile:
    """A file that a store was made of; `start` and `end` are the days that it covers.

    `others` says whether organizations' other names came with it.
    """

    file: str
    sha256: str
    size: int
    rows: int
    start: str | None
    end: str
    weekly: bool = False
    others: bool = False


@dataclass(frozen=True)
class About:
    """What a store holds: its day (ISO), its files, its counts by name."""

    asset: str
    snapshot: str
    files: tuple[SourceFile, ...]
    rows: int
    counts: Mapping[str, int] = field(default_factory=dict)

    @property
    def day(self) -> date:
        """The snapshot's day."""
        return date.fromisoformat(self.snapshot)

    def age(self, today: date) -> int:
        """Days since the snapshot."""
        return (today - self.day).days

    @property
    def sha256(self) -> str:
        """The hash of the file that brought the newest day, in whatever order they came."""
        return max(self.files, key=lambda one: (one.end, one.weekly)).sha256


@dataclass(frozen=True)
class Store:
    """One mapped file: a column by its name, and where an NPI stands."""

    about: About
    batch: pa.RecordBatch
    size: int

    def numbers(self, name: str) -> npt.NDArray[np.integer]:
        """A column of numbers, not copied."""
        column: npt.NDArray[np.integer] = self.batch.column(name).to_numpy(zero_copy_only=True)
        return column

    def places(self, npis: npt.NDArray[np.int64]) -> Positions:
        """For each NPI the place of its row, -1 where there is none."""
        held = self.numbers("npi")
        inside = (npis >= 0) & (npis < 2**32)
        wanted = np.where(inside, npis, 0).astype(np.uint32)
        if not len(held):
            return np.full(len(npis), -1)
        order = np.argsort(wanted)  # in order, neighbours share what the search has to fetch
        at = np.empty(len(npis), dtype=np.int64)
        at[order] = np.searchsorted(held, wanted[order])
        at[at == len(held)] = 0
        return np.where(inside & (held[at] == wanted), at, -1)


def store_path(folder: Path, asset: str) -> Path:
    """Where the store of one asset lies."""
    return folder / f"{asset}.arrow"


def open_store(folder: Path, asset: str) -> Store | None:
    """The store of one asset, None where nothing was loaded.

    Raises RegistryError where the file is none of ours, or of another version.
    """
    path = store_path(folder, asset)
    try:
        mapped = pa.memory_map(str(path))
    except FileNotFoundError:
        return None
    except OSError as error:
        raise RegistryError(f"{path}: cannot be read ({error.strerror})") from None
    try:
        reader = pa.ipc.open_file(mapped)
        raw = json.loads((reader.schema.metadata or {})[_ABOUT])
        about = _about(raw) if raw.pop("format") == FORMAT else None
        batch = reader.get_batch(0)
    except (pa.ArrowException, KeyError, ValueError, TypeError):
        about = None
    if about is None:
        raise RegistryError(
            f"{path}: was written by another version, or is damaged; load its files again with "
            "`provider-assets registry load`, the whole one first"
        )
    return Store(about, batch, mapped.size())


def write_store(folder: Path, about: About, columns: Mapping[str, pa.Array]) -> int:
    """Write a store aside and put it in the place of the old one; returns its bytes."""
    sweep([folder])  # a build that was killed left as much as a store takes
    path = store_path(folder, about.asset)
    aside = path.with_name(aside_of(path.name))
    described = json.dumps({"format": FORMAT, **asdict(about)}).encode()
    batch = pa.RecordBatch.from_arrays(list(columns.values()), list(columns))
    schema = batch.schema.with_metadata({_ABOUT: described})
    try:
        with aside.open("wb") as file:
            with pa.ipc.new_file(file, schema) as writer:
                writer.write_batch(batch)
            file.flush()
            os.fsync(file.fileno())
        aside.replace(path)
        flush_names(folder)
    except OSError as error:
        with suppress(OSError):
            aside.unlink(missing_ok=True)
        raise RegistryError(
            f"{folder}: cannot be written to ({error.strerror}); what it held, it still holds"
        ) from None
    return path.stat().st_size


@contextmanager
def writing(folder: Path) -> Iterator[None]:
    """One writer at a time, of all processes; the others wait."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = os.open(folder / ".lock", os.O_CREAT | os.O_RDWR, 0o600)
    except OSError as error:
        raise RegistryError(
            f"{folder}: cannot be written to ({error.strerror}); it is the folder of "
            "PROVIDER_ASSETS_REGISTRY"
        ) from None
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)


def _about(raw: dict[str, object]) -> About:
    files = tuple(SourceFile(**one) for one in raw.pop("files"))  # type: ignore[attr-defined]
    return About(files=files, **raw)  # type: ignore[arg-type]
