"""The sensors with a real Dagster instance, a real database and the real job, in one process."""

import json
import os
import re
import shutil
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from dagster import (
    DagsterInstance,
    DagsterRunStatus,
    build_sensor_context,
    execute_job,
    reconstructable,
)
from dagster._core.test_utils import create_run_for_test

from provider_assets.orchestration.alerts.after_runs import due, tell_of_checks, tell_of_failure
from provider_assets.orchestration.alerts.housekeeping import keep_house
from provider_assets.orchestration.build import build_definitions, import_roster_job
from provider_assets.orchestration.inbox.cursor import Cursor
from provider_assets.orchestration.inbox.roster_runs import DagsterRuns
from provider_assets.orchestration.inbox.sensor import look_at_inbox
from provider_assets.orchestration.process.remains import DIED
from provider_assets.orchestration.resources import Folders
from provider_assets.reading.mailbox import drop_folder
from provider_assets.settings import load_settings, use_settings
from provider_assets_tests.orchestration.made_up import NOON
from provider_assets_tests.orchestration.receivers import http_receiver

ROSTERS = Path(__file__).parents[2] / "examples" / "rosters"
MERCY = ROSTERS / "mercy_general.xlsx"


@pytest.fixture(autouse=True)
def _on_a_share(monkeypatch):
    """The inbox lies on a share, where it takes two looks to tell a complete file."""
    monkeypatch.setattr(drop_folder, "is_on_this_machine", lambda _: False)


class Machine:
    """A home of its own: settings, Dagster instance, drop folder, database."""

    def __init__(self, home: Path, instance: DagsterInstance, url: str, **environment: str):
        written = {
            "PROVIDER_ASSETS_HOME": str(home),
            "PROVIDER_ASSETS_DATABASE_URL": url,
            "PROVIDER_ASSETS_SETTLE_SECONDS": "0",
            "PROVIDER_ASSETS_RETRY_SECONDS": "0",
        }
        self.settings = load_settings(written | environment, None)
        use_settings(self.settings)
        self.instance, self.cursor = instance, None
        self.inbox = self.settings.drop_folder / "inbox"
        self.inbox.mkdir(parents=True)

    def look(self):
        context = build_sensor_context(instance=self.instance, cursor=self.cursor)
        result = look_at_inbox(context, Folders(), self.settings)
        self.cursor = result.cursor
        for request in result.dynamic_partitions_requests:
            self.instance.add_dynamic_partitions(
                request.partitions_def_name, request.partition_keys
            )
        return result

    def run(self, request):
        return execute_job(
            reconstructable(import_roster_job),
            self.instance,
            run_config=request.run_config,
            tags=request.tags,
        )

    def work(self):
        """Look until nothing starts any more, and run what is asked for; the runs."""
        self.look()
        runs = []
        while requests := self.look().run_requests:
            runs += [self.run(request) for request in requests]
        return runs

    def files(self):
        root = self.settings.drop_folder
        folders = ("inbox", "processed", "failed")
        return sorted(
            str(path.relative_to(root)) for folder in folders for path in (root / folder).iterdir()
        )

    def table(self):
        engine = sa.create_engine(self.settings.database_url.get_secret_value())
        with engine.connect() as connection:
            query = "SELECT PROV_NPI FROM providerinfo ORDER BY PROV_NPI"
            return list(connection.scalars(sa.text(query)))


@pytest.fixture
def instance(tmp_path):
    (tmp_path / "dagster").mkdir()
    with DagsterInstance.local_temp(str(tmp_path / "dagster")) as instance:
        yield instance


@pytest.fixture
def machine(tmp_path, instance, sqlite_url):
    yield Machine(tmp_path / "home", instance, sqlite_url)
    use_settings(None)


def test_definitions_hold_the_sensors_running():
    sensors = build_definitions().resolve_all_job_defs() and build_definitions().sensors
    assert {each.name: each.default_status.name for each in sensors} == {
        "drop_folder_sensor": "RUNNING",
        "registry_folder_sensor": "RUNNING",
        "alert_on_failure": "RUNNING",
        "alert_on_checks": "RUNNING",
        "housekeeping_sensor": "RUNNING",
    }


def test_sensor_asks_for_a_run_of_the_roster_with_its_path_and_delivery(machine):
    shutil.copy(MERCY, machine.inbox)
    first = machine.look()
    assert (first.run_requests, first.skip_reason.skip_message) == ([], "1 in the inbox")
    (request,) = machine.look().run_requests
    config = request.run_config["ops"]["raw_providers"]["config"]
    assert request.partition_key == "mercy_general-1169a78871e1"
    assert config["path"] == str(machine.inbox / MERCY.name)
    assert config["sha256"].startswith("1169a78871e1")
    assert request.tags["dagster/partition"] == request.partition_key
    assert request.run_key == f"{request.tags['provider_assets/delivery']}:1"
    assert machine.instance.has_dynamic_partition("rosters", request.partition_key)


