"""Rows of several files as one store: sorted by NPI, of an NPI's rows the newest one.

Column by column, so that a big store is never held twice.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from provider_assets.registry.columns import COLUMNS, NUMBERS, TEXTS
from provider_assets.registry.texts import joined, narrowed
from provider_assets.system import trim_heap

EPOCH = date(1970, 1, 1)
Columns = Mapping[str, pa.Array]
# of numbers an array, of texts a list of dictionary arrays end to end
Parts = dict[str, Any]
Rows = npt.NDArray[np.uint32]  # a store has some ten millions of them


def day_number(day: date) -> int:
    """Days since 1970, as the store counts them."""
    return (day - EPOCH).days


def as_day(number: int) -> date:
    """The day of such a number."""
    return date.fromordinal(EPOCH.toordinal() + int(number))


def is_deactivated(
    gone: npt.NDArray[np.integer], back: npt.NDArray[np.integer]
) -> npt.NDArray[np.bool_]:
    """Which have a day of deactivation without a later one of reactivation."""
    return (gone > 0) & (back <= gone)


def as_parts(columns: Columns) -> Parts:
    """A store's columns as what is merged."""
    return {name: [cells] if name in TEXTS else cells for name, cells in columns.items()}


def some_rows(columns: Columns, rows: npt.NDArray[np.bool_]) -> dict[str, pa.Array]:
    """Few rows of many, with no other value in their dictionaries."""
    chosen = {name: cells.filter(pa.array(rows)) for name, cells in columns.items()}
    return {
        name: cells.dictionary_decode().dictionary_encode() if name in TEXTS else cells
        for name, cells in chosen.items()
    }


def newest_rows(parts: Sequence[Parts]) -> Rows:
    """Which rows of the parts, laid end to end, stay, in the order of their NPIs: of each one.

    Of two that are active the one that was updated last counts, else the one of the later file:
    a deactivated row has no day of its own change, and its deactivation may be dated back.
    """
    give_back()
    npis = _whole(parts, "npi")
    order: Rows = np.argsort(npis, kind="stable").astype(np.uint32)
    while len(again := _repeated(npis[order])):
        kind, updated, seen = (_whole(parts, name) for name in ("kind", "updated", "seen"))
        before, after = order[again - 1], order[again]
        dated = (kind[before] > 0) & (kind[after] > 0) & (updated[before] != updated[after])
        stays = np.where(dated, updated[before] > updated[after], seen[before] > seen[after])
        order = order[~np.isin(order, np.where(stays, after, before))]
    return order


def _whole(parts: Sequence[Parts], name: str) -> npt.NDArray[np.integer]:
    """A column of numbers of all parts; of one part nothing is copied."""
    cells = [part[name].to_numpy() for part in parts]
    return cells[0] if len(cells) == 1 else np.concatenate(cells)


def _repeated(ordered: npt.NDArray[np.integer]) -> npt.NDArray[np.int64]:
    """Where a number stands that is the one before it."""
    return np.flatnonzero(ordered[1:] == ordered[:-1]) + 1


def merged(parts: Sequence[Parts], rows: Rows) -> dict[str, pa.Array]:
    """These rows of the parts as one; each part's columns are given up on the way."""
    columns = {}
    for name, cells in _columns(parts, rows):
        columns[name] = cells
        give_back()
    return columns


def give_back() -> None:
    """What was freed is the system's again: allocators keep a third of what a build takes."""
    pa.default_memory_pool().release_unused()
    trim_heap()


def _columns(parts: Sequence[Parts], rows: Rows) -> Iterator[tuple[str, pa.Array]]:
    for name in COLUMNS:
        cells = [part.pop(name) for part in parts]
        if name in NUMBERS:
            whole = pa.concat_arrays(cells) if len(cells) > 1 else cells[0]
            yield name, whole.take(pa.array(rows)).cast(NUMBERS[name])
        else:
            arrays = [one for each in cells for one in each]
            del cells
            texts = joined(arrays)
            taken = pa.DictionaryArray.from_arrays(
                texts.indices.take(pa.array(rows)), texts.dictionary
            )
            yield name, narrowed(taken)


def counts(columns: Columns) -> dict[str, int]:
    """Individuals, organizations, and how many are deactivated now."""
    kind = columns["kind"].to_numpy()
    gone, back = columns["deactivated"].to_numpy(), columns["reactivated"].to_numpy()
    deactivated = int(np.count_nonzero(is_deactivated(gone, back)))
    return {
        "active": len(kind) - deactivated,
        "deactivated": deactivated,
        "individuals": int(np.count_nonzero(kind == 1)),
        "organizations": int(np.count_nonzero(kind == 2)),  # noqa: PLR2004
    }
