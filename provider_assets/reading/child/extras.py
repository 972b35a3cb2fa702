"""Rows of a table that are no providers: marks below the headers, repeated headers, totals.

Blank rows are no matter of this: they are out already.
"""

import re
from collections.abc import Mapping
from itertools import accumulate
from operator import and_

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
_NPI_LIKE = r"^[^A-Za-z]*[0-9]{5}[^A-Za-z]*$|[0-9]{10}"
# CMS' own example of an NPI, with its check digit and without
EXAMPLES = ("1234567893", "1234567890")
_EXAMPLE_NAME = (
    r"(?i:\b(example|sample|template|test|dummy|demo|placeholder|last ?name|first ?name)\b"
    r"|\b(jane|john|jon)\b.*\bdoe\b|\bdoe\b.*\b(jane|john|jon)\b|^doe$)"
)
_NAMES = ("full_name", "last_name", "first_name", "entity_name")
_SENTENCE = (
    r"^[*\x{2020}\x{2021}\x{a7}\x{2022}(\[]|^(?i:notes?|legend|key|updated|source|page)\b|:|\.$"
)


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
        (_samples(fields, kept), "is the template's own example"),
        (_footnotes(fields, kept), "is a remark under the table"),
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


def _samples(fields: Mapping[str, pa.Array], kept: pa.Array) -> pa.Array:
    """The example that a template shows above the rows to fill in, where rows follow."""
    npis = fields["npi"]
    example = pc.and_(pc.is_in(npis, value_set=pa.array(EXAMPLES)), kept)
    if not pc.any(example).as_py():
        return pa.repeat(pa.scalar(False), len(kept))
    named = _any_matches([fields[name] for name in _NAMES if name in fields], _EXAMPLE_NAME)
    sample = pc.and_(example, named)
    real = pc.indices_nonzero(pc.and_(pc.and_not(kept, sample), _reads_like_npi(npis))).to_pylist()
    last_real = real[-1] if real else -1
    above = pa.array([at < last_real for at in range(len(kept))])
    return pc.and_(sample, above)


def _footnotes(fields: Mapping[str, pa.Array], kept: pa.Array) -> pa.Array:
    """Remarks below the last NPI: a text in one column only, a sentence or after a blank row.

    Where no row has an NPI, below the last row that has something in two columns.
    """
    none = pa.repeat(pa.scalar(False), len(kept))
    npis = fields["npi"]
    rows = pc.indices_nonzero(pc.and_(kept, _reads_like_npi(npis))).to_pylist()
    if not rows:
        rows = pc.indices_nonzero(pc.and_(kept, pc.greater(_filled(fields), 1))).to_pylist()
    if not rows or rows[-1] == len(kept) - 1:
        return none
    start = rows[-1] + 1
    tail = {name: cells.slice(start) for name, cells in fields.items()}
    left = kept.slice(start)
    count = _filled(tail)
    told = pc.or_(pc.is_valid(tail["npi"]), _any_matches(list(tail.values()), _SENTENCE))
    gap = pa.array(_after_blanks(left.to_pylist()))
    remark = pc.and_(pc.and_(left, pc.equal(count, 1)), pc.or_(told, gap))
    return pa.concat_arrays([none.slice(0, start), remark])


def _filled(fields: Mapping[str, pa.Array]) -> pa.Array:
    """In how many of the columns each row has something."""
    first, *others = (pc.cast(pc.is_valid(cells), pa.int8()) for cells in fields.values())
    for one in others:
        first = pc.add(first, one)
    return first


def _after_blanks(kept: list[bool]) -> list[bool]:
    """For each row whether a blank one stands before it."""
    return [not all_kept for all_kept in accumulate([True, *kept[:-1]], and_)]


def _reads_like_npi(npis: pa.Array) -> pa.Array:
    return pc.fill_null(pc.match_substring_regex(npis, _NPI_LIKE), False)


def _any_matches(columns: list[pa.Array], form: str) -> pa.Array:
    matched = pc.fill_null(pc.match_substring_regex(columns[0], form), False)
    for cells in columns[1:]:
        matched = pc.or_(matched, pc.fill_null(pc.match_substring_regex(cells, form), False))
    return matched


def _told(left_out: list[int], sheet: str, start: int, why: str) -> list[str]:
    if len(left_out) > 3:  # noqa: PLR2004
        first = left_out[0] + start + 1
        told = f"{len(left_out):,} rows from row {first:,} on: each {why}; they were left out"
        return [f"sheet {sheet!r}: {told}"]
    return [f"sheet {sheet!r}: row {at + start + 1:,} {why}; it was left out" for at in left_out]
