"""Sheets that are kept for the record: never loaded, or left out, without a word."""

import pytest

from provider_assets.errors import RosterError
from provider_assets.providers.kept_apart import judge_use
from provider_assets_tests.reading.files import read, write_xlsx
from provider_assets_tests.reading.test_departures import HEADERS, people

RECORD = ("Old", "Archive", "Backup of Roster", "Back up 2025", "Roster_OLD", "Previous")
OUT = ("Old (do not load)", "Do not use", "DO_NOT_IMPORT", "Ignore", "Don't load", "DoNotUse")


def test_names_of_sheets_are_told_apart():
    assert {judge_use(name) for name in RECORD} == {"record"}
    assert {judge_use(name) for name in OUT} == {"out"}
    assert {judge_use(name) for name in ("Sheet1", "Golden Gate", "Use this", "Roster")} == {None}


def test_sheet_that_is_kept_for_the_record_loads_with_a_note(tmp_path):
    one, two, three = people((), (), ())
    sheets = {"Now": [HEADERS, one], "Archive": [HEADERS, two, three]}
    frame = read(write_xlsx(tmp_path / "r.xlsx", sheets))
    assert frame.rows["sheet"].tolist() == ["Now", "Archive", "Archive"]
    assert frame.source.notes == (
        "sheet 'Archive' is named like one that is kept for the record; its 2 rows count as "
        "others do: if they are not to load, hide or delete the sheet, and send the roster again",
    )


def test_sheet_that_is_not_to_be_loaded_is_left_out_with_a_note(tmp_path):
    one, two, three = people((), (), ())
    sheets = {"Now": [HEADERS, one], "Old (do not load)": [HEADERS, two, three]}
    frame = read(write_xlsx(tmp_path / "r.xlsx", sheets))
    assert frame.rows["sheet"].tolist() == ["Now"]
    assert frame.source.notes == (
        "sheet 'Old (do not load)' is named as not to be loaded; its 2 rows were left out: rename "
        "the sheet if they are to load",
    )
    assert not frame.source.whole


def test_roster_on_such_a_sheet_alone_is_refused_with_its_name(tmp_path):
    path = write_xlsx(tmp_path / "r.xlsx", {"Do not use": [HEADERS, *people(())]})
    with pytest.raises(RosterError, match="'Do not use' is named as not to be loaded; its row"):
        read(path)
