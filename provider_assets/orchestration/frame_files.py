"""A `RosterFrame` as one Parquet file: the rows as columns, source and tally in its metadata.

The files are what counts. Small frames of the latest roster are also kept as this process wrote
them, since its steps read each of them several times; see `_Kept`.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from upath import UPath

from provider_assets.errors import UsageError
from provider_assets.leftovers import aside_of
from provider_assets.providers.fields import FIELDS, REQUIRED
from provider_assets.providers.frames import as_table
from provider_assets.providers.keys import ALL_DIGITS, is_roster_key, roster_key
from provider_assets.providers.roster import RosterFrame, RosterSource, Tally
from provider_assets.reading.mailbox.archive import unfinished
from provider_assets.reading.mailbox.storage import (
    in_words,
    is_local,
    make_folder,
    speaks_to_storage,
)

_SOURCE = b"provider_assets.source"
_TALLY = b"provider_assets.tally"
# what every row must have is mostly another one in each
REPEATING = (*(set(FIELDS) - set(REQUIRED)), "sheet", "codes", "warnings")
KEPT_BYTES = 16 << 20  # of one frame, some 100,000 rows
ROWS_AT_ONCE = 1 << 17  # to write or to read a larger group takes as much again as its rows


class _Kept:
    """The frames of the latest roster that this process wrote, each with what its file was then.

    A frame whose file is another one by now is not given back.
    """

    def __init__(self) -> None:
        self._folder = ""
        self._frames: dict[str, tuple[tuple[int, float], RosterFrame]] = {}

    def keep(self, path: UPath, frame: RosterFrame, size: int) -> None:
        """Keep a frame that was just written, if it is small and its file is on this machine."""
        if str(path.parent) != self._folder:
            self._folder = str(path.parent)
            self._frames.clear()
        if size <= KEPT_BYTES and is_local(path):
            self._frames[str(path)] = (self._stamp(path), frame)

    def find(self, path: UPath) -> RosterFrame | None:
        """The frame of this file, if it is kept and still what the file says."""
        held = self._frames.get(str(path))
        return held[1] if held is not None and held[0] == self._stamp(path) else None

    @staticmethod
    def _stamp(path: UPath) -> tuple[int, float]:
        found = path.stat()
        return found.st_ino, found.st_mtime


_kept = _Kept()


def frames_root(storage: UPath) -> UPath:
    """Where the frames lie; each roster has a folder there that is named by its key."""
    return storage / "frames"


def frame_path(storage: UPath, roster: str, step: str) -> UPath:
    """Where the frame of one step of one roster lies.

    Raises UsageError where `roster` has not the form of a key: it could lead anywhere.
    """
    require_key(roster)
    return frames_root(storage) / roster / f"{step}.parquet"


def require_key(roster: str) -> None:
    """Raises UsageError where a partition's key is none that we make."""
    if not is_roster_key(roster):
        raise UsageError(
            f"{roster!r} is not the key of a roster; drop the file into the inbox, or load it "
            "with `provider-assets load`, and it gets one"
        )


@speaks_to_storage
def content_of_key(storage: UPath, roster: str) -> str | None:
    """The hash of the content whose frames lie under this key, None where none do."""
    path = frame_path(storage, roster, "raw_providers")
    return read_frame(path, columns=()).source.sha256 if path.exists() else None


def free_key(storage: UPath, file_name: str, sha256: str) -> str:
    """A content's own key: the usual one, unless another content with the same digits has it."""
    usual = roster_key(file_name, sha256)
    if content_of_key(storage, usual) in (None, sha256):
        return usual
    return roster_key(file_name, sha256, ALL_DIGITS)


@speaks_to_storage
def write_frame(frame: RosterFrame, path: UPath) -> None:
    """Write a frame aside and move it into place; its columns must fulfil their contract.

    Raises BrokenFrameError where they do not.
    """
    table = as_table(frame.rows)
    about = {
        _SOURCE: frame.source.to_json().encode(),
        _TALLY: frame.tally.to_json().encode(),
    }
    table = table.replace_schema_metadata((table.schema.metadata or {}) | about)
    make_folder(path.parent)
    # three folders up, past the roster's and that of all frames
    place = unfinished(path.parent.parent.parent)
    make_folder(place)
    aside = place / aside_of(path.name)
    try:
        with aside.open("wb") as file:
            pq.write_table(table, file, row_group_size=ROWS_AT_ONCE, **_encoding(table))
    except OSError:
        with suppress(OSError):  # on a full disk what is half written only takes room
            aside.unlink()
        raise
    aside.rename(path)
    _kept.keep(path, frame, table.nbytes)


def _encoding(table: pa.Table) -> dict[str, Any]:
    """How to write what is read back soon: without what costs time and saves little."""
    counting = {"row", "position"} & set(table.column_names)
    return {
        "compression": "lz4",
        "use_dictionary": [name for name in REPEATING if name in table.column_names],
        "column_encoding": dict.fromkeys(counting, "DELTA_BINARY_PACKED"),
        "write_statistics": False,
    }


@speaks_to_storage
def read_frame(path: UPath, columns: Sequence[str] | None = None) -> RosterFrame:
    """Read a frame back, or only some of its columns; the index is always there."""
    kept = _kept.find(path)
    if kept is not None:
        rows = kept.rows if columns is None else kept.rows[list(columns)]
        return replace(kept, rows=rows.copy(deep=False))
    with path.open("rb") as file:
        wanted = None if columns is None else [*columns, "position"]
        table = pq.ParquetFile(file).read(wanted)
    about = table.schema.metadata
    if columns is None and not {"left_as", "warnings"} & {*table.column_names}:
        # a frame that an older version wrote
        place = table.column_names.index("row") + 1
        table = table.add_column(place, "left_as", pa.nulls(len(table), pa.large_string()))
    return RosterFrame(
        table.to_pandas(),
        RosterSource.from_json(about[_SOURCE].decode()),
        Tally.from_json(about[_TALLY].decode()),
    )


def kept_sources(storage: UPath, rosters: Iterable[str]) -> Iterator[RosterSource]:
    """Where these rosters came from, as far as their frames are kept and say so."""
    for roster in rosters:
        path = frame_path(storage, roster, "raw_providers")
        with in_words(storage):
            if not path.exists():
                continue
            with path.open("rb") as file:
                about = pq.ParquetFile(file).schema_arrow.metadata
        yield RosterSource.from_json(about[_SOURCE].decode())
