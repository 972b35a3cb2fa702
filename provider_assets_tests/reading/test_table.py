"""Where the table stands in a sheet, which sheets are read, and which number a row has."""

import zipfile

import openpyxl
import pytest
from openpyxl.styles import Alignment

from provider_assets.errors import FileCode, RosterError
from provider_assets.providers.source import UnreadColumn
from provider_assets_tests.reading.files import (
    HEADERS,
    PEOPLE,
    npi,
    ods_cell,
    ods_row,
    people,
    read,
    rows_of,
    write_ods,
    write_sheet_xml,
    write_text,
    write_xlsx,
)

BLANK = (None,) * 5


def _read(tmp_path, rows, edit=None):
    return read(write_xlsx(tmp_path / "roster.xlsx", {"Roster": rows}, edit))


def test_title_rows_above_the_headers_are_passed_over(tmp_path):
    titles = [("Mercy Hospital",), ("NPI list, printed 2026-05-01",), (), ("Provider Name",)]
    frame = _read(tmp_path, [*titles, HEADERS, *PEOPLE])
    assert rows_of(frame) == people(first_row=6)
    assert frame.source.sheets[0].header_row == 5


def test_blank_rows_anywhere_are_no_rows_and_end_nothing(tmp_path):
    blanks = [BLANK, (" ", "\t", "\u00a0", "", None)] * 200
    frame = _read(tmp_path, [BLANK, HEADERS, BLANK, PEOPLE[0], *blanks, PEOPLE[1], *blanks])
    assert [(row[3], row[5]) for row in rows_of(frame)] == [
        ("Mouse, Minnie", 4),
        ("Duck, Zoë", 405),
    ]


def test_table_that_starts_far_from_the_corner_keeps_its_place(tmp_path):
    rows = [[]] * 40 + [[None] * 30 + list(row) for row in (HEADERS, *PEOPLE)]
    frame = _read(tmp_path, rows)
    assert rows_of(frame) == people(first_row=42)
    assert [column.position for column in frame.source.sheets[0].columns] == list(range(30, 35))


def test_phantom_rows_to_the_sheets_end_are_no_rows(tmp_path):
    head = "".join(
        f'<c r="{letter}1" t="inlineStr"><is><t>{header}</t></is></c>'
        for letter, header in zip("ABCDE", HEADERS, strict=True)
    )
    cells = "".join(
        f'<c r="{letter}2" t="inlineStr"><is><t>{value.replace("&", "&amp;")}</t></is></c>'
        for letter, value in zip("ABCDE", PEOPLE[0], strict=True)
    )
    rows = f'<row r="1">{head}</row><row r="2">{cells}</row>'
    rows += '<row r="1048576"><c r="A1048576" s="0"/><c r="B1048576"><v> </v></c></row>'
    frame = read(write_sheet_xml(tmp_path / "roster.xlsx", rows))
    assert rows_of(frame) == people()[:1]


def test_repeated_blank_rows_of_an_ods_count(tmp_path):
    rows = [HEADERS, *PEOPLE]
    head, one, two = ("".join(map(ods_cell, row)) for row in rows)
    gap = ods_row(ods_cell("", 16_384), repeated=1_000)
    body = ods_row(head) + ods_row(one) + gap + ods_row(two)
    body += ods_row(ods_cell("", 16_384), repeated=1_047_573)
    frame = read(write_ods(tmp_path / "roster.ods", body))
    assert [row[5] for row in rows_of(frame)] == [2, 1_003]


@pytest.mark.parametrize("label", ["Total", "Grand Total:", "TOTALS", "Total providers: 2"])
def test_total_below_the_rows_is_left_out_and_noted(tmp_path, label):
    frame = _read(tmp_path, [HEADERS, *PEOPLE, BLANK, (2, label, None, None, None)])
    assert rows_of(frame) == people()
    assert frame.source.notes == (
        "sheet 'Roster': row 5 holds a total, not a provider; it was left out",
    )


def test_provider_whose_name_is_total_stays(tmp_path):
    person = (npi(9), "Total", "Ann", "Total", "Hero")
    nobody = (None, "Total, Ann", "Ann", "Total", "Hero")
    frame = _read(tmp_path, [HEADERS, person, nobody])
    assert [(row[3], row[4]) for row in rows_of(frame)] == [
        ("Total", npi(9)),
        ("Total, Ann", None),
    ]


@pytest.mark.parametrize("mark", ["<required>", "Required", "(optional)", "<text, 35>"])
def test_marks_below_the_headers_are_left_out_and_noted(tmp_path, mark):
    frame = _read(tmp_path, [HEADERS, (mark,) * 3, *PEOPLE])
    assert rows_of(frame) == people(first_row=3)
    assert frame.source.notes == (
        "sheet 'Roster': row 2 holds marks, not a provider; it was left out",
    )


def test_headers_repeated_on_each_page_are_left_out_and_noted(tmp_path):
    frame = _read(tmp_path, [HEADERS, PEOPLE[0], HEADERS, PEOPLE[1]])
    assert [row[5] for row in rows_of(frame)] == [2, 4]
    assert frame.source.notes == ("sheet 'Roster': row 3 repeats the headers; it was left out",)


