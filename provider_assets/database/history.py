"""`provider_import`: the imports, as they are asked for; `recording.py` writes them.

What an import did to each row is `provider_import_row`: `loading/`, `departures/` and `undoing/`
write it, `questions/` reads it.
"""

import json
from datetime import UTC
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, RowMapping, func, select

from provider_assets.database.engine import Database
from provider_assets.database.prepare import has_history, import_columns
from provider_assets.database.tables import BY_END, COUNTS, imports
from provider_assets.database.transaction import read
from provider_assets.errors import FileCode, UsageError
from provider_assets.providers.departures import Departures
from provider_assets.providers.imports import ImportRecord
from provider_assets.providers.roster import Asked, RosterSource, RowCounts

LARGEST = 2**63 - 1  # that a column of numbers holds; no import has a greater one


def find_import(database: Database, sha256: str) -> ImportRecord | None:
    """The live import of this content, if there is one."""
    return read(database, lambda connection: find_live(connection, sha256))


def list_imports(database: Database, limit: int | None = None) -> list[ImportRecord]:
    """The imports, newest first: by when they ended."""

    def fetch(connection: Connection) -> list[ImportRecord]:
        if not has_history(connection):
            return []
        most = limit and min(limit, LARGEST)
        query = select(*import_columns(connection)).order_by(*BY_END).limit(most)
        return [as_record(row) for row in connection.execute(query)]

    return read(database, fetch)


def get_import(database: Database, import_id: int) -> ImportRecord | None:
    """The import of this id, whatever became of it."""
    return read(database, lambda connection: find_record(connection, import_id))


def find_live(connection: Connection, sha256: str) -> ImportRecord | None:
    """The live import of this content, over a connection that stands."""
    if not has_history(connection):
        return None
    return _first(connection, imports.c.live_sha256 == sha256)


def find_record(connection: Connection, import_id: int) -> ImportRecord | None:
    """The import of this id, over a connection that stands."""
    if not 0 < import_id <= LARGEST:
        return None
    return _first(connection, imports.c.id == import_id)


def require_record(connection: Connection, import_id: int) -> ImportRecord:
    """The import of this id. Raises UsageError where there is none."""
    record = find_record(connection, import_id) if has_history(connection) else None
    if record is None:
        raise UsageError(f"there is no import {import_id}; `provider-assets imports` lists them")
    return record


def find_successor(connection: Connection, import_id: int) -> int | None:
    """The id of the import that took an import's place."""
    query = select(imports.c.superseded_by).where(imports.c.id == import_id)
    found: int | None = connection.scalar(query)
    return found


def find_mended(connection: Connection, source: RosterSource) -> int | None:
    """The newest import of the roster that a reject workbook was made of; None of any other."""
    if source.made_as != "rejects" or not has_history(connection):
        return None
    newest = select(func.max(imports.c.id)).where(imports.c.sha256 == source.made_of)
    found: int | None = connection.scalar(newest)
    return found


def as_record(row: Row[Any]) -> ImportRecord:
    """A row of `provider_import` as a value."""
    cells = row._mapping  # noqa: SLF001 (SQLAlchemy's public name for a row's columns)
    departures = Departures.from_json(cells.get("departures"))
    error = None
    if cells["error_code"] is not None:
        error = (cells["error_code"], cells["error_message"] or "")
    return ImportRecord(
        id=cells["id"],
        roster=cells["roster"],
        file=cells["file"],
        sha256=cells["sha256"],
        layout=cells["layout"],
        fingerprint=cells["fingerprint"],
        on_existing=cells["on_existing"],
        state=cells["state"],
        run_id=cells["run_id"],
        rows=RowCounts(
            **{name: cells.get(f"rows_{name}", 0) for name in COUNTS}, left=departures.left
        ),
        reasons=json.loads(cells["reasons"]),
        warnings=json.loads(cells["warnings"]),
        error=error,
        started=cells["started"].replace(tzinfo=UTC),
        finished=cells["finished"].replace(tzinfo=UTC),
        registry=Asked.from_json(cells.get("registry")),
        arrived=cells.get("arrived"),
        mends=cells.get("mends"),
        departing=cells.get("departing"),
        departures=departures,
        removed=cells.get("rows_removed", 0),
        kept=cells.get("rows_kept", 0),
        staged_by=cells.get("staged_by", ""),
        owed=_is_owed(cells),
    )


def _is_owed(cells: RowMapping) -> bool:
    if "answered" not in cells or cells["answered"] is not None:
        return False  # an older history did not keep it
    refused = cells["error_code"] == FileCode.TOO_MANY_REJECTS.value
    return bool(cells["state"] == "loaded" or refused)


def _first(connection: Connection, wanted: ColumnElement[bool]) -> ImportRecord | None:
    row = connection.execute(select(*import_columns(connection)).where(wanted)).first()
    return None if row is None else as_record(row)
