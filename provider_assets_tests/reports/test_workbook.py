from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from provider_assets.providers.capacity import Capacity
from provider_assets.providers.fields import TABLE_FIELDS
from provider_assets.providers.frames import CLEAN, REJECTED, empty
from provider_assets.providers.returned import check_of
from provider_assets.providers.roster import SheetSource, SourceColumn
from provider_assets.reports.tables import (
    clean_tables,
    reject_tables,
)
from provider_assets.reports.told import Context, kept_places
from provider_assets.reports.workbook import write_filtered_workbook, write_reject_workbook
from provider_assets_tests.reports.sample import (
    SAMPLE_ROWS,
    Sifted,
    raw,
    rejected,
    sample,
    sheet,
    source,
)

EXTRA = ("Reason", "What to do", "Sheet", "Row")
HEADER = ("NP", "NpFirstName", "NpLastName", "NPI", "Type")
FAULT_FILL = "FFFFD9D9"


def write_rejects(path: Path, sifted: Sifted, comments: int = 100) -> openpyxl.Workbook:
    tables = reject_tables(sifted.outcome.source, sifted.invalid, sifted.duplicates)
    context = Context(kept_places(sifted.duplicates, sifted.clean), Capacity())
    write_reject_workbook(path, tables, context, comments)
    return openpyxl.load_workbook(path)


def write_rows(path: Path, *rows: dict[str, Any], **capacity: Any) -> openpyxl.Workbook:
    tables = reject_tables(source(), rejected(*rows), empty(REJECTED))
    write_reject_workbook(path, tables, Context({}, Capacity(**capacity)), 100)
    return openpyxl.load_workbook(path)


def rows_of(one: Worksheet) -> list[tuple[Any, ...]]:
    return list(one.iter_rows(values_only=True))


def filled(one: Worksheet) -> list[str]:
    return [
        cell.coordinate
        for row in one.iter_rows(min_row=2)
        for cell in row
        if cell.fill.fgColor.rgb == FAULT_FILL
    ]


def test_reject_workbook_of_the_sample_roster_holds_its_two_rejects(tmp_path: Path) -> None:
    book = write_rejects(tmp_path / "r.xlsx", sample())
    assert book.sheetnames == ["Errors", "Duplicates"]
    assert rows_of(book["Errors"]) == [
        (*HEADER, *EXTRA),
        (
            None, "BUZZ", "LIGHTYEAR", "6789012345", "HERO",
            "The full name is empty. (full-name-missing)",
            "Fill in the provider's full name.", "Sheet1", 8,
        ),
    ]  # fmt: skip
    own = ("MOUSE, MINNIE", "MINNIE", "MOUSE", "3456789012", "HERO")
    assert rows_of(book["Duplicates"]) == [
        (*HEADER, *EXTRA, "Check"),
        (
            *own,
            ("An earlier row of this roster has the same NPI and name; that row "
            "counts. (duplicate-in-file) The earlier row: Sheet1, row 4."),
            "Nothing: the provider is listed at another place, too.",
            "Sheet1", 7, check_of("duplicate-in-file", zip(HEADER, own, strict=True)),
        ),
    ]  # fmt: skip
    assert book["Duplicates"].column_dimensions["J"].hidden


def test_reject_workbook_marks_the_cell_at_fault_and_says_why(tmp_path: Path) -> None:
    book = write_rejects(tmp_path / "r.xlsx", sample())
    assert filled(book["Errors"]) == ["A2"]
    assert filled(book["Duplicates"]) == ["D2"]
    comment = book["Errors"]["A2"].comment
    assert comment is not None
    assert comment.text == (
        "The full name is empty. (full-name-missing)\nFill in the provider's full name."
    )
    assert book["Duplicates"]["D2"].comment is not None


def test_reject_workbook_is_easy_to_work_in(tmp_path: Path) -> None:
    errors = write_rejects(tmp_path / "r.xlsx", sample())["Errors"]
    assert errors.freeze_panes == "A2"
    assert errors.auto_filter.ref == "A1:I2"
    assert (errors["D2"].data_type, errors["D2"].number_format) == ("s", "@")
    assert errors.column_dimensions["D"].width > len("6789012345")
    assert errors.column_dimensions["F"].width > 50
    assert errors.print_title_rows == "$1:$1"


def test_reject_workbook_past_the_limit_of_comments_still_fills_the_cells(tmp_path: Path) -> None:
    tables = reject_tables(source(), rejected({"npi": None}, {"npi": None}), empty(REJECTED))
    write_reject_workbook(tmp_path / "r.xlsx", tables, Context({}, Capacity()), comments=1)
    errors = openpyxl.load_workbook(tmp_path / "r.xlsx")["Errors"]
    assert filled(errors) == ["D2", "D3"]
    assert [errors["D2"].comment is None, errors["D3"].comment is None] == [False, True]


