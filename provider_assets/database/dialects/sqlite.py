"""SQLite: a file, for the demo, for trying things out, and for tests."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Delete,
    Engine,
    LargeBinary,
    Table,
    cast,
    create_engine,
    delete,
    event,
    exists,
    inspect,
    text,
)
from sqlalchemy import types as sqltypes
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from provider_assets.database.address import DatabaseAddress
from provider_assets.database.dialects.protocol import WRITING
from provider_assets.database.faults import (
    CONSTRAINT,
    READ_ONLY,
    SCHEMA,
    UNKNOWN,
    Fault,
    LockedError,
    as_error,
)
from provider_assets.database.finding import Finding
from provider_assets.database.shape import FoundColumn, Shape, judge
from provider_assets.database.silence import SILENT
from provider_assets.database.tables import PROVIDERINFO
from provider_assets.errors import DatabaseError

if TYPE_CHECKING:
    import pyarrow as pa

_FAULTS: dict[int, Fault] = {
    sqlite3.SQLITE_READONLY: READ_ONLY,
    sqlite3.SQLITE_FULL: Fault("the disk is full; make room and load again"),
    sqlite3.SQLITE_CANTOPEN: Fault("the file cannot be opened; see its folder and its rights"),
    sqlite3.SQLITE_NOTADB: Fault("the file is not an SQLite database"),
    sqlite3.SQLITE_CORRUPT: Fault("the file is damaged; restore it from a backup"),
    sqlite3.SQLITE_IOERR: Fault("the file could not be read or written; see the disk"),
    sqlite3.SQLITE_CONSTRAINT: CONSTRAINT,
    sqlite3.SQLITE_ERROR: SCHEMA,
}


BUSY = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
TURN_MS = 500


class SQLite:
    """An SQLite file: its own write lock, no users, no quicker way in."""

    backends: tuple[str, ...] = ("sqlite",)
    form = "sqlite:///FILE"
    table_options: Mapping[str, Any] = {}
    has_rights = False

    def check(self, url: URL) -> None:
        """Every URL will do."""

    def open(self, url: URL, address: DatabaseAddress) -> Engine:
        """An engine that begins its transactions itself: the driver's own come too late."""
        engine = create_engine(
            url,
            connect_args={"timeout": max(0.1, address.lock_wait_seconds)},
            poolclass=NullPool,
            **SILENT,
        )

        @event.listens_for(engine, "connect")
        def begin_ourselves(connection: sqlite3.Connection, _record: object) -> None:
            connection.isolation_level = None

        @event.listens_for(engine, "begin")
        def begin(connection: Connection) -> None:
            if connection.get_execution_options().get(WRITING):
                _begin_to_write(connection, address.lock_wait_seconds)
            else:
                connection.exec_driver_sql("BEGIN")

        return engine

    def place(self, url: URL) -> str:
        """The file."""
        return f"SQLite file {url.database or ':memory:'}"

    def engine_to_read(self, engine: Engine) -> Engine:
        """A file that does not exist yet is created by writing only; a reader sees an empty one."""
        file = engine.url.database
        there = file not in (None, "", ":memory:") and Path(str(file)).is_file()
        return engine if there else create_engine("sqlite://", **SILENT)

    @contextmanager
    def lock(self, connection: Connection, place: str, seconds: int) -> Iterator[None]:  # noqa: ARG002
        """The file's own write lock, which `BEGIN IMMEDIATE` takes."""
        _use_wal(connection)
        yield

    def claim(self, connection: Connection, name: str) -> bool:  # noqa: ARG002
        """A file keeps no names."""
        return False

    def is_claimed(self, connection: Connection, name: str) -> None:
        """A file keeps no names."""

    def has_table(self, connection: Connection, name: str) -> bool:
        """Whether the file has a table of this name."""
        query = text("SELECT 1 FROM sqlite_master WHERE name = :name")
        return connection.execute(query, {"name": name}).first() is not None

    def read_shape(self, connection: Connection) -> Shape | None:
        """The table as found; an index that a join lacks SQLite makes by itself."""
        looked = inspect(connection)
        if not looked.has_table(PROVIDERINFO):
            return None
        if PROVIDERINFO in looked.get_view_names():
            return judge([], set(), set(), ["it is a view"], self)
        key = looked.get_pk_constraint(PROVIDERINFO)["constrained_columns"]
        found = [_column(column, key) for column in looked.get_columns(PROVIDERINFO)]
        indexes = looked.get_indexes(PROVIDERINFO) + looked.get_unique_constraints(PROVIDERINFO)
        unique = {
            str(index["column_names"][0]).lower()
            for index in indexes
            if index.get("unique", True) and len(index["column_names"]) == 1
        }
        unique |= {key[0].lower()} if len(key) == 1 else set()
        return judge(found, unique, {"prov_npi"}, [], self)

    def stage_quickly(
        self,
        connection: Connection,  # noqa: ARG002
        import_id: int,  # noqa: ARG002
        rows: pa.Table,  # noqa: ARG002
        fate: tuple[str, str],  # noqa: ARG002
    ) -> tuple[str, int] | None:
        """There is no quicker way than inserts."""
        return None

    def as_unicode(self, cell: ColumnElement[Any]) -> ColumnElement[str]:
        """All text is Unicode."""
        return cast(cell, sqltypes.CHAR())

    as_ascii = as_unicode

    def as_bytes(self, cell: ColumnElement[str]) -> ColumnElement[bytes]:
        """As BLOB."""
        return cast(cell, LargeBinary)

    def first_value(self, cell: ColumnElement[Any]) -> None:
        """SQLite does not tell."""

    def delete_matching(self, table: Table, condition: ColumnElement[bool]) -> Delete:
        """By a subquery: SQLite deletes from one table."""
        return delete(table).where(exists().where(condition).correlate(table))

    def sort_fault(self, error: Exception, place: str) -> DatabaseError | None:
        """By SQLite's own number."""
        original = error.orig if isinstance(error, DBAPIError) else error
        if not isinstance(original, sqlite3.Error):
            return None
        number = getattr(original, "sqlite_errorcode", 0) & 0xFF
        if number in BUSY:
            return LockedError(
                f"{place}: another process held the file for too long; load again later"
            )
        name = getattr(original, "sqlite_errorname", "unknown")
        return as_error(_FAULTS.get(number, UNKNOWN), place, name, str(original))

    def look(self, connection: Connection) -> Iterator[Finding]:  # noqa: ARG002
        """There is no server."""
        return iter(())


