"""A check that is executed by itself: it judges one roster, and says which."""

import json

import pytest
from dagster import AssetCheckKey, AssetKey, DagsterEventType, DagsterInstance
from dagster._core.definitions.job_base import InMemoryJob
from dagster._core.execution.api import execute_run_iterator

from provider_assets.orchestration.alerts import after_runs
from provider_assets.orchestration.build import build_definitions
from provider_assets.orchestration.resources import Folders
from provider_assets.settings import process_settings
from provider_assets_tests.reading.files import write_text
from provider_assets_tests.rosters import sample_rows, write_xlsx

BEFORE = (
    "every_row_is_accounted_for",
    "npis_are_unique",
    "reject_rate_is_acceptable",
    "npi_check_digits_hold",
    "registry_agrees",
)
AFTER = (
    "table_matches_import",
    "table_npis_are_unique",
    "table_names_are_present",
    "departures_are_settled",
)
CHECKS = dict.fromkeys(BEFORE, "clean_providers") | dict.fromkeys(AFTER, "providerinfo_table")
NOT_ASKED = dict.fromkeys(
    (
        "run_id",
        "run_config",
        "status",
        "root_run_id",
        "parent_run_id",
        "step_keys_to_execute",
        "execution_plan_snapshot",
        "job_snapshot",
        "parent_job_snapshot",
        "resolved_op_selection",
        "op_selection",
        "remote_job_origin",
        "job_code_origin",
    )
)
HEADER = ["Type", "NpFirstName", "NpLastName", "NP", "NPI"]


@pytest.fixture
def instance(sqlite_home):
    sqlite_home.load(small(sqlite_home.root))
    [loaded] = sqlite_home.load(write_xlsx(sqlite_home.root / "mercy.xlsx", sample_rows()))
    with DagsterInstance.from_config(str(process_settings().dagster_home)) as instance:
        yield instance, loaded["roster"]


def small(root):
    return write_xlsx(root / "small.xlsx", [HEADER, ["HOSP", "Ada", "Quimby", "Q", "2000100018"]])


def run(instance, partition=None, checks=None, assets=None):
    """Execute a part of the job that Dagster makes of everything, as its web UI asks for it."""
    everything = build_definitions().resolve_implicit_global_asset_job_def()
    job = everything.get_subset(asset_check_selection=checks, asset_selection=assets)
    asked = instance.create_run(
        **NOT_ASKED,
        job_name=job.name,
        tags={"dagster/partition": partition} if partition else {},
        asset_selection=assets,
        asset_check_selection=checks,
        asset_graph=job.asset_layer.asset_graph,
    )
    return [*execute_run_iterator(InMemoryJob(job), asked, instance)]


def judged(instance, *names):
    """What these checks say when they are executed by themselves: name → (passed, roster)."""
    wanted = {AssetCheckKey(AssetKey(CHECKS[name]), name) for name in names}
    events = run(instance, checks=wanted)
    told = of_type(events, DagsterEventType.ASSET_CHECK_EVALUATION)
    return {each.check_name: (each.passed, each.metadata["roster"].value) for each in told}


def of_type(events, wanted):
    return [event.event_specific_data for event in events if event.event_type is wanted]


def test_each_check_runs_by_itself_and_names_the_roster(instance):
    platform, roster = instance
    for name in CHECKS:
        assert judged(platform, name) == {name: (True, roster)}


def test_frames_of_two_rosters_are_never_judged_together(instance):
    platform, roster = instance
    other = next(key for key in platform.get_dynamic_partitions("rosters") if key != roster)
    run(platform, other, assets={AssetKey("raw_providers")})
    newest = platform.get_latest_materialization_event(AssetKey("raw_providers"))
    assert newest.asset_materialization.partition == other
    name = "every_row_is_accounted_for"
    assert judged(platform, name) == {name: (True, roster)}


