"""Who left, through the command line and the jobs: reported, taken out, waiting, and back."""

import json
from pathlib import Path

import pytest
from dagster import DagsterInstance
from openpyxl import Workbook, load_workbook

from provider_assets.orchestration.build import build_definitions
from provider_assets.settings import process_settings
from provider_assets_tests.orchestration.fernhollow import (
    HEADERS,
    full_roster,
    layout_with,
    returned_lines,
    roster_of,
    table_row,
)
from provider_assets_tests.rosters import npi


def test_provider_who_left_is_reported_as_still_held_by_default(sqlite_home):
    sqlite_home.load(full_roster(sqlite_home, "jan", (1, 2, 3)))
    [result] = sqlite_home.load(roster_of(sqlite_home, "feb", [(1, "Term"), (4, "Add")]))
    assert result["layout"] == "generic"
    assert (result["rows"]["departed"], result["departures"]["held"]) == (0, 1)
    assert result["warnings"] == {"terminated-still-held": 1}
    assert [one["codes"] for one in result["rejects"]] == [["terminated", "terminated-still-held"]]
    assert result["warned"] == [{"sheet": "feb", "row": 2, "codes": ["terminated-still-held"]}]
    assert returned_lines(result) == [
        (2, "left", ["terminated", "terminated-still-held"]),
        (3, "loaded", []),
    ]
    assert "terminated-still-held" in Path(result["files"]["report"]).read_text()
    assert sqlite_home.table() == [table_row(number) for number in (1, 2, 3, 4)]


def test_provider_who_left_goes_by_word_and_comes_back_by_undo(home):
    layout_with(home, "on_terminated: delete")
    home.load(full_roster(home, "jan", (1, 2, 3)))
    feb = roster_of(home, "feb", [(1, "Term"), (2, "Add")])
    [plan] = json.loads(home.call("validate", "--json", feb).stdout)
    assert plan["rows"]["departed"] == 1
    assert "depart 1" in home.call("validate", feb).stdout
    [result] = home.load(feb)
    assert (result["rows"]["departed"], result["warnings"]) == (1, {})
    assert returned_lines(result) == [(2, "departed", ["terminated"]), (3, "unchanged", [])]
    assert home.table() == [table_row(2), table_row(3)]
    assert "departed, feb.csv" in home.call("trace", npi(1)).stdout
    told = json.loads(home.call("undo", "2", "--json").stdout)
    assert (told["returned"], home.table()) == (1, [table_row(1), table_row(2), table_row(3)])


def test_setting_deletes_where_the_layout_says_nothing(sqlite_home):
    layout_with(sqlite_home)
    sqlite_home.set(ON_TERMINATED="delete")
    sqlite_home.load(full_roster(sqlite_home, "jan", (1, 2)))
    [result] = sqlite_home.load(roster_of(sqlite_home, "feb", [(1, "Term"), (2, "Add")]))
    assert (result["rows"]["departed"], sqlite_home.table()) == (1, [table_row(2)])


def test_setting_does_not_delete_for_generic_and_a_note_says_so(sqlite_home):
    sqlite_home.set(ON_TERMINATED="delete")
    sqlite_home.load(full_roster(sqlite_home, "jan", (1, 2)))
    [result] = sqlite_home.load(roster_of(sqlite_home, "feb", [(1, "Term"), (3, "Add")]))
    assert (result["layout"], result["rows"]["departed"]) == ("generic", 0)
    assert any("stands for many senders" in note for note in result["notes"])
    assert len(sqlite_home.table()) == 3


def test_absent_of_a_full_roster_depart(sqlite_home):
    layout_with(sqlite_home, "roster: full", "absent: delete")
    sqlite_home.load(full_roster(sqlite_home, "jan", (1, 2, 3)))
    [result] = sqlite_home.load(full_roster(sqlite_home, "feb", (2, 3)))
    assert (result["rows"]["departed"], sqlite_home.table()) == (1, [table_row(2), table_row(3)])


def test_corrected_reject_workbook_of_a_full_roster_takes_nobody_out(sqlite_home):
    layout_with(sqlite_home, "roster: full", "absent: delete")
    rows = [(number, "Add") for number in range(1, 6)]
    path = roster_of(sqlite_home, "jan", rows)
    path.write_text(path.read_text() + "12,Ada6,Quimby,Fern,Add\n")
    [result] = sqlite_home.load(path)
    assert result["rows"]["invalid"] == 1
    rejects = Path(result["files"]["rejects"])
    back = sqlite_home.root / "back.xlsx"
    book = load_workbook(rejects)
    book["Errors"].cell(2, 1).value = npi(6)
    book.save(back)
    [again] = sqlite_home.load(back)
    assert (again["rows"]["inserted"], again["rows"]["departed"]) == (1, 0)
    assert len(sqlite_home.table()) == 6


