"""Tables as an .xlsx workbook, row by row in bounded memory. What stands in them: `tables`.

No cell is ever a formula, a link or a number that was text: every value is written as a string.
"""

import re
from collections.abc import Iterator, Sequence
from math import ceil
from pathlib import Path

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from provider_assets.providers.returned import STAMP, stamp
from provider_assets.reports import tables
from provider_assets.reports.tables import RosterTable
from provider_assets.reports.told import Context, ToldRow, told_rows

AUTHOR = "provider_assets"
_LONGEST_CELL = 32_767
_WIDEST, _NARROWEST = 45, 8
_LINE_HEIGHT = 15  # points
_COMMENT = {"author": AUTHOR, "x_scale": 2.2, "y_scale": 1.2}
_EXTRA_WIDTHS = (64, 56, 16, 8)
_CHECKED = 5  # columns of ours, where the last one is for the reader alone
_LETTERS = 1.15  # letters of a sentence for each unit of width, which is a digit's
# XML 1.0 knows no other control characters, and no U+FFFE and U+FFFF
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_RETURN = re.compile("\r\n?")
_SHEET_FORBIDDEN = re.compile(r"[\[\]:*?/\\\x00-\x1f]")


def write_reject_workbook(
    path: Path,
    rejects: Sequence[RosterTable],
    context: Context,
    comments: int,
    sha256: str = "",
) -> None:
    """A sheet a table, our columns after the roster's own, the cells at fault filled.

    `sha256` is the roster's, by which the workbook is known when it comes back.

    A comment costs memory, here and in every program that opens it: only so many rows get one.
    """
    left = comments
    with _workbook(path, stamp("rejects", sha256)) as book:
        looks = _looks(book)
        for table, name in zip(rejects, _sheet_names(rejects), strict=True):
            sheet = _sheet(book, looks, table, name)
            _write_rejects(sheet, looks, table, context, left)
            left = max(0, left - len(table.rows))


def write_filtered_workbook(path: Path, clean: Sequence[RosterTable], sha256: str = "") -> None:
    """What passed, in the roster's sheets and headers, with no column of ours."""
    with _workbook(path, stamp("filtered", sha256)) as book:
        looks = _looks(book)
        for table, name in zip(clean, _sheet_names(clean), strict=True):
            sheet = _sheet(book, looks, table, name)
            for number, row in enumerate(tables.cells(table), start=1):
                for at, value in enumerate(row):
                    if value is not None:
                        sheet.write_string(number, at, safe_text(value))


def safe_text(value: str) -> str:
    """The value as a cell can hold it: no character that breaks XML, no more than Excel's limit.

    A carriage return becomes a line feed: its escape in XML is one that not every reader knows.

    A value that looks like xlsxwriter's own rich text would be written as XML, unescaped; a
    blank after it makes it plain text, and readers strip it.
    """
    if value.isprintable() and not value.startswith("<r>") and len(value) <= _LONGEST_CELL:
        return value  # nearly all: this runs once a cell
    text = _ILLEGAL.sub("\ufffd", _RETURN.sub("\n", value))[:_LONGEST_CELL]
    return f"{text} " if text.startswith("<r>") and text.endswith("</r>") else text


def _write_rejects(
    sheet: Worksheet, looks: dict[str, Format], table: RosterTable, context: Context, comments: int
) -> None:
    own = len(table.columns)
    for number, told in enumerate(told_rows(table, context), start=1):
        for at, (value, wrong) in enumerate(zip(told.cells, told.faulty, strict=True)):
            look = looks["fault"] if wrong else None
            if value is not None:
                sheet.write_string(number, at, safe_text(value), look)
            elif wrong:
                sheet.write_blank(number, at, None, look)
        lines = _lines(told)
        if lines > 1:
            sheet.set_row(number, _LINE_HEIGHT * lines)
        placed = any(told.faulty)
        sheet.write_string(number, own, told.why, looks["words" if placed else "fault_words"])
        sheet.write_string(number, own + 1, told.advice)
        sheet.write_string(number, own + 2, safe_text(told.sheet))
        sheet.write_number(number, own + 3, told.row)
        if told.check:
            sheet.write_string(number, own + 4, told.check)
        if number <= comments:
            at = told.faulty.index(True) if placed else own
            sheet.write_comment(number, at, f"{told.why}\n{told.advice}", _COMMENT)


def _lines(told: ToldRow) -> int:
    """How many lines a row needs; not every program finds that out when it opens the file."""
    words = ((told.why, _EXTRA_WIDTHS[0]), (told.advice, _EXTRA_WIDTHS[1]))
    return max(ceil(len(text) / (width * _LETTERS)) for text, width in words)


def _workbook(path: Path, stamped: str) -> Workbook:
    book = Workbook(
        str(path),
        {
            "constant_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        },
    )
    book.set_properties({"author": AUTHOR})
    book.set_custom_property(STAMP, stamped, "text")
    return book


def _looks(book: Workbook) -> dict[str, Format]:
    top = {"valign": "top"}
    fault = {"bg_color": "#FFD9D9", "border": 1, "border_color": "#C0504D"}
    return {
        "header": book.add_format(
            {"bold": True, "bg_color": "#1F3A5F", "font_color": "#FFFFFF", **top}
        ),
        "own": book.add_format({"num_format": "@", **top}),
        "fault": book.add_format({"num_format": "@", **fault, **top}),
        "words": book.add_format({"text_wrap": True, "indent": 1, "font_color": "#404040", **top}),
        "fault_words": book.add_format({"text_wrap": True, "indent": 1, **fault, **top}),
    }


def _sheet(book: Workbook, looks: dict[str, Format], table: RosterTable, name: str) -> Worksheet:
    sheet = book.add_worksheet(name)
    own = len(table.columns)
    for at, width in enumerate(_widths(table)):
        sheet.set_column(at, at, width, looks["own"])
    for at, width in zip(range(own, own + len(table.extra)), _EXTRA_WIDTHS, strict=False):
        sheet.set_column(at, at, width, looks["words"])
    if len(table.extra) == _CHECKED:
        sheet.set_column(own + 4, own + 4, 16, looks["words"], {"hidden": True})
    sheet.set_comments_author(AUTHOR)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, len(table.rows), max(0, len(table.headers) - 1))
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    sheet.ignore_errors({"number_stored_as_text": f"A1:XFD{len(table.rows) + 1}"})
    for at, header in enumerate(table.headers):
        sheet.write_string(0, at, safe_text(header), looks["header"])
    return sheet


def _widths(table: RosterTable) -> Iterator[float]:
    sample = RosterTable(table.title, table.columns, table.rows.head(1_000))
    longest = [len(column.header) + 3 for column in table.columns]  # room for the filter's arrow
    for row in tables.cells(sample):
        longest = [
            max(so_far, len(value or "")) for so_far, value in zip(longest, row, strict=True)
        ]
    for length in longest:
        yield min(max(length + 1, _NARROWEST), _WIDEST)


def _sheet_names(many: Sequence[RosterTable]) -> list[str]:
    """Names as a spreadsheet allows them: 31 characters, no `[]:*?/\\`, each one once."""
    names: list[str] = []
    for number, table in enumerate(many, start=1):
        name = _SHEET_FORBIDDEN.sub(" ", safe_text(table.title)).strip(" '")[:31].strip(" '")
        if not name or name.casefold() == "history":  # Excel keeps that name for itself
            name = f"Sheet{number}"
        while name.casefold() in {other.casefold() for other in names}:
            name = f"{name[:26].rstrip()} ({number})"
        names.append(name)
    return names
