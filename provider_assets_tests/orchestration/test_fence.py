"""A roster loads with each part switched off that leans on Dagster's private side."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import dagster
import pytest
from dagster._core.storage.event_log.sqlite.sqlite_event_log import SqliteEventLogStorage

import provider_assets
from provider_assets.orchestration.command import runs
from provider_assets.orchestration.command.instance import open_instance
from provider_assets.orchestration.process import executor, fence, living, storage
from provider_assets.orchestration.process.living import LivingExecutor
from provider_assets.orchestration.process.storage import KeptOpenStorage
from provider_assets.providers.keys import roster_key
from provider_assets.reading.mailbox.intake import sha256_of
from provider_assets.settings import process_settings
from provider_assets_tests.rosters import person, write_xlsx

OWN = "its own is used, which is slower and does the same"
ROOT = Path(provider_assets.__file__).parents[1]


def _refuse(*_, **__):
    raise TypeError("no such argument")


def _other_version(monkeypatch):
    monkeypatch.setattr(dagster, "__version__", "1.14.2")


def _other_constructor(monkeypatch):
    monkeypatch.setattr(KeptOpenStorage, "__init__", _refuse)


def _other_method(monkeypatch):
    monkeypatch.setattr(storage.KeptOpenRuns, "connect", _refuse)


def _no_module(monkeypatch):
    monkeypatch.setitem(sys.modules, storage.__name__, None)


@pytest.mark.parametrize(
    "unlike",
    [_other_version, _other_constructor, _other_method, _no_module],
    ids=lambda unlike: unlike.__name__.strip("_"),
)
def test_storage_that_does_not_fit_is_told_once_and_dagsters_own_loads(
    sqlite_home, monkeypatch, caplog, unlike
):
    unlike(monkeypatch)
    fence._say.cache_clear()
    rosters = [write_xlsx(sqlite_home.root / f"{n}.xlsx", [person(n)]) for n in (1, 2)]
    statuses = [sqlite_home.load(roster)[0]["status"] for roster in rosters]
    with open_instance(process_settings()) as instance:
        assert type(instance.event_log_storage) is SqliteEventLogStorage
    assert statuses == ["loaded", "loaded"]
    assert [said.endswith(OWN) for said in _said(caplog, fence.STORAGE)] == [True]


def _no_living(monkeypatch):
    monkeypatch.setitem(sys.modules, living.__name__, None)


@pytest.mark.parametrize(
    "unlike", [_other_version, _no_living], ids=lambda unlike: unlike.__name__.strip("_")
)
def test_executor_that_does_not_fit_is_told_once_and_dagsters_own_loads(
    sqlite_home, monkeypatch, caplog, unlike
):
    unlike(monkeypatch)
    monkeypatch.setattr(LivingExecutor, "execute", _refuse)
    fence._say.cache_clear()
    rosters = [write_xlsx(sqlite_home.root / f"{n}.xlsx", [person(n)]) for n in (1, 2)]
    statuses = [sqlite_home.load(roster)[0]["status"] for roster in rosters]
    assert statuses == ["loaded", "loaded"]
    assert [said.endswith(OWN) for said in _said(caplog, executor.PART)] == [True]


def _said(caplog, part):
    told = [record.getMessage() for record in caplog.records if record.name == fence.__name__]
    return [message for message in told if message.startswith(part)]


def _no_memory(monkeypatch):
    monkeypatch.setattr(runs, "give_memory_back", lambda: None)


def _no_liveness(monkeypatch):
    def full(*_):
        raise OSError("no space left")

    monkeypatch.setattr(living, "hold", full)


@pytest.mark.parametrize("off", [_no_memory, _no_liveness], ids=lambda off: off.__name__)
def test_roster_loads_without_the_part(sqlite_home, monkeypatch, off):
    off(monkeypatch)
    [result] = sqlite_home.load(write_xlsx(sqlite_home.root / "one.xlsx", [person(1)]))
    assert (result["status"], len(sqlite_home.table())) == ("loaded", 1)


@pytest.mark.slow
def test_roster_loads_in_fresh_interpreters_by_dagsters_own_command(sqlite_home):
    """Nobody's fork, a process for each step, a home that names none of our parts."""
    path = write_xlsx(sqlite_home.root / "one.xlsx", [person(1)])
    roster = roster_key(path.name, sha256_of(path))
    home = process_settings().dagster_home
    (home / "dagster.yaml").write_text("telemetry: {enabled: false}\n")
    with open_instance(process_settings()) as instance:
        instance.add_dynamic_partitions("rosters", [roster])
    config = {
        "ops": {"raw_providers": {"config": {"path": str(path), "sha256": sha256_of(path)}}},
        "execution": {"config": {"multiprocess": {}}},
    }
    written = sqlite_home.root / "run.yaml"
    written.write_text(json.dumps(config))
    ran = subprocess.run(
        [
            str(Path(sys.executable).with_name("dagster")),
            *("job", "execute", "-m", "provider_assets.definitions", "-j", "import_roster"),
            *("--tags", json.dumps({"dagster/partition": roster})),
            *("--config", str(written)),
        ],
        env={**os.environ, "DAGSTER_HOME": str(home)},
        cwd=sqlite_home.root,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr[-2000:]
    assert len(sqlite_home.table()) == 1


def test_setup_asks_for_the_dagster_that_was_tested():
    text = (ROOT / "setup.py").read_text(encoding="utf-8")
    major, minor = fence.TESTED[-1].split(".")
    for package in ("dagster", "dagster-webserver"):
        asked = re.search(rf'"{package}(>=[^"]+)"', text)[1]
        assert asked == f">={fence.TESTED[0]},<{major}.{int(minor) + 1}"
    assert dagster.__version__.rpartition(".")[0] in fence.TESTED
    assert re.search(r'"dagster-mysql(>=[^;"]+)', text)[1] == ">=0.29,<0.30"