def _begin_to_write(connection: Connection, seconds: float) -> None:
    """Wait for the file's write lock in short turns: while SQLite waits, no signal is heard."""
    end = time.monotonic() + seconds
    with closing(connection.connection.cursor()) as cursor:
        cursor.execute(f"PRAGMA busy_timeout = {TURN_MS}")
        try:
            while True:
                try:
                    cursor.execute("BEGIN IMMEDIATE")
                except sqlite3.OperationalError as error:
                    if error.sqlite_errorcode & 0xFF not in BUSY or time.monotonic() > end:
                        raise
                else:
                    return
        finally:
            cursor.execute(f"PRAGMA busy_timeout = {int(max(0.1, seconds) * 1000)}")


def _use_wal(connection: Connection) -> None:
    """Let readers go on while we write; outside of a transaction, hence the driver's own cursor.

    Where another process keeps the file busy just then, the load works without.
    """
    with closing(connection.connection.cursor()) as cursor:
        cursor.execute("PRAGMA journal_mode")
        if cursor.fetchone() != ("wal",):
            with suppress(sqlite3.OperationalError):
                cursor.execute("PRAGMA journal_mode = WAL")


def _column(column: Any, key: list[str]) -> FoundColumn:
    kind = column["type"]
    counter = key == [column["name"]] and isinstance(kind, sqltypes.Integer)
    return FoundColumn(
        column["name"],
        _kind(kind),
        getattr(kind, "length", None),
        nullable=bool(column["nullable"]),
        filled=counter or column["default"] is not None or "computed" in column,
    )


def _kind(kind: sqltypes.TypeEngine[object]) -> str:
    if isinstance(kind, sqltypes.Integer):
        return "bigint"
    if isinstance(kind, sqltypes.Numeric):
        return "decimal"
    if isinstance(kind, sqltypes.LargeBinary):
        return "blob"
    endless = isinstance(kind, sqltypes.Text) or not getattr(kind, "length", None)
    return "text" if endless else "varchar"
