"""Small rosters made by code, in every kind that is read; providers in them are made up."""

import io
import struct
import zipfile
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path
from xml.sax.saxutils import escape

import openpyxl
import xlwt

from provider_assets.providers.npi import check_digit
from provider_assets.providers.roster import RosterFrame
from provider_assets.reading.layouts import load_layouts, parse_layout
from provider_assets.reading.limits import ReadingLimits
from provider_assets.reading.roster import read_roster

Rows = Sequence[Sequence[object]]

SHEET_PART = "xl/worksheets/sheet1.xml"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_SHEET = f'<worksheet xmlns="{_MAIN}">{{}}<sheetData>{{}}</sheetData></worksheet>'


def npi(number: int) -> str:
    """A made-up NPI with a right check digit."""
    nine = f"1{number:08d}"
    return nine + check_digit(nine)


HEADERS = ("NPI", "Full Name", "First Name", "Last Name", "Practice Name")
PEOPLE = (
    (npi(1), "Mouse, Minnie", "Minnie", "Mouse", "Hero"),
    (npi(2), "Duck, Zoë", "Zoë", "Duck", "Kö & Söhne"),
)


def read(
    path: Path,
    *layouts: str,
    limits: ReadingLimits | None = None,
    file: str | None = None,
    today: date | None = None,
) -> RosterFrame:
    """Read a file with the built-in layouts and those given as YAML."""
    return read_roster(
        path,
        roster="roster-000000000000",
        file=file or path.name,
        sha256="0" * 64,
        layouts=(*load_layouts(None), *(parse_layout(text, "own.yaml") for text in layouts)),
        limits=limits or ReadingLimits(seconds=60),
        today=today,
    )


def rows_of(frame: RosterFrame) -> list[tuple[object, ...]]:
    """Each row as entity, first, last, full name, NPI, row number; None where missing."""
    rows = frame.rows[["entity_name", "first_name", "last_name", "full_name", "npi", "row"]]
    return [tuple(rows.astype(object).where(rows.notna(), None).loc[at]) for at in rows.index]


def people(first_row: int = 2) -> list[tuple[object, ...]]:
    """What `rows_of` gives for `PEOPLE` below `HEADERS`."""
    return [
        (entity, first, last, full, number, at)
        for at, (number, full, first, last, entity) in enumerate(PEOPLE, first_row)
    ]


