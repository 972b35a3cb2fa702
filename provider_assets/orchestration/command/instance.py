"""Dagster's own storage: one home for the web UI, the sensor and the command line."""

import fcntl
import os
import time
from importlib.resources import files
from socket import gethostname
from typing import IO

from dagster import DagsterInstance

from provider_assets.errors import UsageError
from provider_assets.orchestration.configured import mailbox_at, make_folders
from provider_assets.orchestration.partitions import rosters
from provider_assets.orchestration.process.fence import open_home
from provider_assets.orchestration.process.same_origin import EVERY_ADDRESS
from provider_assets.reading.mailbox.drop_folder import INBOX
from provider_assets.settings import Settings, setting_name

FIRST_USE_SECONDS = 60


def open_instance(settings: Settings) -> DagsterInstance:
    """The instance of `DAGSTER_HOME`, made ready where it is new.

    Two processes that make a fresh SQLite home at once can die of it, so whoever is first holds a
    lock while it does.
    """
    home = settings.dagster_home
    make_folders(settings)
    with (home / ".first-use.lock").open("w") as lock:
        _take(lock)
        config = home / "dagster.yaml"
        if not config.exists():
            config.write_bytes(files("provider_assets").joinpath("dagster.yaml").read_bytes())
        os.environ["DAGSTER_HOME"] = str(home)
        instance = open_home(home)
        instance.get_runs_count()
        instance.has_dynamic_partition(str(rosters.name), "")
        instance.all_instigator_state()
    return instance


def _take(lock: IO[str]) -> None:
    end = time.monotonic() + FIRST_USE_SECONDS
    while True:
        try:
            return fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > end:
                raise UsageError(
                    f"another process has made {lock.name} its own for {FIRST_USE_SECONDS} s; "
                    f"see what it does (fuser {lock.name}), end it, and try again"
                ) from None
        time.sleep(0.05)


def run_dagster_dev(settings: Settings, host: str, port: int) -> None:
    """Be the web UI, the daemon and the code server of this home, until asked to end.

    Raises UsageError where the web server's package is not installed.
    """
    try:
        import dagster_webserver  # noqa: F401
    except ImportError:
        raise UsageError(
            "the web UI is not installed here; pip install 'provider-assets[ui]' brings it"
        ) from None
    from provider_assets.orchestration.process.services import serve

    mailbox_at(settings.drop_folder).prepare()
    address, inbox = address_of(host, port), settings.drop_folder / INBOX
    if "ui_url" not in settings.model_fields_set:  # links in alerts lead to where this one is
        os.environ[setting_name("ui_url")] = address
    open_instance(settings).dispose()
    serve(host, port, f"the web UI is on {address}; rosters go into {inbox}; end with Ctrl-C")


def address_of(host: str, port: int) -> str:
    """Where people reach the web UI that listens there: on every address, by the machine's name."""
    name = gethostname() if host in EVERY_ADDRESS else host
    return f"http://[{name}]:{port}" if ":" in name else f"http://{name}:{port}"
