"""What is told of columns that tell who has left: those passed over, and words nobody knows."""

from collections.abc import Mapping, Sequence
from datetime import date

import pyarrow as pa
import pyarrow.compute as pc

from provider_assets.providers.counted import counted
from provider_assets.providers.ended_values import is_known, says_left
from provider_assets.providers.endings import NAMED_ONLY, Kind
from provider_assets.providers.forms import form
from provider_assets.reading.child.endings import EndColumn, days_in, tell_column
from provider_assets.reading.child.headings import Candidate, named_column


def note_lookalikes(
    cells: Mapping[int, pa.Array],
    columns: Sequence[EndColumn],
    found: Candidate,
    kept: pa.Array,
    ended: pa.Array,
    today: date,
) -> list[str]:
    """A sentence on each column that is passed over though it may tell who has left.

    One of reasons or remarks only where it says so of somebody who is not `ended`.
    """
    notes = []
    for column in columns:
        rows = pc.and_not(kept, ended) if column.kind in NAMED_ONLY else kept
        own = {column.position: cells[column.position].filter(rows)}
        if not len(kept) or pc.count(own[column.position]).as_py() == 0:
            continue
        count = pc.sum(tell_column(own, column, today)[0]).as_py() or 0
        if column.kind in NAMED_ONLY and not count:
            continue
        says = counted(count, "row", "says so", "say so")
        named = named_column(found, column.position)
        notes.append(
            f"{named} seems to say who has left ({says}); the layout {found.layout} does "
            "not read it (see terminations)"
        )
    return notes


def note_unknown(
    cells: Mapping[int, pa.Array], columns: Sequence[EndColumn], found: Candidate, stays: pa.Array
) -> list[str]:
    """A sentence on each column with words that nobody knows, in rows that count as there.

    `stays` are the rows that do. Such a word is shown by its form, for it may be a remark on
    somebody; a single letter is none.
    """
    notes = []
    for column in columns:
        own = cells[column.position].filter(stays)
        days = days_in(own, column)
        told = [text for text in own.to_pylist() if text and text.strip()]
        odd = [
            text
            for text in told
            if text not in days.days and text not in days.undecided and not _is_known(text, column)
        ]
        if column.kind == "date" or not odd:
            continue
        plain = odd[0].strip()
        shown = plain if len(plain) == 1 else form(plain)
        rows = counted(len(odd), "row", "has", "have")
        stay = "it counts" if len(odd) == 1 else "they count"
        named = named_column(found, column.position)
        notes.append(
            f"{named}: {rows} a word that does not say clearly whether somebody has left, such as "
            f"{shown!r}; {stay} as still there (see terminations)"
        )
    return notes


def _is_known(text: str, column: EndColumn) -> bool:
    """Of a column whose values the layout lists, words for leaving are known only if listed."""
    if not column.values:
        return is_known(text, column.kind)
    kinds: tuple[Kind, ...] = ("status", "action", "active", "flag")
    return not any(says_left(text, kind) for kind in ("status", "action")) and any(
        is_known(text, kind) for kind in kinds
    )
