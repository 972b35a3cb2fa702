"""Where the database is and how to talk to it: address, TLS, session, connections.

What is said over a connection belongs to the other modules, and so does trying again
(`transaction.py`).
"""

import ipaddress
import logging
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import SecretStr
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError
from sqlalchemy.pool import NullPool

from provider_assets.errors import UsageError

CONNECT_SECONDS = 15
# nothing is cut, nothing becomes `?`, no engine is swapped, whatever the server's own mode is
SQL_MODE = "STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION"
WRITING = "provider_assets_writing"
MYSQL = ("mysql", "mariadb")
SILENT: dict[str, Any] = {"hide_parameters": True, "logging_name": "provider_assets"}
# at level DEBUG SQLAlchemy would log every row that it fetches
logging.getLogger("sqlalchemy.engine.Engine.provider_assets").addFilter(
    lambda record: record.levelno >= logging.INFO
)


@dataclass(frozen=True)
class DatabaseAddress:
    """Where the database is, as the settings say.

    `ssl_ca` asks for TLS with the server's certificate and name verified; `allow_plaintext` for
    leave to talk without TLS to another machine. `lock_wait_seconds` bounds every wait for
    somebody else's lock, `tries` how often a call is made before a passing fault is final.
    """

    url: SecretStr
    ssl_ca: Path | None = None
    allow_plaintext: bool = False
    lock_wait_seconds: int = 60
    tries: int = 6


@dataclass(frozen=True)
class Database:
    """A database that can be talked to; no connection is open before it is needed."""

    engine: Engine
    address: DatabaseAddress

    @property
    def is_sqlite(self) -> bool:
        """Whether it is an SQLite file."""
        return self.engine.dialect.name == "sqlite"

    @property
    def place(self) -> str:
        """Where it is, for people: no user and no password."""
        url = self.engine.url
        if self.is_sqlite:
            return f"SQLite file {url.database or ':memory:'}"
        return f'schema "{url.database}" at {url.host or "localhost"}:{url.port or 3306}'

    @contextmanager
    def connect(self, *, writing: bool = False) -> Iterator[Connection]:
        """A connection, closed afterwards.

        An SQLite file that does not exist yet is created by writing only; who reads sees an
        empty database.
        """
        engine = self.engine
        if self.is_sqlite and not writing and not _sqlite_file_exists(engine.url):
            engine = create_engine("sqlite://", **SILENT)
        with engine.connect() as connection:
            yield connection.execution_options(**{WRITING: writing})


def open_database(address: DatabaseAddress) -> Database:
    """Make ready to talk to the database of an address; nothing is opened yet.

    Raises UsageError where the URL cannot be used or would send the password in the clear.
    """
    url = _parse(address.url.get_secret_value())
    engine = _open_sqlite(url, address) if _is_sqlite(url) else _open_mysql(url, address)
    return Database(engine, address)


def _parse(text: str) -> URL:
    try:
        url = make_url(text)
        backend = url.get_backend_name()
    except (ArgumentError, ValueError):
        backend = ""
    if backend not in (*MYSQL, "sqlite"):
        raise UsageError(
            "the database URL cannot be used; write mysql+pymysql://USER:PASSWORD@HOST/SCHEMA "
            "(with reserved characters of the password %-encoded) or sqlite:///FILE"
        )
    if backend != "sqlite" and not url.database:
        raise UsageError("the database URL names no schema; write it after the host: …@HOST/SCHEMA")
    return url


def _is_sqlite(url: URL) -> bool:
    return url.get_backend_name() == "sqlite"


def _open_mysql(url: URL, address: DatabaseAddress) -> Engine:
    ssl_ca = address.ssl_ca or url.query.get("ssl_ca")
    if ssl_ca is None and not address.allow_plaintext and not _is_this_machine(url):
        raise UsageError(
            f"the database at {url.host} is another machine, and the password and the providers "
            "would travel in the clear; name its CA in DATABASE_SSL_CA, or allow it by "
            "DATABASE_ALLOW_PLAINTEXT"
        )
    if ssl_ca is not None and not Path(str(ssl_ca)).is_file():
        raise UsageError(f"the CA file {ssl_ca} of DATABASE_SSL_CA does not exist")
    options: dict[str, Any] = {
        "charset": "utf8mb4",
        "local_infile": True,
        "connect_timeout": CONNECT_SECONDS,
        "password": (url.password or "").encode(),  # the driver would take a text as Latin-1
    }
    if ssl_ca is not None:
        options |= {"ssl_ca": str(ssl_ca), "ssl_verify_cert": True, "ssl_verify_identity": True}
        options["ssl_disabled"] = False  # whatever the URL says
    engine = create_engine(
        url.set(drivername=f"{url.get_backend_name()}+pymysql").difference_update_query(["ssl_ca"]),
        connect_args=options,
        pool_size=2,  # to connect costs more than most of what a small roster asks
        max_overflow=-1,
        pool_pre_ping=True,
        **SILENT,
        isolation_level="READ COMMITTED",
    )

    @event.listens_for(engine, "connect")
    def make_strict(connection: DBAPIConnection, _record: object) -> None:
        wait = max(1, address.lock_wait_seconds)
        cursor = connection.cursor()
        cursor.execute(
            "SET SESSION sql_mode = %s, innodb_lock_wait_timeout = %s, lock_wait_timeout = %s",
            (SQL_MODE, wait, wait),
        )

    return engine


def _is_this_machine(url: URL) -> bool:
    if "unix_socket" in url.query or url.host in (None, "", "localhost"):
        return True
    try:
        return ipaddress.ip_address(str(url.host)).is_loopback
    except ValueError:
        return False


def _open_sqlite(url: URL, address: DatabaseAddress) -> Engine:
    engine = create_engine(
        url,
        connect_args={"timeout": max(0.1, address.lock_wait_seconds)},
        poolclass=NullPool,
        **SILENT,
    )

    @event.listens_for(engine, "connect")
    def begin_ourselves(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None  # the driver's own BEGIN comes too late for a lock

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        writing = connection.get_execution_options().get(WRITING)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")

    return engine


def _sqlite_file_exists(url: URL) -> bool:
    return url.database not in (None, "", ":memory:") and Path(str(url.database)).is_file()
