"""The past through the command line and through Dagster's jobs: imports, trace, undo, retention."""

import json
import os
import re
import time

import pytest
from dagster import DagsterInstance

from provider_assets.orchestration.build import build_definitions
from provider_assets.settings import process_settings
from provider_assets_tests.rosters import npi, person, sample_rows, write_xlsx


@pytest.mark.parametrize("text", ["abc", "200010001", "20001000180", "²000100018", "", "--x"])
def test_trace_of_what_is_no_npi_is_wrong_use(sqlite_home, text):
    called = sqlite_home.call("trace", "--json", "--", text)
    assert (called.status, called.stdout) == (2, "")
    assert (
        called.stderr == f"error: {text!r} is not an NPI; give its ten digits, such as 2000100018\n"
    )


def test_trace_takes_the_digits_however_they_are_parted(sqlite_home):
    sqlite_home.load(write_xlsx(sqlite_home.root / "one.xlsx", sample_rows()))
    told = json.loads(sqlite_home.call("trace", f" {npi(1)[:4]}-{npi(1)[4:]} ", "--json").stdout)
    assert (told["npi"], len(told["steps"])) == (npi(1), 1)
    assert sqlite_home.call("trace", "2999999999").stdout == (
        "2999999999 is not in the table, and no import knows it.\n"
    )


def _row(number, **changed):
    return tuple(person(number, **changed))


def test_imports_tells_the_history_newest_first(home):
    home.load(write_xlsx(home.root / "one.xlsx", sample_rows()))
    home.load(write_xlsx(home.root / "two.xlsx", [person(1), person(8)]))
    newest, oldest = json.loads(home.call("imports", "--json").stdout)
    assert (newest["file"], newest["state"], newest["reasons"]) == (
        "two.xlsx",
        "loaded",
        {"already-loaded": 1},
    )
    assert (oldest["file"], oldest["rows"]["inserted"], oldest["layout"]) == (
        "one.xlsx",
        5,
        "hospital_a",
    )


def test_counts_of_an_import_are_the_same_wherever_they_are_shown(sqlite_home, monkeypatch):
    monkeypatch.setattr("provider_assets.commands.printed.width", lambda: 80)  # a terminal's
    good = write_xlsx(sqlite_home.root / "good.xlsx", sample_rows())
    bad = write_xlsx(sqlite_home.root / "bad.xlsx", [person(7), *[person(8, full=None)] * 3])
    planned = json.loads(sqlite_home.call("validate", "--json", good).stdout)
    results = sqlite_home.load(good, bad)
    kept = json.loads(sqlite_home.call("imports", "--json").stdout)
    lines = [line.split() for line in sqlite_home.call("imports").stdout.splitlines()]
    page = (sqlite_home.root / "var/drop/reports/index.html").read_text(encoding="utf-8")
    listed = [
        re.findall(r'<td class="number">([^<]+)', row) for row in page.split("data-state")[1:]
    ]

    assert planned[0]["rows"] == results[0]["rows"]
    assert [each["rows"] for each in reversed(kept)] == [each["rows"] for each in results]
    assert lines[0][-3:] == ["read", "rejected", "loaded"]
    # the second mention of a provider is no reject, and what failed loaded nothing
    assert [line[-3:] for line in lines[1:]] == [["4", "3", "0"], ["7", "1", "5"]]
    assert listed == [["4", "0", "3", "0", "75.0%"], ["7", "5", "1", "1", "14.3%"]]


def test_imports_shows_as_many_as_are_asked_for_and_says_that_there_are_more(sqlite_home):
    for number in (1, 2, 3):
        sqlite_home.load(write_xlsx(sqlite_home.root / f"{number}.xlsx", [person(number)]))
    told = sqlite_home.call("imports", "--limit", "2").stdout
    assert [line.split()[0] for line in told.splitlines() if line[0].isdigit()] == ["3", "2"]
    assert "There are older ones" in told
    assert "There are older ones" not in sqlite_home.call("imports").stdout
    newest = json.loads(sqlite_home.call("imports", "--limit", "1", "--json").stdout)
    assert [each["file"] for each in newest] == ["3.xlsx"]


def test_trace_tells_where_each_value_came_from_and_what_it_replaced(home):
    home.load(write_xlsx(home.root / "one.xlsx", sample_rows()))
    home.set(ON_EXISTING="update")
    home.load(write_xlsx(home.root / "two.xlsx", [person(9), person(2, first="Eve")]))
    told = json.loads(home.call("trace", npi(2), "--json").stdout)
    assert told["held"] == [
        {
            "entity_name": "HOSP",
            "first_name": "Eve",
            "last_name": "Quimby",
            "full_name": "Quimby, Ada2",
            "npi": npi(2),
        }
    ]
    first = told["origins"]["first_name"]
    assert (first["record"]["file"], first["sheet"], first["row"]) == ("two.xlsx", "Sheet1", 3)
    last = told["origins"]["last_name"]
    assert (last["record"]["file"], last["sheet"], last["row"]) == ("one.xlsx", "Sheet1", 3)
    assert first["replaced"]["first_name"] == "Ada2"
    people = home.call("trace", npi(2)).stdout
    assert "PROV_FST_NM was Ada2" in people
    assert "two.xlsx, Sheet1, row 3" in people


