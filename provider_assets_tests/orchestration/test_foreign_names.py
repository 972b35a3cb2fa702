"""A file's name steers no terminal and begins no line, wherever it is printed, sent or kept."""

import json
from pathlib import Path

import pytest

from provider_assets_tests.rosters import npi, person, sample_rows, write_xlsx

NAME = "a\n::add-mask::b\x1b[31m\u202e.xlsx"


@pytest.fixture
def roster(sqlite_home):
    return write_xlsx(sqlite_home.root / NAME, sample_rows())


def _is_clean(text):
    lines = text.splitlines()
    assert not any(sign in text for sign in ("\x1b", "\u202e", "\x07")), text
    assert [line for line in lines if line.startswith("::add-mask")] == []


@pytest.mark.parametrize(
    "command",
    [
        *(("load",), ("load", "--strict"), ("validate",), ("validate", "--format", "github")),
        ("layouts", "suggest"),
    ],
)
def test_command_about_a_file_prints_its_name_on_one_line(command, sqlite_home, roster):
    called = sqlite_home.call(*command, roster)
    _is_clean(called.stdout + called.stderr)


def test_history_prints_the_names_of_files_on_one_line(sqlite_home, roster):
    [told] = sqlite_home.load(roster)
    assert told["file"] == NAME
    commands = (
        *(("imports",), ("trace", npi(1)), ("undo", "1", "--dry-run"), ("doctor",), ("undo", "1")),
        ("undo", "1"),
    )
    for command in commands:
        called = sqlite_home.call(*command)
        _is_clean(called.stdout + called.stderr)


def test_refusals_print_the_names_of_files_on_one_line(sqlite_home):
    refused = write_xlsx(
        sqlite_home.root / f"much {NAME}", [person(1), *[person(2, full=None)] * 9]
    )
    (sqlite_home.root / f"no {NAME}").write_bytes(b"PK\x03\x04 nothing")
    for path in (refused, sqlite_home.root / f"no {NAME}", sqlite_home.root / f"none {NAME}"):
        called = sqlite_home.call("load", path)
        assert called.status in (1, 2)
        _is_clean(called.stdout + called.stderr)
        [code] = [json.loads(sqlite_home.call("load", "--json", path).stdout or "[{}]")[0]]
        _is_clean((code.get("error") or {}).get("message", ""))
    for page in Path(sqlite_home.root / "var" / "drop").rglob("*.txt"):
        _is_clean(page.read_text())
