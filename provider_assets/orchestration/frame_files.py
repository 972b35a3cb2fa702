"""A `RosterFrame` as one Parquet file: the rows as columns, source and tally in its metadata."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from upath import UPath

from provider_assets.providers.frames import as_table
from provider_assets.providers.roster import RosterFrame, RosterSource, Tally

_SOURCE = b"provider_assets.source"
_TALLY = b"provider_assets.tally"
REPEATING = ("entity_name", "first_name", "last_name", "sheet", "codes", "warnings")
ROWS_AT_ONCE = 1 << 17  # to write or to read a larger group takes as much again as its rows


def frame_path(storage: UPath, roster: str, step: str) -> UPath:
    """Where the frame of one step of one roster lies."""
    return storage / "frames" / roster / f"{step}.parquet"


def write_frame(frame: RosterFrame, path: UPath) -> None:
    """Write a frame aside and move it into place; its columns must fulfil their contract.

    Raises BrokenFrameError where they do not.
    """
    table = as_table(frame.rows)
    about = {
        _SOURCE: frame.source.to_json().encode(),
        _TALLY: json.dumps(asdict(frame.tally)).encode(),
    }
    table = table.replace_schema_metadata((table.schema.metadata or {}) | about)
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(path.name + ".part")
    with aside.open("wb") as file:
        pq.write_table(table, file, row_group_size=ROWS_AT_ONCE, **_encoding(table))
    aside.rename(path)


def _encoding(table: pa.Table) -> dict[str, Any]:
    """How to write what is read back soon: without what costs time and saves little."""
    counting = {"row", "position"} & set(table.column_names)
    return {
        "compression": "lz4",
        "use_dictionary": [name for name in REPEATING if name in table.column_names],
        "column_encoding": dict.fromkeys(counting, "DELTA_BINARY_PACKED"),
        "write_statistics": False,
    }


def read_frame(path: UPath, columns: Sequence[str] | None = None) -> RosterFrame:
    """Read a frame back, or only some of its columns; the index is always there."""
    with path.open("rb") as file:
        wanted = None if columns is None else [*columns, "position"]
        table = pq.ParquetFile(file).read(wanted)
    about = table.schema.metadata
    return RosterFrame(
        table.to_pandas(),
        RosterSource.from_json(about[_SOURCE].decode()),
        Tally(**json.loads(about[_TALLY])),
    )
