"""`provider_import`: what is written of an import, from its opening to the day it is undone."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, and_, insert, select, update

from provider_assets.database.engine import Database
from provider_assets.database.history import find_mended
from provider_assets.database.order import first_arrival
from provider_assets.database.prepare import prepare
from provider_assets.database.tables import COUNTS, imports
from provider_assets.database.transaction import write
from provider_assets.providers.departures import Departures
from provider_assets.providers.imports import ImportRecord, ImportRequest, LoadResult
from provider_assets.providers.roster import RosterSource, RowCounts

ANSWER = (
    *("state", "file", "layout", "error_code", "error_message", "reasons", "warnings"),
    *(f"rows_{name}" for name in COUNTS),
)
"""What a failed import says to its sender."""


def record_failure(
    database: Database,
    request: ImportRequest,
    code: str,
    message: str,
    *,
    answered_before: bool = False,
) -> int:
    """Keep that an import failed, and why; returns its id. The table is not touched.

    A content that is refused again with the same answer keeps its row, which says when it was last.
    `answered_before`: nobody will write what goes back, so what the last such refusal of this
    content was answered, if it was, still counts, whatever its sentence was.
    """
    prepare(database)
    values = _described(request) | {
        "state": "failed",
        "error_code": code,
        "error_message": _storable(message),
        "finished": _naive(datetime.now(UTC)),
    }

    def keep(connection: Connection) -> int:
        described = values | _mending(connection, request.source)
        return _keep_failure(connection, described, answered_before=answered_before)

    return write(database, keep)


def _keep_failure(connection: Connection, values: dict[str, Any], *, answered_before: bool) -> int:
    of_content = select(imports).where(imports.c.sha256 == values["sha256"])
    newest = of_content.order_by(imports.c.id.desc()).limit(1)
    row = connection.execute(newest).mappings().first()
    # what goes back to the sender is owed until this run has written it
    answered = None
    if answered_before:
        alike = and_(imports.c.state == "failed", imports.c.error_code == values["error_code"])
        last = connection.execute(newest.where(alike)).mappings().first()
        answered = None if last is None else last["answered"]
    values = values | {"answered": answered}
    if row is None or any(row[name] != values[name] for name in ANSWER):
        return _insert(connection, values)
    connection.execute(update(imports).where(imports.c.id == row["id"]).values(values))
    return int(row["id"])


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
            departures=replace(result.departures, left=result.rows.left).to_json(),
            finished=_naive(finished),
        )
    )


def _departing(told: Departures) -> str | None:
    return "waiting" if told.waits else "dismissed" if told.dismissed else None


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


def _insert(connection: Connection, values: dict[str, Any]) -> int:
    result = connection.execute(insert(imports).values(values))
    assert result.inserted_primary_key is not None  # noqa: S101  (it has one row)
    return int(result.inserted_primary_key[0])


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
        "departures": Departures(left=request.rows.left, policy=source.departures).to_json(),
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