def test_roster_in_the_inbox_ends_in_the_table_and_in_processed(machine):
    shutil.copy(MERCY, machine.inbox)
    (run,) = machine.work()
    assert run.success
    assert machine.files() == [
        "processed/mercy_general.xlsx",
        "processed/mercy_general.xlsx.txt",  # which rows did not load
    ]
    assert len(machine.table()) == 5


@pytest.mark.parametrize(
    "name", ["a b 'c' \"d\".xlsx", "two\nlines.xlsx", "😀.xlsx", "é" * 120 + ".xlsx"]
)
def test_roster_with_an_awkward_name_is_loaded(machine, name):
    shutil.copy(MERCY, machine.inbox / name)
    (run,) = machine.work()
    assert run.success
    loaded, _note = machine.files()
    assert loaded == f"processed/{name}"


def test_roster_whose_name_is_no_text_is_loaded(machine):
    name = os.fsdecode(b"caf\xe9.xlsx")
    shutil.copy(MERCY, machine.inbox / name)
    (run,) = machine.work()
    assert run.success
    loaded, _note = machine.files()
    assert loaded == f"processed/{name}"


def test_roster_dropped_twice_and_under_another_name_is_loaded_once(machine):
    shutil.copy(MERCY, machine.inbox / "one.xlsx")
    shutil.copy(MERCY, machine.inbox / "two.xlsx")
    assert len(machine.work()) == 1
    shutil.copy(MERCY, machine.inbox / "one.xlsx")
    assert machine.work() == []
    assert machine.files() == [
        "processed/one (2).xlsx",
        "processed/one (2).xlsx.txt",
        "processed/one.xlsx",
        "processed/one.xlsx.txt",
        "processed/two.xlsx",
        "processed/two.xlsx.txt",
    ]
    assert len(machine.table()) == 5


def test_roster_after_a_purge_of_all_runs_is_not_loaded_again(machine):
    shutil.copy(MERCY, machine.inbox)
    (run,) = machine.work()
    machine.instance.delete_run(run.run_id)
    machine.instance.delete_dynamic_partition("rosters", "mercy_general-1169a78871e1")
    machine.cursor = None
    shutil.copy(MERCY, machine.inbox)
    assert machine.work() == []
    assert len(machine.table()) == 5


def test_file_at_fault_goes_to_failed_with_its_reason_and_may_be_tried_again(machine):
    (machine.inbox / "broken.xlsx").write_bytes(b"PK\x03\x04 not a workbook")
    (run,) = machine.work()
    assert not run.success
    assert machine.files() == ["failed/broken.xlsx", "failed/broken.xlsx.txt"]
    note = (machine.settings.drop_folder / "failed" / "broken.xlsx.txt").read_text()
    assert note.startswith("broken.xlsx was not loaded, and the table is as it was.\n")
    assert "Code corrupt; roster broken-" in note
    failed = machine.settings.drop_folder / "failed" / "broken.xlsx"
    failed.rename(machine.inbox / "broken.xlsx")
    assert len(machine.work()) == 1


def test_roster_whose_run_fails_through_no_fault_of_its_own_stays_and_is_tried_again(machine):
    shutil.copy(MERCY, machine.inbox)
    engine = sa.create_engine(machine.settings.database_url.get_secret_value())
    with engine.begin() as connection:
        connection.execute(sa.text("CREATE TABLE providerinfo (SOMETHING_ELSE TEXT)"))
    machine.look()
    (request,) = machine.look().run_requests
    assert not machine.run(request).success
    assert machine.files() == ["inbox/mercy_general.xlsx"]
    with engine.begin() as connection:
        connection.execute(sa.text("DROP TABLE providerinfo"))
    (second,) = machine.look().run_requests
    assert second.tags["provider_assets/attempt"] == "2"
    assert machine.run(second).success
    machine.look()
    assert machine.files() == [
        "processed/mercy_general.xlsx",
        "processed/mercy_general.xlsx.txt",  # which rows did not load
    ]


def test_sensor_while_the_run_is_under_way_asks_for_no_second_one(machine):
    shutil.copy(MERCY, machine.inbox)
    machine.look()
    (request,) = machine.look().run_requests
    create_run_for_test(
        machine.instance, "import_roster", status=DagsterRunStatus.STARTING, tags=dict(request.tags)
    )
    machine.cursor = None
    machine.look()
    assert machine.look().run_requests == []


