"""Dagster's own storage: one home for the web UI, the sensor and the command line."""

import fcntl
import os
from importlib.resources import files
from pathlib import Path

from dagster import DagsterInstance

from provider_assets.settings import Settings


def open_instance(settings: Settings) -> DagsterInstance:
    """The instance of `DAGSTER_HOME`, made ready where it is new.

    Two processes that make a fresh SQLite home at once can die of it, so the first one holds a
    lock while it does.
    """
    home = settings.dagster_home
    home.mkdir(parents=True, exist_ok=True)
    with (home / ".first-use.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        _write_config(home)
        os.environ["DAGSTER_HOME"] = str(home)
        instance = DagsterInstance.from_config(str(home))
        instance.get_runs_count()
        instance.has_dynamic_partition("rosters", "")
        instance.get_event_records  # noqa: B018
    return instance


def _write_config(home: Path) -> None:
    config = home / "dagster.yaml"
    if not config.exists():
        config.write_bytes(files("provider_assets").joinpath("dagster.yaml").read_bytes())
