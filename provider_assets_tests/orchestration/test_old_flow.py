"""The defects of the flow that this project replaces, each shown to be gone."""

import pytest
from openpyxl import load_workbook

from provider_assets_tests.rosters import B, npi, person, sample_rows, write_xlsx


@pytest.mark.parametrize("name", ["x.xlsx", "Area_B.xlsx", "AB.xlsx", "roster.xlsx"])
def test_letters_in_the_name_decide_nothing(sqlite_home, name):
    [result] = sqlite_home.load(write_xlsx(sqlite_home.root / name, sample_rows()))
    assert (result["layout"], result["rows"]["inserted"]) == ("hospital_a", 5)
    assert len(sqlite_home.table()) == 5


def test_null_name_is_looked_for_in_the_name_and_not_in_the_first_column(sqlite_home):
    rows = [person(1, entity=None), person(2, full=None)]
    [result] = sqlite_home.load(write_xlsx(sqlite_home.root / "b.xlsx", rows, headers=B))
    assert [(each["row"], each["codes"]) for each in result["rejects"]] == [
        (3, ["full-name-missing"])
    ]
    assert sqlite_home.table() == [(None, "Ada1", "Quimby", "Quimby, Ada1", npi(1))]


def test_npi_in_the_table_is_told_on_its_own_sheet_and_neither_fails_nor_doubles(home):
    home.load(write_xlsx(home.root / "one.xlsx", [person(1)]))
    [result] = home.load(write_xlsx(home.root / "two.xlsx", [person(1), person(2)]))
    rejects = load_workbook(result["files"]["rejects"])
    assert rejects.sheetnames == ["DuplicatesExisting"]
    assert rejects["DuplicatesExisting"].cell(2, 5).value == npi(1)
    assert [row[4] for row in home.table()] == [npi(1), npi(2)]


def test_errors_and_duplicates_are_both_kept_and_neither_loads(sqlite_home):
    [result] = sqlite_home.load(write_xlsx(sqlite_home.root / "m.xlsx", sample_rows()))
    rejects = load_workbook(result["files"]["rejects"])
    assert [(name, rejects[name].max_row) for name in rejects.sheetnames] == [
        ("Errors", 2),
        ("Duplicates", 2),
    ]
    assert npi(6) not in [row[4] for row in sqlite_home.table()]


def test_corrected_file_of_the_same_name_loads_on_the_same_day(sqlite_home):
    roster = sqlite_home.root / "mercy.xlsx"
    sqlite_home.load(write_xlsx(roster, [person(1), person(2, full=None)]))
    [corrected] = sqlite_home.load(write_xlsx(roster, [person(1), person(2)]))
    assert corrected["rows"]["inserted"] == 1
    assert [row[4] for row in sqlite_home.table()] == [npi(1), npi(2)]
    names = sorted(path.name for path in (sqlite_home.root / "var/drop/reports").glob("mercy*"))
    assert len(names) == 2


def test_same_file_on_another_day_adds_nothing(sqlite_home):
    roster = write_xlsx(sqlite_home.root / "mercy.xlsx", sample_rows())
    sqlite_home.load(roster)
    later = sqlite_home.root / "mercy 2031-01-01.xlsx"
    roster.rename(later)
    [again] = sqlite_home.load(later)
    assert (again["status"], again["rows"]["inserted"]) == ("already_loaded", 0)


def test_every_one_of_many_rejects_is_told(sqlite_home):
    sqlite_home.set(MAX_REJECT_RATE="1")
    rows = [person(number, full=None) for number in range(150)]
    [result] = sqlite_home.load(write_xlsx(sqlite_home.root / "m.xlsx", rows))
    assert [each["row"] for each in result["rejects"]] == list(range(2, 152))
    errors = load_workbook(result["files"]["rejects"])["Errors"]
    assert [row[4].value for row in errors.iter_rows(min_row=2)] == [npi(n) for n in range(150)]


def test_blank_npis_are_missing_and_no_duplicates_of_each_other(sqlite_home):
    rows = [person(1), person(2, npi=None), person(3, npi=None), person(4)]
    [result] = sqlite_home.load(write_xlsx(sqlite_home.root / "m.xlsx", rows))
    assert result["reasons"] == {"npi-missing": 2}
    assert [row[4] for row in sqlite_home.table()] == [npi(1), npi(4)]


def test_password_has_no_place_on_the_command_line(sqlite_home):
    help_text = sqlite_home.call("load", "--help").stdout.lower()
    assert "password" not in help_text
    assert "user" not in help_text


def test_sheet_may_have_any_name_and_lock_files_are_no_rosters(sqlite_home):
    folder = sqlite_home.root / "drop"
    write_xlsx(folder / "mercy.xlsx", sample_rows(), sheet="Providers 2026")
    (folder / "~$mercy.xlsx").write_bytes(b"\x05owner")
    [result] = sqlite_home.load(folder)
    assert (result["file"], result["rows"]["inserted"]) == ("mercy.xlsx", 5)
    assert result["rejects"][0]["sheet"] == "Providers 2026"