def test_sensor_with_an_unreadable_cursor_starts_afresh(machine):
    shutil.copy(MERCY, machine.inbox)
    machine.cursor = "{nonsense"
    machine.look()
    assert len(machine.look().run_requests) == 1


def test_cursor_over_a_great_inbox_stays_small(machine):
    for number in range(2000):
        (machine.inbox / f"roster {number}.csv").write_text(f"NPI\n{number}\n")
    machine.look()
    assert len(machine.look().run_requests) == 50
    assert len(machine.cursor) < 10_000
    assert len(Cursor.from_text(machine.cursor).looks) == 100


HOLDER = """
import sys
from pathlib import Path
from provider_assets.orchestration.process.liveness import hold
hold(Path(sys.argv[1]), sys.argv[2])
print("held", flush=True)
sys.stdin.read()
"""


def test_run_whose_process_was_killed_is_told_failed_and_the_roster_tried_again(machine):
    tags = {"dagster/partition": "mercy-3fa9c1d20b7e"}
    run = create_run_for_test(
        machine.instance, "import_roster", status=DagsterRunStatus.STARTED, tags=tags
    )
    alive = machine.settings.home / "alive"
    runs = DagsterRuns(machine.instance, alive)
    command = [sys.executable, "-c", HOLDER, str(alive), run.run_id]
    with subprocess.Popen(command, stdin=-1, stdout=-1) as worker:
        assert worker.stdout.readline() == b"held\n"
        assert [each.run_id for each in runs.unfinished()] == [run.run_id]
        worker.kill()
    assert runs.unfinished() == []
    assert machine.instance.get_run_by_id(run.run_id).status == DagsterRunStatus.FAILURE
    (ended,) = runs.finished(["mercy-3fa9c1d20b7e"])
    assert ended.ended is not None
    messages = [entry.dagster_event.message for entry in machine.instance.all_logs(run.run_id)]
    assert DIED in messages


def test_alert_on_a_file_at_fault_names_code_and_remedy(machine):
    (machine.inbox / "broken.xlsx").write_bytes(b"PK\x03\x04 not a workbook")
    (result,) = machine.work()
    run = machine.instance.get_run_by_id(result.run_id)
    with http_receiver() as received:
        tell_of_failure(machine.instance, run, Folders(), notifying(machine, received))
    ((title, body),) = received.messages
    assert title == "broken.xlsx was not loaded (corrupt)"
    assert "Open the file in a spreadsheet program" in body
    assert f"Run: http://127.0.0.1:3000/runs/{run.run_id}" in body


def test_alert_on_a_run_that_dagster_tries_again_itself_waits_for_the_end(machine):
    run = create_run_for_test(
        machine.instance,
        "import_roster",
        status=DagsterRunStatus.FAILURE,
        tags={"dagster/partition": "mercy-3fa9c1d20b7e", "dagster/will_retry": "true"},
    )
    with http_receiver() as received:
        tell_of_failure(machine.instance, run, Folders(), notifying(machine, received))
    assert received.messages == []


def test_alert_on_a_warning_check_of_a_run_that_succeeded(machine):
    (machine.inbox / "warned.csv").write_text(
        'Type,NpFirstName,NpLastName,NP,NPI\nHERO,Minnie,Mouse,"Mouse, Minnie",1234567890\n'
    )
    (result,) = machine.work()
    assert result.success
    run = machine.instance.get_run_by_id(result.run_id)
    with http_receiver() as received:
        tell_of_checks(machine.instance, run, Folders(), notifying(machine, received))
    ((title, body),) = received.messages
    assert title == "warned.csv was loaded, with warnings (npi_check_digits_hold)"
    assert "(wrong_check_digits 1)" in body
    for secret in ("1234567890", "Minnie", "Mouse"):
        assert secret not in title + body


def test_no_alert_on_a_roster_that_is_well(machine):
    shutil.copy(MERCY, machine.inbox)
    (result,) = machine.work()
    run = machine.instance.get_run_by_id(result.run_id)
    with http_receiver() as received:
        tell_of_checks(machine.instance, run, Folders(), notifying(machine, received))
    assert received.messages == []


