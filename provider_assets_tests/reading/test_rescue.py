"""What no reader opens, converted by LibreOffice itself inside the reader's limits."""

import gzip
import struct

import pytest

from provider_assets.errors import FileCode, RosterError
from provider_assets.reading.child.rescue import NOTE
from provider_assets.reading.limits import ReadingLimits
from provider_assets.reading.office import find_office
from provider_assets_tests.reading.child.made import biff_record
from provider_assets_tests.reading.files import npi, read, rows_of
from provider_assets_tests.reading.libreoffice import require_libreoffice

pytestmark = pytest.mark.slow

ALLOWED = ReadingLimits(seconds=120, rescue=True)
ROWS = [("NPI", "FULLNAME", "LASTNAME"), (npi(1), "Mouse, Minnie", "Mouse")]
LAYOUT = "name: own\ncolumns: {npi: NPI, full_name: FULLNAME, last_name: LASTNAME}"


@pytest.fixture(autouse=True, scope="module")
def _libreoffice():
    require_libreoffice()


def _sylk(path):
    lines = ["ID;PWXL;N;E"]
    for y, row in enumerate(ROWS, 1):
        lines += [f'C;Y{y};X{x};K"{value}"' for x, value in enumerate(row, 1)]
    path.write_text("\r\n".join([*lines, "E", ""]), encoding="ascii")
    return path


def _excel_4(path):
    content = biff_record(0x0409, struct.pack("<HHH", 0, 0x10, 0))
    for y, row in enumerate(ROWS):
        for x, value in enumerate(row):
            cell = struct.pack("<HHHH", y, x, 0, len(value)) + value.encode()
            content += biff_record(0x0204, cell)
    path.write_bytes(content + biff_record(0x0A))
    return path


def _dif(path):
    lines = ["TABLE", "0,1", '"EXCEL"', "VECTORS", f"0,{len(ROWS)}", '""', "TUPLES"]
    lines += [f"0,{len(ROWS[0])}", '""', "DATA", "0,0", '""']
    for row in ROWS:
        lines += ["-1,0", "BOT", *(part for value in row for part in ("1,0", f'"{value}"'))]
    path.write_text("\r\n".join([*lines, "-1,0", "EOD", ""]), encoding="ascii")
    return path


def _gnumeric(path):
    cells = "".join(
        f'<g:Cell Row="{y}" Col="{x}" ValueType="60">{value}</g:Cell>'
        for y, row in enumerate(ROWS)
        for x, value in enumerate(row)
    )
    names = "<g:SheetNameIndex><g:SheetName>S</g:SheetName></g:SheetNameIndex>"
    book = (
        '<g:Workbook xmlns:g="http://www.gnumeric.org/v10.dtd">'
        f"{names}<g:Sheets><g:Sheet><g:Name>S</g:Name><g:MaxCol>2</g:MaxCol><g:MaxRow>1</g:MaxRow>"
        f"<g:Cells>{cells}</g:Cells></g:Sheet></g:Sheets></g:Workbook>"
    )
    path.write_bytes(gzip.compress(book.encode()))
    return path


@pytest.mark.parametrize(
    ("name", "write"),
    [
        ("roster.slk", _sylk),
        ("roster.xls", _excel_4),
        ("roster.dif", _dif),
        ("roster.gnumeric", _gnumeric),
    ],
)
def test_spreadsheet_of_another_program_is_converted_and_read(tmp_path, name, write):
    path = write(tmp_path / name)
    with pytest.raises(RosterError) as raised:
        read(path, LAYOUT)
    assert raised.value.code == FileCode.UNSUPPORTED
    frame = read(path, LAYOUT, limits=ALLOWED)
    assert rows_of(frame) == [(None, None, "Mouse", "Mouse, Minnie", npi(1), 2)]
    assert frame.source.notes == (NOTE,)


@pytest.mark.parametrize(
    "content", [b"%PDF-1.7 nothing", b"\x89PNG\r\n\x1a\n\0", b"PK\x03\x04" + b"\0" * 99]
)
def test_what_nobody_can_convert_stays_what_it_is(tmp_path, content):
    path = tmp_path / "roster.xlsx"
    path.write_bytes(content)
    with pytest.raises(RosterError) as plain:
        read(path)
    with pytest.raises(RosterError) as rescued:
        read(path, limits=ALLOWED)
    assert rescued.value.message == plain.value.message


def _dbase(path):
    """A plain dBASE III file."""
    names = ROWS[0]
    head = struct.pack("<4BIHH20x", 3, 126, 5, 1, len(ROWS) - 1, 33 + 32 * len(names), 91)
    for name in names:
        head += struct.pack("<11sc4xBB14x", name.encode(), b"C", 30, 0)
    rows = b"".join(b" " + b"".join(cell.encode().ljust(30) for cell in row) for row in ROWS[1:])
    path.write_bytes(head + b"\r" + rows + b"\x1a")
    return path


def test_dbf_is_converted_only_where_the_drivers_of_databases_are_there(tmp_path):
    path = _dbase(tmp_path / "roster.dbf")
    program = find_office()
    assert program is not None
    if list(program.resolve().parent.glob("libdbase*")):
        assert [row[4] for row in rows_of(read(path, LAYOUT, limits=ALLOWED))] == [npi(1)]
        return
    with pytest.raises(RosterError) as refused:
        read(path, LAYOUT, limits=ALLOWED)
    assert refused.value.code == FileCode.UNSUPPORTED
    assert "this is a database" in refused.value.message
