"""What the rest of the room asks of a dialect."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any, Protocol

from sqlalchemy import Connection, Engine
from sqlalchemy.engine import URL

from provider_assets.database.address import DatabaseAddress
from provider_assets.database.dialects.spelling import Spelling
from provider_assets.database.finding import Finding
from provider_assets.database.shape import Shape
from provider_assets.errors import DatabaseError

if TYPE_CHECKING:
    import pyarrow as pa

WRITING = "provider_assets_writing"
"""The execution option that tells whether a connection is going to write."""


class Dialect(Spelling, Protocol):
    """One kind of database server."""

    backends: tuple[str, ...]
    """What URLs call it."""
    form: str
    """What its URLs look like, for people."""
    table_options: Mapping[str, Any]
    """What `providerinfo` is created with, where it is missing."""
    has_rights: bool
    """Whether users differ in what they may do."""

    def check(self, url: URL) -> None:
        """Raise UsageError where the URL lacks what this dialect needs."""
        ...

    def open(self, url: URL, address: DatabaseAddress) -> Engine:
        """An engine, nothing opened yet; raises UsageError where the address cannot be used."""
        ...

    def place(self, url: URL) -> str:
        """Where the database is, for people: no user and no password."""
        ...

    def engine_to_read(self, engine: Engine) -> Engine:
        """The engine for who only reads; nothing is created by looking."""
        ...

    def lock(
        self, connection: Connection, place: str, seconds: int
    ) -> AbstractContextManager[None]:
        """Keep every other writer of ours out, from any machine.

        Raises LockedError where another one keeps the lock for so long.
        """
        ...

    def claim(self, connection: Connection, name: str) -> bool:
        """Have the server keep a name for as long as this connection lasts; whether it does."""
        ...

    def is_claimed(self, connection: Connection, name: str) -> bool | None:
        """Whether a connection keeps a name; None where the server keeps none."""
        ...

    def has_table(self, connection: Connection, name: str) -> bool:
        """Whether there is a table of this name that the user may see."""
        ...

    def read_shape(self, connection: Connection) -> Shape | None:
        """`providerinfo` as found, with everything that keeps it from working; None: no table."""
        ...

    def stage_quickly(
        self, connection: Connection, import_id: int, rows: pa.Table, fate: tuple[str, str]
    ) -> tuple[str, int] | None:
        """Write rows (columns of `staging.COLUMNS`) into the history by the server's quick way.

        `fate` is their action, and how that is undone.
        Returns the way's name and the rows that arrived; None where it has none.
        """
        ...

    def sort_fault(self, error: Exception, place: str) -> DatabaseError | None:
        """The error for one that is the server's own; None for any other."""
        ...

    def look(self, connection: Connection) -> Iterator[Finding]:
        """What `doctor` has to say of the server itself."""
        ...
