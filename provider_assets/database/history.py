"""`provider_import`: the imports, as they are written and as they are asked for.

What an import did to each row is `provider_import_row`: `staging.py` and `load.py` write it,
`trace.py`, `takeout.py` and `verify.py` read it.
"""

import json
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, RowMapping, func, insert, select, update

from provider_assets.database.engine import Database
from provider_assets.database.order import first_arrival
from provider_assets.database.prepare import has_history, import_columns, prepare
from provider_assets.database.tables import COUNTS, imports
from provider_assets.database.transaction import read, write
from provider_assets.errors import FileCode, UsageError
from provider_assets.providers.departures import Departures
from provider_assets.providers.imports import ImportRecord, ImportRequest, LoadResult
from provider_assets.providers.roster import Asked, RosterSource, RowCounts


def record_failure(database: Database, request: ImportRequest, code: str, message: str) -> int:
    """Keep that an import failed, and why; returns its id. The table is not touched."""
    prepare(database)
    values = _described(request) | {
        "state": "failed",
        "error_code": code,
        "error_message": _storable(message),
        "finished": _naive(datetime.now(UTC)),
    }
    return write(
        database,
        lambda connection: _insert(connection, values | _mending(connection, request.source)),
    )


def find_import(database: Database, sha256: str) -> ImportRecord | None:
    """The live import of this content, if there is one."""
    return read(database, lambda connection: find_live(connection, sha256))


def list_imports(database: Database, limit: int | None = None) -> list[ImportRecord]:
    """The imports, newest first."""

    def fetch(connection: Connection) -> list[ImportRecord]:
        if not has_history(connection):
            return []
        query = select(*import_columns(connection)).order_by(imports.c.id.desc()).limit(limit)
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


def open_import(connection: Connection, request: ImportRequest, prior: ImportRecord | None) -> int:
    """Write the import's row, and put the earlier import of the same content out of force."""
    if prior is not None:
        connection.execute(
            update(imports)
            .where(imports.c.id == prior.id)
            .values(state="superseded", live_sha256=None)
        )
    live = {
        "state": "loaded",
        "live_sha256": request.source.sha256,
        "finished": _naive(request.started),
    }
    described = _described(request) | _mending(connection, request.source)
    import_id = _insert(connection, described | live)
    if prior is not None:
        connection.execute(
            update(imports).where(imports.c.id == prior.id).values(superseded_by=import_id)
        )
    return import_id


def note_arrival(connection: Connection, import_id: int, source: RosterSource) -> int:
    """Keep which import of this content was the first, whatever became of it; that one's id."""
    first = first_arrival(connection, source.sha256) or import_id
    connection.execute(update(imports).where(imports.c.id == import_id).values(arrived=first))
    return first


def close_import(connection: Connection, result: LoadResult, finished: datetime) -> None:
    """Write what the import did."""
    connection.execute(
        update(imports)
        .where(imports.c.id == result.import_id)
        .values(
            **_counts(result.rows),
            rows_removed=result.removed,
            rows_kept=result.kept,
            staged_by=result.staged_by,
            departing=_departing(result.departures),
            departures=result.departures.to_json(),
            finished=_naive(finished),
        )
    )


def _departing(told: Departures) -> str | None:
    return "waiting" if told.waiting else "dismissed" if told.dismissed else None


def settle_departures(connection: Connection, import_id: int, state: str, told: Departures) -> None:
    """Write what a person said of an import's departures, and what came of it."""
    values = {"departing": state, "departures": told.to_json(), "rows_departed": told.departed}
    connection.execute(update(imports).where(imports.c.id == import_id).values(values))


def close_undone(connection: Connection, import_id: int) -> None:
    """Put an import that was taken back out of force."""
    connection.execute(
        update(imports)
        .where(imports.c.id == import_id)
        .values(state="undone", live_sha256=None, undone=_naive(datetime.now(UTC)))
    )


def as_record(row: Row[Any]) -> ImportRecord:
    """A row of `provider_import` as a value."""
    cells = row._mapping  # noqa: SLF001 (SQLAlchemy's public name for a row's columns)
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
        rows=RowCounts(**{name: cells.get(f"rows_{name}", 0) for name in COUNTS}),
        reasons=json.loads(cells["reasons"]),
        warnings=json.loads(cells["warnings"]),
        error=error,
        started=cells["started"].replace(tzinfo=UTC),
        finished=cells["finished"].replace(tzinfo=UTC),
        registry=Asked.from_json(cells.get("registry")),
        arrived=cells.get("arrived"),
        mends=cells.get("mends"),
        departing=cells.get("departing"),
        departures=Departures.from_json(cells.get("departures")),
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


def _insert(connection: Connection, values: dict[str, Any]) -> int:
    result = connection.execute(insert(imports).values(values))
    return int(result.lastrowid)


def _described(request: ImportRequest) -> dict[str, Any]:
    source = request.source
    return {
        "roster": _storable(source.roster),
        "file": _storable(source.file),
        "sha256": source.sha256,
        "size": source.size,
        "kind": source.kind,
        "layout": source.layout,
        "fingerprint": source.fingerprint,
        "on_existing": request.on_existing,
        "covers": source.departures.covers,
        "as_of": source.departures.as_of,
        "run_id": request.run_id,
        "reasons": json.dumps(dict(request.reasons)),
        "warnings": json.dumps(dict(request.warnings)),
        "registry": request.registry.to_json() if request.registry else None,
        "started": _naive(request.started),
        **_counts(request.rows),
    }


def _mending(connection: Connection, source: RosterSource) -> dict[str, int]:
    mended = find_mended(connection, source)
    return {} if mended is None else {"mends": mended}


def _counts(rows: RowCounts) -> dict[str, int]:
    return {f"rows_{name}": getattr(rows, name) for name in COUNTS}


def _naive(moment: datetime) -> datetime:
    """UTC without saying so, which is how the columns keep it."""
    return moment.astimezone(UTC).replace(tzinfo=None)


def _storable(name: str) -> str:
    """A file's name may hold bytes that are no text; they become replacement characters."""
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
