"""What `doctor` finds out about the database: what is wrong, and how to mend it.

Nothing is written: rights are tried with `EXPLAIN`, which asks for the same ones.
"""

from collections.abc import Collection, Iterator
from dataclasses import replace

from sqlalchemy import Connection, UpdateBase, delete, false, insert, select, update

from provider_assets.database.answers import list_owed
from provider_assets.database.dialects import dialect_of
from provider_assets.database.engine import Database
from provider_assets.database.faults import DATABASE_FAULTS
from provider_assets.database.finding import Finding
from provider_assets.database.naming import real_names
from provider_assets.database.prepare import REVISION, VERSION_TABLE, find_revision
from provider_assets.database.questions.claims import find_lacking
from provider_assets.database.shape import Shape
from provider_assets.database.tables import import_rows, imports
from provider_assets.database.transaction import read
from provider_assets.errors import DatabaseError
from provider_assets.providers.counted import counted
from provider_assets.providers.fields import TABLE_FIELDS
from provider_assets.providers.shown import shown

NAMED = 10


def diagnose(database: Database, under_way: Collection[str] = ()) -> list[Finding]:
    """Look at the connection, the server, the tables and the rights; never raises for a fault.

    `under_way` are the ids of runs that are at work: what they owe is being written.
    """
    try:
        found = read(database, lambda connection: list(_look(database, connection, under_way)))
    except DatabaseError as error:
        return [Finding("connection", "error", error.message, "see docs/security.md")]
    table = database.address.table
    return [
        replace(
            one,
            subject=real_names(one.subject, table),
            message=real_names(one.message, table),
            advice=real_names(one.advice, table),
        )
        for one in found
    ]


def _look(
    database: Database, connection: Connection, under_way: Collection[str]
) -> Iterator[Finding]:
    yield Finding("connection", "ok", f"{database.place} answers")
    yield from database.dialect.look(connection)
    shape = database.dialect.read_shape(connection)
    yield from _table(shape)
    yield from _history(connection)
    if _is_whole(connection):
        yield from _answers(connection, under_way)
        yield from _claims(connection, shape)
    if database.dialect.has_rights:
        yield from _rights(database, connection, shape)


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
    dialect = dialect_of(connection)
    gone = [
        one.name for one in (imports, import_rows) if not dialect.has_table(connection, one.name)
    ]
    if revision is not None and gone:
        yield Finding(
            "history",
            "error",
            f"{' and '.join(gone)} is missing, though the history was made once",
            f"bring it back from a backup, or begin a new history: DROP TABLE {VERSION_TABLE}",
        )
    elif revision == REVISION:
        yield Finding("history", "ok", f"the history tables are at revision {revision}")
    elif revision is None:
        yield Finding("history", "note", "no history tables yet; the first load creates them")
    elif revision < REVISION:
        yield Finding("history", "note", f"at revision {revision}; the next load upgrades it")
    else:
        yield Finding(
            "history", "error", f"at the newer revision {revision}", "upgrade provider-assets"
        )


def _is_whole(connection: Connection) -> bool:
    """Whether the history is there, as this version knows it."""
    dialect = dialect_of(connection)
    there = all(dialect.has_table(connection, one.name) for one in (imports, import_rows))
    return there and find_revision(connection) == REVISION


def _claims(connection: Connection, shape: Shape | None) -> Iterator[Finding]:
    """Imports of which the table lacks rows: the first ones by name."""
    if shape is None or shape.problems:
        return
    found = find_lacking(connection, shape)
    for one in found[:NAMED]:
        yield Finding(
            "history and table",
            "note",
            f"the table lacks {one.lacking} of the rows that import {one.import_id} "
            f"({shown(one.file)}) put there, though no import took them out",
            "somebody else deleted them; `provider-assets load --replay FILE` brings them back",
        )
    if len(found) > NAMED:
        rest = found[NAMED:]
        rows = sum(one.lacking for one in rest)
        yield Finding(
            "history and table",
            "note",
            f"and {rows} of {counted(len(rest), 'more import')}",
            "as above",
        )


def _answers(connection: Connection, under_way: Collection[str]) -> Iterator[Finding]:
    """Imports whose sender lacks what goes back, and whose run has ended: the first by name."""
    owed = [record for record in list_owed(connection) if record.run_id not in under_way]
    for record in owed[:NAMED]:
        yield Finding(
            "answers",
            "error",
            f"import {record.id} of {shown(record.file)}: its reject workbook, report and return "
            "file were not written",
            "make room where they go, then load the file again; the drop folder's sensor does so "
            "by itself while the file waits in inbox/",
        )
    if len(owed) > NAMED:
        more = f"and {counted(len(owed) - NAMED, 'more import')} like it"
        yield Finding("answers", "error", more, "as above")


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
    if dialect_of(connection).has_table(connection, import_rows.name):
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
        fault = database.sort_fault(error)
        return Finding(
            "rights",
            "error" if needed else "note",
            f"not enough for {purpose}: {fault.message}",
            "see the GRANTs in docs/security.md",
        )
    return Finding("rights", "ok", f"enough for {purpose}")
