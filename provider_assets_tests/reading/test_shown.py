"""Cells that are no text, as people see them; text that looks like one of them stays."""

from datetime import date, datetime, time

import pytest

from provider_assets.reading.child.shown import MOST_NUMBERS
from provider_assets_tests.reading.files import (
    npi,
    read,
    rows_of,
    write_ods,
    write_sheet_xml,
    write_text,
    write_xls,
    write_xlsx,
)

DAY = date(2020, 5, 1)
MOMENT = datetime.fromisoformat("2020-05-01T13:04:05")


@pytest.mark.parametrize(
    ("value", "form", "shown"),
    [
        (DAY, "yyyy-mm-dd", "2020-05-01"),
        (DAY, "mm/dd/yyyy", "05/01/2020"),
        (DAY, "m/d/yy", "5/1/20"),
        (DAY, "mm-dd-yy", "5/1/2020"),
        (DAY, "[$-409]d-mmm-yyyy;@", "1-May-2020"),
        (DAY, 'dddd, mmmm d, yyyy" (fixed)"', "Friday, May 1, 2020 (fixed)"),
        (MOMENT, "yyyy-mm-dd hh:mm:ss", "2020-05-01 13:04:05"),
        (MOMENT, "m/d/yyyy h:mm AM/PM", "5/1/2020 1:04 PM"),
        (time(0, 4, 5), "h:mm:ss AM/PM", "12:04:05 AM"),
        (time(13, 4, 5), "mm:ss", "04:05"),
        (True, "General", "TRUE"),
        (False, "General", "FALSE"),
        (42, "General", "42"),
        (42, "00000", "00042"),
        (1234.5, "#,##0.00", "1,234.50"),
        (0.125, "0.0%", "12.5%"),
        (1.5, "0.00", "1.50"),
        (1.5, "# ?/?", "1.5"),
        ("true", "General", "true"),
        ("2020-05-01 00:00:00", "General", "2020-05-01 00:00:00"),
        ("007", "General", "007"),
        ("1.0", "0.000", "1.0"),
    ],
)
def test_cell_reads_as_its_format_shows_it(tmp_path, value, form, shown):
    def set_format(book):
        book["S"]["D5"].number_format = form

    rows = [(), (None, None, "NPI", "Name"), (), (), (None, None, npi(1), value)]
    frame = read(write_xlsx(tmp_path / "roster.xlsx", {"first": [], "S": rows}, set_format))
    assert [(row[3], row[5]) for row in rows_of(frame)] == [(shown, 5)]


def test_cell_of_an_old_workbook_reads_plainly(tmp_path):
    names = [True, "true", 42, 1.5, "Mouse"]
    rows = [("NPI", "Name"), *((npi(at), name) for at, name in enumerate(names))]
    frame = read(write_xls(tmp_path / "roster.xls", rows))
    assert [row[3] for row in rows_of(frame)] == ["TRUE", "true", "42", "1.5", "Mouse"]


def test_text_that_looks_like_a_day_stays_in_an_ods(tmp_path):
    rows = [("NPI", "Name"), (npi(1), "2020-05-01 00:00:00"), (npi(2), "false")]
    frame = read(write_ods(tmp_path / "roster.ods", rows))
    assert [row[3] for row in rows_of(frame)] == ["2020-05-01 00:00:00", "false"]


def test_text_file_is_taken_by_its_letters(tmp_path):
    rows = [("NPI", "Name"), (npi(1), "true"), (npi(2), "2020-05-01 00:00:00"), (npi(3), "1.50")]
    frame = read(write_text(tmp_path / "roster.csv", rows))
    assert [row[3] for row in rows_of(frame)] == ["true", "2020-05-01 00:00:00", "1.50"]


def test_column_of_very_many_numbers_keeps_their_digits(tmp_path):
    rows = [("NPI", "Name", "Practice"), *((npi(1), "Mouse", 2) for _ in range(MOST_NUMBERS + 1))]
    frame = read(write_xlsx(tmp_path / "roster.xlsx", {"S": rows}))
    assert set(frame.rows["entity_name"]) == {"2"}


def test_workbook_that_only_the_quick_parser_reads_keeps_its_words(tmp_path):
    cells = (
        '<row r="1"><c r="A1" t="str"><v>NPI</v></c><c r="B1" t="str"><v>Name</v></c></row>'
        f'<row r="2"><c r="A2" t="str"><v>{npi(1)}</v></c><c r="B2"><v>42</v></c></row>'
    )
    path = write_sheet_xml(tmp_path / "roster.xlsx", cells + "<row r='3' x&></row>")
    assert [row[3] for row in rows_of(read(path))] == ["42"]
