"""Dagster's own storage: one home for the web UI, the sensor and the command line."""

import fcntl
import os
import sys
from importlib.resources import files
from pathlib import Path

from dagster import DagsterInstance

from provider_assets.orchestration.partitions import rosters
from provider_assets.orchestration.process.storage import kept_open
from provider_assets.reading.mailbox.drop_folder import DropFolder
from provider_assets.settings import Settings


def open_instance(settings: Settings) -> DagsterInstance:
    """The instance of `DAGSTER_HOME`, made ready where it is new.

    Two processes that make a fresh SQLite home at once can die of it, so whoever is first holds a
    lock while it does.
    """
    home = settings.dagster_home
    home.mkdir(parents=True, exist_ok=True)
    with (home / ".first-use.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        config = home / "dagster.yaml"
        if not config.exists():
            config.write_bytes(files("provider_assets").joinpath("dagster.yaml").read_bytes())
        os.environ["DAGSTER_HOME"] = str(home)
        instance = DagsterInstance.from_ref(kept_open(home))
        instance.get_runs_count()
        instance.has_dynamic_partition(str(rosters.name), "")
        instance.all_instigator_state()
    return instance


def run_dagster_dev(settings: Settings, host: str, port: int) -> None:
    """Become `dagster dev`: the web UI, the daemon and the code server of this home."""
    DropFolder(settings.drop_folder).prepare()
    open_instance(settings).dispose()
    dagster = Path(sys.executable).with_name("dagster")
    arguments = ["dev", "-m", "provider_assets.definitions", "-h", host, "-p", str(port)]
    os.execv(dagster, [str(dagster), *arguments])  # noqa: S606  (no shell)
