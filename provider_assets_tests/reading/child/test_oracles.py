"""Each reader against the one that knows its kind best, cell by cell.

Workbooks are generated with every type of cell, style of string, date system and error.
"""

import zipfile
from datetime import date, datetime, time

import openpyxl
import pytest
import xlrd
import xlsxwriter
import xlwt

from provider_assets.providers.cleaning import CELL_ERRORS
from provider_assets_tests.reading.child.opening import sheets
from provider_assets_tests.reading.files import write_sheet_xml

VALUES = [
    "Mouse", " Mouse ", "Kö & Söhne <x>", "a\nb", "1.0", "2020-05-01 00:00:00", "true", "", None,
    "\u65e5\u672c", "\U0001f600", "x" * 300, "=1+1", "#N/A", "007", True, False, 0, 42, -7, 1.5,
    0.1, 1234567893, 1e15, 1e-7, date(2020, 5, 1), datetime(2029, 6, 30, 13, 4, 5),
    date(1904, 1, 2), date(1999, 12, 31), time(13, 4, 5),
]  # fmt: skip
ERROR_CODES = {text: code for code, text in xlrd.error_text_from_code.items()}
STRINGS = [
    "<is><t>A &amp; B</t></is>",
    "<is><r><t>Minnie</t></r><r><t> Mouse</t></r></is>",
    "<is><r><t>Minnie </t></r><r><t>Mouse</t></r></is>",
    '<is><r><t>Minnie</t></r><r><t xml:space="preserve"> </t></r><r><t>Mouse</t></r></is>',
    "<is><t>A<!-- c --> B</t></is>",
    "<is><t>A<![CDATA[ <x> ]]>B</t></is>",
    "<is><t>A&#10;B&#x20;C</t></is>",
    '<is><t>Kanji</t><rPh sb="0" eb="1"><t>kana</t></rPh></is>',
]


def _plain(value):
    """What the readers make of a value that an oracle gives; as `cells.text_of` says it."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime):
        return value.isoformat(" ")
    if isinstance(value, date):
        return f"{value.isoformat()} 00:00:00"
    if isinstance(value, time):
        return value.isoformat()
    return None if value in (None, "") else str(value)


def _same(found, expected):
    """Both as numbers where both are, else as texts; blanks at the ends are nobody's name.

    The quick reader puts a time on the day zero; what is shown of it is another test's matter.
    """
    if not found or not expected:
        return (found or None) == expected
    found = found.removeprefix("1899-12-31 ")
    try:
        return float(found) == float(expected)
    except ValueError:
        return found.strip() == expected.strip()


def _differences(found, expected):
    rows = zip(found, expected, strict=True)
    return [
        (at, one, other)
        for at, (row, true) in enumerate(rows)
        for one, other in zip(row, true, strict=True)
        if not _same(one, other)
    ]


def _by_openpyxl(path):
    book = openpyxl.load_workbook(path, data_only=True)
    return {
        sheet.title: [[_plain(cell.value) for cell in row] for row in sheet.iter_rows()]
        for sheet in book
    }


@pytest.mark.parametrize("is_1904", [False, True])
@pytest.mark.parametrize("shared", [False, True])
def test_xlsx_of_every_kind_of_cell_is_read_as_openpyxl_reads_it(tmp_path, is_1904, shared):
    path = tmp_path / "roster.xlsx"
    options = {"date_1904": is_1904, "in_memory": shared, "constant_memory": not shared}
    book = xlsxwriter.Workbook(path, options)
    formats = {date: "yyyy-mm-dd", datetime: "m/d/yyyy h:mm:ss", time: "h:mm:ss"}
    formats = {kind: book.add_format({"num_format": form}) for kind, form in formats.items()}
    bold, sheet = book.add_format({"bold": True}), book.add_worksheet("S")
    for at, value in enumerate(VALUES):
        if isinstance(value, str):
            sheet.write_string(at, 0, value)
        elif type(value) in formats:
            sheet.write_datetime(at, 0, value, formats[type(value)])
        else:
            sheet.write(at, 0, value)
        sheet.write_string(at, 1, "end")
        sheet.write_formula(at, 2, "=1/0", None, CELL_ERRORS[at % 7])
        sheet.write_formula(at, 3, "=A1", None, "cached")
        if shared:
            sheet.write_rich_string(at, 4, "Minnie", bold, " ", "Mouse")
    book.close()
    found, expected = sheets(path)["S"], _by_openpyxl(path)["S"]
    assert _differences(found, expected) == []


@pytest.mark.parametrize("within", ["sheet", "shared strings"])
def test_xlsx_of_every_style_of_string_is_read_as_openpyxl_reads_it(tmp_path, within):
    inline = "".join(
        f'<row r="{at}"><c r="A{at}" t="inlineStr">{text}</c></row>'
        for at, text in enumerate(STRINGS, 1)
    )
    path = write_sheet_xml(tmp_path / "inline.xlsx", inline)
    if within == "shared strings":
        path = _with_shared_strings(path, tmp_path / "shared.xlsx")
    assert _differences(sheets(path)["Sheet"], _by_openpyxl(path)["Sheet"]) == []


def _with_shared_strings(path, target):
    """The same workbook with its strings where most programs keep them."""
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    strings = "".join(f"<si>{text[4:-5]}</si>" for text in STRINGS)
    cells = "".join(
        f'<row r="{at}"><c r="A{at}" t="s"><v>{at - 1}</v></c></row>'
        for at in range(1, len(STRINGS) + 1)
    )
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings"
    relation = f'<Relationship Id="rId9" Type="{kind}" Target="sharedStrings.xml"/></Relationships>'
    part = (
        '<Override PartName="/xl/sharedStrings.xml" ContentType="application/vnd.openxml'
        'formats-officedocument.spreadsheetml.sharedStrings+xml"/></Types>'
    )
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            content = old.read(name).decode()
            if name.endswith("sheet1.xml"):
                content = f'<worksheet xmlns="{main}"><sheetData>{cells}</sheetData></worksheet>'
            if name.startswith("xl/_rels"):
                content = content.replace("</Relationships>", relation)
            new.writestr(name, content.replace("</Types>", part))
        new.writestr("xl/sharedStrings.xml", f'<sst xmlns="{main}">{strings}</sst>')
    return target


@pytest.mark.parametrize("is_1904", [False, True])
@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "mac_roman"])
def test_xls_of_every_kind_of_cell_is_read_as_it_was_written(tmp_path, is_1904, encoding):
    path = tmp_path / "roster.xls"
    book = xlwt.Workbook(encoding=encoding)
    book.dates_1904 = is_1904
    sheet = book.add_sheet("S")
    styles = {date: "yyyy-mm-dd", datetime: "m/d/yyyy h:mm:ss", time: "h:mm:ss"}
    for at, value in enumerate(VALUES):
        if type(value) in styles:
            sheet.write(at, 0, value, xlwt.easyxf(num_format_str=styles[type(value)]))
        else:
            sheet.write(at, 0, value)
        sheet.write(at, 1, "end")
        sheet.row(at).set_cell_error(2, ERROR_CODES[CELL_ERRORS[at % 7]])
        plain, bold = xlwt.easyfont(""), xlwt.easyfont("bold true")
        sheet.write_rich_text(at, 3, [("Minnie", plain), (" ", bold), ("Möuse", plain)])
    book.save(str(path))
    expected = [
        [_plain(value), "end", CELL_ERRORS[at % 7], "Minnie Möuse"]
        for at, value in enumerate(VALUES)
    ]
    assert _differences(sheets(path)["S"], expected) == []