def test_every_visible_sheet_that_matches_is_read_and_hidden_ones_are_named(tmp_path):
    def hide(book):
        book["Left"].sheet_state = "hidden"
        book["Secret"].sheet_state = "veryHidden"

    sheets = {
        "North": [HEADERS, PEOPLE[0]],
        "Left": [HEADERS, PEOPLE[1]],
        "Notes": [("call me",)],
        "South": [("title",), HEADERS, PEOPLE[1]],
        "Secret": [("x",)],
        "Empty": [],
    }
    frame = read(write_xlsx(tmp_path / "roster.xlsx", sheets, hide))
    assert list(zip(frame.rows["sheet"], frame.rows["row"], strict=True)) == [
        ("North", 2),
        ("South", 3),
    ]
    assert list(frame.rows.index) == [0, 1]
    assert frame.source.hidden_sheets == ("Left", "Secret")
    assert frame.source.notes == (
        "sheets 'Left' and 'Secret' are hidden; they were not read",
        "sheet 'Notes' has no table of providers; it was left out",
    )


@pytest.mark.parametrize("beside", [[["Read me"], ["see below"]], []])
def test_roster_on_a_hidden_sheet_alone_is_named(tmp_path, beside):
    def hide(book):
        book["Roster"].sheet_state = "hidden"

    path = write_xlsx(tmp_path / "r.xlsx", {"Cover": beside, "Roster": [HEADERS, *PEOPLE]}, hide)
    with pytest.raises(RosterError) as refused:
        read(path)
    assert refused.value.code == (FileCode.NO_LAYOUT if beside else FileCode.EMPTY)
    assert refused.value.message.startswith(
        "'r.xlsx': sheet 'Roster' is hidden; it was not read: if the roster stands there, unhide "
        "it, save, and send it again. Besides, no "
    )


def test_rows_that_are_hidden_are_read(tmp_path):
    def hide(book):
        book["Roster"].row_dimensions[2].hidden = True

    assert rows_of(_read(tmp_path, [HEADERS, *PEOPLE], hide)) == people()


def test_headers_merged_over_two_rows_are_joined(tmp_path):
    def merge(book):
        sheet = book["Roster"]
        sheet.merge_cells("A1:A2")
        sheet.merge_cells("B1:C1")
        sheet["A1"].alignment = Alignment(vertical="center")

    rows = [("NPI", "Name of the provider", None), (None, "First Name", "Last Name")]
    frame = _read(tmp_path, [*rows, (npi(1), "Minnie", "Mouse")], merge)
    assert rows_of(frame) == [(None, "Minnie", "Mouse", "Mouse, Minnie", npi(1), 3)]
    assert frame.source.sheets[0].header_row == 2


def test_title_merged_over_the_table_is_passed_over(tmp_path):
    def merge(book):
        book["Roster"].merge_cells("A1:E1")

    assert rows_of(_read(tmp_path, [("NPI list",), HEADERS, *PEOPLE], merge)) == people(3)


def test_reject_workbook_of_ours_reads_as_a_roster(tmp_path):
    headers = ("NP", "NpFirstName", "NpLastName", "NPI", "Type")
    extra = ("Reason", "What to do", "Sheet", "Row")
    row = ("Mouse, Minnie", "Minnie", "Mouse", npi(1), "HERO", "The NPI …", "Look …", "S", "7")
    sheets = {
        "Errors": [headers + extra, row],
        "Duplicates": [headers + extra],
        "DuplicatesExisting": [headers + extra, row],
    }
    frame = read(write_xlsx(tmp_path / "roster.xlsx", sheets))
    assert frame.source.layout == "hospital_a"
    expected = ("HERO", "Minnie", "Mouse", "Mouse, Minnie", npi(1), 2)
    assert rows_of(frame) == [expected, expected]
    assert frame.source.notes == ()


@pytest.mark.parametrize("rows", [[HEADERS], [HEADERS, BLANK], []])
def test_roster_without_rows_is_empty(tmp_path, rows):
    with pytest.raises(RosterError) as raised:
        _read(tmp_path, rows)
    assert raised.value.code == FileCode.EMPTY


def test_columns_that_nobody_asked_for_are_not_in_the_frame(tmp_path):
    rows = [(*HEADERS, "SSN"), (*PEOPLE[0], "000-00-0000")]
    frame = _read(tmp_path, rows)
    assert "000-00-0000" not in frame.rows.to_csv()
    assert "000-00-0000" not in frame.source.to_json()
    assert frame.source.sheets[0].unread == ("SSN",)
    assert frame.source.sheets[0].unread_columns == (UnreadColumn("SSN", len(HEADERS), 1),)


def test_columns_that_nobody_asked_for_are_not_even_counted_in_a_large_text(tmp_path):
    padding = ("x" * 1_000,) * 33
    row = (*PEOPLE[0], *padding)
    path = tmp_path / "roster.csv"
    headers = [*HEADERS, *(f"Padding {at}" for at in range(33))]
    text = write_text(path, [headers, *[row] * 1_020]).stat().st_size
    assert text > 32 << 20
    columns = read(path).source.sheets[0].unread_columns
    assert {column.filled for column in columns} == {None}


def test_chart_sheet_does_not_disturb(tmp_path):
    def chart(book):
        book.create_chartsheet("Chart").add_chart(openpyxl.chart.BarChart())

    assert rows_of(_read(tmp_path, [HEADERS, *PEOPLE], chart)) == people()


def test_hidden_sheet_is_not_even_parsed(tmp_path):
    path = write_xlsx(tmp_path / "plain.xlsx", {"A": [HEADERS, *PEOPLE], "B": [("x",)]}, _hide_b)
    broken = tmp_path / "roster.xlsx"
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(broken, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            new.writestr(name, content[:200] if name.endswith("sheet2.xml") else content)
    frame = read(broken)
    assert (rows_of(frame), frame.source.hidden_sheets) == (people(), ("B",))


def _hide_b(book):
    book["B"].sheet_state = "hidden"