def test_undo_takes_an_import_back_and_it_may_load_again(home):
    one = write_xlsx(home.root / "one.xlsx", [person(1), person(2)])
    home.load(one)
    home.set(ON_EXISTING="update")
    two = write_xlsx(home.root / "two.xlsx", [person(2, first="Eve"), person(3)])
    home.load(two)
    before = home.table()
    dry = json.loads(home.call("undo", "2", "--dry-run", "--json").stdout)
    assert (dry["done"], dry["removed"], dry["restored"], dry["spared"]) == (True, 1, 1, [])
    assert home.table() == before
    index = process_settings().drop_folder / "reports" / "index.html"
    assert 'data-state="undone"' not in index.read_text("utf-8")
    home.call("undo", "2")
    assert 'data-state="undone"' in index.read_text("utf-8")
    assert home.table() == [_row(1), _row(2)]
    again = home.call("undo", "2")
    assert again.status == 0
    assert "nothing to do; it was undone before" in again.stdout
    [loaded] = home.load(two)
    assert (loaded["status"], loaded["rows"]["inserted"]) == ("loaded", 1)
    assert home.table() == before


def test_undo_spares_and_lists_what_a_later_import_changed(home):
    home.load(write_xlsx(home.root / "one.xlsx", [person(1), person(2)]))
    home.set(ON_EXISTING="update")
    home.load(write_xlsx(home.root / "two.xlsx", [person(2, first="Eve")]))
    called = home.call("undo", "1")
    assert home.table() == [_row(2, first="Eve")]
    assert "kept: Sheet1, row 3" in called.stdout


def _run_job(name, config):
    with DagsterInstance.ephemeral() as instance:
        job = build_definitions().resolve_job_def(name)
        return job.execute_in_process(instance=instance, run_config=config)


def test_undo_job_does_what_the_command_does(sqlite_home):
    sqlite_home.load(write_xlsx(sqlite_home.root / "one.xlsx", sample_rows()))
    config = {"ops": {"take_back": {"config": {"import_id": 1}}}}
    assert _run_job("undo_import", config).success
    index = process_settings().drop_folder / "reports" / "index.html"
    assert 'data-state="undone"' in index.read_text("utf-8")
    assert sqlite_home.table() == []
    [record] = json.loads(sqlite_home.call("imports", "--json").stdout)
    assert record["state"] == "undone"


@pytest.mark.parametrize(("dry", "word", "left"), [(True, "would be", 5), (False, "were", 0)])
def test_undo_job_says_in_its_metadata_what_it_did_or_would_do(sqlite_home, dry, word, left):
    [result] = sqlite_home.load(write_xlsx(sqlite_home.root / "one.xlsx", sample_rows()))
    config = {"ops": {"take_back": {"config": {"import_id": 1, "dry_run": dry}}}}
    run = _run_job("undo_import", config)
    [output] = [event.step_output_data for event in run.all_events if event.is_successful_output]
    told = {name: value.value for name, value in output.metadata.items()}
    assert told == {
        "import": 1,
        "roster": result["roster"],
        f"rows that {word} removed": 5,
        f"rows that {word} given their old values back": 0,
        f"who had left and {word} put back": 0,
        f"rows that {word} spared": 0,
        "dry run": dry,
    }
    assert len(sqlite_home.table()) == left


def _files(home):
    roots = (home.root / "var/storage", home.root / "var/drop/rejects")
    return sorted(path.name for root in roots for path in root.rglob("*") if path.is_file())


def test_retention_removes_what_is_old_and_settled_and_nothing_by_default(sqlite_home):
    sqlite_home.load(write_xlsx(sqlite_home.root / "good.xlsx", sample_rows()))
    odd = write_xlsx(sqlite_home.root / "odd.xlsx", [["x", "y"]], headers=("NPI", "Else"))
    sqlite_home.load(odd)
    long_ago = time.time() - 40 * 86_400
    for path in (sqlite_home.root / "var").rglob("*"):
        if path.is_file():
            os.utime(path, (long_ago, long_ago))
    everything = _files(sqlite_home)
    index = sqlite_home.root / "var/drop/reports/index.html"
    index.unlink()
    assert _run_job("retention", {}).success
    assert _files(sqlite_home) == everything
    assert index.is_file()  # the pages are written anew each night
    sqlite_home.set(RETENTION_DAYS="30")
    assert process_settings().retention_days == 30
    assert _run_job("retention", {}).success
    assert _files(sqlite_home) == ["odd.xlsx"]
    assert len(sqlite_home.table()) == 5
