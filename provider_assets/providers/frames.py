"""The frames that pass between the steps: their columns and what must hold of them.

Every frame's index is named `position` and counts the roster's non-blank data rows from 0, over
all its sheets; a row keeps its position through every step. Text columns are pandas' `str`
(Arrow), a missing value is null and never an empty string.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from provider_assets.providers.fields import FIELDS, PLACE, PROVIDER, RAW, REQUIRED

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["CLEAN", "DESCRIPTIONS", "FIELDS", "PLACE", "RAW", "REJECTED"]
__all__ += ["BrokenFrameError", "as_table", "empty", "schema"]

REJECTED = (*FIELDS, *PLACE, "left_as", "codes")
CLEAN = (*FIELDS, *PLACE, "warnings")
TEN_DIGITS = "^[0-9]{10}$"
_KINDS = {"row": pa.int64(), "terminated": pa.bool_(), "position": pa.int64()}

DESCRIPTIONS = {field.name: field.text for field in PROVIDER} | {
    "sheet": "the sheet that the row stands in",
    "row": "the row's number as the spreadsheet shows it",
    "terminated": "whether the roster says that the provider has left",
    "left_as": "who has left: the column that says so and the roster's own word",
    "remarks": "codes of what the reader saw in the row's cells and no field holds",
    "codes": "why the row does not load: codes, separated by a blank, the gravest first",
    "warnings": "codes of what is odd about a row that loads all the same",
}


class BrokenFrameError(Exception):
    """A frame is not what its step promised: a defect of ours, told without any value."""


@cache
def schema(columns: tuple[str, ...]) -> pa.Schema:
    """The contract of a frame with these columns and its index: names, order, types, nulls."""
    clean = columns == CLEAN

    def field(name: str) -> pa.Field:
        if name in _KINDS:
            return pa.field(name, _KINDS[name], nullable=False)
        required = name in ("sheet", "codes", "warnings") or (clean and name in REQUIRED)
        return pa.field(name, pa.large_string(), nullable=not required)

    return pa.schema([field(name) for name in (*columns, "position")])


def as_table(rows: pd.DataFrame) -> pa.Table:
    """The frame as Arrow, its index as the last column; the text is not copied.

    Raises BrokenFrameError where the frame breaks its contract: `schema`'s, positions and row
    numbers that count, and in a frame of `CLEAN` NPIs that are ten digits each.
    """
    columns = tuple(rows.columns)
    if columns not in (RAW, REJECTED, CLEAN):
        raise BrokenFrameError("the columns of no step's frame")
    try:
        table = pa.Table.from_pandas(rows, schema(columns), preserve_index=True)
    except (pa.ArrowException, KeyError, ValueError, TypeError):
        table = None
    if table is None:  # out here, so that a text which may quote a row does not hang on it
        raise BrokenFrameError(f"other types or nulls than {', '.join(columns)} promise")
    if len(rows) and (pc.min(table["row"]).as_py() < 1 or not rows.index.is_unique):
        raise BrokenFrameError("rows without a place of their own")
    if columns == CLEAN and not _all_match(table["npi"], TEN_DIGITS):
        raise BrokenFrameError("clean rows whose NPI is not ten digits")
    return table


def _all_match(cells: pa.ChunkedArray, form: str) -> bool:
    matched: bool = pc.all(pc.match_substring_regex(cells, form), min_count=0).as_py()
    return matched


def empty(columns: tuple[str, ...]) -> pd.DataFrame:
    """A frame with these columns and no rows."""
    import pandas as pd

    kinds = {"row": "int64", "terminated": "bool"}
    frame = pd.DataFrame(
        {name: pd.Series([], dtype=kinds.get(name, "str")) for name in columns},
        index=pd.Index([], dtype="int64", name="position"),
    )
    return frame[list(columns)]
