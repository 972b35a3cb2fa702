"""How a piece of work runs against the database: tried again, under the lock, in one transaction.

What the work does belongs to the other modules.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import TypeVar

from sqlalchemy import Connection
from tenacity import Retrying, retry_if_exception, stop_after_attempt, wait_exponential, wait_random

from provider_assets.database.engine import Database
from provider_assets.database.faults import DATABASE_FAULTS, LockedError
from provider_assets.database.naming import real_names
from provider_assets.errors import DatabaseError, ProviderAssetsError, TransientDatabaseError

Result = TypeVar("Result")
Work = Callable[[Connection], Result]

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


def write(database: Database, work: Work[Result], *, alone: bool = True) -> Result:
    """Run work in one transaction, with no other writer of ours beside it; commit.

    What touches nothing but a row of its own waits for no other writer: not `alone`.
    The work may run several times: what it did is rolled back before it is tried again.
    Raises LockedError when another writer keeps the lock for the whole of the wait, else as `read`.
    """

    def once() -> Result:
        with (
            database.connect(writing=True) as connection,
            _lock(database, connection) if alone else nullcontext(),
        ):
            result = work(connection)
            connection.commit()
            return result

    return _tried(database, once)


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
    except DatabaseError as error:
        fault: ProviderAssetsError = error
    except DATABASE_FAULTS as error:
        fault = database.sort_fault(error)
    fault.message = real_names(fault.message, database.address.table)
    fault.args = (fault.message,)
    raise fault  # out here, so that the original with its parameters does not hang on it


def _lock(database: Database, connection: Connection) -> AbstractContextManager[None]:
    """Keep every other writer of ours out, as the dialect does that."""
    seconds = database.address.lock_wait_seconds
    return database.dialect.lock(connection, database.place, seconds)
