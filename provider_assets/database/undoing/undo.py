"""Taking an import back: inserted rows go, updated get their old values, departed come back.

A row that changed since, or that another roster has too, is left and listed. One
transaction, under the lock of the loads.
"""

from dataclasses import dataclass

from sqlalchemy import Connection

from provider_assets.database import history, recording
from provider_assets.database.engine import Database
from provider_assets.database.prepare import prepare, require_shape
from provider_assets.database.transaction import read, write
from provider_assets.database.undoing.leaving_force import leaving
from provider_assets.database.undoing.spared import SparedRow, naming_imports, spared_rows
from provider_assets.database.undoing.takeout import take_out, would_take_out
from provider_assets.providers.imports import ImportRecord


@dataclass(frozen=True)
class UndoResult:
    """What an undo did, or with `dry_run` would do.

    `record` is the import as it was before; `done` is False where there was nothing to take back
    (it was undone before, failed, or another import took its place), and `reason` says so.
    `spared` are the places (sheet, row) of rows that stay as they are: they changed since, or
    another roster has them too; `stays` says of each which of the two. `returned` counts departed
    rows that came back as they were. `named_by` are imports in force that name providers who were
    removed: a replay of them brings those back.
    """

    record: ImportRecord
    done: bool
    reason: str = ""
    removed: int = 0
    restored: int = 0
    spared: tuple[tuple[str, int], ...] = ()
    returned: int = 0
    stays: tuple[SparedRow, ...] = ()
    named_by: tuple[int, ...] = ()


def undo(database: Database, import_id: int, *, dry_run: bool = False) -> UndoResult:
    """Take an import back; with `dry_run` tell what that would do, nothing written.

    Raises UsageError where there is no such import; database errors as `load_providers`.
    """
    if dry_run:
        return read(database, lambda connection: _undo(connection, import_id, writing=False))
    prepare(database)
    return write(database, lambda connection: _undo(connection, import_id, writing=True))


def _undo(connection: Connection, import_id: int, *, writing: bool) -> UndoResult:
    record = history.require_record(connection, import_id)
    if record.state != "loaded":
        return UndoResult(record, done=False, reason=_reason(connection, record))
    shape = require_shape(connection)
    about = leaving(connection, record)
    stays = spared_rows(connection, shape, about)
    named_by = naming_imports(connection, shape, about)
    taken = (take_out if writing else would_take_out)(connection, shape, about)
    if writing:
        recording.close_undone(connection, import_id)
    return UndoResult(
        record,
        done=True,
        removed=taken.removed,
        restored=taken.restored,
        spared=taken.spared,
        returned=taken.returned,
        stays=stays,
        named_by=named_by,
    )


def _reason(connection: Connection, record: ImportRecord) -> str:
    if record.state == "superseded":
        successor = history.find_successor(connection, record.id)
        return f"import {successor} took its place; undo that one"
    return {"undone": "it was undone before", "failed": "it failed and put nothing into the table"}[
        record.state
    ]
