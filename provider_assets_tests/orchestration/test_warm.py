"""What stands ready before a run begins: read, built and compiled once, and safe to fork."""

import json
import os
import subprocess
import sys

import pytest
from alembic.script import ScriptDirectory
from dagster._core.storage import sql
from dagster._core.storage.event_log.sqlite.sqlite_event_log import SqliteEventLogStorage
from dagster._core.storage.runs.sqlite.sqlite_run_storage import SqliteRunStorage
from dagster._core.storage.schedules.sqlite.sqlite_schedule_storage import SqliteScheduleStorage

from provider_assets.orchestration.process.fence import read_migrations_once
from provider_assets.orchestration.process.migrations import ReadOnce

LOOK = """
import json, os, sys, threading
import provider_assets.orchestration.process.warm
from provider_assets.reports import page
from provider_assets.orchestration.build import _definitions
from provider_assets.reading.layouts import _built_in
kinds = [os.readlink(f"/proc/self/fd/{n}").partition(":")[0] for n in range(3, 64)
         if os.path.exists(f"/proc/self/fd/{n}")]
print(json.dumps({
    "threads": threading.active_count(), "open": kinds,
    "templates": len(page._environment().cache), "layouts": _built_in.cache_info().currsize,
    "pymysql": "pymysql" in sys.modules, "definitions": _definitions.cache_info().currsize,
}))
"""


def looked(home, **settings) -> dict:
    environment = {n: v for n, v in os.environ.items() if not n.startswith("PROVIDER_ASSETS_")}
    environment |= {"PROVIDER_ASSETS_HOME": str(home), "OPENBLAS_NUM_THREADS": "1", **settings}
    done = subprocess.run(
        [sys.executable, "-c", LOOK], env=environment, check=True, capture_output=True, text=True
    )
    return json.loads(done.stdout)


def test_warm_process_has_all_ready_and_neither_thread_nor_connection(tmp_path):
    assert looked(tmp_path) == {
        "threads": 1,
        "open": [],
        "templates": 3,
        "layouts": 1,
        "pymysql": True,
        "definitions": 1,
    }


def test_process_is_warm_though_a_setting_is_wrong(tmp_path):
    found = looked(tmp_path, PROVIDER_ASSETS_MAILBOXES=str(tmp_path / "missing.yaml"))
    assert (found["threads"], found["open"]) == (1, [])


def opened(storage, folder: str):
    if storage is SqliteEventLogStorage:
        return storage(folder).index_connection()
    return storage.from_local(folder).connect()


def own_scripts(config) -> ScriptDirectory:
    return ScriptDirectory.from_config(config)


@pytest.mark.parametrize(
    "storage", [SqliteRunStorage, SqliteEventLogStorage, SqliteScheduleStorage]
)
def test_newest_migration_is_dagsters_and_is_read_once(storage, tmp_path, monkeypatch):
    read_migrations_once()
    read = []
    usual = ScriptDirectory._load_revisions
    monkeypatch.setattr(
        ScriptDirectory, "_load_revisions", lambda self: read.append(self.dir) or usual(self)
    )
    config = sql.get_alembic_config(sys.modules[storage.__module__].__file__)
    newest = ReadOnce.from_config(config).as_revision_number("head")
    assert newest == own_scripts(config).as_revision_number("head")
    read.clear()
    for _ in range(3):
        with opened(storage, str(tmp_path / "home")) as connection:
            assert sql.check_alembic_revision(config, connection) == (newest, newest)
    assert len(read) <= 1  # the file is laid by Dagster's own way, which reads them
