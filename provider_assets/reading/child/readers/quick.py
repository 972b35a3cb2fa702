"""Workbooks by fastexcel, which gives whole columns as Arrow text: a tenth of openpyxl's time."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import NoReturn

import fastexcel
import pyarrow as pa
import pyarrow.compute as pc

from provider_assets.errors import FileCode
from provider_assets.reading.child.reader import Source
from provider_assets.reading.child.refusal import refuse, refuse_damaged, refuse_encrypted
from provider_assets.reading.child.sheets import HEAD_ROWS, Sheet, Workbook
from provider_assets.reading.child.shown import show_cells
from provider_assets.reading.limits import ReadingLimits

_ERROR_TEXTS = {
    "Div0": "#DIV/0!", "NA": "#N/A", "Name": "#NAME?", "Null": "#NULL!", "Num": "#NUM!",
    "Ref": "#REF!", "Value": "#VALUE!", "GettingData": "#GETTING_DATA",
}  # fmt: skip


def open_workbook(source: Source, limits: ReadingLimits) -> Workbook:
    """Open a workbook, whose extension must be true; each sheet is parsed when it is its turn.

    Raises Refusal where the workbook or one of its visible sheets cannot be read.
    """
    path = source.path
    try:
        reader = fastexcel.read_excel(path)
    except fastexcel.FastExcelError as error:
        _refuse_unreadable(str(error))
    names = reader.sheet_names
    if len(names) > limits.sheets:
        refuse(FileCode.TOO_LARGE, f"the workbook has {len(names):,} sheets; send fewer")
    hidden: list[str] = []
    return Workbook(_sheets(reader, path, hidden, limits), hidden)


def _sheets(
    reader: fastexcel.ExcelReader, path: Path, hidden: list[str], limits: ReadingLimits
) -> Iterator[Sheet]:
    shown = _visible(path, reader.sheet_names)
    for index, name in enumerate(reader.sheet_names):
        if index not in shown:
            hidden.append(name)
            continue
        try:
            loaded = reader.load_sheet(index, header_row=None, dtypes="string", skip_rows=0)
        except fastexcel.FastExcelError as error:
            _refuse_unreadable(str(error))
        sheet = _sheet(name, loaded, limits)
        sheet.show = partial(show_cells, path=path, sheet=name)
        yield sheet


def _visible(path: Path, names: list[str]) -> set[int]:
    """Which sheets people see, told without parsing any; a single sheet is always seen."""
    if len(names) == 1:
        return {0}
    import python_calamine

    try:
        sheets = python_calamine.load_workbook(path).sheets_metadata
    except python_calamine.CalamineError as error:
        _refuse_unreadable(str(error))
    seen = python_calamine.SheetVisibleEnum.Visible
    return {index for index, sheet in enumerate(sheets) if sheet.visible == seen}


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
    marks: dict[int, dict[int, str]] = {}
    for error in errors.errors if errors else ():
        at, index = error.offset_position
        marks.setdefault(index, {})[at] = _error_text(error.detail)

    def cells_of(position: int) -> pa.Array:
        index = place.get(position)
        if index is None:
            return pa.nulls(batch.num_rows, pa.string())
        return _marked(batch.column(index), marks.get(index, {}))

    head = [cells_of(position).slice(0, HEAD_ROWS).to_pylist() for position in range(width)]
    return Sheet(
        name,
        [list(row) for row in zip(*head, strict=True)],
        lambda positions: [cells_of(position) for position in positions],
    )


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


def _refuse_unreadable(reason: str) -> NoReturn:
    """From what the parser says, which is never shown: it may hold a cell's value."""
    if "Cell limit exceeded" in reason:
        refuse(
            FileCode.TOO_LARGE,
            "a sheet reaches too far; delete the unused rows and columns and save it again",
        )
    if "password" in reason.lower() or "encrypt" in reason.lower():
        refuse_encrypted()
    refuse_damaged()
