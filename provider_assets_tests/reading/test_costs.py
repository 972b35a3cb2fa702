"""What hostile files cost: each is refused in little memory and time, and no pipe is waited for."""

import os

import pytest

from provider_assets.errors import FileCode, RosterError, UsageError
from provider_assets.reading import limits
from provider_assets.reading.child.readers.xls import workbook_stream
from provider_assets.reading.child.refusal import Refusal
from provider_assets.reading.layouts import parse_layout
from provider_assets.reading.limits import MB, ReadingLimits
from provider_assets.reading.mailbox.drop_folder import DropFolder
from provider_assets.reading.mailbox.intake import sha256_of
from provider_assets.reading.mailbox.port import FileChangedError
from provider_assets_tests.reading.child.made import write_stream, xls_stream
from provider_assets_tests.reading.files import (
    HEADERS,
    npi,
    ods_cell,
    ods_row,
    read,
    write_ods,
    write_sheet_xml,
)

LITTLE = ReadingLimits(seconds=10, memory=512 * MB)


def _refused(path, given=LITTLE):
    with pytest.raises(RosterError) as raised:
        read(path, limits=given)
    return raised.value.code


@pytest.mark.parametrize("place", ["ZZZZ9", "XFE1", "A1048577", "AAAAAAA1"])
def test_cell_beyond_a_sheets_edge_is_refused_in_little_time(tmp_path, place):
    row = f'<row><c r="{place}" t="str"><v>x</v></c></row>'
    path = write_sheet_xml(tmp_path / "far.xlsx", row)
    assert _refused(path) == FileCode.TOO_LARGE


@pytest.mark.parametrize(
    "content", [b"," * 40_000_000, b"a" * 40_000_000, b"<table><tr>" + b"<td>" * 9_000_000]
)
def test_line_without_an_end_is_refused_in_little_memory(tmp_path, content):
    path = tmp_path / "line.csv"
    path.write_bytes(content)
    assert _refused(path) == FileCode.TOO_LARGE


def test_sectors_in_a_circle_are_corrupt_at_once(tmp_path):
    path = write_stream(tmp_path / "circle.xls", xls_stream([[f"row {at}"] for at in range(3_000)]))
    content = bytearray(path.read_bytes())
    table = 512 + 512 * int.from_bytes(content[76:80], "little")
    content[table + 4 * 5 : table + 4 * 6] = (2).to_bytes(4, "little")
    path.write_bytes(content)
    with pytest.raises(Refusal):
        workbook_stream(path)
    assert _refused(path) == FileCode.CORRUPT


def test_directory_in_a_circle_is_corrupt_at_once(tmp_path):
    path = write_stream(tmp_path / "circle.xls", xls_stream([["a"]]))
    content = bytearray(path.read_bytes())
    table = 512 + 512 * int.from_bytes(content[76:80], "little")
    start = int.from_bytes(content[48:52], "little")
    content[table + 4 * start : table + 4 * start + 4] = start.to_bytes(4, "little")
    path.write_bytes(content)
    assert _refused(path) == FileCode.CORRUPT


def test_npi_that_unfolds_costs_little(tmp_path):
    path = tmp_path / "roster.csv"
    rows = [f"{chr(0xFDFA) * 32_000}{at},Mouse" for at in range(50)]
    path.write_text("\n".join(["NPI,Full Name", *rows, f"{npi(1)},Duck"]), encoding="utf-8")
    assert len(read(path, limits=LITTLE).rows) == 51


def _commas(path):
    with path.open("wb") as file:
        file.write(b"NPI,Full Name\n")
        for _ in range(200):
            file.write(b"," * MB)
    return path


def _deep_markup(path):
    path.write_text(
        '<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">'
        + "<a>" * 200_000
    )
    return path


def _tables_in_tables(path):
    path.write_text("<html><body>" + "<table><tr><td>" * 100_000)
    return path


def _rows_of_rows(path):
    head = ods_row(*(ods_cell(header) for header in HEADERS))
    return write_ods(path, head + ods_row(ods_cell("x", 16_384), repeated=1_048_575))


def _numbers_in_zeros(path):
    path.write_text("NPI,Full Name\n" + ("0" * 32_000 + ",x\n") * 2_000)
    return path


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "write", "code"),
    [
        ("line.csv", _commas, FileCode.TOO_LARGE),
        ("deep.xml", _deep_markup, FileCode.CORRUPT),
        ("tables.html", _tables_in_tables, FileCode.CORRUPT),
        ("rows.ods", _rows_of_rows, FileCode.TOO_LARGE),
        ("zeros.csv", _numbers_in_zeros, None),
    ],
)
def test_hostile_file_ends_in_its_code_within_half_a_gigabyte(tmp_path, name, write, code):
    """The bounds are the reader's own limits: beyond them it would end in another code."""
    path = write(tmp_path / name)
    given = ReadingLimits(seconds=60, memory=512 * MB)
    if code is None:
        assert len(read(path, limits=given).rows) == 2_000
    else:
        assert _refused(path, given) == code


def test_file_that_became_a_pipe_is_not_waited_for(tmp_path):
    folder = DropFolder(tmp_path)
    folder.prepare()
    path = folder.inbox / "roster.csv"
    path.write_text("NPI\n")
    (waiting,) = folder.scan()
    path.unlink()
    os.mkfifo(path)
    with pytest.raises(FileChangedError):
        folder.hash(waiting)
    with pytest.raises(UsageError):
        sha256_of(path)


@pytest.mark.parametrize(
    "key", ["? {a: b}\n: c", "? [a, b]\n: c", "columns:\n  ? {npi: x}\n  : NPI"]
)
def test_layout_with_a_key_that_is_no_word_is_one_sentence(key):
    with pytest.raises(UsageError) as raised:
        parse_layout(f"name: mercy\n{key}\n", "mercy.yaml")
    assert "a key is a word, not a list or a mapping" in raised.value.message
    assert "\n" not in raised.value.message


def test_reader_gets_no_more_memory_than_the_machine_has_left(tmp_path, monkeypatch):
    told = tmp_path / "meminfo"
    told.write_text("MemTotal: 8000000 kB\nMemAvailable: 1000000 kB\n")
    monkeypatch.setattr(limits, "MEMINFO", told)
    monkeypatch.setattr(limits, "CGROUP", tmp_path)
    assert limits.free_memory() == 1_000_000 * 1024 // 5 * 4
    (tmp_path / "memory.max").write_text("734003200")
    (tmp_path / "memory.current").write_text("209715200")
    assert limits.free_memory() == 500 * MB // 5 * 4
    (tmp_path / "memory.max").write_text("max")
    assert limits.free_memory() == 1_000_000 * 1024 // 5 * 4