def test_wrong_layout_file_is_told_once_and_rosters_wait_until_it_is_mended(machine, tmp_path):
    folder = tmp_path / "layouts"
    folder.mkdir()
    (folder / "mercy.yaml").write_text("name: mercy\ncolumns: {npi: NPI}\n")
    shutil.copy(MERCY, machine.inbox)
    with http_receiver() as received:
        at_once = {"PROVIDER_ASSETS_SETTLE_SECONDS": "0", "PROVIDER_ASSETS_LAYOUTS": str(folder)}
        machine.settings = notifying(machine, received, **at_once)
        use_settings(machine.settings)
        assert machine.work() == []
        assert machine.look().skip_reason is not None
    ((title, body),) = received.messages
    assert title == "The drop folder needs attention"
    assert "mercy.yaml: the layout: full_name needs a column" in body
    assert "Rosters wait until that is fixed" in body
    assert [path.name for path in machine.inbox.iterdir()] == [MERCY.name]
    (folder / "mercy.yaml").write_text("name: mercy\ncolumns: {npi: N, full_name: F}\n")
    (run,) = machine.work()
    assert run.success


def test_alert_on_troubles_of_the_inbox_is_sent_once(machine):
    machine.look()
    shutil.rmtree(machine.settings.drop_folder)
    machine.settings.drop_folder.write_text("not a folder")
    with http_receiver() as received:
        machine.settings = notifying(machine, received)
        machine.look()
        machine.look()
    ((title, _),) = received.messages
    assert title == "The drop folder needs attention"


def test_folder_in_the_inbox_is_said_in_one_alert_and_that_it_is_over_in_another(machine):
    machine.look()
    (machine.inbox / "june").mkdir()
    shutil.copy(MERCY, machine.inbox / "june")
    with http_receiver() as received:
        machine.settings = notifying(machine, received)
        machine.look()
        machine.look()
        shutil.rmtree(machine.inbox / "june")
        machine.look()
        machine.look()
    assert [title for title, _ in received.messages] == [
        "The drop folder needs attention",
        "The drop folder is in order again",
    ]
    assert received.messages[0][1].startswith(f"- june/ in {machine.inbox} is a folder")
    assert received.kinds == ["failure", "success"]


def test_alert_on_silence_is_sent_once_for_each_period(machine, tmp_path):
    layouts = tmp_path / "layouts"
    layouts.mkdir()
    (layouts / "quiet.yaml").write_text(
        "name: quiet\nexpected_every: 7d\ncolumns: {npi: [NPI], full_name: [NP]}\n"
    )
    cursor = None
    with http_receiver() as received:
        settings = notifying(machine, received).model_copy(update={"layouts": layouts})
        for days in (0, 3, 8, 9, 15):
            cursor = keep_house(cursor, settings, NOON + timedelta(days=days))
    assert [title for title, _ in received.messages] == [
        "No roster of layout quiet for 8 days",
        "No roster of layout quiet for 15 days",
    ]
    assert json.loads(cursor)["quiet"]["periods"] == 2


def test_metrics_count_what_the_history_holds(machine):
    shutil.copy(MERCY, machine.inbox)
    machine.work()
    (machine.inbox / "waits.csv").write_text("x")
    keep_house(None, machine.settings, NOON)
    lines = machine.settings.metrics_file.read_text().splitlines()
    for line in (
        'provider_assets_imports{state="loaded"} 1.0',
        'provider_assets_rows_total{outcome="read"} 7.0',
        'provider_assets_rows_total{outcome="inserted"} 5.0',
        'provider_assets_rows_total{outcome="departed"} 0.0',
        'provider_assets_rejected_rows_total{code="full-name-missing"} 1.0',
        "provider_assets_inbox_files 1.0",
    ):
        assert line in lines


def test_dashboard_shows_only_numbers_that_are_written(machine):
    shutil.copy(MERCY, machine.inbox)
    machine.work()
    (machine.inbox / "broken.xlsx").write_bytes(b"PK\x03\x04 not a workbook")
    machine.work()
    keep_house(None, machine.settings, NOON)
    written = set(re.findall(r"^(\w+)", machine.settings.metrics_file.read_text(), re.MULTILINE))
    dashboard = (ROSTERS.parents[1] / "deploy" / "grafana-dashboard.json").read_text()
    shown = set(re.findall(r"provider_assets_\w+", dashboard)) - {"provider_assets"}
    assert shown
    assert shown <= written


def test_alert_for_a_roster_that_goes_on_failing_grows_rare():
    assert [attempt for attempt in range(1, 70) if due(attempt)] == [1, 4, 16, 64]


def notifying(machine, received, **more):
    url = f"json://127.0.0.1:{received.port}/"
    environment = {
        "PROVIDER_ASSETS_HOME": str(machine.settings.home),
        "PROVIDER_ASSETS_DATABASE_URL": machine.settings.database_url.get_secret_value(),
        "PROVIDER_ASSETS_NOTIFY": url,
    }
    return load_settings(environment | more, None)
