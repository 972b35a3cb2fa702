"""A run that was killed: what it leaves is found, told of and freed; a living one's is not."""

import logging
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from contextlib import closing
from types import SimpleNamespace

import pytest
from dagster import DagsterInstance, DagsterRunStatus
from dagster._core.test_utils import create_run_for_test

from provider_assets.orchestration.command.doctor import examine
from provider_assets.orchestration.process import slots
from provider_assets.orchestration.process.at_rest import is_at_rest
from provider_assets.orchestration.process.remains import UNFINISHED, clear_up, places
from provider_assets.orchestration.process.slots import Slots
from provider_assets.settings import process_settings
from provider_assets_tests.orchestration.test_launcher import HOLDER
from provider_assets_tests.rosters import sample_rows, write_xlsx

ENDS_WITHIN = 10
POOL, STEP = "providerinfo_write", "providerinfo_table"
MERCY = {"dagster/partition": "mercy-0123456789ab"}


@pytest.fixture
def settled(sqlite_home):
    """A home whose Dagster storage is there, with one roster loaded."""
    [result] = sqlite_home.load(write_xlsx(sqlite_home.root / "mercy.xlsx", sample_rows()))
    assert result["status"] == "loaded", result["error"]
    with DagsterInstance.from_config(str(process_settings().dagster_home)) as instance:
        yield SimpleNamespace(
            home=sqlite_home, instance=instance, alive=sqlite_home.root / "var" / "alive"
        )


def started(settled):
    """A run that works, has its place in the pool, and its process."""
    run = create_run_for_test(
        settled.instance, "import_roster", status=DagsterRunStatus.STARTED, tags=MERCY
    )
    command = [sys.executable, "-c", HOLDER, str(settled.alive), run.run_id]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdout.readline() == b"held\n"
    storage = settled.instance.event_log_storage
    assert storage.claim_concurrency_slot(POOL, run.run_id, STEP).is_claimed
    return run, process


def end(process):
    process.kill()
    process.communicate()


def statuses(findings):
    return [(each.level, each.message) for each in findings if each.subject == "runs"]


def test_place_of_a_killed_run_is_told_by_the_doctor_and_freed_by_the_next_load(settled, caplog):
    run, process = started(settled)
    assert clear_up(settled.instance, settled.alive) == []
    assert statuses(examine()) == [("ok", "no dead run keeps others from writing")]
    end(process)
    called = f"run {run.run_id[:8]} of mercy-0123456789ab"
    assert statuses(examine()) == [
        ("note", f"{called} is shown as at work; its process was killed"),
        ("note", f"{called} keeps its place in {POOL}; the run's process was killed"),
    ]
    other = write_xlsx(settled.home.root / "other.xlsx", sample_rows()[:3])
    with caplog.at_level(logging.WARNING):
        [result] = settled.home.load(other)
    assert result["status"] == "loaded"
    assert caplog.messages == [
        f"{called} had kept its place in {POOL}; the run's process was killed, and it was freed"
    ]
    assert settled.instance.get_run_by_id(run.run_id).status == DagsterRunStatus.FAILURE
    assert list(places(settled.instance, settled.alive)) == []


def test_home_is_at_rest_only_where_nothing_is_unfinished_and_no_place_is_kept(settled):
    dagster_home = process_settings().dagster_home
    assert is_at_rest(dagster_home)
    storage = settled.instance.event_log_storage
    run = create_run_for_test(settled.instance, "import_roster", status=DagsterRunStatus.SUCCESS)
    storage.claim_concurrency_slot(POOL, run.run_id, STEP)
    assert not is_at_rest(dagster_home)
    storage.free_concurrency_slots_for_run(run.run_id)
    assert is_at_rest(dagster_home)
    for status in UNFINISHED:
        one = create_run_for_test(settled.instance, "import_roster", status=status)
        assert not is_at_rest(dagster_home), status
        settled.instance.delete_run(one.run_id)
    assert is_at_rest(dagster_home)


@pytest.mark.usefixtures("settled")
@pytest.mark.parametrize("spoil", ["another yaml", "no yaml", "no file", "no table"])
def test_home_whose_storage_cannot_be_asked_is_not_at_rest(tmp_path, spoil):
    copy = tmp_path / "dagster"
    shutil.copytree(process_settings().dagster_home, copy)
    assert is_at_rest(copy)
    if spoil == "another yaml":
        with (copy / "dagster.yaml").open("a") as file:
            file.write("storage: {mysql: {}}\n")
    elif spoil == "no yaml":
        (copy / "dagster.yaml").unlink()
    elif spoil == "no file":
        (copy / "history" / "runs.db").unlink()
    else:
        with closing(sqlite3.connect(copy / "history" / "runs" / "index.db")) as file:
            file.execute("DROP TABLE pending_steps")
            file.commit()
    assert not is_at_rest(copy)


