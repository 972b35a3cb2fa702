"""Hostile files: each ends in its code, within its limits, and the next roster is read."""

import io
import threading
import zipfile

import msoffcrypto.format.ooxml
import pytest

from provider_assets.errors import FileCode, RosterError, UsageError
from provider_assets.reading import sandbox
from provider_assets.reading.limits import MB, ReadingLimits
from provider_assets_tests.reading.files import (
    HEADERS,
    PEOPLE,
    SHEET_PART,
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

CELL = '<row r="{1}"><c r="{0}{1}" t="inlineStr"><is><t>{2}</t></is></c></row>'


def _ends_in(code, path, **options):
    with pytest.raises(RosterError) as raised:
        read(path, **options)
    assert raised.value.code == code
    good = write_xlsx(path.with_name("good.xlsx"), {"S": [HEADERS, *PEOPLE]})
    assert rows_of(read(good)) == people()
    return raised.value.message


@pytest.mark.parametrize("megabytes", [300, pytest.param(3_000, marks=pytest.mark.slow)])
def test_bomb_in_one_cell_is_too_large(tmp_path, megabytes):
    def bomb(part):
        part.write(b'<worksheet><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>')
        for _ in range(megabytes):
            part.write(b"A" * MB)
        part.write(b"</t></is></c></row></sheetData></worksheet>")

    message = _ends_in(FileCode.TOO_LARGE, write_sheet_xml(tmp_path / "bomb.xlsx", bomb))
    assert "32,767 characters" in message


@pytest.mark.slow
def test_bomb_in_many_cells_is_too_large(tmp_path):
    def bomb(part):
        part.write(b"<worksheet><sheetData>")
        for at in range(1, 40_000):
            part.write(CELL.format("A", at, "A" * 32_000).encode())
        part.write(b"</sheetData></worksheet>")

    message = _ends_in(FileCode.TOO_LARGE, write_sheet_xml(tmp_path / "bomb.xlsx", bomb))
    assert "unpacks to 1,2" in message


def test_bomb_that_lies_about_its_size_is_too_large(tmp_path):
    text = CELL.format("A", 1, "A" * (40 * MB))
    path = write_sheet_xml(tmp_path / "bomb.xlsx", text)
    content = path.read_bytes()
    with zipfile.ZipFile(path) as folder:
        true = folder.getinfo(SHEET_PART).file_size.to_bytes(4, "little")
    assert content.count(true) == 2
    path.write_bytes(content.replace(true, (1_000).to_bytes(4, "little")))
    _ends_in(FileCode.TOO_LARGE, path)


def test_cell_a_little_longer_than_a_cell_can_be_is_too_large(tmp_path):
    rows = [("NPI", "Name"), ("1", "x" * 32_768)]
    path = write_sheet_xml(
        tmp_path / "long.xlsx",
        "".join(
            f'<row r="{at}">'
            + "".join(
                f'<c r="{letter}{at}" t="inlineStr"><is><t>{value}</t></is></c>'
                for letter, value in zip("AB", row, strict=True)
            )
            + "</row>"
            for at, row in enumerate(rows, 1)
        ),
    )
    _ends_in(FileCode.TOO_LARGE, path)


@pytest.mark.parametrize(
    "rows",
    [
        CELL.format("XFD", 1_048_576, "x"),
        CELL.format("A", 1, "x") + CELL.format("XFD", 1_048_576, "x"),
        CELL.format("A", 1, "x") + CELL.format("ZZZZ", 99_999_999, "x"),
    ],
)
def test_cell_at_the_sheets_end_is_too_large(tmp_path, rows):
    _ends_in(FileCode.TOO_LARGE, write_sheet_xml(tmp_path / "far.xlsx", rows))


def test_sheet_that_declares_too_much_is_too_large(tmp_path):
    before = '<dimension ref="A1:XFD1048576"/>'
    path = write_sheet_xml(tmp_path / "far.xlsx", CELL.format("A", 1, "x"), before)
    message = _ends_in(FileCode.TOO_LARGE, path)
    assert "reaches to row 1,048,576 and column 16,384" in message


def test_far_cell_in_a_large_part_is_told_after_the_reader_died_of_it(tmp_path):
    rows = "".join(CELL.format("A", at, f"row number {at}") for at in range(1, 60_000))
    path = write_sheet_xml(tmp_path / "far.xlsx", rows + CELL.format("XFD", 1_048_576, "x"))
    message = _ends_in(FileCode.TOO_LARGE, path)
    assert "reaches to row 1,048,576 and column 16,384" in message


@pytest.mark.parametrize("times", [16_384, 2_000_000_000])
def test_cells_repeated_without_end_are_too_large(tmp_path, times):
    body = ods_row(ods_cell("x", times), repeated=times)
    _ends_in(FileCode.TOO_LARGE, write_ods(tmp_path / "many.ods", body * 70))


def test_entity_bomb_is_corrupt(tmp_path):
    entities = "".join(f'<!ENTITY {chr(98 + at)} "{f"&{chr(97 + at)};" * 10}">' for at in range(9))

    def bomb(part):
        part.write(f'<!DOCTYPE w [<!ENTITY a "{"A" * 100}">{entities}]>'.encode())
        part.write(b"<worksheet><sheetData>" + CELL.format("A", 1, "&j;").encode())
        part.write(b"</sheetData></worksheet>")

    message = _ends_in(FileCode.CORRUPT, write_sheet_xml(tmp_path / "bomb.xlsx", bomb))
    assert "entities" in message


def test_workbook_with_a_password_is_encrypted(tmp_path):
    plain = write_xlsx(tmp_path / "plain.xlsx", {"S": [HEADERS, *PEOPLE]})
    path = tmp_path / "locked.xlsx"
    with path.open("wb") as out:
        stream = io.BytesIO(plain.read_bytes())
        msoffcrypto.format.ooxml.OOXMLFile(stream).encrypt("secret", out)
    assert "password" in _ends_in(FileCode.ENCRYPTED, path)


def test_zip_of_very_many_parts_is_too_large(tmp_path):
    path = tmp_path / "many.xlsx"
    with zipfile.ZipFile(path, "w") as folder:
        for at in range(10_001):
            folder.writestr(f"xl/{at}", b"")
    _ends_in(FileCode.TOO_LARGE, path)


@pytest.mark.parametrize(
    "limits",
    [
        ReadingLimits(file_bytes=1_000),
        ReadingLimits(unpacked_bytes=2_000),
        ReadingLimits(cells=10),
        ReadingLimits(sheets=0),
        ReadingLimits(output_bytes=100),
    ],
)
def test_each_limit_ends_in_too_large(tmp_path, limits):
    path = write_xlsx(tmp_path / "roster.xlsx", {"S": [HEADERS, *PEOPLE]})
    _ends_in(FileCode.TOO_LARGE, path, limits=limits)


def test_too_little_memory_is_told_and_ends_only_the_child(tmp_path):
    rows = [("NPI", "Name"), *(("1", "x" * 1_000) for _ in range(60_000))]
    path = write_text(tmp_path / "roster.csv", rows)
    with pytest.raises(RosterError) as raised:
        read(path, limits=ReadingLimits(memory=24 * MB))
    assert raised.value.code in (FileCode.TOO_LARGE, FileCode.READER_DIED)
    assert len(read(path).rows) == 60_000


@pytest.mark.parametrize(
    ("worker", "code"),
    [
        ("import os; os.abort()", FileCode.READER_DIED),
        ("import os; os.kill(os.getpid(), 9)", FileCode.READER_DIED),
        ("raise SystemExit(3)", FileCode.READER_DIED),
        ("pass", FileCode.READER_DIED),
        ("import time; time.sleep(600)", FileCode.READER_TIMEOUT),
        ("while True: pass", FileCode.READER_TIMEOUT),
    ],
)
def test_reader_that_aborts_or_hangs_ends_in_its_code(tmp_path, worker, code):
    path = write_xlsx(tmp_path / "roster.xlsx", {"S": [HEADERS, *PEOPLE]})
    job = {"task": "read", "path": str(path), "file": path.name}
    with (
        pytest.raises(RosterError) as raised,
        sandbox.run_reader(job, ReadingLimits(seconds=1), worker),
    ):
        pass
    assert raised.value.code == code
    assert rows_of(read(path)) == people()


def test_readers_folder_is_gone_afterwards_also_after_a_refusal(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))
    (tmp_path / "temporary").mkdir()
    path = write_xlsx(tmp_path / "roster.xlsx", {"S": [HEADERS, *PEOPLE]})
    read(path)
    path.write_bytes(b"PK\x03\x04")
    with pytest.raises(RosterError):
        read(path)
    assert list((tmp_path / "temporary").iterdir()) == []