def write_xlsx(path: Path, sheets: Mapping[str, Rows], edit: Callable | None = None) -> Path:
    """A workbook with these sheets; `edit` gets the openpyxl workbook before it is saved."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for at, row in enumerate(rows, 1):
            for position, value in enumerate(row, 1):
                cell = sheet.cell(at, position)
                cell.value = value
    if edit:
        edit(book)
    book.save(path)
    return path


def write_xls(path: Path, rows: Rows) -> Path:
    """A workbook of Excel 97."""
    book = xlwt.Workbook()
    sheet = book.add_sheet("Sheet1")
    for at, row in enumerate(rows):
        for position, value in enumerate(row):
            sheet.write(at, position, value)
    book.save(str(path))
    return path


def write_text(path: Path, rows: Rows, delimiter: str = ",", encoding: str = "utf-8") -> Path:
    """Delimited text; a cell that needs quotation marks gets them."""
    lines = []
    for row in rows:
        cells = ["" if value is None else str(value) for value in row]
        lines.append(
            delimiter.join(
                '"' + cell.replace('"', '""') + '"'
                if any(mark in cell for mark in (delimiter, '"', "\n", "\r"))
                else cell
                for cell in cells
            )
        )
    path.write_bytes(("\n".join(lines) + "\n").encode(encoding))
    return path


_ODS = "urn:oasis:names:tc:opendocument:xmlns:"


def write_ods(path: Path, body: str | Rows) -> Path:
    """An OpenDocument sheet, from rows of text or from the XML of its rows."""
    if not isinstance(body, str):
        body = "".join(ods_row(*(ods_cell(str(value)) for value in row)) for row in body)
    names = "".join(f' xmlns:{name}="{_ODS}{name}:1.0"' for name in ("office", "table", "text"))
    content = (
        f"<office:document-content{names}><office:body><office:spreadsheet>"
        f'<table:table table:name="Sheet1">{body}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as folder:
        folder.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        folder.writestr("content.xml", content)
        folder.writestr("META-INF/manifest.xml", f'<m:manifest xmlns:m="{_ODS}manifest:1.0"/>')
    return path


def ods_cell(text: str, repeated: int = 1) -> str:
    """A cell, repeated to the right."""
    many = f'table:number-columns-repeated="{repeated}"'
    if not text:
        return f"<table:table-cell {many}/>"
    paragraph = f"<text:p>{escape(text)}</text:p>"
    return f'<table:table-cell office:value-type="string" {many}>{paragraph}</table:table-cell>'


def ods_row(*cells: str, repeated: int = 1) -> str:
    """A row, repeated downwards."""
    many = f'table:number-rows-repeated="{repeated}"'
    return f"<table:table-row {many}>{''.join(cells)}</table:table-row>"


def write_xlsb(path: Path, rows: Rows) -> Path:
    """A binary workbook ([MS-XLSB]) with texts and numbers: no library writes one."""

    def record(kind: int, data: bytes = b"") -> bytes:
        number = bytes([kind]) if kind < 128 else bytes([kind & 0x7F | 0x80, kind >> 7])
        return number + bytes([len(data)]) + data

    def text(value: str) -> bytes:
        return struct.pack("<I", len(value)) + value.encode("utf-16-le")

    def cell(position: int, value: object) -> bytes:
        place = struct.pack("<II", position, 0)
        if isinstance(value, int | float):
            return record(5, place + struct.pack("<d", value))  # BrtCellReal
        return record(6, place + text(str(value)))  # BrtCellSt

    width = max(len(row) for row in rows)
    data = record(129) + record(148, struct.pack("<IIII", 0, len(rows) - 1, 0, width - 1))
    data += record(145)
    for at, row in enumerate(rows):
        data += record(0, struct.pack("<IIHBBBI", at, 0, 300, 0, 0, 0, 0))
        data += b"".join(cell(at, value) for at, value in enumerate(row) if value is not None)
    data += record(146) + record(130)
    bundle = record(156, struct.pack("<II", 0, 1) + text("rId1") + text("Sheet1"))
    book = record(131) + record(143) + bundle + record(144) + record(132)
    relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    packages = "http://schemas.openxmlformats.org/package/2006"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as folder:
        folder.writestr(
            "[Content_Types].xml",
            f'<Types xmlns="{packages}/content-types"><Override PartName="/xl/workbook.bin" '
            'ContentType="application/vnd.ms-excel.sheet.binary.macroEnabled.main"/></Types>',
        )
        folder.writestr("xl/workbook.bin", book)
        folder.writestr(
            "xl/_rels/workbook.bin.rels",
            f'<Relationships xmlns="{packages}/relationships"><Relationship Id="rId1" '
            f'Type="{relations}/worksheet" Target="worksheets/sheet1.bin"/></Relationships>',
        )
        folder.writestr("xl/worksheets/sheet1.bin", data)
    return path


def write_sheet_xml(path: Path, rows: str | Callable, before: str = "") -> Path:
    """An xlsx whose only sheet has this XML for its rows, or what `rows` writes to the part."""
    stream = io.BytesIO()
    openpyxl.Workbook().save(stream)
    with zipfile.ZipFile(stream) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name != SHEET_PART:
                new.writestr(name, old.read(name))
            elif isinstance(rows, str):
                new.writestr(name, _SHEET.format(before, rows))
            else:
                with new.open(name, "w", force_zip64=True) as part:
                    rows(part)
    return path
