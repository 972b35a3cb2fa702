"""What a file is, is decided by its content, and every kind gives the same rows."""

import zipfile

import pytest

from provider_assets.errors import FileCode, RosterError
from provider_assets_tests.reading.files import (
    HEADERS,
    PEOPLE,
    people,
    read,
    rows_of,
    write_ods,
    write_text,
    write_xls,
    write_xlsb,
    write_xlsx,
)

ROWS = [HEADERS, *PEOPLE]
TEXT_ENCODINGS = ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"]


def _code(path):
    with pytest.raises(RosterError) as raised:
        read(path)
    assert repr(path.name) in raised.value.message
    return raised.value.code


@pytest.mark.parametrize(
    ("kind", "write"),
    [
        ("xlsx", lambda path: write_xlsx(path, {"Sheet1": ROWS})),
        ("xlsb", lambda path: write_xlsb(path, ROWS)),
        ("xls", lambda path: write_xls(path, ROWS)),
        ("ods", lambda path: write_ods(path, ROWS)),
    ],
)
def test_workbook_of_each_kind_gives_the_same_rows(tmp_path, kind, write):
    frame = read(write(tmp_path / f"roster.{kind}"))
    assert rows_of(frame) == people()
    assert (frame.source.kind, frame.source.layout, frame.source.notes) == (kind, "generic", ())
    assert list(frame.rows["sheet"]) == ["Sheet1", "Sheet1"]


def test_workbook_with_macros_is_read_as_xlsm(tmp_path):
    plain = write_xlsx(tmp_path / "plain.xlsx", {"Sheet1": ROWS})
    path = tmp_path / "roster.xlsm"
    with zipfile.ZipFile(plain) as old, zipfile.ZipFile(path, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name == "[Content_Types].xml":
                content = content.replace(
                    b"vnd.openxmlformats-officedocument.spreadsheetml.sheet.main",
                    b"vnd.ms-excel.sheet.macroEnabled.main",
                )
            new.writestr(name, content)
    frame = read(path)
    assert (rows_of(frame), frame.source.kind) == (people(), "xlsm")


@pytest.mark.parametrize("encoding", TEXT_ENCODINGS)
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_text_in_each_encoding_and_delimiter_gives_the_same_rows(tmp_path, encoding, delimiter):
    frame = read(write_text(tmp_path / "mercy may.csv", ROWS, delimiter, encoding))
    assert rows_of(frame) == people()
    assert (frame.source.kind, set(frame.rows["sheet"])) == ("text", {"mercy may"})


@pytest.mark.parametrize("extension", ["csv", "xls", "pdf", ""])
def test_wrong_extension_is_noted_and_the_content_read(tmp_path, extension):
    path = write_xlsx(tmp_path / "true.xlsx", {"Sheet1": ROWS})
    wrong = path.rename(tmp_path / f"roster.{extension}".rstrip("."))
    frame = read(wrong)
    assert rows_of(frame) == people()
    named = f'named ".{extension}"' if extension else "without an extension"
    assert frame.source.notes == (
        f"the file is {named} but holds xlsx content; it was read as that",
    )


@pytest.mark.parametrize("first", ["PK", "MZ code", "PAR1", "BZh", "GIF87"])
def test_text_whose_first_header_looks_like_a_magic_number_is_text(tmp_path, first):
    rows = [(first, *HEADERS), *(("x", *person) for person in PEOPLE)]
    assert rows_of(read(write_text(tmp_path / "roster.csv", rows))) == people()


def test_old_workbook_under_the_new_name_is_read(tmp_path):
    frame = read(write_xls(tmp_path / "roster.xlsx", ROWS))
    assert (rows_of(frame), frame.source.kind) == (people(), "xls")


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", FileCode.EMPTY),
        (b"\r\n \t\n\n", FileCode.EMPTY),
        (b"\xff\xfe", FileCode.EMPTY),
        (b"%PDF-1.7 ...", FileCode.UNSUPPORTED),
        (b"\x89PNG\r\n\x1a\n", FileCode.UNSUPPORTED),
        (b"\x1f\x8b\x08\x00", FileCode.UNSUPPORTED),
        (b"<html><p>NPI</p></html>", FileCode.UNSUPPORTED),
        (b'\xef\xbb\xbf<?xml version="1.0"?><Workbook/>', FileCode.UNSUPPORTED),
        ("\ufeff<html>".encode("utf-16-le"), FileCode.UNSUPPORTED),
        (b"\x09\x08\x10\x00\x00\x06\x05\x00", FileCode.UNSUPPORTED),
        (bytes(range(1, 256)) * 40, FileCode.UNSUPPORTED),
        (b"PK\x03\x04" + b"\0" * 100, FileCode.CORRUPT),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, FileCode.CORRUPT),
    ],
)
def test_file_that_is_no_roster_ends_in_its_code(tmp_path, content, code):
    path = tmp_path / "roster.xlsx"
    path.write_bytes(content)
    assert _code(path) == code


@pytest.mark.parametrize(
    ("part", "content"),
    [
        ("[Content_Types].xml", "<wordprocessingml/>"),
        ("[Content_Types].xml", "<presentationml/>"),
        ("mimetype", "application/vnd.oasis.opendocument.text"),
        ("word/document.xml", "<document/>"),
    ],
)
def test_zip_that_is_no_workbook_is_unsupported(tmp_path, part, content):
    path = tmp_path / "roster.xlsx"
    with zipfile.ZipFile(path, "w") as folder:
        folder.writestr(part, content)
    assert _code(path) == FileCode.UNSUPPORTED


@pytest.mark.parametrize(
    ("kind", "share"),
    [("xlsx", 0.3), ("xlsx", 0.6), ("xlsx", 0.99), ("xls", 0.3), ("xls", 0.6), ("xls", 0.9)],
)
def test_truncated_workbook_is_corrupt(tmp_path, kind, share):
    path = tmp_path / f"roster.{kind}"
    write_xlsx(path, {"S": ROWS}) if kind == "xlsx" else write_xls(path, ROWS)
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * share)])
    assert _code(path) == FileCode.CORRUPT
