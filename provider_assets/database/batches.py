"""Rows in the order of the history's key, some at a time."""

from collections.abc import Iterator

import pyarrow as pa
import pyarrow.compute as pc


def by_npi(rows: pa.Table, size: int) -> Iterator[pa.RecordBatch]:
    """The rows in the order of the table's key, so many at a time; they are never all copied."""
    order = pc.sort_indices(rows["npi"])
    for start in range(0, len(rows), size):
        some = rows.take(order.slice(start, size)).combine_chunks()
        yield from some.to_batches()
