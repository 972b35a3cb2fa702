"""Whether all was read that may name a provider: else nobody is taken out for being absent."""

import openpyxl
import pytest

from provider_assets_tests.reading.child.made import repacked, replacing
from provider_assets_tests.reading.files import (
    HEADERS,
    PEOPLE,
    ods_cell,
    ods_row,
    read,
    write_ods,
    write_xlsx,
)

OWN = ("NP", "NpFirstName", "NpLastName", "NPI", "Type")
MOUSE = ("Mouse, Minnie", "Minnie", "Mouse", PEOPLE[0][0], "H")
ROWS = [HEADERS, *PEOPLE]
LOST = (
    '<sheet name="Lost" sheetId="9" r:id="rId99" xmlns:r="http://schemas.openxmlformats.org/'
    'officeDocument/2006/relationships"/></sheets>'
)


@pytest.mark.parametrize(
    ("sheets", "whole"),
    [
        ({"A": ROWS}, True),
        ({"A": ROWS, "Empty": []}, True),
        ({"A": ROWS, "Blank": [[" ", None]]}, True),
        ({"A": [OWN, MOUSE], "Others": ROWS}, False),
        ({"A": [OWN, MOUSE], "Template": [HEADERS]}, True),
        ({"A": ROWS, "Remarks": [["call us"]]}, False),
        ({"A": ROWS, "Linked": [["=A!A1"], ["=A!A2"]]}, False),
        ({"A": ROWS, "Do not load": ROWS}, False),
    ],
    ids=["one", "empty", "blank", "fallback", "headers", "remarks", "formulas", "order"],
)
def test_sheet_that_is_left_out_is_a_part_that_was_not_read(tmp_path, sheets, whole):
    assert read(write_xlsx(tmp_path / "r.xlsx", sheets)).source.whole is whole


def test_hidden_sheet_is_not_read_and_a_chart_is_no_loss(tmp_path):
    def hide(book):
        book["B"].sheet_state = "hidden"

    def chart(book):
        book.create_chartsheet("Chart").add_chart(openpyxl.chart.BarChart())

    assert not read(write_xlsx(tmp_path / "h.xlsx", {"A": ROWS, "B": ROWS}, hide)).source.whole
    assert read(write_xlsx(tmp_path / "c.xlsx", {"A": ROWS}, chart)).source.whole


def test_sheet_whose_content_is_not_in_the_file_is_a_loss(tmp_path):
    edit = replacing("xl/workbook.xml", ("</sheets>", LOST))
    path = repacked(write_xlsx(tmp_path / "r.xlsx", {"A": ROWS}), tmp_path / "lost.xlsx", edit)
    assert not read(path).source.whole


@pytest.mark.parametrize("blank_above", [0, 1_048_576])
def test_rows_beyond_the_sheets_end_are_a_loss(tmp_path, blank_above):
    body = "".join(ods_row(*map(ods_cell, map(str, row))) for row in ROWS)
    body += ods_row(ods_cell(""), repeated=blank_above or 1)
    body += ods_row(*map(ods_cell, PEOPLE[0]))
    assert read(write_ods(tmp_path / "r.ods", body)).source.whole is (blank_above == 0)
