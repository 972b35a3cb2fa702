"""How rows travel to the server: the one room that knows the dialects apart.

`LOAD DATA LOCAL INFILE` where the server and the system allow it, multi-row inserts where not.
The values are never part of an SQL text that this package writes.
"""

import fcntl
import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from sqlalchemy import Connection, Delete, Table, delete, exists, insert, text
from sqlalchemy.sql.elements import ColumnElement

from provider_assets.database.tables import import_rows
from provider_assets.errors import TerminalDatabaseError
from provider_assets.providers.fields import VALUE_FIELDS

LOAD_DATA, INSERT = "load-data", "insert"
COLUMNS = (*VALUE_FIELDS, "npi", "sheet", "row")
BATCH_ROWS = 10_000
LINES_AT_ONCE = 8_000  # about what the pipe holds, so that the server never waits for long
LINES_WRITER = "provider_assets-lines"
PIPE_BYTES = 1 << 20  # what Linux allows everybody
ESCAPES = {"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r", "\0": "\\0"}


def stage_rows(connection: Connection, import_id: int, clean: pd.DataFrame) -> str:
    """Write the rows (columns `frames.CLEAN`) into the import's history, as if all were new.

    Returns how: `load-data` or `insert`. Raises TerminalDatabaseError where the server kept
    other rows than it was given.
    """
    rows = pa.Table.from_pandas(clean[list(COLUMNS)], preserve_index=False)
    way = LOAD_DATA if _may_load_data(connection) else INSERT
    written = (_load_data if way == LOAD_DATA else _insert)(connection, import_id, rows)
    if written != len(clean):
        raise TerminalDatabaseError(
            f"the server kept {written} of {len(clean)} rows; run `provider-assets doctor`"
        )
    return way


def delete_matching(table: Table, condition: ColumnElement[bool], dialect: str) -> Delete:
    """Delete the table's rows for which a row of the condition's other tables meets it."""
    if dialect == "sqlite":
        return delete(table).where(exists().where(condition).correlate(table))
    return delete(table).where(condition)


def _may_load_data(connection: Connection) -> bool:
    if connection.dialect.name == "sqlite" or sys.platform == "win32":
        return False
    return bool(connection.scalar(text("SELECT @@local_infile")))


def _load_data(connection: Connection, import_id: int, rows: pa.Table) -> int:
    columns = ", ".join(f"`{name}`" for name in COLUMNS)
    with _lines_to_read(rows) as end:
        loaded = connection.execute(
            text(
                "LOAD DATA LOCAL INFILE :path INTO TABLE provider_import_row "
                "CHARACTER SET utf8mb4 FIELDS TERMINATED BY '\\t' ENCLOSED BY '' "
                f"ESCAPED BY '\\\\' LINES TERMINATED BY '\\n' ({columns}) "
                "SET import_id = :id, action = 'inserted', undoing = 'delete'"
            ),
            {"path": f"/dev/fd/{end}", "id": import_id},
        )
        complaints = connection.scalar(text("SELECT @@warning_count"))
    if complaints:  # LOCAL turns every error into a warning
        raise TerminalDatabaseError(
            f"the server complained of {complaints} values while it took the rows in; "
            "run `provider-assets doctor`"
        )
    return loaded.rowcount


@contextmanager
def _lines_to_read(rows: pa.Table) -> Iterator[int]:
    """The end of a pipe through which the rows' lines come, written while the server takes them."""
    read_end, write_end = os.pipe()
    if hasattr(fcntl, "F_SETPIPE_SZ"):
        fcntl.fcntl(write_end, fcntl.F_SETPIPE_SZ, PIPE_BYTES)
    failures: list[Exception] = []

    def write() -> None:
        try:
            with os.fdopen(write_end, "wb") as file:
                _write_lines(rows, file)
        except BrokenPipeError:  # whoever reads has stopped, and tells why
            return
        except Exception as error:  # noqa: BLE001  (raised below)
            failures.append(error)

    writer = threading.Thread(target=write, name=LINES_WRITER)
    writer.start()
    try:
        yield read_end
    finally:
        os.close(read_end)
        writer.join()
    if failures:
        raise failures[0]


def _write_lines(rows: pa.Table, file: IO[bytes]) -> None:
    """Tab-separated lines, backslash escapes, `\\N` for NULL; no Python loop over the rows."""
    for batch in _by_npi(rows, LINES_AT_ONCE):
        cells = [_escape(column) for column in batch.columns]
        lines = pc.binary_join_element_wise(
            *cells, "\t", null_handling="replace", null_replacement="\\N"
        )
        joined = pc.binary_join_element_wise(lines, "", "\n")
        file.write(_text_of(joined))


def _escape(column: pa.Array) -> pa.Array:
    cells = column.cast(pa.string())
    if pc.any(pc.match_substring_regex(cells, "[\\\\\t\n\r\\x00]")).as_py():
        for raw, escaped in ESCAPES.items():
            cells = pc.replace_substring(cells, raw, escaped)
    return cells


def _text_of(lines: pa.Array) -> memoryview:
    """The bytes of all strings of an array, which lie one after the other."""
    offsets = memoryview(lines.buffers()[1]).cast("i")
    start, end = offsets[lines.offset], offsets[lines.offset + len(lines)]
    return memoryview(lines.buffers()[2])[start:end]


def _insert(connection: Connection, import_id: int, rows: pa.Table) -> int:
    written = 0
    for batch in _batches(rows):
        fixed = {"import_id": import_id, "action": "inserted", "undoing": "delete"}
        connection.execute(insert(import_rows), [row | fixed for row in batch])
        written += len(batch)
    return written


def _batches(rows: pa.Table) -> Iterator[list[dict[str, object]]]:
    for batch in _by_npi(rows, BATCH_ROWS):
        yield batch.to_pylist()


def _by_npi(rows: pa.Table, size: int) -> Iterator[pa.RecordBatch]:
    """The rows in the order of the table's key, so many at a time; they are never all copied."""
    order = pc.sort_indices(rows["npi"])
    for start in range(0, len(rows), size):
        some = rows.take(order.slice(start, size)).combine_chunks()
        yield from some.to_batches()
