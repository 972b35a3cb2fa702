"""What goes back to the sender is part of an import: whether it was written, or is owed still."""

from datetime import UTC, datetime

from sqlalchemy import Connection, and_, or_, select, update

from provider_assets.database.engine import Database
from provider_assets.database.history import as_record
from provider_assets.database.prepare import import_columns
from provider_assets.database.tables import imports
from provider_assets.database.transaction import write
from provider_assets.errors import FileCode
from provider_assets.providers.imports import ImportRecord


def note_answers(database: Database, sha256: str, run_id: str, import_id: int | None) -> None:
    """Keep that the sender of this content was given what goes back.

    Of the import of this id, or of the one that this run refused. Raises DatabaseError.
    """
    own = imports.c.run_id == run_id if import_id is None else imports.c.id == import_id
    owed = and_(imports.c.sha256 == sha256, own, imports.c.answered.is_(None))
    now = datetime.now(UTC).replace(tzinfo=None)
    noted = update(imports).where(owed).values(answered=now)
    write(database, lambda connection: connection.execute(noted), alone=False)


def list_owed(connection: Connection) -> list[ImportRecord]:
    """The imports whose sender lacks what goes back, the oldest first; `has_history` was asked."""
    columns = import_columns(connection)
    if imports.c.answered not in set(columns):
        return []
    newer = imports.alias("newer")
    later = select(newer.c.id).where(newer.c.sha256 == imports.c.sha256, newer.c.id > imports.c.id)
    refused = and_(
        imports.c.state == "failed",
        imports.c.error_code == FileCode.TOO_MANY_REJECTS.value,
        ~later.exists(),
    )
    owed = and_(imports.c.answered.is_(None), or_(imports.c.state == "loaded", refused))
    query = select(*columns).where(owed).order_by(imports.c.id)
    return [as_record(row) for row in connection.execute(query)]