def test_limit_of_comments_counts_over_all_sheets(tmp_path: Path) -> None:
    tables = reject_tables(
        source(), rejected({}), rejected({"codes": "already-loaded"}, {"codes": "already-loaded"})
    )
    write_reject_workbook(tmp_path / "r.xlsx", tables, Context({}, Capacity()), comments=2)
    book = openpyxl.load_workbook(tmp_path / "r.xlsx")
    commented = [
        cell.coordinate
        for one in book.worksheets
        for row in one.iter_rows()
        for cell in row
        if cell.comment is not None
    ]
    assert commented == ["D2", "D2"]


def test_duplicate_of_a_row_that_the_table_holds_tells_where_that_row_stands(
    tmp_path: Path,
) -> None:
    rows = raw([SAMPLE_ROWS[1], SAMPLE_ROWS[1]])
    book = write_rejects(tmp_path / "r.xlsx", Sifted(rows, held=rows[list(TABLE_FIELDS)].head(1)))
    assert book.sheetnames == ["Duplicates", "DuplicatesExisting"]
    assert book["Duplicates"]["F2"].value.endswith(" The earlier row: Sheet1, row 2.")


def test_fault_whose_column_the_rule_does_not_name_is_found_by_its_value(tmp_path: Path) -> None:
    book = write_rows(
        tmp_path / "r.xlsx",
        {"first_name": "#REF!", "codes": "cell-error"},
        {"last_name": "DUCK" * 9, "codes": "value-too-long"},
        {"entity_name": "\U0001d49fuck", "codes": "value-unstorable npi-malformed", "npi": "1"},
        lengths={"last_name": 35},
        encodings={"entity_name": "bmp"},
    )
    assert filled(book["Errors"]) == ["B2", "C3", "D4", "E4"]


def test_fault_in_a_name_that_is_made_of_its_parts_marks_the_part_that_is_missing(
    tmp_path: Path,
) -> None:
    headers = (("First", "first_name"), ("Last", "last_name"), ("NPI", "npi"))
    invalid = rejected({"last_name": None, "full_name": None, "codes": "full-name-missing"})
    tables = reject_tables(source(sheet("Sheet1", headers)), invalid, empty(REJECTED))
    write_reject_workbook(tmp_path / "r.xlsx", tables, Context({}, Capacity()), 9)
    errors = openpyxl.load_workbook(tmp_path / "r.xlsx")["Errors"]
    assert rows_of(errors)[0] == ("First", "Last", "NPI", *EXTRA)
    assert filled(errors) == ["B2"]


def test_fault_without_a_cell_of_its_own_marks_the_reason(tmp_path: Path) -> None:
    headers = (("Name", "full_name"), ("NPI", "npi"))
    invalid = rejected({"first_name": "#REF!", "codes": "cell-error"})
    tables = reject_tables(source(sheet("Sheet1", headers)), invalid, empty(REJECTED))
    write_reject_workbook(tmp_path / "r.xlsx", tables, Context({}, Capacity()), 9)
    errors = openpyxl.load_workbook(tmp_path / "r.xlsx")["Errors"]
    assert filled(errors) == ["C2"]
    assert errors["C2"].comment is not None


def test_providers_that_the_table_holds_stand_in_their_own_sheet(tmp_path: Path) -> None:
    rows = raw(SAMPLE_ROWS[:2])
    held = rows[list(TABLE_FIELDS)].copy()
    held.loc[1, "full_name"] = "DUCK, DON"
    book = write_rejects(tmp_path / "r.xlsx", Sifted(rows, held=held))
    assert book.sheetnames == ["DuplicatesExisting"]
    assert [row[:5] for row in rows_of(book["DuplicatesExisting"])] == [HEADER, *SAMPLE_ROWS[:2]]
    assert [row[5] for row in rows_of(book["DuplicatesExisting"])[1:]] == [
        "The application already holds this provider with the same values. (already-loaded)",
        (
            "The application already holds this NPI with other values, and keeps them. "
            "(already-loaded-different)"
        ),
    ]


def test_sheets_with_other_headers_get_a_sheet_of_their_own(tmp_path: Path) -> None:
    other = (("Provider NPI", "npi"), ("Provider", "full_name"))
    origin = source(sheet("North"), sheet("South", other), sheet("East"))
    invalid = rejected({"sheet": "North"}, {"sheet": "South"}, {"sheet": "East"})
    tables = reject_tables(origin, invalid, empty(REJECTED))
    write_reject_workbook(tmp_path / "r.xlsx", tables, Context({}, Capacity()), 9)
    book = openpyxl.load_workbook(tmp_path / "r.xlsx")
    assert book.sheetnames == ["Errors", "Errors 2"]
    assert [row[:5] + row[7:] for row in rows_of(book["Errors"])] == [
        (*HEADER, "Sheet", "Row"),
        ("DUCK, DAISY", "DAISY", "DUCK", "1234567890", "HERO", "North", 2),
        ("DUCK, DAISY", "DAISY", "DUCK", "1234567890", "HERO", "East", 4),
    ]
    assert [row[:2] + row[4:] for row in rows_of(book["Errors 2"])] == [
        ("Provider NPI", "Provider", "Sheet", "Row"),
        ("1234567890", "DUCK, DAISY", "South", 3),
    ]


