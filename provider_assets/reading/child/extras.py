"""Rows of a table that are no providers: marks below the headers, repeated headers, totals.

Blank rows are no matter of this: they are out already.
"""

import re
from collections.abc import Mapping

import pyarrow as pa
import pyarrow.compute as pc

from provider_assets.providers import cleaning
from provider_assets.reading.child.headings import Candidate

_MARK = (
    r"^(?i:<.*>|[(\[*]*(required|optional|mandatory|conditional|recommended|if applicable|text|"
    r"date|number|numeric|alpha|alphanumeric|string|varchar|char)[)\]*]*( ?\(\d+\))?)$"
)
_TOTAL = (
    r"^(?i:((grand|sub|overall|report) ?-?)?totals?"
    r"( (number|count|of|providers?|records?|rows?|npis?))*"
    r"|(record|row|provider) count|end of (report|file|list))[ :=]*[\d,.]*$"
)
_NUMBER = r"^[\d,. ]*$"


def leave_out_extras(
    fields: Mapping[str, pa.Array], kept: pa.Array, first: pa.Array, found: Candidate
) -> tuple[pa.Array, list[str]]:
    """Which of the `kept` rows (booleans) stay, and a sentence on each that does not.

    `fields` are the cleaned columns below the headers, `first` is the sheet's first column, where
    a total's label may stand.
    """
    notes: list[str] = []
    for out, why in (
        (_marks(fields, kept), "holds marks, not a provider"),
        (_repeats(fields, found), "repeats the headers"),
        (_totals(fields, first), "holds a total, not a provider"),
    ):
        left_out = pc.indices_nonzero(pc.and_(out, kept)).to_pylist()
        notes += _told(left_out, found.sheet, found.row + 1, why)
        kept = pc.and_not(kept, out) if left_out else kept
    return kept, notes


def _marks(fields: Mapping[str, pa.Array], kept: pa.Array) -> pa.Array:
    """The first row below the headers, where it says `<required>` and the like in every cell."""
    first = pc.index(kept, True).as_py()
    cells = [column[first].as_py() for column in fields.values()] if first >= 0 else []
    marked = bool(cells) and all(re.match(_MARK, cell) for cell in cells if cell)
    none = pa.repeat(pa.scalar(False), len(kept))
    if not marked:
        return none
    return pa.concat_arrays([none.slice(0, first), pa.array([True]), none.slice(first + 1)])


def _repeats(fields: Mapping[str, pa.Array], found: Candidate) -> pa.Array:
    """Rows that say the headers again, as at the top of a printed page."""
    same = None
    for name, cells in fields.items():
        header = cleaning.clean_text(found.headers[found.match.columns[name]] or "")
        equal = pc.fill_null(pc.equal(cells, pa.scalar(header, cells.type)), False)
        same = equal if same is None else pc.and_(same, equal)
        if not pc.any(same).as_py():
            break
    return same


def _totals(fields: Mapping[str, pa.Array], first: pa.Array) -> pa.Array:
    """Rows with a total's label, otherwise only numbers, and no NPI."""
    npis = fields["npi"]
    odd = pc.invert(pc.fill_null(pc.match_substring_regex(npis, r"[0-9]{5}"), False))
    none = pa.repeat(pa.scalar(False), len(npis))
    if not pc.any(odd).as_py():
        return none
    labelled, plain = none, odd
    for cells in [cleaning.clean_texts(first), *fields.values()]:
        label = pc.fill_null(pc.match_substring_regex(cells, _TOTAL), False)
        labelled = pc.or_(labelled, label)
        number = pc.fill_null(pc.match_substring_regex(cells, _NUMBER), True)
        plain = pc.and_(plain, pc.or_(number, label))
    return pc.and_(labelled, plain)


def _told(left_out: list[int], sheet: str, start: int, why: str) -> list[str]:
    if len(left_out) > 3:  # noqa: PLR2004
        first = left_out[0] + start + 1
        told = f"{len(left_out):,} rows from row {first:,} on: each {why}; they were left out"
        return [f"sheet {sheet!r}: {told}"]
    return [f"sheet {sheet!r}: row {at + start + 1:,} {why}; it was left out" for at in left_out]
