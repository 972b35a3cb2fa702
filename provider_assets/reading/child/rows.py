"""A table's rows become raw providers: cleaned, derived, placed. In the reader's child process."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache

import pyarrow as pa
import pyarrow.compute as pc

from provider_assets.providers import cleaning
from provider_assets.providers.entities import entity_type
from provider_assets.providers.fields import FIELDS
from provider_assets.providers.headers import Wanted
from provider_assets.providers.own_words import under_heading
from provider_assets.reading.child.derived import fill
from provider_assets.reading.child.ending_notes import note_lookalikes, note_unknown
from provider_assets.reading.child.endings import (
    UNREADABLE,
    Told,
    own_words,
    positions,
    tell,
    tell_sheet,
)
from provider_assets.reading.child.extras import leave_out_extras
from provider_assets.reading.child.headings import Candidate, shown_header
from provider_assets.reading.child.merged import fill_merged, note_merged
from provider_assets.reading.child.ragged import ENDLESS, judge
from provider_assets.reading.child.returned import unchanged_repeats
from provider_assets.reading.child.sections import Sections, read_sections
from provider_assets.reading.child.sheets import Sheet
from provider_assets.reading.child.table_cells import TableCells, looks, note_bare, read_cells
from provider_assets.reading.limits import ReadingLimits

SCHEMA = pa.schema(
    [pa.field(name, pa.string()) for name in (*FIELDS, "sheet")]
    + [pa.field("row", pa.int64()), pa.field("terminated", pa.bool_())]
    + [pa.field("left_as", pa.string()), pa.field("remarks", pa.string())]
)


@dataclass(frozen=True)
class Built:
    """A table's rows (`SCHEMA`), sentences on it, and of each column how it is filled.

    `filled` has for each position how many rows have something there, and forms of some values.
    `whole` is false where rows of the sheet are missing.
    """

    rows: pa.Table
    notes: list[str]
    filled: dict[int, tuple[int, list[str]]]
    whole: bool


def build(sheet: Sheet, found: Candidate, limits: ReadingLimits, today: date) -> Built:
    """The non-blank rows below the headers, with what is to be told of them."""
    wanted, start = found.match.wanted, found.row + 1
    cells = read_cells(sheet, found, limits)
    places = _bare_places(sheet, found)
    cells.reach(max((max(rows) for rows in places.values()), default=-1) + 1)
    fields = _clean(found, cells)
    bare = _bare_formulas(places, fields, cells.size)
    filled = pc.or_(_filled(fields), bare)
    # a row with a merged NPI is no heading, and no heading is one since its practice is merged
    merged, npi = cache(sheet.merged), found.match.columns["npi"]
    took = fill_merged(merged, cells, {npi}, filled)
    fields = _clean(found, cells) if took else fields
    sections = read_sections(sheet, cells, filled)
    rows = pc.and_not(filled, sections.headings)
    kept, notes = leave_out_extras(fields, rows, cells.by_position[0], found)
    read = ({*found.match.columns.values()} | positions(cells.ends)) - {npi}
    took |= fill_merged(merged, cells, read, kept)
    fields = _clean(found, cells) if took else fields
    notes += note_merged(found, took) + _note_taken_out(found, cells)
    ragged, note = judge(sheet.ragged, filled, kept, sheet.name)
    notes += note_bare(cells) + note
    told, said = _endings(cells, sections, kept, today)
    count = pc.sum(kept).as_py() or 0
    numbers = pc.cumulative_sum(pa.repeat(pa.scalar(1, pa.int64()), len(kept)), start=start)
    repeats, note = unchanged_repeats(cells.by_position, found)
    notes += note
    columns = {name: values.filter(kept) for name, values in fields.items()}
    fill(columns, wanted, count)
    remarks = _remarks(
        [
            (UNREADABLE, told.unreadable.filter(kept)),
            ("formula-without-value", bare.filter(kept)),
            *((code, marks.filter(kept)) for code, marks in (*ragged, *repeats)),
            *_others(columns, wanted),
        ],
        count,
    )
    arrays = [columns[name] for name in FIELDS]
    arrays += [pa.repeat(pa.scalar(sheet.name, pa.string()), count)]
    arrays += [numbers.filter(kept), told.ended.filter(kept)]
    arrays += [_left_as(cells, sections, told, kept), remarks]
    table = pa.Table.from_arrays(arrays, schema=SCHEMA)
    whole = sheet.whole and all(code != ENDLESS for code, _ in ragged)
    return Built(table, notes + said, looks(cells, kept), whole)


def _bare_places(sheet: Sheet, found: Candidate) -> dict[str, set[int]]:
    """For each field in which rows below the headers a formula without a value stands."""
    rows: dict[int, set[int]] = {}
    for row, column in sheet.uncalculated():
        if row > found.row:
            rows.setdefault(column, set()).add(row - found.row - 1)
    return {name: rows[at] for name, at in found.match.columns.items() if at in rows}


def _bare_formulas(
    places: Mapping[str, set[int]], fields: Mapping[str, pa.Array], size: int
) -> pa.Array:
    """Which rows have a formula without a value where a field should be."""
    rows = {row for name, own in places.items() for row in own if not fields[name][row].is_valid}
    if not rows:
        return pa.repeat(pa.scalar(False), size)
    return pa.array([row in rows for row in range(size)])


def _note_taken_out(found: Candidate, cells: TableCells) -> list[str]:
    """A sentence on NPIs that stood among other things in their cells."""
    own = cells.by_position[found.match.columns["npi"]]
    odd = own.filter(pc.invert(pc.fill_null(pc.match_substring_regex(own, "^[0-9]{10}$"), True)))
    count = pc.sum(cleaning.map_unique(odd, cleaning.is_taken_out, pa.bool_())).as_py()
    if not count:
        return []
    header = shown_header(found.headers[found.match.columns["npi"]] or "")
    cells_hold = f"{count:,} cells hold" if count > 1 else "1 cell holds"
    return [
        f"sheet {found.sheet!r}: in the column {header!r} {cells_hold} more than the NPI, such as "
        "a label; the one NPI in it was taken"
    ]


def _clean(found: Candidate, cells: TableCells) -> dict[str, pa.Array]:
    return {
        name: cleaning.clean_npis(cells.by_position[place])
        if name == "npi"
        else cleaning.clean_texts(cells.by_position[place])
        for name, place in found.match.columns.items()
    }


def _left_as(cells: TableCells, sections: Sections, told: Told, kept: pa.Array) -> pa.Array:
    """Of the kept rows, those that have left with the roster's own word for it (`own_words`)."""
    left = pc.indices_nonzero(pc.and_(kept, told.ended))
    said = pa.nulls(len(kept), pa.string())
    if len(left):
        words = own_words(cells.by_position, told, cells.found, left)
        headings = cleaning.map_unique(sections.under.take(left), under_heading, pa.string())
        said = pc.replace_with_mask(said, pc.and_(kept, told.ended), pc.coalesce(words, headings))
    return said.filter(kept)


