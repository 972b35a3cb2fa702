"""MySQL and MariaDB, which differ little enough to be one dialect."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Delete,
    Engine,
    LargeBinary,
    Table,
    cast,
    delete,
    func,
)
from sqlalchemy.engine import URL

from provider_assets.database.address import DatabaseAddress
from provider_assets.database.dialects.mysql import (
    connecting,
    faults,
    found,
    server,
)
from provider_assets.database.dialects.mysql.locking import claim, hold_lock, is_claimed
from provider_assets.database.finding import Finding
from provider_assets.database.shape import Shape
from provider_assets.errors import DatabaseError, UsageError

if TYPE_CHECKING:
    import pyarrow as pa


class MySQL:
    """A server with an advisory lock, users with rights, and `LOAD DATA` where it allows that."""

    backends: tuple[str, ...] = ("mysql", "mariadb")
    form = (
        "mysql+pymysql://USER:PASSWORD@HOST/SCHEMA (with reserved characters of the password "
        "%-encoded)"
    )
    table_options: Mapping[str, Any] = {
        f"{backend}_{option}": value
        for backend in backends
        for option, value in (("engine", "InnoDB"), ("charset", "utf8mb4"))
    }
    has_rights = True

    def check(self, url: URL) -> None:
        """Raise UsageError where the URL names no schema."""
        if not url.database:
            raise UsageError(
                "the database URL names no schema; write it after the host: …@HOST/SCHEMA"
            )

    def open(self, url: URL, address: DatabaseAddress) -> Engine:
        """An engine whose every session is strict; raises UsageError where TLS is missing."""
        return connecting.open_engine(url, address)

    def place(self, url: URL) -> str:
        """The schema and its server."""
        return f'schema "{url.database}" at {url.host or "localhost"}:{url.port or 3306}'

    def engine_to_read(self, engine: Engine) -> Engine:
        """The same: to look creates nothing."""
        return engine

    def lock(
        self, connection: Connection, place: str, seconds: int
    ) -> AbstractContextManager[None]:
        """The schema's advisory lock."""
        return hold_lock(connection, place, seconds)

    def claim(self, connection: Connection, name: str) -> bool:
        """An advisory lock of that name."""
        return claim(connection, name)

    def is_claimed(self, connection: Connection, name: str) -> bool:
        """Whether some connection holds that lock."""
        return is_claimed(connection, name)

    def has_table(self, connection: Connection, name: str) -> bool:
        """Whether the schema has a table of this name that the user may see."""
        return found.has_table(connection, name)

    def read_shape(self, connection: Connection) -> Shape | None:
        """The table as found."""
        return found.read_shape(connection, self)

    def stage_quickly(
        self, connection: Connection, import_id: int, rows: pa.Table, fate: tuple[str, str]
    ) -> tuple[str, int]:
        """`LOAD DATA LOCAL INFILE`, where the server and the system allow it, else inserts."""
        from provider_assets.database.dialects.mysql import inserts, load_data

        if not load_data.may_load_data(connection):
            return inserts.INSERT, inserts.insert_rows(connection, import_id, rows, fate)
        return load_data.LOAD_DATA, load_data.load_data(connection, import_id, rows, fate)

    def as_unicode(self, cell: ColumnElement[Any]) -> ColumnElement[str]:
        """A cell as text in utf8mb4."""
        return _as_text(cell, "utf8mb4")

    def as_ascii(self, cell: ColumnElement[Any]) -> ColumnElement[str]:
        """A cell as text in ASCII."""
        return _as_text(cell, "ascii")

    def as_bytes(self, cell: ColumnElement[str]) -> ColumnElement[bytes]:
        """As BINARY."""
        return cast(cell, LargeBinary)

    def first_value(self, cell: ColumnElement[Any]) -> ColumnElement[Any]:
        """The column's default."""
        return func.default(cell)

    def delete_matching(self, table: Table, condition: ColumnElement[bool]) -> Delete:
        """From one table, by several."""
        return delete(table).where(condition)

    def sort_fault(self, error: Exception, place: str) -> DatabaseError | None:
        """By the server's number."""
        return faults.sort_fault(error, place)

    def look(self, connection: Connection) -> Iterator[Finding]:
        """Version, TLS, the way in, the binary log."""
        return server.look(connection)


def _as_text(cell: ColumnElement[Any], charset: str) -> ColumnElement[str]:
    from sqlalchemy.dialects.mysql import CHAR  # with asyncio and all, which SQLite does without

    return cast(cell, CHAR(charset=charset))
