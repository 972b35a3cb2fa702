"""The main job through the command line, on the real server and on SQLite."""

import json
from pathlib import Path

from dagster import DagsterEventType
from openpyxl import load_workbook

from provider_assets.orchestration import resources
from provider_assets.orchestration.command.instance import open_instance
from provider_assets.reports import index
from provider_assets.settings import process_settings
from provider_assets_tests.rosters import A, B, npi, person, sample_rows, write_xlsx

LOADED = [
    ("HOSP", f"Ada{number}", "Quimby", f"Quimby, Ada{number}", npi(number))
    for number in (1, 2, 3, 4, 5)
]


def test_load_sample_roster_loads_five_rejects_one_and_finds_one_duplicate(home):
    roster = write_xlsx(home.root / "mercy.xlsx", sample_rows())
    called = home.call("load", "--json", roster)
    [result] = json.loads(called.stdout)
    assert called.status == 0
    assert result["status"] == "loaded"
    assert result["file"] == "mercy.xlsx"
    assert result["roster"] == f"mercy-{result['sha256'][:12]}"
    assert result["layout"] == "hospital_a"
    assert result["error"] is None
    assert result["rows"] == {
        "read": 7,
        "invalid": 1,
        "duplicate": 1,
        "clean": 5,
        "inserted": 5,
        "updated": 0,
        "unchanged": 0,
        "departed": 0,
        "left": 0,
    }
    assert result["reasons"] == {"full-name-missing": 1, "duplicate-in-file": 1}
    assert result["warnings"] == {}
    assert [
        (each["sheet"], each["row"], each["outcome"], each["codes"]) for each in result["rejects"]
    ] == [
        ("Sheet1", 7, "duplicate", ["duplicate-in-file"]),
        ("Sheet1", 8, "invalid", ["full-name-missing"]),
    ]
    assert home.table() == LOADED


def test_load_writes_the_rejects_the_filtered_roster_and_the_report(home):
    roster = write_xlsx(home.root / "mercy.xlsx", sample_rows())
    [result] = home.load(roster)
    rejects = load_workbook(result["files"]["rejects"])
    assert rejects.sheetnames == ["Errors", "Duplicates"]
    assert [cell.value for cell in rejects["Errors"][2]][:5] == person(6, full=None)
    filtered = load_workbook(result["files"]["filtered"]).active
    assert [[cell.value for cell in row] for row in filtered.iter_rows()] == [
        list(A),
        *(person(number) for number in (1, 2, 3, 4, 5)),
    ]
    assert (home.root / "var/drop/reports").glob("mercy_*.html")


def test_load_says_what_the_application_holds_otherwise_or_only_which_fields_differ(home):
    home.load(write_xlsx(home.root / "mercy.xlsx", sample_rows()))
    roster = write_xlsx(home.root / "b.xlsx", [person(1, last="Pell"), person(2)], B)
    reasons = []
    for show in ("values", "fields"):
        home.set(SHOW_HELD=show)
        [result] = home.load("--replay", roster)
        [row] = list(load_workbook(result["files"]["rejects"])["DuplicatesExisting"])[1:2]
        reasons.append(row[5].value)
        page = Path(result["files"]["report"]).read_text(encoding="utf-8")
        assert ("holds Provider Last Name: Quimby." in page) is (show == "values")

    said = "The application already holds this NPI with other values, and keeps them. "
    assert reasons == [
        f"{said}(already-loaded-different) The application holds Provider Last Name: Quimby.",
        f"{said}(already-loaded-different) Other values: Provider Last Name.",
    ]


def test_load_writes_a_return_file_with_a_line_for_each_row(home):
    roster = write_xlsx(home.root / "mercy.xlsx", sample_rows())
    home.load(roster)
    home.execute(f"DELETE FROM providerinfo WHERE PROV_NPI = '{npi(2)}'")
    [result] = home.load("--replay", roster)
    document = json.loads(Path(result["files"]["return"]).with_suffix(".json").read_text())
    assert [(one["row"], one["key"], one["outcome"]) for one in document["rows"]] == [
        (2, npi(1), "unchanged"),
        (3, npi(2), "loaded"),
        (4, npi(3), "unchanged"),
        (5, npi(4), "unchanged"),
        (6, npi(5), "unchanged"),
        (7, npi(3), "repeated"),
        (8, npi(6), "rejected"),
    ]
    assert document["import"] == result["import_id"] == 2


