"""Workbooks that a spreadsheet program opens without a word are read, however they are packed."""

import zipfile

import openpyxl
import pytest

from provider_assets.errors import FileCode, RosterError
from provider_assets_tests.reading.child.made import (
    repacked,
    replacing,
    write_stream,
    xls_stream,
)
from provider_assets_tests.reading.files import (
    HEADERS,
    PEOPLE,
    people,
    read,
    rows_of,
    write_ods,
    write_sheet_xml,
    write_xls,
    write_xlsx,
)

ROWS = [HEADERS, *PEOPLE]
SHEET = "xl/worksheets/sheet1.xml"


def _plain(tmp_path):
    return write_xlsx(tmp_path / "plain.xlsx", {"S": ROWS})


def _told(frame):
    return rows_of(frame), frame.source.notes


@pytest.mark.parametrize(
    ("kind", "held"),
    [("chartsheet", "charts"), ("dialogsheet", "a dialog"), ("xlMacrosheet", "macros")],
)
def test_sheet_without_cells_is_passed_over_with_a_note(tmp_path, kind, held):
    path = write_xlsx(tmp_path / "plain.xlsx", {"Extra": [], "S": ROWS})

    def edit(name, content):
        if name == "xl/_rels/workbook.xml.rels":
            at = content.index(b"worksheets/sheet1.xml")
            start = content.rindex(b"<Relationship", 0, at)
            end = content.index(b"/>", at)
            entry = content[start:end].replace(b"/worksheet", b"/" + kind.encode(), 1)
            entry = entry.replace(b"worksheets/", b"others/")
            content = content[:start] + entry + content[end:]
        return name.replace(SHEET, "xl/others/sheet1.xml"), content

    path = repacked(path, tmp_path / "roster.xlsx", edit)
    note = f"sheet 'Extra' holds {held}, not cells; it was skipped"
    assert _told(read(path)) == (people(), (note,))


def test_chart_sheet_as_openpyxl_writes_it_is_passed_over_with_a_note(tmp_path):
    def add(book):
        book.create_chartsheet("Chart", 0).add_chart(openpyxl.chart.BarChart())

    path = write_xlsx(tmp_path / "roster.xlsx", {"S": ROWS}, add)
    note = "sheet 'Chart' holds charts, not cells; it was skipped"
    assert _told(read(path)) == (people(), (note,))


def test_sheet_without_a_relationship_is_passed_over_with_a_note(tmp_path):
    entry = (
        '<sheet name="Lost" sheetId="9" r:id="rId99" xmlns:r="http://schemas.openxmlformats.org/'
    )
    entry += 'officeDocument/2006/relationships"/></sheets>'
    edit = replacing("xl/workbook.xml", ("</sheets>", entry))
    path = repacked(_plain(tmp_path), tmp_path / "roster.xlsx", edit)
    note = "sheet 'Lost' has no content in the file; it was skipped"
    assert _told(read(path)) == (people(), (note,))


def test_only_sheet_is_found_where_the_relationships_are_damaged(tmp_path):
    edit = replacing("workbook.xml.rels", ("<Relationship ", "<Relationshi"))
    path = repacked(_plain(tmp_path), tmp_path / "roster.xlsx", edit)
    assert _told(read(path)) == (people(), ())


@pytest.mark.parametrize("prefix", ["book/", "", "a/b c/"])
def test_parts_in_any_folder_are_found(tmp_path, prefix):
    def edit(name, content):
        content = content.replace(b'"/xl/', f'"/{prefix}'.encode())
        content = content.replace(b'"xl/', f'"{prefix}'.encode())
        return name.replace("xl/", prefix, 1), content

    path = repacked(_plain(tmp_path), tmp_path / "roster.xlsx", edit)
    assert rows_of(read(path)) == people()


@pytest.mark.parametrize(
    "target",
    ["../xl/worksheets/sheet1.xml", "./worksheets/sheet1.xml", "x/../worksheets/sheet1.xml",
     "/xl/worksheets/sheet1.xml", "Worksheets/Sheet1.XML", "worksheets/sheet%31.xml"],
)  # fmt: skip
def test_target_of_a_relationship_leads_wherever_it_leads(tmp_path, target):
    edit = replacing("workbook.xml.rels", ("/xl/worksheets/sheet1.xml", target))
    path = repacked(_plain(tmp_path), tmp_path / "roster.xlsx", edit)
    assert rows_of(read(path)) == people()


