"""What went wrong in the database, sorted: may it pass by itself, or must somebody mend it?

Which number of a server means what is its dialect's matter. The server's own text is passed on
only where it cannot hold a row's values ("Duplicate entry '…'" does); the original exception
never is, because it holds the statement's parameters.
"""

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy.exc import SQLAlchemyError

from provider_assets.errors import (
    DatabaseError,
    ProviderAssetsError,
    TerminalDatabaseError,
    TransientDatabaseError,
)

DATABASE_FAULTS: tuple[type[Exception], ...] = (SQLAlchemyError, sqlite3.Error, OSError)


class LockedError(TransientDatabaseError):
    """Somebody else held the lock for the whole of the wait: waiting was the trying again."""


@dataclass(frozen=True)
class Fault:
    """What a number of a server's means: a sentence for people, and whether it may pass."""

    sentence: str
    transient: bool = False
    quote: bool = False
    """Whether the server's own text may be shown: it names users, tables, columns, no values."""


UNKNOWN = Fault(
    "the database failed; see what its own log says of this number, and report it if that does "
    "not help"
)
SCHEMA = Fault("a table or column is not as expected; run `provider-assets doctor`", quote=True)
READ_ONLY = Fault("the server or the file is read-only; point the setting at the writable one")
CONSTRAINT = Fault(
    "a constraint or trigger of the table refused a row; ask the application's owner which"
)


def sort_fault(
    error: Exception, place: str, sort: Callable[[Exception, str], DatabaseError | None]
) -> ProviderAssetsError:
    """The fault as one of ours, with a sentence: where, what, and what to do.

    `error` is what SQLAlchemy or the operating system raised while talking to `place`, `sort` the
    dialect's. Raise the result outside of the `except` block, so that the original does not hang
    on it.
    """
    if isinstance(error, ProviderAssetsError):
        return error
    if found := sort(error, place):
        return found
    if isinstance(error, OSError):
        return TerminalDatabaseError(f"{place}: {error.strerror or 'input or output failed'}")
    return TerminalDatabaseError(f"{place}: the statement failed ({type(error).__name__})")


def as_error(fault: Fault, place: str, source: str, said: str) -> DatabaseError:
    """The error for a fault; `source` is the server's number or name of it, `said` its text."""
    quoted = f": {said}" if fault.quote and said else ""
    message = f"{place}: {fault.sentence} ({source}{quoted})"
    return (TransientDatabaseError if fault.transient else TerminalDatabaseError)(message)
