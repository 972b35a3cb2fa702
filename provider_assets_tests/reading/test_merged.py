"""Cells that are merged over several rows, in each kind that says so: each row has the value."""

import zipfile

import pytest
import xlwt
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from provider_assets_tests.reading.files import (
    HEADERS,
    SHEET_PART,
    npi,
    ods_cell,
    ods_row,
    read,
    rows_of,
    write_ods,
    write_xlsx,
)

NAMES = (("Mouse", "Minnie"), ("Duck", "Dora"), ("Dog", "Pluto"))
ROWS = [
    (npi(at), f"{last}, {first}", first, last, "Hero" if at == 1 else None)
    for at, (last, first) in enumerate(NAMES, 1)
]
READ = [("Hero", first, last, f"{last}, {first}", npi(at), at + 1)
        for at, (last, first) in enumerate(NAMES, 1)]  # fmt: skip
NOTE = "merged cells were read for each row that they cover, in the column 'Practice Name' (2 rows)"


def _merge(*spans, **others):
    def edit(book):
        for name, value in others.items():
            setattr(book, name, value)
        for span in spans:
            book.worksheets[0].merge_cells(span)

    return edit


def _xlsx(path):
    return write_xlsx(path / "r.xlsx", {"r": [HEADERS, *ROWS]}, _merge("E2:E4"))


def _broken_lines(path):
    """Some programs begin a line for each attribute."""
    with zipfile.ZipFile(_xlsx(path)) as plain, zipfile.ZipFile(path / "lines.xlsx", "w") as book:
        for name in plain.namelist():
            part = plain.read(name)
            if name == SHEET_PART:
                part = part.replace(b"<mergeCell ", b"<mergeCell\n")
            book.writestr(name, part)
    return path / "lines.xlsx"


def _exact_xlsx(path):
    edit = _merge("E2:E4", epoch=CALENDAR_MAC_1904)
    return write_xlsx(path / "r.xlsx", {"r": [HEADERS, *ROWS]}, edit)


def _xls(path):
    book = xlwt.Workbook()
    book.add_sheet("cover")
    sheet = book.add_sheet("r")
    for at, row in enumerate([HEADERS, *ROWS]):
        for position, value in enumerate(row if at == 0 else row[:4]):
            sheet.write(at, position, value)
    sheet.write_merge(1, 3, 4, 4, "Hero")
    book.save(str(path / "r.xls"))
    return path / "r.xls"


def _ods(path):
    first, *others = ROWS
    span = ods_cell("Hero").replace(
        "<table:table-cell ", '<table:table-cell table:number-rows-spanned="3" '
    )
    body = ods_row(*map(ods_cell, HEADERS)) + ods_row(*map(ods_cell, first[:4]), span)
    covered = "<table:covered-table-cell/>"
    body += "".join(ods_row(*map(ods_cell, row[:4]), covered) for row in others)
    return write_ods(path / "r.ods", body)


def _spreadsheetml(path):
    def row(cells, more=""):
        told = "".join(f'<Cell><Data ss:Type="String">{cell}</Data></Cell>' for cell in cells)
        return f"<Row>{told}{more}</Row>"

    span = '<Cell ss:MergeDown="2"><Data ss:Type="String">Hero</Data></Cell>'
    first, *others = ROWS
    rows = row(HEADERS) + row(first[:4], span) + "".join(row(each[:4]) for each in others)
    told = "urn:schemas-microsoft-com:office:spreadsheet"
    (path / "r.xml").write_text(
        f'<?xml version="1.0"?><Workbook xmlns="{told}" xmlns:ss="{told}">'
        f'<Worksheet ss:Name="r"><Table>{rows}</Table></Worksheet></Workbook>'
    )
    return path / "r.xml"


def _html(path):
    def row(cells, more=""):
        return "<tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + more + "</tr>"

    first, *others = ROWS
    rows = row(HEADERS) + row(first[:4], "<td rowspan=3>Hero</td>")
    rows += "".join(row(each[:4]) for each in others)
    (path / "r.html").write_text(f"<html><body><table>{rows}</table></body></html>")
    return path / "r.html"