@pytest.mark.parametrize(
    "dimension", ["A:C", "", "A1:A1", "C3", "1:3", "A1:", "B2:C3", "R1C1", "a1:e3"]
)
def test_dimension_is_never_believed_where_it_is_wrong(tmp_path, dimension):
    edit = replacing(SHEET, ('<dimension ref="A1:E3" />', f'<dimension ref="{dimension}"/>'))
    path = repacked(_plain(tmp_path), tmp_path / "roster.xlsx", edit)
    assert rows_of(read(path)) == people()


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-be", "iso-8859-1", "windows-1252"])
@pytest.mark.parametrize(
    "part", [SHEET, "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/styles.xml"]
)
def test_part_in_another_encoding_is_read(tmp_path, part, encoding):
    def edit(name, content):
        if name == part:
            text = (
                content.decode().partition("?>")[2]
                if content.startswith(b"<?")
                else content.decode()
            )
            told = encoding.removesuffix("-be")
            mark = "\ufeff" if encoding == "utf-16-be" else ""
            content = f'{mark}<?xml version="1.0" encoding="{told}"?>{text}'.encode(encoding)
        return name, content

    path = repacked(_plain(tmp_path), tmp_path / "roster.xlsx", edit)
    assert rows_of(read(path)) == people()


def test_cells_without_places_are_read_in_their_order(tmp_path):
    cells = "".join(
        "<row>"
        + "".join(f'<c t="str"><v>{cell.replace("&", "&amp;")}</v></c>' for cell in row)
        + "</row>"
        for row in ROWS
    )
    path = write_sheet_xml(tmp_path / "roster.xlsx", cells)
    assert rows_of(read(path)) == people()


def test_elements_with_a_prefix_are_read(tmp_path):
    def edit(name, content):
        if name == SHEET:
            content = content.replace(b"xmlns=", b"xmlns:x=")
            content = (
                content.replace(b"</", b"<\0/").replace(b"<", b"<x:").replace(b"<x:\0/", b"</x:")
            )
            content = content.replace(b"<x:?", b"<?")
        return name, content

    path = repacked(_plain(tmp_path), tmp_path / "roster.xlsx", edit)
    assert rows_of(read(path)) == people()


@pytest.mark.parametrize("name", ["Workbook", "WORKBOOK", "workbook", "Book", "BOOK"])
def test_stream_of_an_old_workbook_is_found_in_any_case(tmp_path, name):
    path = write_stream(tmp_path / "roster.xls", xls_stream(ROWS), name)
    assert rows_of(read(path)) == people()


def test_padding_that_is_cut_off_an_old_workbook_costs_nothing(tmp_path):
    path = write_xls(tmp_path / "roster.xls", ROWS)
    path.write_bytes(path.read_bytes()[:-50])
    assert rows_of(read(path)) == people()


def test_indented_ods_is_read(tmp_path):
    def edit(name, content):
        return name, content.replace(b"><", b">\n    <") if name == "content.xml" else content

    path = repacked(write_ods(tmp_path / "plain.ods", ROWS), tmp_path / "roster.ods", edit)
    assert rows_of(read(path)) == people()


@pytest.mark.parametrize("left_out", [("mimetype",), ("mimetype", "META-INF/manifest.xml")])
def test_ods_without_the_entry_that_tells_its_kind_is_read(tmp_path, left_out):
    def edit(name, content):
        return None if name in left_out else (name, content)

    path = repacked(write_ods(tmp_path / "plain.ods", ROWS), tmp_path / "roster.ods", edit)
    assert rows_of(read(path)) == people()


def test_flat_ods_is_read(tmp_path):
    with zipfile.ZipFile(write_ods(tmp_path / "plain.ods", ROWS)) as folder:
        content = folder.read("content.xml").decode()
    flat = content.replace("office:document-content", "office:document").replace(
        "<office:document ",
        '<office:document office:mimetype="application/vnd.oasis.opendocument.spreadsheet" ',
    )
    path = tmp_path / "roster.fods"
    path.write_text('<?xml version="1.0" encoding="UTF-8"?>\n' + flat, encoding="utf-8")
    assert _told(read(path)) == (people(), ())


def test_hidden_sheet_of_an_ods_is_not_read(tmp_path):
    style = (
        '<office:automatic-styles><style:style xmlns:style="urn:oasis:names:tc:opendocument:xmlns:'
        'style:1.0" style:name="ta2" style:family="table"><style:table-properties '
        'table:display="false"/></style:style></office:automatic-styles><office:body>'
    )
    second = '</table:table><table:table table:name="Old" table:style-name="ta2"><table:table-row>'
    second += (
        "<table:table-cell><text:p>NPI</text:p></table:table-cell></table:table-row></table:table>"
    )
    edit = replacing("content.xml", ("<office:body>", style), ("</table:table>", second))
    path = repacked(write_ods(tmp_path / "plain.ods", ROWS), tmp_path / "roster.ods", edit)
    frame = read(path)
    assert (rows_of(frame), frame.source.hidden_sheets) == (people(), ("Old",))


def test_workbook_of_charts_alone_is_refused(tmp_path):
    book = openpyxl.Workbook()
    book.create_chartsheet("Chart", 0)
    book.save(tmp_path / "plain.xlsx")
    edit = replacing("workbook.xml.rels", ('/worksheet"', '/dialogsheet"'))
    path = repacked(tmp_path / "plain.xlsx", tmp_path / "roster.xlsx", edit)
    with pytest.raises(RosterError) as raised:
        read(path)
    assert raised.value.code == FileCode.EMPTY
