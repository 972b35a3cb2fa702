"""`validate` judges and plans as `load` does, and leaves nothing behind."""

import json

import pytest

from provider_assets_tests.rosters import A, npi, person, sample_rows, write_xlsx


def _tree(home):
    return sorted(str(path.relative_to(home.root)) for path in home.root.rglob("*"))


def test_validate_of_a_fresh_home_writes_nothing_at_all(home):
    roster = write_xlsx(home.root / "mercy.xlsx", sample_rows())
    before = _tree(home)
    called = home.call("validate", "--json", roster)
    [result] = json.loads(called.stdout)
    assert called.status == 0
    assert result["status"] == "valid"
    assert result["files"] == dict.fromkeys(("rejects", "filtered", "return", "report"))
    assert (result["import_id"], result["run_id"]) == (None, None)
    assert _tree(home) == before
    with pytest.raises(Exception, match="providerinfo"):
        home.table()


@pytest.mark.parametrize("on_existing", ["reject", "update"])
def test_validate_and_load_agree_row_for_row(home, on_existing):
    home.load(write_xlsx(home.root / "one.xlsx", [person(1), person(2), person(9)]))
    home.set(ON_EXISTING=on_existing)
    roster = write_xlsx(
        home.root / "two.xlsx", [*sample_rows(), person(9, first="Eve"), person(10, npi="1E+9")]
    )
    before = home.table()
    [planned] = json.loads(home.call("validate", "--json", roster).stdout)
    assert home.table() == before
    [loaded] = home.load(roster)
    for key in ("roster", "sha256", "layout", "rows", "reasons", "warnings", "rejects", "error"):
        assert planned[key] == loaded[key], key
    assert (planned["status"], loaded["status"]) == ("valid", "loaded")
    [again] = json.loads(home.call("validate", "--json", roster).stdout)
    assert again["rows"]["unchanged"] == loaded["rows"]["clean"]
    assert again["rejects"] == loaded["rejects"]


def test_validate_tells_the_plan_for_people(sqlite_home):
    sqlite_home.load(write_xlsx(sqlite_home.root / "one.xlsx", [person(1), person(2)]))
    sqlite_home.set(ON_EXISTING="update")
    roster = write_xlsx(
        sqlite_home.root / "two.xlsx", [person(1), person(2, first="Eve"), person(3), person(3)]
    )
    called = sqlite_home.call("validate", roster)
    assert called.status == 0
    assert "would insert 1, update 1, leave 1, reject 0, 1 at other places" in called.stdout


def test_validate_fails_a_roster_whose_blocking_check_fails(sqlite_home):
    sqlite_home.set(MAX_REJECT_RATE="0")
    roster = write_xlsx(sqlite_home.root / "mercy.xlsx", sample_rows())
    called = sqlite_home.call("validate", "--json", roster)
    [result] = json.loads(called.stdout)
    assert called.status == 1
    assert (result["status"], result["error"]["code"]) == ("failed", "too-many-rejects")
    assert json.loads(sqlite_home.call("imports", "--json").stdout) == []


def test_validate_annotates_for_github_without_row_values(sqlite_home):
    (sqlite_home.root / ".git").mkdir()
    roster = write_xlsx(sqlite_home.root / "mercy.xlsx", sample_rows())
    called = sqlite_home.call("validate", "--format", "github", "--strict", roster)
    assert called.status == 3
    assert called.stdout.splitlines() == [
        "::notice file=mercy.xlsx,line=7,title=duplicate-in-file::Sheet1, row 7: An earlier row "
        "of this roster has the same NPI and name; that row counts.",
        "::error file=mercy.xlsx,line=8,title=full-name-missing::Sheet1, row 8: The full name is "
        "empty. Fill in the provider's full name.",
        "::notice file=mercy.xlsx,title=provider_assets::5 of 7 rows would load; 1 needs a "
        "correction, 1 repeats a provider at another place.",
    ]
    assert npi(3) not in called.stdout


def test_validate_shows_what_feeds_what_and_which_rows_are_warned_of(sqlite_home):
    rows = [person(1), person(2, npi="2000000011"), person(3, entity=None)]
    faxed = [[*row, fax] for row, fax in zip(rows, ("555-0100", " ", None), strict=True)]
    roster = write_xlsx(sqlite_home.root / "mercy.xlsx", faxed, (*A, "Fax"))
    [result] = json.loads(sqlite_home.call("validate", "--json", roster).stdout)
    told = [(c["field"], c["header"], c["column"], c["filled"]) for c in result["columns"]]
    assert told == [
        ("entity_name", "Type", "A", 2),
        ("first_name", "NpFirstName", "B", 3),
        ("last_name", "NpLastName", "C", 3),
        ("full_name", "NP", "D", 3),
        ("npi", "NPI", "E", 3),
    ]
    assert result["columns"][3]["examples"] == ["Aaaaaa, Aaa#"]
    assert result["columns"][0]["empty"] == 1
    assert result["unread"] == ["Fax"]
    assert result["unread_columns"] == [
        {"header": "Fax", "column": "F", "filled": 1, "empty": 2, "sheet": "Sheet1"}
    ]
    assert result["warned"] == [{"sheet": "Sheet1", "row": 3, "codes": ["npi-check-digit"]}]
    shown = sqlite_home.call("validate", roster).stdout
    assert "D NP feeds full_name: 0 empty, such as Aaaaaa, Aaa#" in shown
    assert "not read: Fax (2 empty)" in shown
    annotated = sqlite_home.call("validate", "--format", "github", roster).stdout
    place = "mercy.xlsx,line=3,title=npi-check-digit::Sheet1, row 3: "
    assert any(place in line for line in annotated.splitlines() if line.startswith("::warning"))


def test_doctor_names_a_column_that_may_tell_who_left_once_a_layout(sqlite_home):
    for month in (1, 2):
        rows = [[*person(month), "Inactive"], [*person(month + 10), "Active"]]
        name = sqlite_home.root / f"mercy{month}.xlsx"
        sqlite_home.load(write_xlsx(name, rows, (*A, "Status")))
    told = [one for one in json.loads(sqlite_home.call("doctor", "--json").stdout)
            if "may tell who has left" in json.dumps(one)]  # fmt: skip
    assert len(told) == 1
    assert "layout hospital_a" in json.dumps(told[0])
    assert "'Status'" in json.dumps(told[0])
