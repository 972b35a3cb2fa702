"""Sheets as the reader's child process sees them: all text, rows counted as on the screen."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import fastexcel
import pyarrow as pa
import pyarrow.compute as pc

from provider_assets.errors import FileCode
from provider_assets.reading.limits import ReadingLimits
from provider_assets.reading.refusal import refuse

HEAD_ROWS = 100

_ERROR_TEXTS = {
    "Div0": "#DIV/0!", "NA": "#N/A", "Name": "#NAME?", "Null": "#NULL!", "Num": "#NUM!",
    "Ref": "#REF!", "Value": "#VALUE!", "GettingData": "#GETTING_DATA",
}  # fmt: skip


@dataclass
class Sheet:
    """One sheet. `head` has its first rows, cell by cell from column A, null where blank.

    `columns` gives the whole columns at these positions, `row` all cells of a row (from 0).
    """

    name: str
    rows: int
    head: list[list[str | None]]
    columns: Callable[[Sequence[int]], list[pa.Array]]
    row: Callable[[int], list[str | None]]
    notes: list[str] = field(default_factory=list)


@dataclass
class Workbook:
    """A workbook's visible sheets, read one after the other, and the hidden ones' names."""

    sheets: Iterator[Sheet]
    hidden: list[str]


def open_workbook(path: Path, kind: str, limits: ReadingLimits) -> Workbook:
    """Open a workbook; each sheet is parsed when it is asked for. Raises Refusal."""
    try:
        reader = fastexcel.read_excel(path)
    except fastexcel.FastExcelError as error:
        _refuse_unreadable(str(error))
    names = reader.sheet_names
    if len(names) > limits.sheets:
        refuse(FileCode.TOO_LARGE, f"the workbook has {len(names):,} sheets; send fewer")
    hidden: list[str] = []
    return Workbook(_sheets(reader, names, hidden, limits), hidden)


def _sheets(
    reader: fastexcel.ExcelReader, names: list[str], hidden: list[str], limits: ReadingLimits
) -> Iterator[Sheet]:
    for index, name in enumerate(names):
        try:
            loaded = reader.load_sheet(index, header_row=None, dtypes="string", skip_rows=0)
        except fastexcel.FastExcelError as error:
            if "not found" in str(error) or "WorksheetNotFound" in str(error):
                continue  # a chart's own sheet
            _refuse_unreadable(str(error))
        if loaded.visible != "visible":
            hidden.append(name)
            continue
        yield _sheet(name, loaded, limits)


def _sheet(name: str, loaded: fastexcel.ExcelSheet, limits: ReadingLimits) -> Sheet:
    if loaded.total_height * max(loaded.width, 1) > limits.cells:
        refuse(FileCode.TOO_LARGE, f"sheet {name!r} spans too many cells; delete what is unused")
    if not loaded.width:
        return Sheet(name, 0, [], lambda _: [], lambda _: [])
    batch, errors = loaded.to_arrow_with_errors()
    place = {column.absolute_index: column.index for column in loaded.available_columns()}
    width = max(place) + 1
    marks: dict[int, dict[int, str]] = {}
    for error in errors.errors if errors else ():
        at, column = error.offset_position
        marks.setdefault(column, {})[at] = _error_text(error.detail)

    def columns(positions: Sequence[int]) -> list[pa.Array]:
        return [_column(batch, place.get(p), marks) for p in positions]

    def row(at: int) -> list[str | None]:
        cells: list[str | None] = [None] * width
        for position, index in place.items():
            cells[position] = marks.get(index, {}).get(at) or batch.column(index)[at].as_py()
        return cells

    head = [row(at) for at in range(min(HEAD_ROWS, batch.num_rows))]
    return Sheet(name, batch.num_rows, head, columns, row)


def _column(batch: pa.RecordBatch, index: int | None, marks: dict[int, dict[int, str]]) -> pa.Array:
    if index is None:
        return pa.nulls(batch.num_rows, pa.string())
    column = batch.column(index)
    if index in marks:
        places, texts = zip(*sorted(marks[index].items()), strict=True)
        mask = pc.is_in(pa.array(range(batch.num_rows)), value_set=pa.array(places))
        column = pc.replace_with_mask(column, mask, pa.array(texts, pa.string()))
    return column


def _error_text(detail: str) -> str:
    for name, text in _ERROR_TEXTS.items():
        if f"Error({name})" in detail:
            return text
    return "#VALUE!"


def _refuse_unreadable(reason: str) -> None:
    if "password" in reason.lower() or "encrypt" in reason.lower():
        refuse(
            FileCode.ENCRYPTED,
            "the workbook is protected with a password; save it without one and send it again",
        )
    refuse(
        FileCode.CORRUPT,
        "the workbook is damaged or incomplete; open it in a spreadsheet program, save it as an "
        "Excel workbook (.xlsx), and send that",
    )
