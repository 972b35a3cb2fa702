"""Inserts of many rows, where a server allows no `LOAD DATA`: values as parameters, all at once.

200,000 rows took 1.4 to 2.0 times the time of `LOAD DATA` on MySQL 9. The driver's own way for many
rows puts each together by itself.
"""

from collections.abc import Iterator
from contextlib import closing

import pyarrow as pa
from sqlalchemy import Connection

from provider_assets.database.batches import by_npi
from provider_assets.errors import TerminalDatabaseError
from provider_assets.providers.shown import shown

INSERT = "insert"
ROWS_AT_ONCE = 1_000
BYTES_AT_ONCE = 500_000  # escaped they are twice as many at most: half of what servers take


def insert_rows(
    connection: Connection, import_id: int, rows: pa.Table, fate: tuple[str, str]
) -> int:
    """Write the rows (columns of `staging.COLUMNS`) into the history; returns how many arrived."""
    columns = ", ".join(f"`{name}`" for name in rows.column_names)
    marks = ", ".join(["%s"] * rows.num_columns)
    row = f"({marks}, {int(import_id)}, '{fate[0]}', '{fate[1]}')"  # words of our own
    into = f"INSERT INTO provider_import_row ({columns}, import_id, action, undoing) VALUES "  # noqa: S608
    packet = connection.exec_driver_sql("SELECT @@max_allowed_packet").scalar() or BYTES_AT_ONCE
    limit = min(BYTES_AT_ONCE, int(packet) // 4)
    written = 0
    for whole in by_npi(rows, ROWS_AT_ONCE):
        for batch in _small_enough(whole, limit):
            columns_of = [column.to_pylist() for column in batch.columns]
            values = tuple(cell for cells in zip(*columns_of, strict=True) for cell in cells)
            statement = into + ", ".join([row] * len(batch))
            if len(batch) == 1:
                _require_room(connection, batch, statement, values, int(packet))
            written += connection.exec_driver_sql(statement, values).rowcount
    return written


def _require_room(
    connection: Connection,
    batch: pa.RecordBatch,
    statement: str,
    values: tuple[object, ...],
    most: int,
) -> None:
    """Raises TerminalDatabaseError where one row alone is more than the server takes at once.

    The server would end the connection without a word, and each try would end alike.
    """
    with closing(connection.connection.cursor()) as cursor:
        size = len(cursor.mogrify(statement, values).encode())
    if size >= most:
        [place] = batch.select(["sheet", "row"]).to_pylist()
        where = f"{shown(place['sheet'])}, row {place['row']}" if place["sheet"] else "a row"
        raise TerminalDatabaseError(
            f"{where} is {size} bytes long, and the server takes {most} at once; raise its "
            "max_allowed_packet (16M will do)"
        )


def _small_enough(batch: pa.RecordBatch, limit: int) -> Iterator[pa.RecordBatch]:
    """The batch in parts that fit into a packet; a single row goes as it is."""
    if len(batch) > 1 and batch.get_total_buffer_size() > limit:
        half = len(batch) // 2
        for part in (batch.slice(0, half), batch.slice(half)):
            yield from _small_enough(part.take(pa.array(range(len(part)))), limit)
    else:
        yield batch
