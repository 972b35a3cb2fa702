"""What one database server does otherwise than another: a module for each, behind one protocol.

A new dialect is a module here and an entry of `DIALECTS`; another server also needs its driver in
`setup.py`, and a variant of MySQL nothing else.
"""

from sqlalchemy import Connection

from provider_assets.database.dialects.mysql import MySQL
from provider_assets.database.dialects.protocol import Dialect
from provider_assets.database.dialects.sqlite import SQLite

DIALECTS: tuple[Dialect, ...] = (MySQL(), SQLite())

__all__ = ["DIALECTS", "Dialect", "dialect_of", "find_dialect"]


def find_dialect(backend: str) -> Dialect | None:
    """The dialect of a URL's backend; None where there is none."""
    return next((one for one in DIALECTS if backend in one.backends), None)


def dialect_of(connection: Connection) -> Dialect:
    """The dialect of what a connection talks to."""
    return next(one for one in DIALECTS if connection.dialect.name in one.backends)