def test_load_of_a_loaded_roster_adds_nothing_under_any_name(home):
    roster = write_xlsx(home.root / "mercy.xlsx", sample_rows())
    again = home.root / "other name.xlsx"
    again.write_bytes(roster.read_bytes())
    [first] = home.load(roster)
    for path in (roster, again):
        [result] = home.load(path)
        assert result["status"] == "already_loaded"
        assert result["import_id"] == first["import_id"]
        assert result["rows"] == {**first["rows"], "inserted": 0, "unchanged": 5}
        assert result["rejects"] == first["rejects"]
        assert home.table() == LOADED


def test_load_replay_of_an_unchanged_roster_adds_nothing(home):
    roster = write_xlsx(home.root / "mercy.xlsx", sample_rows())
    [first] = home.load(roster)
    [again] = home.load("--replay", roster)
    assert again["status"] == "loaded"
    assert again["import_id"] != first["import_id"]
    assert again["rows"] == {**first["rows"], "inserted": 0, "unchanged": 5}
    assert home.table() == LOADED


def test_load_replay_brings_back_a_row_that_somebody_deleted(home):
    roster = write_xlsx(home.root / "mercy.xlsx", sample_rows())
    home.load(roster)
    home.execute(f"DELETE FROM providerinfo WHERE PROV_NPI = '{npi(2)}'")
    [told] = home.load(roster)
    assert told["status"] == "already_loaded"
    [again] = home.load("--replay", roster)
    assert (again["rows"]["inserted"], again["rows"]["unchanged"]) == (1, 4)
    assert home.table() == LOADED


def test_load_of_a_held_npi_rejects_that_row_and_loads_the_rest(home):
    home.load(write_xlsx(home.root / "one.xlsx", sample_rows()))
    two = write_xlsx(home.root / "two.xlsx", [person(1), person(2, first="Eve"), person(9)])
    [result] = home.load(two)
    assert result["reasons"] == {"already-loaded": 1, "already-loaded-different": 1}
    assert result["rows"]["inserted"] == 1
    assert home.table() == [*LOADED, ("HOSP", "Ada9", "Quimby", "Quimby, Ada9", npi(9))]


def test_load_under_update_changes_what_differs(home):
    home.load(write_xlsx(home.root / "one.xlsx", sample_rows()))
    home.set(ON_EXISTING="update")
    two = write_xlsx(home.root / "two.xlsx", [person(1), person(2, first="Eve"), person(9)])
    [result] = home.load(two)
    assert result["rows"] == {
        "read": 3,
        "invalid": 0,
        "duplicate": 0,
        "clean": 3,
        "inserted": 1,
        "updated": 1,
        "unchanged": 1,
        "departed": 0,
        "left": 0,
    }
    assert home.table()[1] == ("HOSP", "Eve", "Quimby", "Quimby, Ada2", npi(2))


def test_load_of_layout_b_with_an_empty_full_name_rejects_that_row(home):
    rows = [person(1), person(2, full=None), person(3, entity=None)]
    [result] = home.load(write_xlsx(home.root / "b.xlsx", rows, headers=B))
    assert result["layout"] == "hospital_b"
    assert result["reasons"] == {"full-name-missing": 1}
    assert home.table() == [LOADED[0], (None, "Ada3", "Quimby", "Quimby, Ada3", npi(3))]


def test_load_chooses_the_layout_by_headers_and_never_by_the_name(home):
    roster = write_xlsx(home.root / "Area_B.xlsx", sample_rows())
    [result] = home.load(roster)
    assert (result["layout"], result["rows"]["inserted"]) == ("hospital_a", 5)
    assert home.table() == LOADED


def test_load_of_unknown_headers_fails_that_roster_and_the_next_one_loads(home):
    odd = write_xlsx(home.root / "a_odd.xlsx", [person(1)], headers=(*A[:4], "Number"))
    good = write_xlsx(home.root / "b_good.xlsx", sample_rows())
    called = home.call("load", "--json", odd, good)
    failed, loaded = json.loads(called.stdout)
    assert called.status == 1
    assert failed["status"] == "failed"
    assert failed["error"]["code"] == "no-layout"
    assert "the nearest is hospital_a, which lacks a column for npi" in failed["error"]["message"]
    assert "Type, NpFirstName, NpLastName, NP, Number" in failed["error"]["message"]
    assert loaded["status"] == "loaded"
    assert home.table() == LOADED
    history = json.loads(home.call("imports", "--json").stdout)
    assert [(each["file"], each["state"]) for each in history] == [
        ("b_good.xlsx", "loaded"),
        ("a_odd.xlsx", "failed"),
    ]


