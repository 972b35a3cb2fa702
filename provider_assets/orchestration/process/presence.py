"""Whether the process of a run still lives, on whichever machine it works.

On one machine the lock on a file says so (`liveness.py`). Where a launcher starts runs on others
(`beyond_this_machine`), a run's process also says its name to the application's database server,
and tags its run once it is known there. Then a run whose name nobody says any more is dead.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache

from dagster import DagsterInstance, DagsterRun

from provider_assets.database.engine import Database, DatabaseAddress, open_database
from provider_assets.database.presence import is_present, present
from provider_assets.errors import ProviderAssetsError
from provider_assets.settings import Settings, process_settings

PRESENT_TAG = "provider_assets/present"
GRACE = 25.0  # a connection that was lost is there again by then, and a run that ends has ended

_missing_since: dict[str, float] = {}
_said: set[str] = set()


def is_beyond_this_machine(instance: DagsterInstance) -> bool:
    """Whether the launcher may choose other machines than this one."""
    return getattr(instance.run_launcher, "beyond_this_machine", False)


@contextmanager
def said(instance: DagsterInstance, run_id: str) -> Iterator[bool]:
    """Say that this process works on a run, where its launcher may have chosen another machine.

    False where the database server should know of it and does not: were the process killed, nobody
    would learn of that.
    """
    if run_id in _said or not is_beyond_this_machine(instance):
        yield True
        return
    database = _database(process_settings())
    with present(database, _name(run_id)) as known:
        _said.add(run_id)
        try:
            if known:
                instance.add_run_tags(run_id, {PRESENT_TAG: "database"})
            yield known or not _can_tell(database, run_id)
        finally:
            _said.discard(run_id)


def _can_tell(database: Database, run_id: str) -> bool:
    try:
        return is_present(database, _name(run_id)) is not None
    except ProviderAssetsError:
        return True


def is_gone(run: DagsterRun) -> bool | None:
    """Whether nobody says the run's name any more, for `GRACE` by now; None where nobody did."""
    if PRESENT_TAG not in run.tags:
        return None
    try:
        there = is_present(_database(process_settings()), _name(run.run_id))
    except ProviderAssetsError:
        there = True  # who cannot ask does not know
    if there is not False:
        _missing_since.pop(run.run_id, None)
        return False
    now = time.monotonic()
    return now - _missing_since.setdefault(run.run_id, now) >= GRACE


def _name(run_id: str) -> str:
    return f"provider_assets.run.{run_id}"


@lru_cache(maxsize=2)
def _database(settings: Settings) -> Database:
    return open_database(
        DatabaseAddress(
            url=settings.database_url,
            ssl_ca=settings.database_ssl_ca,
            allow_plaintext=settings.database_allow_plaintext,
            lock_wait_seconds=5,
            tries=1,
        )
    )
