"""A file that is itself at fault is answered: one sentence, no stack trace, no red partition."""

import pytest
from dagster import DagsterEventType, DagsterInstance, execute_job, reconstructable

from provider_assets.orchestration.build import import_roster_job
from provider_assets.settings import process_settings
from provider_assets_tests.rosters import sample_rows, write_xlsx


def failures(run_id):
    """What the failed steps of a run told: (description, metadata, stack)."""
    with DagsterInstance.from_config(str(process_settings().dagster_home)) as instance:
        records = instance.get_records_for_run(run_id, of_type=DagsterEventType.STEP_FAILURE)
        partitions = instance.get_dynamic_partitions("rosters")
    told = [record.event_log_entry.dagster_event.step_failure_data for record in records.records]
    return [
        (
            each.user_failure_data.description,
            {name: value.value for name, value in each.user_failure_data.metadata.items()},
            each.error.stack,
        )
        for each in told
    ], partitions


def test_bad_file_ends_in_its_sentence_without_a_trace_and_leaves_no_partition(sqlite_home):
    path = sqlite_home.root / "letter.pdf"
    path.write_bytes(b"%PDF-1.7 a letter")
    [result] = sqlite_home.load(path)
    [(description, metadata, stack)], partitions = failures(result["run_id"])
    assert (description, stack, partitions) == (result["error"]["message"], [], [])
    assert (metadata["code"], set(metadata)) == (
        "unsupported",
        {"code", "what to do", "every roster"},
    )
    listed = sqlite_home.call("imports").stdout
    assert "letter.pdf" in listed  # the history keeps it


def test_roster_with_too_many_rejects_ends_in_the_checks_sentence_without_a_trace(sqlite_home):
    rows = [["Type", "NpFirstName", "NpLastName", "NP", "NPI"]]
    rows += [["HOSP", "A", "B", "", "2000100018"]] * 3
    [result] = sqlite_home.load(write_xlsx(sqlite_home.root / "bad.xlsx", rows))
    told, partitions = failures(result["run_id"])
    sentence = result["error"]["message"]
    assert "3 of 3 rows are invalid (100%), and more than 50%" in sentence
    assert [(description, stack) for description, _, stack in told] == [(sentence, [])]
    assert partitions == []


@pytest.mark.parametrize("selection", [None, ["roster_report"], ["after_the_load"]])
def test_launch_without_a_partition_says_to_choose_a_roster_and_shows_no_trace(
    sqlite_home, selection
):
    sqlite_home.load(write_xlsx(sqlite_home.root / "mercy.xlsx", sample_rows()))
    with DagsterInstance.from_config(str(process_settings().dagster_home)) as instance:
        run = execute_job(
            reconstructable(import_roster_job),
            instance=instance,
            op_selection=selection,
            run_config={"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}},
        )
    [failure] = [event for event in run.all_events if event.is_failure]
    told = failure.job_failure_data.error
    assert told.message.startswith("choose a roster: every run works on one partition"), told
    assert told.stack == []
    assert len(sqlite_home.table()) == 5
