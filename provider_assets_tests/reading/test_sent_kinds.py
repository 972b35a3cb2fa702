"""Kinds that senders send beside workbooks: exports in XML and HTML, zips, locked workbooks."""

import io
import zipfile

import msoffcrypto.format.ooxml
import pytest

from provider_assets.errors import FileCode, RosterError
from provider_assets_tests.reading.child.opening import sheets
from provider_assets_tests.reading.files import (
    HEADERS,
    PEOPLE,
    npi,
    people,
    read,
    rows_of,
    write_text,
    write_xlsx,
)

ROWS = [HEADERS, *PEOPLE]
XML = """<?xml version="1.0"{declared}?>
<?mso-application progid="Excel.Sheet"?>
<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"
 xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet">
 <Styles><Style ss:ID="d"><NumberFormat ss:Format="Short Date"/></Style></Styles>
 <Worksheet ss:Name="Old"><Table><Row><Cell><Data ss:Type="String">x</Data></Cell></Row></Table>
 <WorksheetOptions xmlns="urn:schemas-microsoft-com:office:excel"><Visible>SheetHidden</Visible>
 </WorksheetOptions></Worksheet>
 <Worksheet ss:Name="Roster"><Table>{rows}</Table></Worksheet>
</Workbook>"""


def _code(path):
    with pytest.raises(RosterError) as raised:
        read(path)
    return raised.value.code, raised.value.message


def _cell(value, kind="String", more=""):
    escaped = str(value).replace("&", "&amp;")
    return f'<Cell {more}><Data ss:Type="{kind}">{escaped}</Data></Cell>'


def _rows(rows):
    return "".join(f"<Row>{''.join(map(_cell, row))}</Row>" for row in rows)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "windows-1252"])
@pytest.mark.parametrize("name", ["roster.xml", "roster.xls"])
def test_spreadsheetml_is_read_whatever_its_name(tmp_path, name, encoding):
    path = tmp_path / name
    declared = f' encoding="{encoding}"'
    path.write_bytes(XML.format(rows=_rows(ROWS), declared=declared).encode(encoding))
    frame = read(path)
    note = 'the file is named ".xls" but holds SpreadsheetML content; it was read as that'
    assert rows_of(frame) == people()
    hidden = "sheet 'Old' is hidden; it was not read"
    assert frame.source.notes == ((note, hidden) if name.endswith("xls") else (hidden,))
    assert (frame.source.hidden_sheets, frame.source.kind) == (("Old",), "xml")


def test_spreadsheetml_cells_stand_where_they_say_and_read_by_their_type(tmp_path):
    placed = _cell("a", more='ss:Index="2" ss:MergeAcross="1"')
    day = _cell("2020-05-01T00:00:00.000", "DateTime", 'ss:StyleID="d"')
    typed = _cell("1234567893", "Number") + day + _cell("1", "Boolean") + _cell("#N/A", "Error")
    rows = f'<Row ss:Index="3">{placed}{_cell("b")}</Row><Row>{typed}</Row>'
    rows += '<Row><Cell><Data ss:Type="String">x</Data>'
    rows += "<Comment><Data>no</Data></Comment></Cell></Row>"
    path = tmp_path / "roster.xml"
    path.write_text(XML.format(rows=rows, declared=""))
    seen = ["1234567893", "5/1/2020", "TRUE", "#N/A"]
    assert sheets(path)["Roster"] == [
        [None] * 4,
        [None] * 4,
        [None, "a", None, "b"],
        ["1234567893", "2020-05-01 00:00:00", "true", "#N/A"],
        ["x", None, None, None],
    ]
    assert sheets(path, shown=True)["Roster"][3] == seen


def test_spreadsheetml_that_defines_entities_is_corrupt(tmp_path):
    path = tmp_path / "roster.xml"
    bomb = XML.format(rows=_rows(ROWS), declared="").replace(
        "<Workbook", '<!DOCTYPE w [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><Workbook'
    )
    path.write_text(bomb)
    code, message = _code(path)
    assert (code, "entities" in message) == (FileCode.CORRUPT, True)


