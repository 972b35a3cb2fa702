"""`roster_report` in a run that does not load: the history says what became of the roster."""

import json
import re
from datetime import UTC, datetime
from pathlib import Path

from dagster import DagsterInstance, ReexecutionOptions, execute_job, reconstructable

from provider_assets.orchestration.build import import_roster_job
from provider_assets.settings import process_settings
from provider_assets_tests.rosters import sample_rows, write_xlsx

QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}
REFUSED = [["Type", "NpFirstName", "NpLastName", "NP", "NPI"]]
REFUSED += [["HOSP", "A", "B", "", "2000100018"]] * 3


def opened_instance():
    return DagsterInstance.from_config(str(process_settings().dagster_home))


def made_anew(instance, roster):
    """What a run that makes only the report says of the roster."""
    instance.add_dynamic_partitions("rosters", [roster])  # one that was answered has none any more
    run = execute_job(
        reconstructable(import_roster_job),
        instance=instance,
        run_config=QUIET,
        op_selection=["roster_report"],
        tags={"dagster/partition": roster},
    )
    assert run.success
    return report_of(run)


def report_of(run):
    [made] = [
        event.step_materialization_data.materialization
        for event in run.all_events
        if event.is_step_materialization and event.asset_key.path == ["roster_report"]
    ]
    return {name: value.value for name, value in made.metadata.items()}


def page_of(metadata):
    return re.sub(r"\s+", " ", Path(metadata["report"]).read_text())


def test_report_of_a_loaded_roster_is_made_anew_as_it_was(sqlite_home):
    [result] = sqlite_home.load(write_xlsx(sqlite_home.root / "mercy.xlsx", sample_rows()))
    lines = Path(result["files"]["return"]).read_bytes()
    page = page_of(result["files"])
    Path(result["files"]["return"]).unlink()
    with opened_instance() as instance:
        metadata = made_anew(instance, result["roster"])
    assert (metadata["status"], {name: metadata[name] for name in result["rows"]}) == (
        "loaded",
        result["rows"],
    )
    assert {name: metadata[name] for name in result["files"]} == result["files"]
    assert Path(result["files"]["return"]).read_bytes() == lines
    assert without_the_clock(page_of(result["files"])) == without_the_clock(page)


def without_the_clock(page):
    return re.sub(r"\d\d:\d\d(:\d\d)?", "", page)


def test_report_of_a_refused_roster_says_again_why(sqlite_home):
    [result] = sqlite_home.load(write_xlsx(sqlite_home.root / "bad.xlsx", REFUSED))
    with opened_instance() as instance:
        metadata = made_anew(instance, result["roster"])
    assert metadata["status"] == "failed"
    assert "3 of 3 rows are invalid" in page_of(metadata)


def test_report_of_an_import_that_was_taken_back_says_so(sqlite_home):
    [result] = sqlite_home.load(write_xlsx(sqlite_home.root / "mercy.xlsx", sample_rows()))
    assert sqlite_home.call("undo", "1").status == 0
    with opened_instance() as instance:
        metadata = made_anew(instance, result["roster"])
    assert metadata["status"] == "failed"
    assert "the import of this roster was taken back" in page_of(metadata)


def test_report_that_failed_is_made_by_a_re_execution_from_failure(sqlite_home):
    blocked = sqlite_home.root / "var" / "drop" / "rejects"
    blocked.parent.mkdir(parents=True)
    blocked.write_text("a file where the folder should be")
    [result] = sqlite_home.load(write_xlsx(sqlite_home.root / "mercy.xlsx", sample_rows()))
    blocked.unlink()
    with opened_instance() as instance:
        [failed] = instance.get_runs()
        run = execute_job(
            reconstructable(import_roster_job),
            instance=instance,
            run_config=QUIET,
            tags={"dagster/partition": result["roster"]},  # as the web UI does
            reexecution_options=ReexecutionOptions.from_failure(failed.run_id, instance),
        )
    assert run.success
    metadata = report_of(run)
    assert (metadata["status"], metadata["inserted"]) == ("loaded", 5)
    assert len(sqlite_home.table()) == 5


def test_import_bears_the_day_on_which_its_run_began(sqlite_home):
    sqlite_home.load(write_xlsx(sqlite_home.root / "mercy.xlsx", sample_rows()))
    sqlite_home.load(write_xlsx(sqlite_home.root / "bad.xlsx", REFUSED))
    bad = sqlite_home.root / "bad.pdf"
    bad.write_bytes(b"%PDF-1.7 a letter")
    sqlite_home.load(bad)
    with opened_instance() as instance:
        records = instance.get_run_records(ascending=True)
        began = [datetime.fromtimestamp(each.start_time, UTC) for each in records]
    assert [each.replace(microsecond=0) for each in started(sqlite_home)] == [
        each.replace(microsecond=0) for each in began
    ]


def started(home):
    told = json.loads(home.call("imports", "--json").stdout)
    return [datetime.fromisoformat(each["started"]) for each in reversed(told)]