def test_reader_gets_no_environment(tmp_path, monkeypatch):
    monkeypatch.setenv("PROVIDER_ASSETS_DATABASE_URL", "mysql://user:secret@host/db")
    worker = (
        "import os, json; open('report.json', 'w').write(json.dumps({'seen': sorted(os.environ)}))"
    )
    job = {"task": "read", "path": str(tmp_path), "file": "x"}
    with sandbox.run_reader(job, ReadingLimits(seconds=30), worker) as (report, _):
        assert not [name for name in report["seen"] if "PROVIDER" in name or "HOME" in name]


def test_reader_imports_neither_dagster_nor_pandas(tmp_path):
    path = write_xlsx(tmp_path / "roster.xlsx", {"S": [HEADERS, *PEOPLE]})
    worker = (
        f"{sandbox.WORKER}; import sys, json, pathlib; p = pathlib.Path('report.json'); "
        "p.write_text(json.dumps({'seen': [n for n, m in sys.modules.items() if m]}))"
    )
    job = {
        "task": "columns",
        "path": str(path),
        "file": path.name,
        "known": [],
    }
    with sandbox.run_reader(job, ReadingLimits(seconds=30), worker) as (report, _):
        assert "fastexcel" in report["seen"]
        heavy = {"dagster", "pandas", "numpy", "sqlalchemy", "pydantic", "openpyxl"}
        assert not heavy & set(report["seen"])


