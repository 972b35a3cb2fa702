"""Workbooks by fastexcel, which gives whole columns as Arrow text: a tenth of openpyxl's time."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import fastexcel
import pyarrow as pa
import pyarrow.compute as pc

from provider_assets.errors import FileCode
from provider_assets.reading.child.refusal import PANIC, refuse
from provider_assets.reading.child.sheets import HEAD_ROWS, Sheet, Workbook
from provider_assets.reading.child.shown import show_cells
from provider_assets.reading.limits import ReadingLimits

_ERROR_TEXTS = {
    "Div0": "#DIV/0!", "NA": "#N/A", "Name": "#NAME?", "Null": "#NULL!", "Num": "#NUM!",
    "Ref": "#REF!", "Value": "#VALUE!", "GettingData": "#GETTING_DATA",
}  # fmt: skip


def open_quickly(
    path: Path, hidden: frozenset[int], limits: ReadingLimits, exactly: Callable[[int], Sheet]
) -> Workbook | None:
    """Open a workbook, whose extension must be true; each sheet is parsed when it is its turn.

    `hidden` are the places of the sheets that people do not see; `exactly` reads a sheet that
    cannot be read quickly. None where the workbook cannot even be opened.
    """
    try:
        reader = fastexcel.read_excel(path)
    except BaseException as error:
        if not _is_the_parsers(error):
            raise
        return None
    names = reader.sheet_names
    if len(names) > limits.sheets:
        refuse(FileCode.TOO_LARGE, f"the workbook has {len(names):,} sheets; send fewer")
    unseen = hidden if len(hidden) < len(names) else frozenset()
    shown = [index for index in range(len(names)) if index not in unseen]
    sheets = (_load(reader, path, index, limits) or exactly(index) for index in shown)
    return Workbook(sheets, [names[index] for index in sorted(unseen)])


def _is_the_parsers(error: BaseException) -> bool:
    """Whether the parser gave up, or broke down on what it did not expect."""
    return isinstance(error, fastexcel.FastExcelError) or type(error).__name__ == PANIC


def _load(
    reader: fastexcel.ExcelReader, path: Path, index: int, limits: ReadingLimits
) -> Sheet | None:
    name = reader.sheet_names[index]
    try:
        loaded = reader.load_sheet(index, header_row=None, dtypes="string", skip_rows=0)
    except BaseException as error:
        if not _is_the_parsers(error):
            raise
        return None
    sheet = _sheet(name, loaded, limits)
    sheet.show = partial(show_cells, path=path, sheet=name)
    return sheet


def _sheet(name: str, loaded: fastexcel.ExcelSheet, limits: ReadingLimits) -> Sheet:
    if not loaded.width:
        return Sheet(name, [], lambda _: [])
    width = loaded.available_columns()[-1].absolute_index + 1
    if loaded.total_height * width > limits.cells:
        refuse(
            FileCode.TOO_LARGE,
            f"sheet {name!r} spans {loaded.total_height:,} rows and {width:,} columns; delete "
            "the unused ones and save it again",
        )
    place = {column.absolute_index: column.index for column in loaded.available_columns()}
    batch, errors = loaded.to_arrow_with_errors()
    blank = pa.nulls(batch.num_rows, pa.string())
    marks: dict[int, dict[int, str]] = {}
    for error in errors.errors if errors else ():
        at, index = error.offset_position
        marks.setdefault(index, {})[at] = _error_text(error.detail)

    def cells_of(position: int) -> pa.Array:
        index = place.get(position)
        if index is None:
            return blank
        return _marked(batch.column(index), marks.get(index, {}))

    whole = [cells_of(position) for position in range(width)]
    firsts = [one for one in map(_first_filled, whole) if one is not None]
    first = min(firsts, default=0)
    head = [cells.slice(first, HEAD_ROWS).to_pylist() for cells in whole]
    return Sheet(
        name,
        [list(row) for row in zip(*head, strict=True)],
        lambda positions: [whole[position] for position in positions],
        first=first,
    )


def _first_filled(cells: pa.Array) -> int | None:
    """The first row in which something stands; the whole is looked at only where it must be."""
    for part in (cells.slice(0, HEAD_ROWS), cells):
        filled = pc.index(pc.is_valid(part), True).as_py()
        if filled >= 0:
            return int(filled)
    return None


def _marked(cells: pa.Array, marks: dict[int, str]) -> pa.Array:
    """The cells with the spreadsheet's errors, which the parser leaves out, in their places."""
    if not marks:
        return cells
    places, texts = zip(*sorted(marks.items()), strict=True)
    numbers = pa.array(range(len(cells)), pa.int64())
    mask = pc.is_in(numbers, value_set=pa.array(places, pa.int64()))
    return pc.replace_with_mask(cells, mask, pa.array(texts, pa.string()))


def _error_text(detail: str) -> str:
    for name, text in _ERROR_TEXTS.items():
        if f"Error({name})" in detail:
            return text
    return "#VALUE!"