def test_spreadsheetml_nested_too_deeply_is_corrupt(tmp_path):
    path = tmp_path / "roster.xml"
    deep = "<b>" * 100_000 + "</b>" * 100_000
    path.write_text(XML.format(rows=f"<Row><Cell><Data>{deep}</Data></Cell></Row>", declared=""))
    assert _code(path)[0] == FileCode.CORRUPT


def _html(rows, tag="td"):
    lines = ("".join(f"<{tag}>{cell}</{tag}>" for cell in row) for row in rows)
    return "<table>" + "".join(f"<tr>{line}</tr>" for line in lines) + "</table>"


@pytest.mark.parametrize(
    "page",
    [
        "<html><head><style>td {{ mso: x }}</style></head><body>{}</body></html>",
        "<!-- made by a report server -->\n{}",
        "<div>{}</div>",
        '<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><body>{}</body></html>',
        '<meta charset="utf-8">{}',
        "\ufeff<!DOCTYPE html><title>NPI Name</title>{}",
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_table_of_a_web_page_is_read_however_the_page_begins(tmp_path, page, encoding):
    path = tmp_path / "roster.xls"
    escaped = [[cell.replace("&", "&amp;") for cell in row] for row in ROWS]
    path.write_bytes(page.format(_html(escaped)).encode(encoding))
    frame = read(path)
    assert rows_of(frame) == people()
    assert frame.source.notes == (
        'the file is named ".xls" but holds a table of a web page; it was read as that',
    )


def test_page_says_its_encoding_where_it_is_no_utf(tmp_path):
    path = tmp_path / "roster.html"
    page = "<meta http-equiv=Content-Type content='text/html; charset=windows-1250'>"
    path.write_bytes((page + _html([("NPI", "Name"), (npi(1), "Łukasz")])).encode("cp1250"))
    assert [row[3] for row in rows_of(read(path))] == ["Łukasz"]


def test_cells_of_a_page_span_rows_and_columns_and_need_no_end(tmp_path):
    page = """<table><tr><th colspan=2>Roster<th rowspan=2>NPI<tr><td>Last<td>First
    <tr><td>Mouse <b>M.</b><br>Jr<td>Minnie<td x:num="2000300006">2E+09</table>
    <table><tr><td>second<script>var a = "<td>no</td>"</script></table>"""
    path = tmp_path / "roster.html"
    path.write_text(page)
    assert sheets(path)["roster"] == [
        ["Roster", None, "NPI"],
        ["Last", "First", None],
        ["Mouse M. Jr", "Minnie", "2000300006"],
        ["second", None, None],
    ]
    assert sheets(path, shown=True)["roster"][2][2] == "2E+09"


def test_page_without_a_table_is_told_so(tmp_path):
    path = tmp_path / "roster.xls"
    path.write_text("<!-- moved --><div>Please log in</div>")
    code, message = _code(path)
    assert (code, "a web page without a table" in message) == (FileCode.UNSUPPORTED, True)


def _zip(path, files, **options):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, **options) as folder:
        for name, content in files.items():
            folder.writestr(name, content)
    return path


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_zip_with_one_spreadsheet_is_read_and_the_name_inside_told(tmp_path, kind):
    inner = tmp_path / f"mercy may.{kind}"
    write_xlsx(inner, {"S": ROWS}) if kind == "xlsx" else write_text(inner, ROWS)
    files = {f"out/{inner.name}": inner.read_bytes(), "__MACOSX/._x": b"x", "readme.txt": b"hello"}
    frame = read(_zip(tmp_path / "mercy.zip", files))
    assert rows_of(frame) == people()
    assert frame.source.notes == (
        f"the file is a compressed folder; 'mercy may.{kind}' in it was read",
    )


def test_zip_with_several_spreadsheets_is_refused_with_what_to_do(tmp_path):
    path = _zip(tmp_path / "mercy.zip", {"a.csv": b"NPI,Name\n", "b.xlsx": b"x", "c.csv": b"x"})
    code, message = _code(path)
    told = "this is a compressed folder of 3 files; drop each of them by itself"
    assert (code, told in message) == (FileCode.UNSUPPORTED, True)


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_zip_with_two_files_of_one_name_loses_neither_in_silence(tmp_path):
    path = tmp_path / "mercy.zip"
    with zipfile.ZipFile(path, "w") as folder:
        for at in (1, 2):
            folder.writestr("roster.csv", f"NPI,Name\n{npi(at)},Mouse\n")
    code, message = _code(path)
    told = "this is a compressed folder of 2 files; drop each of them by itself"
    assert (code, told in message) == (FileCode.UNSUPPORTED, True)


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("unlike", [True, False])
def test_workbook_with_two_parts_of_one_name_is_refused_where_they_differ(tmp_path, unlike):
    path = write_xlsx(tmp_path / "roster.xlsx", {"S": ROWS})
    with zipfile.ZipFile(path, "a") as folder:
        part = folder.read("xl/worksheets/sheet1.xml")
        folder.writestr("xl/worksheets/sheet1.xml", part + b"\n" if unlike else part)
    if unlike:
        code, message = _code(path)
        assert (code, "two parts of one name" in message) == (FileCode.CORRUPT, True)
    else:
        assert rows_of(read(path)) == people()


def test_zip_within_a_zip_is_not_unpacked(tmp_path):
    inner = _zip(tmp_path / "inner.zip", {"a.csv": b"NPI,Name\n1,x\n"}).read_bytes()
    assert _code(_zip(tmp_path / "outer.zip", {"inner.zip": inner}))[0] == FileCode.UNSUPPORTED


def _locked(path, password):
    plain = io.BytesIO(write_xlsx(path.with_name("plain.xlsx"), {"S": ROWS}).read_bytes())
    with path.open("wb") as out:
        msoffcrypto.format.ooxml.OOXMLFile(plain).encrypt(password, out)
    return path


def test_workbook_under_excels_own_password_is_read_with_a_note(tmp_path):
    frame = read(_locked(tmp_path / "roster.xlsx", "VelvetSweatshop"))
    assert rows_of(frame) == people()
    assert frame.source.notes == (
        "the workbook is encrypted with Excel's own password, which nobody is asked for",
    )


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b'{ "npi": 1 }', "a JSON document"),
        (b"\n [\n 1]", "a JSON document"),
        (b"ID;PWXL;N;E\nP;PGeneral\n", "a SYLK file"),
        (b'TABLE\r\n0,1\r\n"EXCEL"\r\n', "a DIF file"),
        (b"BM\x36\x00\x00\x00\x00\x00\x00\x00", "a picture"),
        (b"RIFF\x24\x00\x00\x00WEBPVP8 ", "a picture, a film or a sound"),
        (b"\x00\x00\x00\x18ftypheic\x00\x00", "a picture or a film"),
        (b"\x00\x00\x02\x00\x06\x04\x06\x00", "a spreadsheet of Lotus 1-2-3 or Quattro Pro"),
        (b"\x00\x00\x1a\x00\x00\x10\x04\x00", "a spreadsheet of Lotus 1-2-3 or Quattro Pro"),
        (b"\x03\x7a\x05\x01" + b"\x02\0\0\0\x61\0\x20\0" + b"\0" * 20, "a database"),
        (b"\xd5\xd7\xc9\x6b\xd5\x81\x94\x85\x25" * 20, "text in EBCDIC, as mainframes write it"),
        (b"MIME-Version: 1.0\n", "a web archive"),
        (b"%!PS-Adobe", "a document for a printer"),
        (b"From: a@b.example\nSubject: roster\n\nhi", "an e-mail"),
    ],
)
def test_what_is_no_spreadsheet_is_called_what_it_is(tmp_path, content, what):
    path = tmp_path / "roster.csv"
    path.write_bytes(content)
    code, message = _code(path)
    assert code == FileCode.UNSUPPORTED
    assert f"this is {what}" in message


def test_text_in_columns_of_fixed_width_is_called_that(tmp_path):
    lines = [f"{npi(at)}  {'Mouse':<20}{'Minnie':<12}" for at in range(5)]
    path = tmp_path / "roster.txt"
    path.write_text("\n".join([f"{'NPI':<12}{'Last Name':<20}{'First Name':<12}", *lines]))
    code, message = _code(path)
    assert code == FileCode.UNSUPPORTED
    assert "text in columns of fixed width" in message