@pytest.mark.parametrize(
    "made", [_xlsx, _broken_lines, _exact_xlsx, _xls, _ods, _spreadsheetml, _html]
)
def test_merged_practice_counts_for_each_of_its_rows_with_a_note(tmp_path, made):
    frame = read(made(tmp_path))
    assert rows_of(frame) == READ
    assert [note for note in frame.source.notes if "merged" in note] == [
        f"sheet {frame.rows['sheet'].iloc[0]!r}: {NOTE}"
    ]


def test_merge_makes_no_row_of_a_blank_one_and_overwrites_nothing(tmp_path):
    rows = [HEADERS, ROWS[0], (), (*ROWS[1][:4], "Other"), ROWS[2]]
    frame = read(write_xlsx(tmp_path / "r.xlsx", {"r": rows}, _keeping_all("E2:E6")))
    assert [(row[0], row[5]) for row in rows_of(frame)] == [("Hero", 2), ("Other", 4), ("Hero", 5)]


def _keeping_all(span):
    """The range alone: openpyxl's `merge_cells` empties the cells below the first."""

    def edit(book):
        book.worksheets[0].merged_cells.add(span)

    return edit


def test_merged_word_of_leaving_counts_for_each_of_its_rows(tmp_path):
    rows = [(*row[:4], "Termed" if at == 0 else None) for at, row in enumerate(ROWS)]
    sheets = {"r": [(*HEADERS[:4], "Status"), *rows]}
    frame = read(write_xlsx(tmp_path / "r.xlsx", sheets, _merge("E2:E3")))
    assert frame.rows["terminated"].tolist() == [True, True, False]


def test_cells_merged_across_or_above_the_rows_give_nothing_to_others(tmp_path):
    rows = [("Roster", None), (), HEADERS, *ROWS]
    frame = read(write_xlsx(tmp_path / "r.xlsx", {"r": rows}, _merge("A1:E2", "D4:E4")))
    assert [row[0] for row in rows_of(frame)] == [None, None, None]
    assert not any("merged" in note for note in frame.source.notes)


def test_ranges_that_overlap_or_reach_past_the_sheet_are_gone_through_once(tmp_path):
    def edit(book):
        for last in range(900_000, 900_400):
            book.worksheets[0].merged_cells.add(f"E2:E{last}")

    frame = read(write_xlsx(tmp_path / "r.xlsx", {"r": [HEADERS, *ROWS]}, edit))
    assert rows_of(frame) == READ


def test_practice_merged_across_a_heading_leaves_it_a_heading(tmp_path):
    heading = ("Terminated providers", None, None, None, None)
    sheets = {"r": [HEADERS, ROWS[0], heading, *ROWS[1:], (), ("Printed by Goofy.",)]}
    frame = read(write_xlsx(tmp_path / "r.xlsx", sheets, _merge("E2:E7")))
    assert rows_of(frame) == [(*row[:5], row[5] + (row[5] > 2)) for row in READ]
    assert frame.rows["terminated"].tolist() == [False, True, True]


def test_row_that_only_names_a_further_place_has_the_merged_npi_and_is_no_heading(tmp_path):
    further = (None, None, None, None, "Inactive")
    sheets = {"r": [HEADERS, (*ROWS[0][:4], "Hero"), further, ROWS[1]]}
    spans = [f"{column}2:{column}3" for column in "ABCD"]
    frame = read(write_xlsx(tmp_path / "r.xlsx", sheets, _merge(*spans)))
    assert [(row[0], row[4]) for row in rows_of(frame)] == [
        ("Hero", npi(1)),
        ("Inactive", npi(1)),
        (None, npi(2)),
    ]
    assert not frame.rows["terminated"].any()


def test_text_that_reads_like_a_merged_cell_is_none(tmp_path):
    text = 'Duck mergeCell ref="E2:E4"'
    rows = [HEADERS, ROWS[0], (ROWS[1][0], text, *ROWS[1][2:]), ROWS[2]]
    with (
        zipfile.ZipFile(write_xlsx(tmp_path / "r.xlsx", {"r": rows})) as plain,
        zipfile.ZipFile(tmp_path / "own.xlsx", "w") as book,
    ):
        for name in plain.namelist():
            part = plain.read(name).replace(b"&quot;", b'"')
            assert name != SHEET_PART or text.encode() in part
            book.writestr(name, part)
    frame = read(tmp_path / "own.xlsx")
    assert frame.rows["entity_name"].isna().tolist() == [False, True, True]
