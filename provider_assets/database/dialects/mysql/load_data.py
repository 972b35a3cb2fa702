"""`LOAD DATA LOCAL INFILE`: rows as lines, through a pipe, written while the server takes them.

The values are never part of an SQL text that this package writes.
"""

import fcntl
import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

import pyarrow as pa
import pyarrow.compute as pc
from sqlalchemy import Connection, text

from provider_assets.database.batches import by_npi
from provider_assets.errors import TerminalDatabaseError

LOAD_DATA = "load-data"
LINES_AT_ONCE = 8_000  # about what the pipe holds, so that the server never waits for long
LINES_WRITER = "provider_assets-lines"
PIPE_BYTES = 1 << 20  # what Linux allows everybody
ESCAPES = {"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r", "\0": "\\0"}


def may_load_data(connection: Connection) -> bool:
    """Whether the server and this system allow it."""
    return sys.platform != "win32" and bool(connection.scalar(text("SELECT @@local_infile")))


def load_data(connection: Connection, import_id: int, rows: pa.Table, fate: tuple[str, str]) -> int:
    """Write the rows (columns of `staging.COLUMNS`) into the history; returns how many arrived."""
    columns = ", ".join(f"`{name}`" for name in rows.column_names)
    with _lines_to_read(rows) as end:
        loaded = connection.execute(
            text(
                "LOAD DATA LOCAL INFILE :path INTO TABLE provider_import_row "
                "CHARACTER SET utf8mb4 FIELDS TERMINATED BY '\\t' ENCLOSED BY '' "
                f"ESCAPED BY '\\\\' LINES TERMINATED BY '\\n' ({columns}) "
                "SET import_id = :id, action = :action, undoing = :undoing"
            ),
            {
                "path": f"/dev/fd/{end}",
                "id": import_id,
                "action": fate[0],
                "undoing": fate[1],
            },
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
    for batch in by_npi(rows, LINES_AT_ONCE):
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
