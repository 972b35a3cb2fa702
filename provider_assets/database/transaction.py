"""How a piece of work runs against the database: tried again, under the lock, in one transaction.

What the work does belongs to the other modules.
"""

import hashlib
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TypeVar

from sqlalchemy import Connection, func, select
from tenacity import Retrying, retry_if_exception, stop_after_attempt, wait_exponential, wait_random

from provider_assets.database.engine import Database
from provider_assets.database.faults import DATABASE_FAULTS, LockedError, sort_fault
from provider_assets.errors import TransientDatabaseError

Result = TypeVar("Result")
Work = Callable[[Connection], Result]

LONGEST_NAME = 64  # of a lock, in MySQL
FIRST_WAIT_SECONDS = 0.5
LONGEST_WAIT_SECONDS = 30.0


def read(database: Database, work: Work[Result]) -> Result:
    """Run work that writes nothing.

    Raises TransientDatabaseError after the last try, TerminalDatabaseError at once.
    """

    def once() -> Result:
        with database.connect() as connection:
            return work(connection)

    return _tried(database, once)


def write(database: Database, work: Work[Result]) -> Result:
    """Run work in one transaction, with no other writer of ours beside it; commit.

    The work may run several times: what it did is rolled back before it is tried again.
    Raises LockedError when another writer keeps the lock for the whole of the wait, else as `read`.
    """

    def once() -> Result:
        with database.connect(writing=True) as connection, _lock(database, connection):
            result = work(connection)
            connection.commit()
            return result

    return _tried(database, once)


def lock_name(database: Database) -> str:
    """The advisory lock's name: locks belong to the server, so it names the schema."""
    name = f"provider_assets.{database.engine.url.database}"
    if len(name.encode()) <= LONGEST_NAME:
        return name
    return f"provider_assets.{hashlib.sha256(name.encode()).hexdigest()[:32]}"


def _tried(database: Database, once: Callable[[], Result]) -> Result:
    retrying = Retrying(
        stop=stop_after_attempt(max(1, database.address.tries)),
        wait=wait_exponential(FIRST_WAIT_SECONDS, LONGEST_WAIT_SECONDS) + wait_random(0, 1),
        retry=retry_if_exception(_may_pass),
        reraise=True,
    )
    result: Result = retrying(_sorted, database, once)
    return result


def _may_pass(error: BaseException) -> bool:
    return isinstance(error, TransientDatabaseError) and not isinstance(error, LockedError)


def _sorted(database: Database, once: Callable[[], Result]) -> Result:
    try:
        return once()
    except DATABASE_FAULTS as error:
        fault = sort_fault(error, database.place)
    raise fault  # out here, so that the original with its parameters does not hang on it


@contextmanager
def _lock(database: Database, connection: Connection) -> Iterator[None]:
    """Hold the table's advisory lock; SQLite's own write lock does the same by itself."""
    if database.is_sqlite:
        _use_wal(connection)
        yield
        return
    name, seconds = lock_name(database), database.address.lock_wait_seconds
    taken = connection.scalar(select(func.get_lock(name, seconds)))
    if taken != 1:
        holder = connection.scalar(select(func.is_used_lock(name)))
        raise LockedError(
            f'{database.place}: waited {seconds} s for the lock "{name}", which connection '
            f"{holder} holds; wait for that load, or look at it with SHOW PROCESSLIST"
        )
    connection.commit()
    try:
        yield
    finally:
        try:
            connection.rollback()
            connection.scalar(select(func.release_lock(name)))
            connection.rollback()
        except DATABASE_FAULTS:
            connection.invalidate()  # the server lets go of a lock with its connection


def _use_wal(connection: Connection) -> None:
    """Let readers go on while we write; outside of a transaction, hence the driver's own cursor.

    Where another process keeps the file busy just then, the load works without.
    """
    cursor = connection.connection.cursor()
    cursor.execute("PRAGMA journal_mode")
    if cursor.fetchone() != ("wal",):
        with suppress(sqlite3.OperationalError):
            cursor.execute("PRAGMA journal_mode = WAL")