@pytest.mark.usefixtures("settled")
def test_doctor_of_a_home_at_rest_does_without_dagster():
    code = (
        "import sys; from provider_assets.orchestration.command.doctor import examine\n"
        "print(examine()[-1].message, 'dagster' in sys.modules)"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout == "no dead run keeps others from writing False\n"


def test_place_of_a_run_that_ended_or_was_deleted_is_freed(settled):
    storage = settled.instance.event_log_storage
    run = create_run_for_test(settled.instance, "import_roster", status=DagsterRunStatus.CANCELED)
    storage.claim_concurrency_slot(POOL, run.run_id, STEP)
    storage.claim_concurrency_slot(POOL, "deleted", STEP)  # waits behind it
    freed = clear_up(settled.instance, settled.alive)
    assert [(place.run_id, place.orphaned) for place in freed] == sorted(
        [(run.run_id, "the run has ended"), ("deleted", "the run was deleted")]
    )
    assert list(places(settled.instance, settled.alive)) == []


def test_step_waits_for_a_living_run_says_for_whom_and_goes_on_after_its_limit(
    settled, caplog, monkeypatch
):
    settled.home.set(DATABASE_LOCK_WAIT="1")
    monkeypatch.setattr(slots, "TELL_AFTER", 0.2)
    run, process = started(settled)
    mine = create_run_for_test(settled.instance, "import_roster", status=DagsterRunStatus.STARTED)
    asked = []
    may_begin = Slots._may_begin
    monkeypatch.setattr(
        Slots, "_may_begin", lambda *given: asked.append(given) or may_begin(*given)
    )
    with Slots(settled.instance, mine) as claims, caplog.at_level(logging.WARNING):
        assert claims.claim(POOL, STEP)  # and no step that could come later is begun before
    end(process)
    assert 2 <= len(asked) <= 6  # half a second between
    assert caplog.messages == [
        f"waiting for run {run.run_id[:8]} of mercy-0123456789ab, which writes to the table: "
        "1 s at most, then for the table's own lock"
    ]
    assert [place.run_id for place in places(settled.instance, settled.alive)] == [run.run_id]


def test_step_that_waits_for_a_run_is_let_in_when_that_is_killed(settled, monkeypatch):
    monkeypatch.setattr(slots, "LOOK_EVERY", 0.1)
    _, process = started(settled)
    mine = create_run_for_test(settled.instance, "import_roster", status=DagsterRunStatus.STARTED)
    with Slots(settled.instance, mine) as claims:
        ending = threading.Timer(0.5, end, [process])
        ending.start()
        began = time.monotonic()
        assert claims.claim(POOL, STEP)
        assert time.monotonic() - began >= 0.5
        ending.join()
    [place] = places(settled.instance, settled.alive)
    assert place.run_id == mine.run_id


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_load_that_waits_for_another_says_so_and_ends_when_it_is_asked_to(settled, number):
    run, holder = started(settled)
    other = write_xlsx(settled.home.root / "other.xlsx", sample_rows()[:3])
    with subprocess.Popen(
        [sys.executable, "-m", "provider_assets", "load", str(other)], stderr=subprocess.PIPE
    ) as load:
        told = load.stderr.readline().decode()
        load.send_signal(number)
        rest = load.stderr.read().decode()
        assert load.wait(60) == 128 + number
    assert run.run_id[:8] in told
    assert rest == "ended early, as it was asked to; nothing is half done\n"
    assert [place.run_id for place in places(settled.instance, settled.alive)] == [run.run_id]
    end(holder)
    assert settled.home.load(other)[0]["status"] == "loaded"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_load_that_waits_for_the_files_lock_ends_when_it_is_asked_to(settled, number):
    other = write_xlsx(settled.home.root / "other.xlsx", sample_rows()[:3])
    with (
        closing(sqlite3.connect(settled.home.root / "providers.db")) as writer,
        subprocess.Popen(
            [sys.executable, "-m", "provider_assets", "load", str(other)], stderr=subprocess.PIPE
        ) as load,
    ):
        writer.execute("BEGIN IMMEDIATE")
        while not at_the_load(settled.instance):
            assert load.poll() is None
            time.sleep(0.2)
        time.sleep(2)
        load.send_signal(number)
        asked = time.monotonic()
        assert load.wait(60) == 128 + number
        assert time.monotonic() - asked < ENDS_WITHIN
    assert settled.home.load(other)[0]["status"] == "loaded"


def at_the_load(instance):
    """Whether a run is in the step that writes to the table."""
    return any(
        step.step_key == STEP and step.end_time is None
        for run in instance.get_runs()
        for step in instance.get_run_step_stats(run.run_id)
    )


@pytest.mark.usefixtures("sqlite_home")
@pytest.mark.parametrize("content", ["[", "no_such_setting: 1\n"])
def test_dagsters_storage_that_does_not_open_is_told_by_the_doctor(content):
    home = process_settings().dagster_home
    home.mkdir(parents=True, exist_ok=True)
    (home / "dagster.yaml").write_text(content)
    [(status, sentence)] = statuses(examine())
    assert status == "error"
    assert sentence.startswith("Dagster's storage cannot be opened (")
