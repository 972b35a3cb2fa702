"""Cells that some parser reads wrongly come out as the sender sees them."""

import struct
import zipfile
from datetime import date

import openpyxl
import pytest
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from provider_assets_tests.reading.child.made import (
    biff_record,
    repacked,
    replacing,
    with_chart,
    write_stream,
    xls_stream,
)
from provider_assets_tests.reading.child.opening import sheets
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
    write_xls,
    write_xlsb,
    write_xlsx,
)

ROWS = [HEADERS, *PEOPLE]
TERMS = """
name: terms
columns: {npi: NPI, full_name: Provider}
terminations: {date_column: Ends}
"""


def _from_1904(path, days):
    """A workbook of Excel for Mac: days count from 1904, and a second `workbookPr` follows."""
    book = openpyxl.Workbook()
    book.epoch = CALENDAR_MAC_1904
    book.active.append(("NPI", "Provider", "Ends"))
    for at, day in enumerate(days):
        book.active.append((npi(at), f"Mouse {at}", day))
    book.save(path.with_name("plain.xlsx"))
    extension = (
        '<extLst><ext uri="{140A7094-0E35-4892-8432-C4D2E57EDEB5}" xmlns:x15="http://schemas.'
        'microsoft.com/office/spreadsheetml/2010/11/main"><x15:workbookPr '
        'chartTrackingRefBase="1"/></ext></extLst></workbook>'
    )
    edit = replacing("xl/workbook.xml", ("</workbook>", extension))
    return repacked(path.with_name("plain.xlsx"), path, edit)


def test_days_that_count_from_1904_are_those_that_people_see(tmp_path):
    days = [date(2099, 6, 30), date(2020, 1, 1)]
    path = _from_1904(tmp_path / "roster.xlsx", days)
    found = [row[2] for row in sheets(path, shown=True)["Sheet"]]
    assert found == ["Ends", "2099-06-30", "2020-01-01"]
    assert list(read(path, TERMS).rows["terminated"]) == [False, True]


def test_days_of_an_old_workbook_may_count_from_1904_too(tmp_path):
    import xlwt

    book = xlwt.Workbook()
    book.dates_1904 = True
    sheet = book.add_sheet("S")
    sheet.write(0, 0, date(2029, 6, 30), xlwt.easyxf(num_format_str="m/d/yyyy"))
    book.save(str(tmp_path / "roster.xls"))
    assert sheets(tmp_path / "roster.xls") == {"S": [["2029-06-30 00:00:00"]]}


def test_cached_values_of_a_chart_lie_over_no_cell(tmp_path):
    path = write_stream(tmp_path / "roster.xls", with_chart(xls_stream(ROWS)))
    assert rows_of(read(path)) == people()


def test_text_of_two_bytes_a_letter_that_says_one_is_read_without_zeros(tmp_path):
    """A string of 16-bit letters; a parser that takes the flag for granted sees zeros."""
    label = struct.pack("<HHHHB", 0, 3, 0, 5, 1) + "Titel".encode("utf-16-le")
    stream = xls_stream([["a"]])
    end = biff_record(0x0A)
    path = write_stream(
        tmp_path / "roster.xls", stream[: -len(end)] + biff_record(0x204, label) + end
    )
    assert sheets(path) == {"S": [["a", None, None, "Titel"]]}


@pytest.mark.parametrize(
    ("page", "encoding"),
    [(1252, "cp1252"), (10000, "mac_roman"), (10029, "mac_latin2"), (32768, "mac_roman"),
     (32769, "cp1252"), (437, "cp437")],
)  # fmt: skip
@pytest.mark.parametrize("is_rich", [False, True])
def test_text_of_excel_5_is_read_by_the_code_page(tmp_path, page, encoding, is_rich):
    name = "Müller"
    text = name.encode(encoding)
    label = struct.pack("<HHHH", 0, 0, 0, len(text)) + text
    if is_rich:
        label += b"\x01\x02\x00"
    globals_, sheet = b"", b""
    globals_ += biff_record(0x0809, struct.pack("<HHHH", 0x0500, 0x0005, 0, 1994))
    globals_ += biff_record(0x0042, struct.pack("<H", page))
    bundle = lambda at: biff_record(0x0085, struct.pack("<IBBB", at, 0, 0, 1) + b"S")  # noqa: E731
    end = biff_record(0x0A)
    start = len(globals_) + len(bundle(0)) + len(end)
    sheet = biff_record(0x0809, struct.pack("<HHHH", 0x0500, 0x0010, 0, 1994))
    sheet += biff_record(0x00D6 if is_rich else 0x0204, label) + end
    stream = (globals_ + bundle(start) + end + sheet).ljust(4096, b"\0")
    assert sheets(write_stream(tmp_path / "roster.xls", stream, "Book")) == {"S": [[name]]}


