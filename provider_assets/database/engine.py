"""A database that can be talked to: its address, its engine and its dialect.

What is said over a connection belongs to the other modules, and so does trying again
(`transaction.py`).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import Connection, Engine
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from provider_assets.database.address import DatabaseAddress
from provider_assets.database.dialects import DIALECTS, Dialect, find_dialect
from provider_assets.database.dialects.protocol import WRITING
from provider_assets.database.faults import sort_fault
from provider_assets.database.naming import call_tables
from provider_assets.errors import ProviderAssetsError, UsageError

__all__ = ["Database", "DatabaseAddress", "open_database"]


@dataclass(frozen=True)
class Database:
    """A database that can be talked to; no connection is open before it is needed."""

    engine: Engine
    address: DatabaseAddress
    dialect: Dialect

    @property
    def place(self) -> str:
        """Where it is, for people: no user and no password."""
        return self.dialect.place(self.engine.url)

    @contextmanager
    def connect(self, *, writing: bool = False) -> Iterator[Connection]:
        """A connection, closed afterwards; nothing is created by who only reads."""
        engine = self.engine if writing else self.dialect.engine_to_read(self.engine)
        with engine.connect() as connection:
            call_tables(connection, self.address.table)
            yield connection.execution_options(**{WRITING: writing})

    def sort_fault(self, error: Exception) -> ProviderAssetsError:
        """What went wrong while talking to it, as one of our errors (`faults.sort_fault`)."""
        return sort_fault(error, self.place, self.dialect.sort_fault)


def open_database(address: DatabaseAddress) -> Database:
    """Make ready to talk to the database of an address; nothing is opened yet.

    Raises UsageError where the URL cannot be used or would send the password in the clear.
    """
    url, dialect = _parse(address.url.get_secret_value())
    return Database(dialect.open(url, address), address, dialect)


def _parse(text: str) -> tuple[URL, Dialect]:
    try:
        url = make_url(text)
        dialect = find_dialect(url.get_backend_name())
    except (ArgumentError, ValueError):
        dialect = None
    if dialect is None:
        raise UsageError(
            f"the database URL cannot be used; write {' or '.join(one.form for one in DIALECTS)}"
        )
    dialect.check(url)
    return url, dialect