@pytest.mark.parametrize("spoilt", ["hidden", "a header mistyped", "another layout"])
def test_full_roster_with_a_sheet_that_was_not_read_takes_nobody_out(sqlite_home, spoilt):
    layout_with(sqlite_home, "roster: full", "absent: delete")
    sqlite_home.load(full_roster(sqlite_home, "jan", range(1, 21)))
    book = Workbook()
    for name, numbers in (("One", range(1, 18)), ("Two", range(18, 21))):
        sheet = book.create_sheet(name)
        sheet.append(HEADERS.split(","))
        for number in numbers:
            sheet.append([npi(number), f"Ada{number}", "Quimby", "Fern", "Add"])
    del book["Sheet"]
    if spoilt == "hidden":
        book["Two"].sheet_state = "hidden"
    elif spoilt == "another layout":
        book["Two"]["D1"] = "Place"
    else:
        book["Two"]["A1"] = "N.P.Y."
    feb = sqlite_home.root / "feb.xlsx"
    book.save(feb)
    [result] = sqlite_home.load(feb)
    assert (result["layout"], result["rows"]["departed"]) == ("fernhollow", 0)
    assert any("nobody is taken out" in note for note in result["notes"])
    assert sqlite_home.table() == [table_row(number) for number in range(1, 21)]


def test_filtered_workbook_of_a_full_roster_takes_nobody_out(sqlite_home):
    layout_with(sqlite_home, "roster: full", "absent: delete")
    sqlite_home.load(full_roster(sqlite_home, "jan", range(1, 11)))
    feb = full_roster(sqlite_home, "feb", range(1, 11))
    feb.write_text(feb.read_text().replace("Ada9,Quimby", ","))
    [result] = sqlite_home.load(feb)
    assert (result["rows"]["invalid"], result["rows"]["departed"]) == (1, 0)
    [again] = sqlite_home.load(result["files"]["filtered"])
    assert (again["rows"]["read"], again["rows"]["departed"]) == (9, 0)
    assert sqlite_home.table() == [table_row(number) for number in range(1, 11)]


def test_half_a_roster_waits_and_is_approved_by_command(sqlite_home):
    home = sqlite_home
    layout_with(home, "roster: full", "absent: delete")
    home.load(full_roster(home, "jan", range(1, 31)))
    half = home.call("load", full_roster(home, "feb", range(1, 16)))
    assert "departures approve 2" in half.stdout
    assert len(home.table()) == 30
    [waits] = json.loads(home.call("departures", "list", "--json").stdout)
    assert (waits["record"]["id"], waits["absent"], waits["of"]) == (2, 15, 30)
    told = json.loads(home.call("departures", "approve", "2", "--dry-run", "--json").stdout)
    assert (told["done"], told["dry_run"], told["departed"]) == (False, True, 15)
    assert len(home.table()) == 30
    assert "15 rows were taken out" in home.call("departures", "approve", "2").stdout
    assert home.table() == sorted((table_row(n) for n in range(1, 16)), key=lambda row: row[4])
    assert home.call("departures", "list").stdout == "No departures wait.\n"
    assert home.call("departures", "approve", "77").status == 2


def test_job_of_the_ui_decides_with_a_dry_run_first(sqlite_home):
    home = sqlite_home
    layout_with(home, "roster: full", "absent: delete")
    home.load(full_roster(home, "jan", range(1, 31)), full_roster(home, "feb", range(1, 16)))
    job = build_definitions().resolve_job_def("decide_departures")
    for dry_run, rows in ((True, 30), (False, 15)):
        config = {"ops": {"decide": {"config": {"import_id": 2, "dry_run": dry_run}}}}
        assert job.execute_in_process(run_config=config).success
        assert len(home.table()) == rows


@pytest.mark.parametrize("waits", [True, False])
def test_check_warns_of_who_is_still_held_and_of_what_waits(sqlite_home, waits):
    home = sqlite_home
    layout_with(home, *(["roster: full", "absent: delete"] if waits else []))
    home.load(full_roster(home, "jan", range(1, 31)))
    rows = [(number, "Add") for number in range(1, 16 if waits else 30)]
    [result] = home.load(roster_of(home, "feb", rows if waits else [*rows, (30, "Term")]))
    with DagsterInstance.from_config(str(process_settings().dagster_home)) as instance:
        events = instance.get_records_for_run(result["run_id"]).records
    checks = [
        event.event_log_entry.dagster_event.asset_check_evaluation_data
        for event in events
        if event.event_log_entry.dagster_event
        and event.event_log_entry.dagster_event.event_type_value == "ASSET_CHECK_EVALUATION"
    ]
    [check] = [each for each in checks if each.check_name == "departures_are_settled"]
    assert not check.passed
    assert ("departures approve 2" in check.description) is waits
    assert ("the table still holds them" in check.description) is not waits


def test_verified_tells_who_was_named_when(sqlite_home):
    home = sqlite_home
    home.load(full_roster(home, "jan", (1, 2)))
    told = json.loads(home.call("verified", "--json").stdout)
    assert told["counts"] == {
        "providers": 2, "under_60": 2, "from_60": 0, "from_75": 0, "from_90": 0,
    }  # fmt: skip
    assert [(one["npi"], one["file"], one["days"]) for one in told["providers"]] == [
        (npi(1), "jan.csv", 0),
        (npi(2), "jan.csv", 0),
    ]
    assert home.call("verified", "--strict").status == 0
    home.execute("UPDATE provider_import SET started = '2020-01-01 00:00:00.000000'")
    old = home.call("verified", "--older-than", "90d", "--strict")
    assert (old.status, npi(2) in old.stdout) == (3, True)
    assert home.call("verified", "--older-than", "soon").status == 2
    job = build_definitions().resolve_job_def("confirm_providers")
    result = job.execute_in_process()
    [check] = result.get_asset_check_evaluations()
    assert (check.check_name, check.passed) == ("providers_are_confirmed", False)
    assert check.metadata["from_90"].value == 2
