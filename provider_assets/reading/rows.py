"""A table's rows become raw providers: cleaned, derived, placed. In the reader's child process."""

import re
from collections.abc import Sequence
from datetime import date
from string import Formatter

import pyarrow as pa
import pyarrow.compute as pc

from provider_assets.providers import cleaning
from provider_assets.providers.fields import FIELDS
from provider_assets.providers.headers import TERMINATION, TERMINATION_DATE, Wanted, canonical
from provider_assets.reading.sheets import Sheet
from provider_assets.reading.table import Candidate

SCHEMA = pa.schema(
    [pa.field(name, pa.string()) for name in (*FIELDS, "sheet")]
    + [pa.field("row", pa.int64()), pa.field("terminated", pa.bool_())]
)
_MARK = re.compile(
    r"<.*>|[(\[*]*(required|optional|mandatory|conditional|if applicable|text|date|number|numeric|"
    r"alpha|alphanumeric|string|yes|no|n/a)[)\]*]*",
    re.IGNORECASE,
)
_TOTAL = re.compile(
    r"(grand |sub-?|overall |report )?totals?( (number|count|of|providers?|records?|rows?|npis?))*"
    r"|(record|row|provider) count",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"[\d,. ]+")
_MOST_TOTALS = 200


def build(sheet: Sheet, found: Candidate, today: date) -> tuple[pa.Table, list[str]]:
    """The non-blank rows below the headers, as `SCHEMA`, and sentences on what was left out."""
    wanted, places = found.match.wanted, found.match.columns
    names = list(places)
    read = dict(zip(names, sheet.columns([places[name] for name in names]), strict=True))
    start = found.row + 1
    read = {name: cells.slice(start) for name, cells in read.items()}
    fields = {
        name: cleaning.clean_npis(cells) if name == "npi" else cleaning.clean_texts(cells)
        for name, cells in read.items()
        if name in FIELDS
    }
    size = len(fields["npi"])
    numbers = pa.array(range(start + 1, start + 1 + size), pa.int64())
    kept = _filled(list(fields.values()))
    notes: list[str] = []
    kept = _without_extras(sheet, found, fields, kept, notes)
    terminated = _terminated(read, wanted, size, today)
    columns = {name: cells.filter(kept) for name, cells in fields.items()}
    count = len(columns["npi"])
    _fill(columns, wanted, count)
    arrays = [columns[name] for name in FIELDS]
    arrays += [pa.array([sheet.name] * count, pa.string())]
    arrays += [numbers.filter(kept), terminated.filter(kept)]
    return pa.Table.from_arrays(arrays, schema=SCHEMA), notes


def _filled(arrays: Sequence[pa.Array]) -> pa.Array:
    filled = pc.is_valid(arrays[0])
    for cells in arrays[1:]:
        filled = pc.or_(filled, pc.is_valid(cells))
    return filled


def _without_extras(
    sheet: Sheet, found: Candidate, fields: dict[str, pa.Array], kept: pa.Array, notes: list[str]
) -> pa.Array:
    """Take out marks under the headers, headers that are repeated, and totals."""
    odd = pc.and_(
        kept, pc.invert(pc.fill_null(pc.match_substring_regex(fields["npi"], r"\d{5}"), False))
    )
    places = pc.indices_nonzero(odd).to_pylist()[: _MOST_TOTALS * 50]
    out = []
    headers = [canonical(cell or "") for cell in found.headers]
    for at in places:
        used = {name: cells[at].as_py() for name, cells in fields.items()}
        texts = [text for text in used.values() if text]
        if at == 0 and all(_MARK.fullmatch(text) for text in texts):
            out.append(at)
            notes.append(f"sheet {sheet.name!r}: row {found.row + 2} holds marks, not a provider")
        elif all(
            canonical(text or "") == headers[found.match.columns[name]]
            for name, text in used.items()
        ):
            out.append(at)
            notes.append(f"sheet {sheet.name!r}: row {found.row + 2 + at} repeats the headers")
    del places
    if out:
        dropped = pc.is_in(pa.array(range(len(kept))), value_set=pa.array(out))
        kept = pc.and_(kept, pc.invert(dropped))
    return kept


def _terminated(read: dict[str, pa.Array], wanted: Wanted, size: int, today: date) -> pa.Array:
    ended = pa.repeat(pa.scalar(False), size)
    if TERMINATION in read:
        values = set(wanted.termination_values)
        told = cleaning.map_unique(
            read[TERMINATION], lambda text: canonical(text) in values, pa.bool_()
        )
        ended = pc.or_(ended, pc.fill_null(told, False))
    if TERMINATION_DATE in read:
        past = cleaning.map_unique(
            read[TERMINATION_DATE],
            lambda text: (day := cleaning.read_day(text)) is not None and day < today,
            pa.bool_(),
        )
        ended = pc.or_(ended, pc.fill_null(past, False))
    return ended


def _fill(columns: dict[str, pa.Array], wanted: Wanted, count: int) -> None:
    """Constants and derived values, where the sheet has no such column."""
    for name, value in wanted.constants.items():
        if name not in columns:
            columns[name] = pa.repeat(pa.scalar(cleaning.clean_text(value), pa.string()), count)
    for name, template in wanted.derive.items():
        if name not in columns:
            columns[name] = _derived(columns, template, count)
    for name in FIELDS:
        if name not in columns:
            columns[name] = pa.nulls(count, pa.string())


def _derived(columns: dict[str, pa.Array], template: str, count: int) -> pa.Array:
    pieces = []
    for literal, name, _, _ in Formatter().parse(template):
        if literal:
            pieces.append(pa.repeat(pa.scalar(literal), count))
        if name is not None:
            pieces.append(columns.get(name, pa.nulls(count, pa.string())))
    return pc.binary_join_element_wise(*pieces, "")
