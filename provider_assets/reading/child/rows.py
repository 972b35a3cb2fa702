"""A table's rows become raw providers: cleaned, derived, placed."""

from datetime import date
from string import Formatter

import pyarrow as pa
import pyarrow.compute as pc

from provider_assets.errors import FileCode
from provider_assets.providers import cleaning
from provider_assets.providers.days import read_day
from provider_assets.providers.fields import FIELDS
from provider_assets.providers.headers import TERMINATION, TERMINATION_DATE, Wanted, canonical
from provider_assets.reading.child.extras import leave_out_extras
from provider_assets.reading.child.headings import Candidate
from provider_assets.reading.child.refusal import refuse
from provider_assets.reading.child.sheets import Sheet
from provider_assets.reading.limits import ReadingLimits

SCHEMA = pa.schema(
    [pa.field(name, pa.string()) for name in (*FIELDS, "sheet")]
    + [pa.field("row", pa.int64()), pa.field("terminated", pa.bool_())]
)


def build(
    sheet: Sheet, found: Candidate, limits: ReadingLimits, today: date
) -> tuple[pa.Table, list[str]]:
    """The non-blank rows below the headers, as `SCHEMA`, and sentences on what was left out."""
    wanted, places = found.match.wanted, found.match.columns
    start = found.row + 1
    positions = sorted({*places.values(), 0})
    whole = dict(zip(positions, sheet.columns(positions), strict=True))
    read = {name: whole[place] for name, place in places.items()}
    first = whole[0].slice(start)
    del whole
    for name, cells in read.items():
        _check_lengths(cells, sheet.name, limits)
        is_shown = name in FIELDS and name != "npi"
        read[name] = (sheet.show(cells, places[name]) if is_shown else cells).slice(start)
    fields = {
        name: cleaning.clean_npis(cells) if name == "npi" else cleaning.clean_texts(cells)
        for name, cells in read.items()
        if name in FIELDS
    }
    kept, notes = leave_out_extras(fields, _filled(fields), first, found)
    count = pc.sum(kept).as_py() or 0
    if TERMINATION in wanted.columns and TERMINATION not in read and not wanted.fallback:
        notes.append(
            f"sheet {sheet.name!r} lacks the column that tells terminations, so none is seen"
        )
    numbers = pc.cumulative_sum(pa.repeat(pa.scalar(1, pa.int64()), len(kept)), start=start)
    terminated = _terminated(read, wanted, len(kept), today)
    columns = {name: cells.filter(kept) for name, cells in fields.items()}
    _fill(columns, wanted, count)
    arrays = [columns[name] for name in FIELDS]
    arrays += [pa.repeat(pa.scalar(sheet.name, pa.string()), count)]
    arrays += [numbers.filter(kept), terminated.filter(kept)]
    return pa.Table.from_arrays(arrays, schema=SCHEMA), notes


def _check_lengths(cells: pa.Array, sheet: str, limits: ReadingLimits) -> None:
    longest = pc.max(pc.binary_length(cells)).as_py() or 0
    if longest > limits.cell_characters:
        longest = pc.max(pc.utf8_length(cells)).as_py()
    if longest > limits.cell_characters:
        refuse(
            FileCode.TOO_LARGE,
            f"sheet {sheet!r}: a cell holds {longest:,} characters and "
            f"{limits.cell_characters:,} are allowed; shorten it",
        )


def _filled(fields: dict[str, pa.Array]) -> pa.Array:
    arrays = iter(fields.values())
    filled = pc.is_valid(next(arrays))
    for cells in arrays:
        filled = pc.or_(filled, pc.is_valid(cells))
    return filled


def _terminated(read: dict[str, pa.Array], wanted: Wanted, size: int, today: date) -> pa.Array:
    ended = pa.repeat(pa.scalar(False), size)
    values = set(wanted.termination_values)

    def is_value(text: str) -> bool:
        return canonical(text) in values

    def is_past(text: str) -> bool:
        day = read_day(text)
        return day is not None and day < today

    for name, test in ((TERMINATION, is_value), (TERMINATION_DATE, is_past)):
        if name in read:
            told = cleaning.map_unique(read[name], test, pa.bool_())
            ended = pc.or_(ended, pc.fill_null(told, False))
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
    """The template filled in, row by row; null where one of its fields is."""
    pieces = []
    for literal, name, _, _ in Formatter().parse(template):
        if literal:
            pieces.append(pa.repeat(pa.scalar(literal), count))
        if name is not None:
            pieces.append(columns.get(name, pa.nulls(count, pa.string())))
    return cleaning.clean_texts(pc.binary_join_element_wise(*pieces, ""))
