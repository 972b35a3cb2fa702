"""How rows travel to the server: by its own quick way where it has one, else by inserts.

The values are never part of an SQL text that this package writes.
"""

import pandas as pd
import pyarrow as pa
from sqlalchemy import Connection, insert

from provider_assets.database.batches import by_npi
from provider_assets.database.dialects import dialect_of
from provider_assets.database.tables import import_rows
from provider_assets.errors import TerminalDatabaseError
from provider_assets.providers.fields import VALUE_FIELDS

INSERT = "insert"
COLUMNS = (*VALUE_FIELDS, "npi", "sheet", "row")
BATCH_ROWS = 10_000
PLACES = ("npi", "sheet", "row")


def stage_mentions(connection: Connection, import_id: int, mentions: pd.DataFrame) -> None:
    """Write whom the roster names on rows that do not load (columns `departures.Mentions.rows`)."""
    for action, some in mentions.groupby("action", sort=True):
        rows = pa.Table.from_pandas(some[list(PLACES)], preserve_index=False)
        _stage(connection, import_id, rows, (str(action), "leave"))


def stage_rows(connection: Connection, import_id: int, clean: pd.DataFrame) -> str:
    """Write the rows (columns `frames.CLEAN`) into the import's history, as if all were new.

    Returns how: `insert`, or the dialect's own way (`load-data`). Raises TerminalDatabaseError
    where the server kept other rows than it was given.
    """
    rows = pa.Table.from_pandas(clean[list(COLUMNS)], preserve_index=False)
    return _stage(connection, import_id, rows, ("inserted", "delete"))


def _stage(connection: Connection, import_id: int, rows: pa.Table, fate: tuple[str, str]) -> str:
    quickly = dialect_of(connection).stage_quickly(connection, import_id, rows, fate)
    way, written = quickly or (INSERT, _insert(connection, import_id, rows, fate))
    if written != len(rows):
        raise TerminalDatabaseError(
            f"the server kept {written} of {len(rows)} rows; run `provider-assets doctor`"
        )
    return way


def _insert(connection: Connection, import_id: int, rows: pa.Table, fate: tuple[str, str]) -> int:
    written = 0
    fixed = {"import_id": import_id, "action": fate[0], "undoing": fate[1]}
    for batch in by_npi(rows, BATCH_ROWS):
        connection.execute(insert(import_rows), [row | fixed for row in batch.to_pylist()])
        written += len(batch)
    return written
