"""Cells that are merged over several rows: what stands in the first counts for each of them."""

from collections import defaultdict

import pyarrow as pa
import pyarrow.compute as pc

from provider_assets.providers.counted import counted
from provider_assets.reading.child.endings import positions
from provider_assets.reading.child.headings import shown_header
from provider_assets.reading.child.sheets import Sheet
from provider_assets.reading.child.table_cells import TableCells


def fill_merged(sheet: Sheet, cells: TableCells, filled: pa.Array) -> list[str]:
    """Give the rows below a merged cell's first its value, in the columns that are read.

    Only rows that are `filled`, by cells of their own: a merge makes no row of a blank one. Returns
    a sentence where a row got a value.
    """
    found = cells.found
    read = {*found.match.columns.values()} | positions(cells.ends)
    if not any(_lacks(cells.by_position[column], filled) for column in read):
        return []
    spans = defaultdict(list)
    for first, last, column in sheet.merged():
        if column in read and first > found.row:
            spans[column].append((first - found.row - 1, last - found.row - 1))
    told = []
    for column in sorted(spans):
        count = _fill(cells, column, sorted(spans[column]), filled)
        if count:
            header = shown_header(found.headers[column] or "")
            told.append(f"{header!r} ({counted(count, 'row')})")
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