@pytest.mark.parametrize("kind", ["link", "folder", "missing"])
def test_what_is_no_file_is_refused_before_anything_is_read(tmp_path, kind):
    path = tmp_path / "roster.xlsx"
    if kind == "link":
        path.symlink_to(write_xlsx(tmp_path / "true.xlsx", {"S": [HEADERS, *PEOPLE]}))
    elif kind == "folder":
        path.mkdir()
    with pytest.raises(UsageError):
        read(path)


def test_file_that_changes_while_it_is_read_is_refused(tmp_path, monkeypatch):
    path = write_text(tmp_path / "roster.csv", [HEADERS, *PEOPLE])
    true = sandbox.NURSERY.run

    def meddle(*arguments):
        status = true(*arguments)
        path.write_bytes(path.read_bytes() + b"\n")
        return status

    monkeypatch.setattr(sandbox.NURSERY, "run", meddle)
    with pytest.raises(RosterError) as raised:
        read(path)
    assert raised.value.code == FileCode.CHANGED_WHILE_READING


def test_several_threads_read_at_once(tmp_path):
    path = write_xlsx(tmp_path / "roster.xlsx", {"S": [HEADERS, *PEOPLE]})
    found = []
    threads = [threading.Thread(target=lambda: found.append(rows_of(read(path)))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [people()] * 4


def test_reader_that_somebody_else_killed_reads_the_file_at_the_second_try(tmp_path, monkeypatch):
    monkeypatch.setattr(sandbox, "QUIET_SECONDS", 0.0)
    once = (
        "import os, pathlib; seen = pathlib.Path('killed')\n"
        "if not seen.exists(): seen.touch(); os.kill(os.getpid(), 9)\n"
        "open('report.json', 'w').write('{\"read\": true}')"
    )
    job = {"task": "read", "path": str(tmp_path / "x.csv"), "file": "x.csv"}
    with sandbox.run_reader(job, ReadingLimits(), worker=once) as (report, _):
        assert report == {"read": True}
