"""A refused roster, or a launch without one, leaves the assets as the last load made them."""

from pathlib import Path
from shutil import rmtree

import pytest
from dagster import AssetCheckKey, AssetKey, DagsterInstance, execute_job, reconstructable

from provider_assets.orchestration.build import import_roster_job
from provider_assets.settings import process_settings
from provider_assets_tests.rosters import person, write_xlsx

ASSETS = ("raw_providers", "clean_providers", "providerinfo_table")


@pytest.fixture
def refused(sqlite_home, request):
    """A file that cannot be read, or one most of whose rows are wrong."""
    path = sqlite_home.root / "refused.xlsx"
    if request.param == "corrupt":
        path.write_bytes(b"%PDF-1.4 no roster")
        return path
    return write_xlsx(path, [person(n, full=None) for n in range(20, 24)])


def latest(asset: str) -> tuple[str, str]:
    """The runs that Dagster shows for an asset: the last to plan it, and the last to make it."""
    with DagsterInstance.from_config(str(process_settings().dagster_home)) as instance:
        planned = instance.get_latest_planned_materialization_info(AssetKey(asset))
        made = instance.get_latest_materialization_event(AssetKey(asset))
        return planned.run_id, made.run_id if made else ""


@pytest.mark.parametrize("refused", ["corrupt", "too-many-rejects"], indirect=True)
def test_refused_roster_leaves_no_asset_failed(sqlite_home, refused):
    good = sqlite_home.load(write_xlsx(sqlite_home.root / "good.xlsx", [person(1)]))[0]
    told = sqlite_home.load(refused)[0]
    assert told["status"] == "failed"
    assert latest("providerinfo_table") == (good["run_id"], good["run_id"])
    for asset in ASSETS:
        planned, made = latest(asset)
        assert planned == made, asset


JUDGED = "SUCCEEDED"
BEFORE = ("every_row_is_accounted_for", "npis_are_unique", "reject_rate_is_acceptable")
AFTER = ("table_matches_import", "table_npis_are_unique", "table_names_are_present")


def checks() -> dict[str, tuple[str, str]]:
    """For each check the run that Dagster shows it by, and how the check ended there."""
    keys = [AssetCheckKey(AssetKey("clean_providers"), name) for name in BEFORE]
    keys += [AssetCheckKey(AssetKey("providerinfo_table"), name) for name in AFTER]
    with DagsterInstance.from_config(str(process_settings().dagster_home)) as instance:
        shown = instance.event_log_storage.get_latest_asset_check_execution_by_key(keys)
    return {key.name: (record.run_id, record.status.value) for key, record in shown.items()}


def test_checks_that_a_refused_roster_never_came_to_are_as_they_were(sqlite_home):
    good = sqlite_home.load(write_xlsx(sqlite_home.root / "good.xlsx", [person(1)]))[0]
    before = checks()
    assert before == dict.fromkeys(BEFORE + AFTER, (good["run_id"], JUDGED))
    corrupt = sqlite_home.root / "corrupt.xlsx"
    corrupt.write_bytes(b"%PDF-1.4 no roster")
    sqlite_home.load(corrupt)
    assert checks() == before
    rows = [person(n, full=None) for n in range(20, 24)]
    wrong = sqlite_home.load(write_xlsx(sqlite_home.root / "wrong.xlsx", rows))[0]
    assert checks() == before | {
        name: (wrong["run_id"], "FAILED" if name == "reject_rate_is_acceptable" else JUDGED)
        for name in BEFORE
    }


def test_checks_of_a_roster_refused_before_any_other_are_not_run_yet(sqlite_home, tmp_path):
    path = tmp_path / "first.xlsx"
    path.write_bytes(b"%PDF-1.4 no roster")
    sqlite_home.load(path)
    assert checks() == {}


def test_refusal_names_the_report_of_the_roster_itself(sqlite_home):
    rows = [person(n, full=None) for n in range(20, 24)]
    told = sqlite_home.load(write_xlsx(sqlite_home.root / "mercy.xlsx", rows))[0]
    report = Path(told["files"]["report"]).absolute()
    with DagsterInstance.from_config(str(process_settings().dagster_home)) as instance:
        events = [entry.dagster_event for entry in instance.all_logs(told["run_id"])]
    failed = [each for each in events if each and each.is_step_failure and each.step_failure_data]
    metadata = [each.step_failure_data.user_failure_data.metadata for each in failed]
    assert [Path(each["report"].value) for each in metadata if "report" in each] == [report]
    assert report.is_file()


def test_refused_roster_before_any_other_is_the_latest_run_of_all(sqlite_home, tmp_path):
    path = tmp_path / "first.xlsx"
    path.write_bytes(b"%PDF-1.4 no roster")
    told = sqlite_home.load(path)[0]
    assert latest("providerinfo_table") == (told["run_id"], "")


def test_run_that_failed_for_another_reason_is_shown(sqlite_home):
    sqlite_home.load(write_xlsx(sqlite_home.root / "good.xlsx", [person(1)]))
    frames = process_settings().home / "storage" / "frames"
    rmtree(frames)
    frames.touch()
    told = sqlite_home.load(write_xlsx(sqlite_home.root / "next.xlsx", [person(2)]))[0]
    assert told["status"] == "failed"
    assert latest("providerinfo_table")[0] == told["run_id"]


def test_launch_without_a_partition_leaves_assets_and_checks_as_they_were(sqlite_home):
    good = sqlite_home.load(write_xlsx(sqlite_home.root / "good.xlsx", [person(1)]))[0]
    before = checks()
    with DagsterInstance.from_config(str(process_settings().dagster_home)) as instance:
        quiet = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}
        job = reconstructable(import_roster_job)
        ended = execute_job(job, instance=instance, run_config=quiet)
        tags = instance.get_run_by_id(ended.run_id).tags
    assert (ended.success, tags["dagster/will_retry"]) == (False, "false")
    assert checks() == before
    for asset in ASSETS:
        assert latest(asset) == (good["run_id"], good["run_id"])
