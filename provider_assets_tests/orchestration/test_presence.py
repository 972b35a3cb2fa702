"""A run on another machine: known as alive by its name at the database, and told failed without."""

import subprocess
import sys
import time

import pytest
from dagster import DagsterInstance, DagsterRunStatus
from dagster._core.launcher.base import WorkerStatus
from dagster._core.test_utils import create_run_for_test

from provider_assets.orchestration.inbox.roster_runs import DagsterRuns
from provider_assets.orchestration.process import presence
from provider_assets.orchestration.process.celery import WatchedCeleryRunLauncher
from provider_assets.orchestration.process.presence import PRESENT_TAG, said
from provider_assets.settings import load_settings, use_settings

WORKER = """
import sys
from provider_assets.database.presence import present
from provider_assets.orchestration.process.presence import _database, _name
from provider_assets.settings import process_settings
with present(_database(process_settings()), _name(sys.argv[1])) as known:
    print(known, flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def instance(tmp_path, mysql_url, monkeypatch):
    monkeypatch.setenv("PROVIDER_ASSETS_DATABASE_URL", mysql_url)
    monkeypatch.setenv("PROVIDER_ASSETS_HOME", str(tmp_path / "home"))
    use_settings(load_settings(dotenv=None))
    (tmp_path / "dagster").mkdir()
    with DagsterInstance.local_temp(str(tmp_path / "dagster")) as instance:
        yield instance
    use_settings(None)


@pytest.mark.mysql
def test_run_on_another_machine_is_told_failed_once_its_process_is_gone(
    instance, tmp_path, monkeypatch
):
    monkeypatch.setattr(presence, "GRACE", 0.5)
    tags = {"dagster/partition": "mercy-3fa9c1d20b7e", PRESENT_TAG: "database"}
    run = create_run_for_test(instance, "import_roster", status=DagsterRunStatus.STARTED, tags=tags)
    runs = DagsterRuns(instance, tmp_path / "another machine's")
    launcher = WatchedCeleryRunLauncher(default_queue="dagster", broker="memory://")
    with subprocess.Popen(
        [sys.executable, "-c", WORKER, run.run_id], stdin=-1, stdout=-1
    ) as worker:
        assert worker.stdout.readline() == b"True\n"
        for _ in range(2):
            assert [each.run_id for each in runs.unfinished()] == [run.run_id]
            assert launcher.check_run_worker_health(run).status == WorkerStatus.RUNNING
            time.sleep(0.6)
        worker.kill()
    time.sleep(0.3)
    assert [each.run_id for each in runs.unfinished()] == [run.run_id]  # it may come back
    time.sleep(0.6)
    assert launcher.check_run_worker_health(run).status == WorkerStatus.FAILED
    assert runs.unfinished() == []
    assert instance.get_run_by_id(run.run_id).status == DagsterRunStatus.FAILURE


@pytest.mark.mysql
def test_run_says_its_name_only_where_its_launcher_reaches_beyond_this_machine(instance):
    run = create_run_for_test(instance, "import_roster", status=DagsterRunStatus.STARTED)
    with said(instance, run.run_id):
        assert PRESENT_TAG not in instance.get_run_by_id(run.run_id).tags
    instance.run_launcher.beyond_this_machine = True
    with said(instance, run.run_id):
        assert PRESENT_TAG in instance.get_run_by_id(run.run_id).tags
        assert presence.is_gone(instance.get_run_by_id(run.run_id)) is False


@pytest.mark.mysql
def test_run_whose_worker_was_killed_before_it_began_is_told_failed_as_well(
    instance, tmp_path, monkeypatch
):
    monkeypatch.setattr(presence, "GRACE", 0.0)
    tags = {"dagster/partition": "mercy-3fa9c1d20b7e", PRESENT_TAG: "database"}
    known, waiting = (
        create_run_for_test(instance, "import_roster", status=DagsterRunStatus.STARTING, tags=each)
        for each in (tags, {"dagster/partition": "mercy-3fa9c1d20b7e"})
    )
    runs = DagsterRuns(instance, tmp_path / "another machine's")
    assert [each.run_id for each in runs.unfinished()] == [waiting.run_id]
    assert instance.get_run_by_id(known.run_id).status == DagsterRunStatus.FAILURE


@pytest.mark.mysql
def test_run_begins_only_where_the_database_server_knows_of_it(instance, monkeypatch):
    run = create_run_for_test(instance, "import_roster", status=DagsterRunStatus.STARTING)
    instance.run_launcher.beyond_this_machine = True
    with said(instance, run.run_id) as may_begin, said(instance, run.run_id) as within:
        assert (may_begin, within) == (True, True)
        assert presence.is_gone(instance.get_run_by_id(run.run_id)) is False
    nowhere = load_settings(
        {"PROVIDER_ASSETS_DATABASE_URL": "mysql+pymysql://nobody:x@127.0.0.1:1/none"}, None
    )
    monkeypatch.setattr(presence, "process_settings", lambda: nowhere)
    monkeypatch.setattr("provider_assets.database.presence.SECONDS", 0.5)
    with said(instance, run.run_id) as may_begin:
        assert not may_begin


def test_run_begins_on_sqlite_though_nobody_can_tell_whether_it_lives(tmp_path, monkeypatch):
    alone = load_settings({"PROVIDER_ASSETS_DATABASE_URL": f"sqlite:///{tmp_path}/p.db"}, None)
    monkeypatch.setattr(presence, "process_settings", lambda: alone)
    with DagsterInstance.ephemeral() as instance:
        run = create_run_for_test(instance, "import_roster", status=DagsterRunStatus.STARTING)
        instance.run_launcher.beyond_this_machine = True
        with said(instance, run.run_id) as may_begin:
            assert may_begin


def test_run_that_no_worker_has_begun_is_taken_back_at_once(tmp_path):
    with DagsterInstance.local_temp(str(tmp_path)) as instance:
        launcher = WatchedCeleryRunLauncher(default_queue="dagster", broker="memory://")
        launcher.register_instance(instance)
        waiting, working = (
            create_run_for_test(instance, "import_roster", status=status)
            for status in (DagsterRunStatus.STARTING, DagsterRunStatus.STARTED)
        )
        assert [launcher.terminate(each.run_id) for each in (waiting, working)] == [True, True]
        found = [instance.get_run_by_id(each.run_id).status for each in (waiting, working)]
        assert found == [DagsterRunStatus.CANCELED, DagsterRunStatus.CANCELING]
        assert not launcher.terminate(waiting.run_id)