def test_checks_after_a_load_judge_what_was_loaded_and_no_refused_roster(instance, sqlite_home):
    platform, roster = instance
    sqlite_home.load(
        write_xlsx(sqlite_home.root / "bad.xlsx", [HEADER, *[["H", "", "", "", ""]] * 3])
    )
    rate = AssetCheckKey(AssetKey("clean_providers"), "reject_rate_is_acceptable")
    events = run(platform, checks={rate})
    [failed] = of_type(events, DagsterEventType.STEP_FAILURE)
    sentence = "bad.xlsx: 3 of 3 rows are invalid (100%), and more than 50% means that the file"
    assert failed.user_failure_data.description.startswith(sentence)
    assert failed.error.stack == []
    [refused] = of_type(events, DagsterEventType.ASSET_CHECK_EVALUATION)
    assert (refused.passed, "report" in refused.metadata) == (False, False)
    assert judged(platform, "npis_are_unique")["npis_are_unique"][0] is True
    name = "table_matches_import"
    assert judged(platform, name) == {name: (True, roster)}


def test_registry_that_a_setting_names_and_is_not_there_is_told_by_check_and_doctor(sqlite_home):
    folder = sqlite_home.root / "not-mounted"
    sqlite_home.set(REGISTRY=str(folder))
    [result] = sqlite_home.load(small(sqlite_home.root))
    assert result["status"] == "loaded"
    with DagsterInstance.from_config(str(process_settings().dagster_home)) as instance:
        records = instance.get_records_for_run(
            result["run_id"], of_type=DagsterEventType.ASSET_CHECK_EVALUATION
        ).records
    told = [one.event_log_entry.dagster_event.event_specific_data for one in records]
    [registry] = [one for one in told if one.check_name == "registry_agrees"]
    what = "PROVIDER_ASSETS_REGISTRY names a folder that has no store on this machine"
    assert (registry.passed, registry.severity.value) == (False, "WARN")
    assert registry.description.startswith(f"The rows were not checked: {what}")
    found = json.loads(sqlite_home.call("doctor", "--json").stdout)
    [finding] = [one for one in found if one["subject"] == "registry"]
    assert finding["level"] == "error"
    assert finding["message"].startswith(f"{folder}: {what}")


def test_check_on_an_asset_that_was_never_made_says_that_there_is_nothing_to_judge(instance):
    platform, _ = instance
    platform.wipe_assets([AssetKey("clean_providers")])
    rate = AssetCheckKey(AssetKey("clean_providers"), "npis_are_unique")
    events = run(platform, checks={rate})
    [failed] = of_type(events, DagsterEventType.STEP_FAILURE)
    assert "and there is none yet; drop a file into the inbox" in failed.error.message
    assert failed.error.stack == []


def test_contact_of_a_hospital_gets_no_alert_about_what_the_platform_lacks(
    sqlite_home, monkeypatch
):
    (sqlite_home.root / "layouts").mkdir()
    columns = "columns: {npi: [NUM], full_name: [WHO]}\n"
    layout = f"name: own\ncontact: json://hospital.example/\n{columns}"
    (sqlite_home.root / "layouts" / "own.yaml").write_text(layout)
    sqlite_home.set(LAYOUTS="layouts", REGISTRY=str(sqlite_home.root / "not-mounted"))
    rows = [("NUM", "WHO"), ("2000000007", "Quimby, Ada")]  # its check digit is wrong
    [result] = sqlite_home.load(write_text(sqlite_home.root / "jan.csv", rows))
    sent = []
    monkeypatch.setattr(after_runs, "send", lambda alert, to: sent.append((alert.title, len(to))))
    settings = process_settings()
    with DagsterInstance.from_config(str(settings.dagster_home)) as instance:
        run = instance.get_run_by_id(result["run_id"])
        after_runs.tell_of_checks(instance, run, Folders(), settings)
    assert sent == [
        ("jan.csv was loaded, with warnings (npi_check_digits_hold)", 1),
        ("jan.csv was loaded, with warnings (registry_agrees)", 0),
    ]
