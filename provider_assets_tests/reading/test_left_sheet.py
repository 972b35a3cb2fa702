"""Who left stands in a sheet of the reject workbook whose name alone says so."""

import openpyxl
import pytest

from provider_assets.providers.facts import Facts
from provider_assets.providers.frames import REJECTED, empty
from provider_assets.providers.sifting import find_invalid
from provider_assets.reports.tables import reject_tables, rejects_by_headers
from provider_assets.reports.told import Context, advise_rows
from provider_assets.reports.workbook import write_reject_workbook
from provider_assets_tests.reading.files import npi, read, write_xlsx
from provider_assets_tests.reading.test_departures import HEADERS, judged, people
from provider_assets_tests.reading.test_sections import OWN

LISTED = OWN + "terminations: {sheets: [Terms]}\n"
OURS = ("Reason", "What to do", "Sheet", "Row")


def rejects(tmp_path, *layouts):
    """A roster of two who left by their sheet, one by a heading, and one without a name."""
    one, two, three = people((), (), ())
    sheets = {
        "S": [HEADERS, (npi(5), None, None), ("No longer with us",), three],
        "Terms": [HEADERS, one, two],
    }
    frame = read(write_xlsx(tmp_path / "r.xlsx", sheets), *layouts)
    invalid = find_invalid(frame.rows, {}, Facts())
    return frame, invalid, reject_tables(frame.source, invalid, empty(REJECTED))


def edited(tmp_path, tables, change):
    path = tmp_path / "r_rejects.xlsx"
    write_reject_workbook(path, tables, Context(), 0, "0" * 64)
    book = openpyxl.load_workbook(path)
    for sheet in book:
        change(sheet)
    book.save(path)
    return path


def columns_gone(sheet):
    for at in range(sheet.max_column, 0, -1):
        if sheet.cell(1, at).value in OURS:
            sheet.delete_cols(at)


def sheet_gone(sheet):
    sheet.delete_cols([cell.value for cell in sheet[1]].index("Sheet") + 1)


def sheet_blank(sheet):
    at = [cell.value for cell in sheet[1]].index("Sheet") + 1
    for row in range(2, sheet.max_row + 1):
        sheet.cell(row, at).value = None


@pytest.mark.parametrize("change", [id, columns_gone, sheet_gone, sheet_blank])
@pytest.mark.parametrize("layouts", [(), (LISTED,)], ids=["known", "listed"])
def test_who_left_stays_so_without_our_columns(tmp_path, layouts, change):
    _, _, tables = rejects(tmp_path, *layouts)
    assert [(table.title, len(table.rows)) for table in tables] == [("Errors", 1), ("Left", 3)]
    again, back = judged(edited(tmp_path, tables, change), *layouts)
    left = {place for place, codes in again.items() if codes.startswith("terminated")}
    assert left == {("Left", 2), ("Left", 3), ("Left", 4)}
    assert len(back.rows) == 4


def test_second_workbook_says_so_too(tmp_path):
    _, _, tables = rejects(tmp_path, LISTED)
    frame = read(edited(tmp_path, tables, columns_gone), LISTED)
    invalid = find_invalid(frame.rows, {}, Facts())
    tables = reject_tables(frame.source, invalid, empty(REJECTED))
    again, _ = judged(edited(tmp_path, tables, id), LISTED)
    assert list(again.values()) == ["full-name-missing", *["terminated"] * 3]


def test_row_that_left_and_has_an_error_is_not_among_those_to_correct(tmp_path):
    sheets = {"Terms": [HEADERS, ("12", "Quimby", "Ada")]}
    frame = read(write_xlsx(tmp_path / "r.xlsx", sheets))
    invalid = find_invalid(frame.rows, {}, Facts())
    assert invalid["codes"].tolist() == ["terminated npi-malformed"]
    assert [one.title for one in reject_tables(frame.source, invalid, empty(REJECTED))] == ["Left"]


def test_csv_holds_nobody_who_left_without_a_cell_that_says_so(tmp_path):
    frame, invalid, _ = rejects(tmp_path)
    [table] = rejects_by_headers(frame.source, invalid, empty(REJECTED))
    assert table.rows["codes"].tolist() == ["full-name-missing"]
    rows = [(*HEADERS, "Status"), *people(("Termed",), ("Active",))]
    frame = read(write_xlsx(tmp_path / "s.xlsx", {"S": rows}))
    invalid = find_invalid(frame.rows, {}, Facts())
    [table] = rejects_by_headers(frame.source, invalid, empty(REJECTED))
    assert table.rows["codes"].tolist() == ["terminated"]


def test_advice_is_of_where_the_row_says_so(tmp_path):
    _, _, (_, table) = rejects(tmp_path)
    heading, *sheets = advise_rows(table, table.rows)
    assert "move the row out from under 'No longer with us'" in heading
    assert all("the sheet's name" in one for one in sheets)
    rows = [(*HEADERS, "Status"), *people(("Termed",))]
    frame = read(write_xlsx(tmp_path / "s.xlsx", {"S": rows}))
    invalid = find_invalid(frame.rows, {}, Facts())
    [table] = reject_tables(frame.source, invalid, empty(REJECTED))
    [told] = advise_rows(table, table.rows)
    assert told.endswith("clear the termination and send the row again.")
