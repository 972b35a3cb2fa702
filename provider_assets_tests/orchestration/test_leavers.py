"""Rosters that mostly say who left: no rejects, and beyond a limit a person decides."""

import json
from pathlib import Path

import pytest

from provider_assets_tests.orchestration.fernhollow import (
    full_roster,
    layout_with,
    returned_lines,
    roster_of,
    table_row,
)


def _leavers(home, name, numbers):
    return roster_of(home, name, [(number, "Term") for number in numbers])


def test_roster_of_leavers_loads_and_counts_nobody_as_rejected(home):
    layout_with(home, "on_terminated: delete")
    home.load(full_roster(home, "jan", range(1, 8)))
    gone = _leavers(home, "gone", (1, 2))
    assert home.call("validate", "--strict", gone).status == 0
    told = home.call("validate", "--format", "github", gone).stdout
    assert ("::error" in told, "::warning" in told, told.count("::notice")) == (False, False, 3)
    [result] = home.load(gone)
    assert (result["status"], result["rows"]["invalid"], result["rows"]["left"]) == ("loaded", 2, 2)
    assert (result["rows"]["departed"], result["departures"]["by_word"]) == (2, "")
    assert home.table() == [table_row(number) for number in range(3, 8)]
    report = Path(result["files"]["report"]).read_text()
    assert "2 rows say that their provider left" in report
    assert "<b>0</b> need a correction" in report


def test_row_that_says_left_needs_its_npi_alone(sqlite_home):
    layout_with(sqlite_home, "on_terminated: delete")
    sqlite_home.load(full_roster(sqlite_home, "jan", range(1, 8)))
    path = sqlite_home.root / "gone.csv"
    lines = [
        "NPI,First Name,Last Name,Practice Name,Action",
        f"{table_row(1)[4]},,,,Term",
        "12,,,,Term",
    ]
    path.write_text("\n".join([*lines, f"{table_row(8)[4]},Ada8,Quimby,Fern,Add"]) + "\n")
    call = sqlite_home.call("load", "--strict", "--json", path)
    [result] = json.loads(call.stdout)
    assert (call.status, result["rows"]["invalid"], result["rows"]["left"]) == (3, 2, 1)
    assert result["rejects"][0]["codes"] == ["terminated"]
    assert "npi-malformed" in result["rejects"][1]["codes"]
    assert table_row(1) not in sqlite_home.table()


@pytest.mark.parametrize(("decision", "stay"), [("approve", 3), ("dismiss", 15)])
def test_many_leavers_wait_for_a_person(sqlite_home, decision, stay):
    home = sqlite_home
    layout_with(home, "on_terminated: delete")
    home.load(full_roster(home, "jan", range(1, 15)))
    many = roster_of(home, "many", [(99, "Add"), *((number, "Term") for number in range(1, 13))])
    [plan] = json.loads(home.call("validate", "--json", many).stdout)
    [result] = home.load(many)
    for told in (plan, result):
        assert told["rows"]["departed"] == 0
        assert (told["departures"]["by_word"], told["departures"]["waiting"]) == ("waiting", True)
        assert "12 of 13 rows" in told["departures"]["left_note"]
        assert "column Action with values such as" in told["departures"]["left_note"]
    assert len(home.table()) == 15
    assert returned_lines(result)[1] == (3, "left", ["terminated", "terminated-still-held"])
    assert "departures approve 2" in Path(result["files"]["report"]).read_text()
    [waits] = json.loads(home.call("departures", "list", "--json").stdout)
    assert (waits["record"]["id"], waits["absent"], waits["held"]) == (2, 0, 12)
    dry = json.loads(home.call("departures", decision, "2", "--dry-run", "--json").stdout)
    done = json.loads(home.call("departures", decision, "2", "--json").stdout)
    assert {name: dry[name] for name in ("departed", "spared")} == {
        name: done[name] for name in ("departed", "spared")
    }
    assert (len(home.table()), home.call("departures", "list").stdout) == (
        stay,
        "No departures wait.\n",
    )
    [again] = home.load(many, "--replay")
    assert (len(home.table()), again["departures"]["waiting"]) == (stay, False)


def test_full_roster_whose_rows_mostly_say_left_takes_nobody_out_unasked(sqlite_home):
    home = sqlite_home
    layout_with(home, "on_terminated: delete", "roster: full", "absent: delete")
    home.load(full_roster(home, "jan", range(1, 31)))
    rows = [(n, "Term") for n in range(1, 17)] + [(n, "Add") for n in range(17, 29)]
    [result] = home.load(roster_of(home, "feb", rows))
    assert (result["rows"]["departed"], result["departures"]["absent"]) == (0, 2)
    assert (result["departures"]["waiting"], len(home.table())) == (True, 30)
    told = json.loads(home.call("departures", "approve", "2", "--json").stdout)
    assert (told["departed"], home.table()) == (18, sorted(map(table_row, range(17, 29)), key=str))