def test_errors_of_a_binary_workbooks_formulas_are_errors(tmp_path):
    path = write_xlsb(
        tmp_path / "plain.xlsb", [("NPI", "Name"), (npi(1), "Mouse"), (npi(2), "Duck")]
    )

    def edit(name, content):
        if name.endswith("sheet1.bin"):
            old = b"\x06" + bytes([8 + 4 + 8]) + struct.pack("<II", 1, 0) + struct.pack("<I", 4)
            old += "Duck".encode("utf-16-le")
            assert old in content
            error = struct.pack("<IIB", 1, 0, 0x2A) + struct.pack("<HII", 0, 0, 0)
            content = content.replace(old, bytes([11, len(error)]) + error)
        return name, content

    path = repacked(path, tmp_path / "roster.xlsb", edit)
    assert sheets(path) == {"Sheet1": [["NPI", "Name"], [npi(1), "Mouse"], [npi(2), "#N/A"]]}


def _typed(kind, attribute, value, seen):
    return (
        f'<table:table-cell office:value-type="{kind}" office:{attribute}="{value}">'
        f"<text:p>{seen}</text:p></table:table-cell>"
    )


def test_typed_cells_of_an_ods_are_values_and_what_is_seen(tmp_path):
    row = "".join(
        [
            _typed("time", "time-value", "PT13H04M05S", "1:04 PM"),
            _typed("date", "date-value", "2020-05-01", "May 1st"),
            _typed("float", "value", "1234567893", "1.23E+09"),
            _typed("boolean", "boolean-value", "true", "WAHR"),
            _typed("percentage", "value", "0.125", "12.5 %"),
            _typed("time", "time-value", "PT25H00M00S", "25:00"),
        ]
    )
    path = write_ods(tmp_path / "roster.ods", f"<table:table-row>{row}</table:table-row>")
    assert sheets(path)["Sheet1"] == [
        ["13:04:05", "2020-05-01 00:00:00", "1234567893", "true", "0.125", "25:00:00"]
    ]
    assert sheets(path, shown=True)["Sheet1"] == [
        ["1:04 PM", "May 1st", "1.23E+09", "WAHR", "12.5 %", "25:00:00"]
    ]


def test_error_in_an_ods_is_the_error(tmp_path):
    cell = (
        '<table:table-cell table:formula="of:=1/0" office:value-type="string" xmlns:calcext="urn:'
        'org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0" calcext:value-type='
        '"error"><text:p>{}</text:p></table:table-cell>'
    )
    row = cell.format("#DIV/0!") + cell.format("Err:502") + ods_cell("Err:502")
    path = write_ods(tmp_path / "roster.ods", f"<table:table-row>{row}</table:table-row>")
    assert sheets(path)["Sheet1"] == [["#DIV/0!", "#VALUE!", "Err:502"]]


def test_comment_and_drawing_in_an_ods_cell_are_no_text_of_it(tmp_path):
    cell = (
        '<table:table-cell office:value-type="string"><office:annotation><text:p>a remark'
        "</text:p></office:annotation><text:p>Mouse,<text:s/><text:span>Minnie</text:span></text:p>"
        "</table:table-cell>"
    )
    path = write_ods(tmp_path / "roster.ods", f"<table:table-row>{cell}</table:table-row>")
    assert sheets(path)["Sheet1"] == [["Mouse, Minnie"]]


def test_row_of_an_ods_repeated_past_the_sheets_end_is_cut_with_a_note(tmp_path):
    body = ods_row(*map(ods_cell, HEADERS)) + ods_row(
        *(ods_cell(str(value)) for value in PEOPLE[0]), repeated=2_000_000
    )
    frame = read(write_ods(tmp_path / "roster.ods", body))
    assert len(frame.rows) == 1_048_575
    assert frame.source.notes == (
        "sheet 'Sheet1': a row is repeated past the sheet's end; what lies beyond it was left out",
    )


@pytest.mark.parametrize("kind", ["xlsx", "xls", "ods", "csv"])
def test_table_that_starts_far_down_is_found(tmp_path, kind):
    rows = [*[()] * 150, *ROWS]
    path = tmp_path / f"roster.{kind}"
    if kind == "xlsx":
        write_xlsx(path, {"S": rows})
    elif kind == "xls":
        write_xls(path, rows)
    elif kind == "ods":
        write_ods(
            path,
            ods_row(repeated=150) + "".join(ods_row(*(ods_cell(str(v)) for v in r)) for r in ROWS),
        )
    else:
        path.write_text("\n" * 150 + "\n".join(";".join(map(str, row)) for row in ROWS))
    assert rows_of(read(path)) == people(first_row=152)


def test_damaged_sheet_part_is_never_read_by_halves(tmp_path):
    path = write_xlsx(tmp_path / "roster.xlsx", {"S": ROWS})
    with zipfile.ZipFile(path) as folder:
        entry = folder.getinfo("xl/worksheets/sheet1.xml")
        place = entry.header_offset + 30 + len(entry.filename) + entry.compress_size // 2
    content = bytearray(path.read_bytes())
    content[place] ^= 0xFF
    path.write_bytes(content)
    with pytest.raises(Exception, match="damaged"):
        read(path)
