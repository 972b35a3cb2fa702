"""Cells that are merged over several rows: what stands in the first counts for each of them."""

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence

import pyarrow as pa
import pyarrow.compute as pc

from provider_assets.providers.counted import counted
from provider_assets.reading.child.headings import Candidate, shown_header
from provider_assets.reading.child.readers.merges import Merged
from provider_assets.reading.child.table_cells import TableCells


def fill_merged(
    merged: Callable[[], Sequence[Merged]],
    cells: TableCells,
    columns: Collection[int],
    filled: pa.Array,
) -> dict[int, int]:
    """Give the rows below a merged cell's first its value, in these columns.

    Only rows that are `filled`, by cells of their own: a merge makes no row of a blank one. Returns
    how many rows got a value, by column. `merged` is the sheet's, asked only where a value lacks.
    """
    if not any(_lacks(cells.by_position[column], filled) for column in columns):
        return {}
    header = cells.found.row
    spans = defaultdict(list)
    for first, last, column in merged():
        if column in columns and first > header:
            spans[column].append((first - header - 1, last - header - 1))
    counts = {column: _fill(cells, column, sorted(some), filled) for column, some in spans.items()}
    return {column: count for column, count in counts.items() if count}


def note_merged(found: Candidate, counts: Mapping[int, int]) -> list[str]:
    """A sentence where rows got a value."""
    told = [
        f"{shown_header(found.headers[column] or '')!r} ({counted(counts[column], 'row')})"
        for column in sorted(counts)
    ]
    if not told:
        return []
    return [
        f"sheet {found.sheet!r}: merged cells were read for each row that they cover, in the "
        f"column{'s' * (len(told) > 1)} {', '.join(told)}"
    ]


def _lacks(values: pa.Array, filled: pa.Array) -> bool:
    """Whether a row that is filled has nothing in this column."""
    return bool(values.null_count and pc.any(pc.and_(pc.is_null(values), filled)).as_py())


def _fill(cells: TableCells, column: int, spans: list[tuple[int, int]], filled: pa.Array) -> int:
    """Fill one column from its merged cells; how many rows got a value."""
    values, count, done = cells.by_position[column].to_pylist(), 0, 0
    for first, last in spans:  # sorted, and no row is looked at twice, whatever a file claims
        if first >= len(values):
            break
        for row in range(max(first + 1, done), min(last + 1, len(values))):
            if values[row] is None and values[first] is not None and filled[row].as_py():
                values[row] = values[first]
                count += 1
        done = max(done, last + 1)
    if count:
        cells.by_position[column] = pa.array(values, pa.string())
    return count
