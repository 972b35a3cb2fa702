"""Dagster's storage with its connections kept open: the same files as Dagster's own makes."""

import os
import signal
import sqlite3
from pathlib import Path

import pytest
from dagster import DagsterInstance, asset, materialize
from dagster._core.instance.ref import InstanceRef

from provider_assets.orchestration.configured import sweep_leftovers
from provider_assets.orchestration.process import storage
from provider_assets.orchestration.process.storage import KeptOpenStorage, keep_open
from provider_assets.settings import load_settings


@asset
def made_up() -> int:
    return 1


@asset
def follows(made_up: int) -> int:
    return made_up


def kept_open(home: Path) -> InstanceRef:
    return keep_open(InstanceRef.from_dir(str(home)))


@pytest.fixture
def home(tmp_path, monkeypatch):
    (tmp_path / "dagster.yaml").write_text("telemetry: {enabled: false}\n")
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path))
    return tmp_path


def laid(path: Path) -> list[tuple[str, str]]:
    """The tables, indexes and the revision of an SQLite file."""
    with sqlite3.connect(path) as connection:
        shape = connection.execute("SELECT name, sql FROM sqlite_master ORDER BY name").fetchall()
        revision = connection.execute("SELECT version_num FROM alembic_version").fetchall()
        mode = connection.execute("PRAGMA journal_mode").fetchall()
    return [*shape, *revision, *mode]


def shard(home: Path, run_id: str) -> Path:
    return home / "history" / "runs" / f"{run_id}.db"


def test_runs_kept_open_are_read_by_dagsters_own_storage(home):
    with DagsterInstance.from_ref(kept_open(home)) as instance:
        runs = [materialize([made_up], instance=instance).run_id for _ in range(3)]
        written = [[str(e) for e in instance.all_logs(run_id)] for run_id in runs]

    with DagsterInstance.from_config(str(home)) as instance:
        assert [[str(e) for e in instance.all_logs(run_id)] for run_id in runs] == written
        assert {run.run_id: run.status.value for run in instance.get_runs()} == dict.fromkeys(
            runs, "SUCCESS"
        )


def test_shards_are_as_dagster_lays_them(home):
    with DagsterInstance.from_config(str(home)) as instance:
        own = materialize([made_up], instance=instance).run_id
    with DagsterInstance.from_ref(kept_open(home)) as instance:
        first, second, third = (materialize([made_up], instance=instance).run_id for _ in range(3))

    expected = laid(shard(home, own))
    assert [laid(shard(home, run_id)) for run_id in (first, second, third)] == [expected] * 3


def test_shard_that_another_process_has_laid_meanwhile_is_used_as_it_is(home, monkeypatch):
    with DagsterInstance.from_ref(kept_open(home)) as instance:
        materialize([made_up], instance=instance)
        lay = storage._lay

        def too_late(path):
            lay(path)
            with sqlite3.connect(path) as other:
                other.execute("CREATE TABLE of_the_other (number INTEGER)")
            return lay(path)

        monkeypatch.setattr(storage, "_lay", too_late)
        run = materialize([made_up], instance=instance)
        assert run.success
    assert "of_the_other" in {row[0] for row in laid(shard(home, run.run_id))}
    assert [path for path in (home / "history" / "runs").iterdir() if path.name[0] == "."] == []


def test_file_of_a_run_that_was_killed_while_it_was_laid_is_swept(home):
    with DagsterInstance.from_ref(kept_open(home)) as instance:
        run = materialize([made_up], instance=instance)
    kept = list_of(home)
    pid = os.fork()
    if pid == 0:
        storage.os.link = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
        storage._lay(shard(home, "another"))
        os._exit(0)
    assert os.waitpid(pid, 0)[1] == signal.SIGKILL
    [left] = set(list_of(home)) - set(kept)
    assert left.startswith(".another.db")
    places = {"PROVIDER_ASSETS_HOME": str(home / "var"), "DAGSTER_HOME": str(home)}
    sweep_leftovers.__wrapped__(load_settings(places, None))
    assert list_of(home) == kept
    assert run.success


def list_of(home):
    return sorted(path.name for path in (home / "history" / "runs").iterdir())


def test_home_on_a_share_without_links_has_its_runs(home, monkeypatch):
    def refused(*_paths):
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", refused)
    with DagsterInstance.from_ref(kept_open(home)) as instance:
        runs = [materialize([made_up], instance=instance) for _ in range(2)]
    assert [run.success for run in runs] == [True, True]
    assert laid(shard(home, runs[0].run_id)) == laid(shard(home, runs[1].run_id))
    assert [path for path in (home / "history" / "runs").iterdir() if path.name[0] == "."] == []


def test_events_are_those_that_dagster_stores_but_for_the_inputs(home):
    def kinds(instance):
        run = materialize([made_up, follows], instance=instance).run_id
        told = [log.dagster_event for log in instance.all_logs(run)]
        return [event.event_type_value for event in told if event]

    with DagsterInstance.from_config(str(home)) as instance:
        own = kinds(instance)
    with DagsterInstance.from_ref(kept_open(home)) as instance:
        ours = kinds(instance)
    assert [kind for kind in own if kind not in ("LOADED_INPUT", "STEP_INPUT")] == ours
    assert len(own) - len(ours) == 2


def test_connections_of_earlier_runs_are_closed(home):
    with DagsterInstance.from_ref(kept_open(home)) as instance:
        for _ in range(5):
            latest = materialize([made_up], instance=instance).run_id
        assert set(instance.event_log_storage._kept) == {"index", latest}
    assert instance.event_log_storage._kept == {}


def test_home_that_names_its_storage_is_opened_as_it_says(home):
    own = home / "elsewhere"
    text = f"telemetry: {{enabled: false}}\nstorage: {{sqlite: {{base_dir: {own}}}}}\n"
    (home / "dagster.yaml").write_text(text)

    with DagsterInstance.from_ref(kept_open(home)) as instance:
        materialize([made_up], instance=instance)

    assert own.is_dir()
    assert InstanceRef.from_dir(str(home)).storage_data.config_dict == {"base_dir": str(own)}


def test_storage_that_is_no_sqlite_is_left_alone(home):
    (home / "dagster.yaml").write_text(
        "storage: {custom: {module: somebody.elses, class: Storage, config: {}}}\n"
    )

    assert kept_open(home).storage_data.class_name == "Storage"
    (home / "dagster.yaml").write_text("")
    assert kept_open(home).storage_data.class_name == KeptOpenStorage.__name__


def test_partition_that_is_deleted_is_gone(home):
    with DagsterInstance.from_ref(kept_open(home)) as instance:
        assert not instance.has_dynamic_partition("rosters", "mercy")
        instance.add_dynamic_partitions("rosters", ["mercy"])
        assert instance.has_dynamic_partition("rosters", "mercy")
        assert not instance.has_dynamic_partition("rosters", "lake")
        assert instance.has_dynamic_partition("rosters", "mercy")
        instance.delete_dynamic_partition("rosters", "mercy")
        assert not instance.has_dynamic_partition("rosters", "mercy")
