"""The table's advisory lock, which the server lets go of with its connection."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, func, select

from provider_assets.database.faults import DATABASE_FAULTS, LockedError

LONGEST_NAME = 64


def lock_name(schema: str | None) -> str:
    """The lock's name: locks belong to the server, so it names the schema."""
    name = f"provider_assets.{schema}"
    if len(name.encode()) <= LONGEST_NAME:
        return name
    return f"provider_assets.{hashlib.sha256(name.encode()).hexdigest()[:32]}"


@contextmanager
def hold_lock(connection: Connection, place: str, seconds: int) -> Iterator[None]:
    """Hold the lock of the connection's schema.

    Raises LockedError where another connection keeps it for so long.
    """
    name = lock_name(connection.engine.url.database)
    taken = connection.scalar(select(func.get_lock(name, seconds)))
    if taken != 1:
        holder = connection.scalar(select(func.is_used_lock(name)))
        raise LockedError(
            f'{place}: waited {seconds} s for the lock "{name}", which connection '
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
            connection.invalidate()


def claim(connection: Connection, name: str) -> bool:
    """Take the advisory lock of a name, which the server frees with the connection."""
    return bool(connection.scalar(select(func.get_lock(name, 0))) == 1)


def is_claimed(connection: Connection, name: str) -> bool:
    """Whether a connection holds the advisory lock of a name."""
    return connection.scalar(select(func.is_used_lock(name))) is not None