def _endings(
    cells: TableCells, sections: Sections, kept: pa.Array, today: date
) -> tuple[Told, list[str]]:
    """Who has left, and sentences on what tells it, or might."""
    found, wanted = cells.found, cells.found.match.wanted
    told = tell(cells.by_position, cells.ends, found, today)
    origin = None if cells.origin is None else cells.by_position[cells.origin]
    by_sheet, notes = tell_sheet(found, origin, cells.size)
    told.ended = pc.or_(pc.or_(told.ended, by_sheet), sections.ended)
    notes += told.notes + sections.notes
    notes += note_unknown(cells.by_position, cells.ends, found, pc.and_not(kept, told.ended))
    notes += note_lookalikes(cells.by_position, cells.alike, found, kept, told.ended, today)
    listed = any(ending.headers for ending in wanted.endings)
    if listed and not cells.ends and not (pc.any(by_sheet).as_py()):
        notes.append(
            f"sheet {found.sheet!r} lacks the column that says who has left, so all its providers "
            "count as there"
        )
    return told, notes


def _others(columns: dict[str, pa.Array], wanted: Wanted) -> list[tuple[str, pa.Array]]:
    """Which rows are of an entity type that the layout does not take."""
    if not wanted.entity_types or "entity_type" not in columns:
        return []
    kinds = cleaning.map_unique(columns["entity_type"], entity_type, pa.string())
    other = pc.and_(pc.is_valid(kinds), pc.invert(pc.is_in(kinds, pa.array(wanted.entity_types))))
    return [("organization-row", other)]


def _remarks(told: Sequence[tuple[str, pa.Array]], size: int) -> pa.Array:
    """Codes of what was seen in each row, blank-joined; null where nothing was."""
    remarks = pa.nulls(size, pa.string())
    for code, marks in told:
        if pc.any(marks).as_py():
            joined = pc.coalesce(pc.binary_join_element_wise(remarks, code, " "), code)
            remarks = pc.if_else(marks, joined, remarks)
    return remarks


def _filled(fields: dict[str, pa.Array]) -> pa.Array:
    arrays = iter(fields.values())
    filled = pc.is_valid(next(arrays))
    for cells in arrays:
        filled = pc.or_(filled, pc.is_valid(cells))
    return filled