def test_header_of_the_roster_that_is_called_like_ours_keeps_its_name(tmp_path: Path) -> None:
    headers = (("reason:", "entity_name"), ("NPI", "npi"), ("ROW", "full_name"))
    tables = reject_tables(source(sheet("Sheet1", headers)), rejected({}), empty(REJECTED))
    write_reject_workbook(tmp_path / "r.xlsx", tables, Context({}, Capacity()), 9)
    assert rows_of(openpyxl.load_workbook(tmp_path / "r.xlsx")["Errors"])[0] == (
        "reason:", "NPI", "ROW", "Reject Reason", "What to do", "Sheet", "Reject Row",
    )  # fmt: skip


def test_terminated_row_still_says_so_in_the_reject_workbook(tmp_path: Path) -> None:
    columns = (
        SourceColumn("NPI", "npi", 0),
        SourceColumn("Action", "termination", 1, terminated_as="d"),
        SourceColumn("Term Date", "termination_date", 2),
    )
    origin = source(SheetSource("Sheet1", 1, columns))
    invalid = rejected({"codes": "terminated"}, {"codes": "npi-malformed", "npi": "1"})
    tables = reject_tables(origin, invalid, empty(REJECTED))
    write_reject_workbook(tmp_path / "r.xlsx", tables, Context({}, Capacity()), 9)
    book = openpyxl.load_workbook(tmp_path / "r.xlsx")
    headers = ("NPI", "Action", "Term Date")
    assert [row[:3] for row in rows_of(book["Left"])] == [headers, ("1234567890", "d", None)]
    assert [row[:3] for row in rows_of(book["Errors"])] == [headers, ("1", None, None)]
    assert (filled(book["Left"]), filled(book["Errors"])) == (["B2"], ["A2"])


def test_filtered_workbook_of_the_sample_roster_holds_the_rows_that_load(tmp_path: Path) -> None:
    sifted = sample()
    path = tmp_path / "f.xlsx"
    write_filtered_workbook(path, clean_tables(sifted.outcome.source, sifted.clean))
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == ["Sheet1"]
    assert rows_of(book["Sheet1"]) == [HEADER, *SAMPLE_ROWS[:5]]
    assert {cell.data_type for row in book["Sheet1"].iter_rows() for cell in row} == {"s"}


@pytest.mark.parametrize(
    ("names", "sheets"),
    [
        (["North", "South"], ["North", "South"]),
        ([""], ["Sheet1"]),
        (["a/b", "a:b"], ["a b", "a b (2)"]),
        (["history"], ["Sheet1"]),
        (["'quoted'"], ["quoted"]),
        (["n" * 40, "N" * 40], ["n" * 31, "N" * 26 + " (2)"]),
    ],
)
def test_filtered_workbook_keeps_the_names_of_sheets_as_far_as_excel_allows(
    tmp_path: Path, names: list[str], sheets: list[str]
) -> None:
    origin = source(*(sheet(name) for name in names))
    clean = empty(CLEAN)
    for at, name in enumerate(names):
        one = Sifted(raw(SAMPLE_ROWS[:1], name=name)).clean
        one.index = one.index + at
        clean = one if at == 0 else _stacked(clean, one)
    write_filtered_workbook(tmp_path / "f.xlsx", clean_tables(origin, clean))
    assert openpyxl.load_workbook(tmp_path / "f.xlsx").sheetnames == sheets


def _stacked(above: Any, below: Any) -> Any:
    import pandas as pd

    return pd.concat([above, below])


def test_words_of_a_reject_fit_its_own_row_and_columns(tmp_path: Path) -> None:
    rows = rejected(
        {"codes": "full-name-missing", "full_name": None, "first_name": None},
        {"codes": "npi-malformed", "npi": "2000100018 / 2000100026"},
        {"codes": "npi-malformed", "npi": "20001"},
    )
    parts = [("NPI", "npi"), ("Last", "last_name"), ("First", "first_name")]
    names = sheet("Sheet1", parts)
    tables = reject_tables(source(names), rows, empty(REJECTED))
    write_reject_workbook(tmp_path / "r.xlsx", tables, Context(), 0)
    errors = openpyxl.load_workbook(tmp_path / "r.xlsx")["Errors"]
    assert [(row[3], row[4]) for row in rows_of(errors)[1:]] == [
        (
            "A name that the full name is made of is empty. (full-name-missing)",
            "Fill in the provider's names.",
        ),
        (
            "More than one NPI stands in the cell. (npi-malformed)",
            "Look the NPI up in the NPPES registry and type its ten digits, one NPI a row.",
        ),
        (
            "The NPI is not ten digits. (npi-malformed)",
            "Look the NPI up in the NPPES registry and type its ten digits, one NPI a row.",
        ),
    ]
