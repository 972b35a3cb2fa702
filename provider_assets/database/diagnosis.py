"""What `doctor` finds out about the database: what is wrong, and how to mend it.

Nothing is written: rights are tried with `EXPLAIN`, which asks for the same ones.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import Connection, UpdateBase, delete, false, insert, select, text, update

from provider_assets.database.engine import Database
from provider_assets.database.faults import DATABASE_FAULTS, sort_fault
from provider_assets.database.found import read_shape
from provider_assets.database.prepare import REVISION, find_revision
from provider_assets.database.shape import Shape
from provider_assets.database.tables import import_rows
from provider_assets.database.transaction import read
from provider_assets.errors import DatabaseError
from provider_assets.providers.fields import TABLE_FIELDS

OLDEST = {"mariadb": (10, 6), "mysql": (8, 0)}
SMALL_PACKET_BYTES = 2 * 1024 * 1024


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at. `advice` is empty where all is well."""

    subject: str
    level: Literal["ok", "note", "error"]
    message: str
    advice: str = ""


def diagnose(database: Database) -> list[Finding]:
    """Look at the connection, the server, the tables and the rights; never raises for a fault."""
    try:
        return read(database, lambda connection: list(_look(database, connection)))
    except DatabaseError as error:
        return [Finding("connection", "error", error.message, "see docs/security.md")]


def _look(database: Database, connection: Connection) -> Iterator[Finding]:
    yield Finding("connection", "ok", f"{database.place} answers")
    if not database.is_sqlite:
        yield from _server(connection)
    shape = read_shape(connection)
    yield from _table(shape)
    yield from _history(connection)
    if not database.is_sqlite:
        yield from _rights(database, connection, shape)


def _server(connection: Connection) -> Iterator[Finding]:
    version = str(connection.scalar(text("SELECT VERSION()")))
    kind = "mariadb" if "mariadb" in version.lower() else "mysql"
    found = tuple(int(part) for part in version.partition("-")[0].split(".")[:2])
    if found < OLDEST[kind]:
        oldest = ".".join(map(str, OLDEST[kind]))
        yield Finding("server", "error", f"{kind} {version} is too old", f"upgrade to {oldest}")
    else:
        yield Finding("server", "ok", f"{kind} {version}")
    cipher = connection.execute(text("SHOW SESSION STATUS LIKE 'Ssl_cipher'")).first()
    if cipher is not None and cipher[1]:
        yield Finding("tls", "ok", f"the connection is encrypted ({cipher[1]})")
    else:
        yield Finding("tls", "note", "the connection is not encrypted", "set DATABASE_SSL_CA")
    yield from _way_in(connection)


def _way_in(connection: Connection) -> Iterator[Finding]:
    if connection.scalar(text("SELECT @@local_infile")):
        yield Finding("local_infile", "ok", "rows travel by LOAD DATA LOCAL INFILE")
    else:
        yield Finding(
            "local_infile",
            "note",
            "the server does not allow LOAD DATA LOCAL; rows travel by INSERT, which is slower",
            "SET PERSIST local_infile = ON (MySQL) or local_infile=1 in the server's file",
        )
        packet = connection.scalar(text("SELECT @@max_allowed_packet")) or 0
        if packet < SMALL_PACKET_BYTES:
            yield Finding(
                "max_allowed_packet", "error", f"{packet} bytes are too few", "raise it to 16M"
            )
    names = text("SHOW VARIABLES WHERE variable_name IN ('log_bin', 'binlog_format')")
    written = {row[0]: row[1] for row in connection.execute(names)}
    if written.get("log_bin") == "ON" and written.get("binlog_format") == "STATEMENT":
        yield Finding("binlog", "error", "binlog_format is STATEMENT", "set it to MIXED or ROW")


def _table(shape: Shape | None) -> Iterator[Finding]:
    if shape is None:
        yield Finding("providerinfo", "note", "the table is missing; the first load creates it")
        return
    advice = "ask the application's owner; the table is never altered from here"
    for problem in shape.problems:
        yield Finding("providerinfo", "error", problem, advice)
    if not shape.problems:
        yield Finding("providerinfo", "ok", "the table's columns can take providers")
    if not shape.unique and not shape.problems:
        yield Finding(
            "unique key",
            "note",
            "no unique key on PROV_NPI: other writers than this one can put an NPI in twice",
            "ALTER TABLE providerinfo ADD UNIQUE KEY (PROV_NPI)",
        )


def _history(connection: Connection) -> Iterator[Finding]:
    revision = find_revision(connection)
    if revision == REVISION:
        yield Finding("history", "ok", f"the history tables are at revision {revision}")
    elif revision is None:
        yield Finding("history", "note", "no history tables yet; the first load creates them")
    elif revision < REVISION:
        yield Finding("history", "note", f"at revision {revision}; the next load upgrades it")
    else:
        yield Finding(
            "history", "error", f"at the newer revision {revision}", "upgrade provider-assets"
        )


def _rights(database: Database, connection: Connection, shape: Shape | None) -> Iterator[Finding]:
    wanted = []
    if shape is not None and not shape.problems:
        table, column = shape.table, shape.table.c.npi
        none = select(*(table.c[name] for name in TABLE_FIELDS)).where(false())
        wanted += [
            ("loads", insert(table).from_select(list(TABLE_FIELDS), none, include_defaults=False)),
            ("on_existing: update", update(table).values(npi=column).where(false())),
            ("undo and replays", delete(table).where(false())),
        ]
    if find_revision(connection) is not None:
        ours = import_rows
        wanted += [("the history", update(ours).values(action=ours.c.action).where(false()))]
    for purpose, statement in wanted:
        yield _right(database, connection, purpose, statement)


def _right(
    database: Database, connection: Connection, purpose: str, statement: UpdateBase
) -> Finding:
    needed = purpose in ("loads", "the history")
    try:
        connection.exec_driver_sql(f"EXPLAIN {statement.compile(connection)}")
    except DATABASE_FAULTS as error:
        fault = sort_fault(error, database.place)
        return Finding(
            "rights",
            "error" if needed else "note",
            f"not enough for {purpose}: {fault.message}",
            "see the GRANTs in docs/security.md",
        )
    return Finding("rights", "ok", f"enough for {purpose}")