def test_load_with_too_many_invalid_rows_loads_nothing_and_still_returns_the_rejects(home):
    home.set(MAX_REJECT_RATE="0.1")
    called = home.call("load", "--json", write_xlsx(home.root / "mercy.xlsx", sample_rows()))
    [result] = json.loads(called.stdout)
    assert called.status == 1
    assert result["status"] == "failed"
    assert result["error"]["code"] == "too-many-rejects"
    assert "1 of 7 rows is invalid (14%)" in result["error"]["message"]
    assert result["rows"]["inserted"] == 0
    assert load_workbook(result["files"]["rejects"]).sheetnames == [
        "Errors",
        "Passed",
        "Duplicates",
    ]
    assert home.table() == []
    home.set(MAX_REJECT_RATE="0.5")
    [again] = home.load(home.root / "mercy.xlsx")
    assert again["status"] == "loaded"
    assert home.table() == LOADED


def test_load_strict_tells_rejected_rows_by_its_status(sqlite_home):
    roster = write_xlsx(sqlite_home.root / "mercy.xlsx", sample_rows())
    assert sqlite_home.call("load", "--strict", roster).status == 3
    fine = write_xlsx(sqlite_home.root / "fine.xlsx", [person(8)])
    assert sqlite_home.call("load", "--strict", fine).status == 0


def test_replay_under_a_mended_layout_brings_the_table_to_what_the_roster_yields_now(home):
    layouts = home.root / "layouts"
    layouts.mkdir()
    layout = layouts / "own.yaml"
    text = (
        "name: own\ncolumns:\n  npi: [Nr]\n  full_name: [Who]\n  first_name: [F]\n"
        "  last_name: [L]\n  entity_name: [E]\n"
    )
    layout.write_text(text + "rules: {npi-check-digit: reject}\n")
    home.set(LAYOUTS=str(layouts))
    wrong = npi(2)[:9] + str((int(npi(2)[9]) + 1) % 10)
    roster = write_xlsx(
        home.root / "own.xlsx",
        [person(1), person(2, npi=wrong), person(3)],
        headers=("E", "F", "L", "Who", "Nr"),
    )
    [first] = home.load(roster)
    assert first["reasons"] == {"npi-check-digit": 1}
    layout.write_text(text)
    [told] = home.load(roster)
    assert told["status"] == "already_loaded"
    [replayed] = home.load("--replay", roster)
    assert replayed["status"] == "loaded"
    assert replayed["rows"]["inserted"] == 1
    assert replayed["rows"]["unchanged"] == 2
    assert [row[4] for row in home.table()] == sorted([npi(1), wrong, npi(3)])
    layout.write_text(text + "rules: {npi-check-digit: reject}\n")
    home.load("--replay", roster)
    assert [row[4] for row in home.table()] == [npi(1), npi(3)]


def test_load_of_several_rosters_writes_the_page_over_all_imports_once(home, monkeypatch):
    written = []
    usual = index.write_index

    def write(folder, records, **more):
        written.append([record.file for record in records[:]])
        return usual(folder, records, **more)

    monkeypatch.setattr(index, "write_index", write)
    files = [
        write_xlsx(home.root / f"{name}.xlsx", [person(number)])
        for number, name in enumerate(("first", "second", "third"), 1)
    ]
    home.load(*files)

    assert written == [["first.xlsx", "second.xlsx", "third.xlsx"]]
    home.load(*files)
    assert len(written) == 1


def test_load_looks_at_the_table_as_it_stands_after_the_commit(home, monkeypatch):
    """The server does so while the report is written; what it finds is the check's."""
    usual = resources.load_providers

    def load_and_change(*arguments):
        result = usual(*arguments)
        home.execute(f"UPDATE providerinfo SET PROV_FULL_NM = '' WHERE PROV_NPI = '{npi(1)}'")
        return result

    monkeypatch.setattr(resources, "load_providers", load_and_change)
    [result] = home.load(write_xlsx(home.root / "mercy.xlsx", [person(1), person(2)]))

    with open_instance(process_settings()) as instance:
        records = instance.get_records_for_run(
            result["run_id"], of_type=DagsterEventType.ASSET_CHECK_EVALUATION
        ).records
    checks = [each.event_log_entry.dagster_event.asset_check_evaluation_data for each in records]
    assert {check.check_name for check in checks if not check.passed} == {
        "table_matches_import",
        "table_names_are_present",
    }
