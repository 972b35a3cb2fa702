"""Dagster's SQLite storage with its connections kept open: the same files, a third of the time.

Dagster makes an engine and a connection for each of the some 400 statements of a run, compiles
the statement, and closes the connection, which has SQLite empty its write-ahead log each time. For
a process that runs one roster after another, that is
most of what a small roster costs. What is written is Dagster's own affair and stays so: any
process may open the same files with Dagster's own classes at the same time, as the web UI does.

Used where `dagster.yaml` names no storage, by the command line and by the runs of the launcher
(`fence` opens it); the web UI, the daemon and the sensors use Dagster's own.
"""

import os
import sqlite3
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from dagster import DagsterEventType, EventLogEntry
from dagster._core.instance.ref import InstanceRef
from dagster._core.storage.base_storage import DagsterStorage
from dagster._core.storage.event_log.sqlite.sqlite_event_log import (
    INDEX_SHARD_NAME,
    SqliteEventLogStorage,
)
from dagster._core.storage.runs.sqlite.sqlite_run_storage import SqliteRunStorage
from dagster._core.storage.schedules.sqlite.sqlite_schedule_storage import SqliteScheduleStorage
from dagster._core.storage.sqlite import SQLITE_BUSY_TIMEOUT_SECONDS
from dagster._core.storage.sqlite_storage import (
    DagsterSqliteStorage,
    _event_logs_directory,
    _runs_directory,
    _schedule_directory,
)
from dagster._serdes import ConfigurableClassData
from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import Connection
from sqlalchemy.pool import StaticPool

from provider_assets.leftovers import aside_of, temporary_folder

UNTOLD = {DagsterEventType.LOADED_INPUT, DagsterEventType.STEP_INPUT}
"""Two for each input of each step, a third of all events; nothing is decided by them."""

_pattern: list[bytes] = []  # a run's file as Dagster lays it, once this process has seen one


def keep_open(ref: InstanceRef) -> InstanceRef:
    """The same instance, its SQLite connections kept open; another storage is left as it is."""
    usual = ref.storage_data
    if usual is None or usual.class_name != DagsterSqliteStorage.__name__:
        return ref
    ours = ConfigurableClassData(__name__, KeptOpenStorage.__name__, usual.config_yaml)
    return ref._replace(storage_data=ours)


class KeptOpenStorage(DagsterSqliteStorage):
    """Runs, events and schedules of a home, through connections that stay open."""

    def __init__(self, base_dir: str, inst_data: ConfigurableClassData | None = None) -> None:
        self.base_dir = base_dir
        self._run_storage = KeptOpenRuns.from_local(_runs_directory(base_dir))
        self._event_log_storage = KeptOpenEvents(_event_logs_directory(base_dir))
        self._schedule_storage = SqliteScheduleStorage.from_local(_schedule_directory(base_dir))
        self._inst_data = inst_data
        DagsterStorage.__init__(self)  # type: ignore[no-untyped-call, arg-type]

    @classmethod
    def from_config_value(
        cls, inst_data: ConfigurableClassData, config_value: Mapping[str, Any]
    ) -> "KeptOpenStorage":
        """What Dagster calls with the config of `DagsterSqliteStorage`."""
        return cls(inst_data=inst_data, **config_value)


class KeptOpenRuns(SqliteRunStorage):
    """The runs' one file."""

    def __init__(self, conn_string: str, inst_data: ConfigurableClassData | None = None) -> None:
        self._lock = threading.RLock()
        self._kept = _engine(conn_string)
        super().__init__(conn_string, inst_data)

    @contextmanager
    def connect(self) -> Iterator[Connection]:
        """One transaction."""
        with self._lock, self._kept.begin() as connection:
            yield connection

    def dispose(self) -> None:
        """Close the connection."""
        self._kept.dispose()


class KeptOpenEvents(SqliteEventLogStorage):
    """The events' files: the index over all runs, and a shard for each run.

    Open are the index and the latest run. A run's file is laid from a pattern.
    """

    def __init__(self, base_dir: str, inst_data: ConfigurableClassData | None = None) -> None:
        self._kept: dict[str, Connection] = {}
        self._tables: set[str] = set()
        self._partition: tuple[str, str] | None = None
        super().__init__(base_dir, inst_data)

    @contextmanager
    def _connect(self, shard: str) -> Iterator[Connection]:
        with self._db_lock, _one_transaction(self._open(shard)) as connection:
            yield connection

    def _open(self, shard: str) -> Connection:
        if shard not in self._kept:
            for other in [name for name in self._kept if INDEX_SHARD_NAME not in (name, shard)]:
                _close(self._kept.pop(other))
            self._kept[shard] = self._laid(shard).connect()
        return self._kept[shard]

    def _laid(self, shard: str) -> Engine:
        path = Path(self.path_for_shard(shard))
        new = shard != INDEX_SHARD_NAME and not path.exists()
        laid = new and bool(_pattern) and _lay(path)
        engine = _engine(self.conn_string_for_shard(shard))
        if not laid:
            self._initdb(engine)
        if new and not _pattern:
            engine.dispose()
            _learn(path)
        return engine

    def store_event(self, event: EventLogEntry) -> None:
        """Store an event; that a step got its inputs is told by its beginning."""
        if event.dagster_event is None or event.dagster_event.event_type not in UNTOLD:
            super().store_event(event)

    def has_table(self, table_name: str) -> bool:
        """Whether the index has a table; one that is there stays."""
        if table_name not in self._tables and super().has_table(table_name):
            self._tables.add(table_name)
        return table_name in self._tables

    def has_dynamic_partition(self, partitions_def_name: str, partition_key: str) -> bool:
        """Whether there is such a partition; a run asks 72 times for its own, which stays."""
        wanted = (partitions_def_name, partition_key)
        if wanted != self._partition and super().has_dynamic_partition(*wanted):
            self._partition = wanted
        return wanted == self._partition

    def delete_dynamic_partition(self, partitions_def_name: str, partition_key: str) -> None:
        """Delete a partition."""
        self._partition = None
        super().delete_dynamic_partition(partitions_def_name, partition_key)

    def dispose(self) -> None:
        """Close every connection."""
        for connection in self._kept.values():
            _close(connection)
        self._kept.clear()
        super().dispose()


def learn_pattern() -> None:
    """Have a file of a run laid and forgotten, so that the next ones are laid like it."""
    with temporary_folder("pattern") as folder:
        own = SqliteEventLogStorage(str(folder))
        with own.run_connection("pattern"):
            pass
        own.dispose()
        _learn(Path(own.path_for_shard("pattern")))


def _learn(laid: Path) -> None:
    """Keep a run's file as Dagster has just laid it, for which it read all its migrations."""
    if not laid.with_name(f"{laid.name}-wal").exists():  # else it is in use, and not whole
        _pattern[:] = [laid.read_bytes()]


def _lay(path: Path) -> bool:
    """Lay a run's file, whole or not at all; False where it is there already, or no link is to be
    had: some shares know no second name for a file, and Dagster lays it itself then.
    """
    laid = path.with_name(aside_of(path.name))
    try:
        laid.write_bytes(_pattern[0])
        try:
            os.link(laid, path)
        except OSError:  # also where another process looked at this run just now
            return False
    finally:
        laid.unlink(missing_ok=True)
    return True


@contextmanager
def _one_transaction(connection: Connection) -> Iterator[Connection]:
    """A transaction, or a part of the one that is under way."""
    if connection.in_transaction():
        yield connection
        return
    with connection.begin():
        yield connection


def _close(connection: Connection) -> None:
    connection.close()
    connection.engine.dispose()


def _engine(url: str) -> Engine:
    """An engine of one connection, which any thread may use; the callers hold a lock."""
    engine = create_engine(
        url,
        poolclass=StaticPool,
        connect_args={"timeout": SQLITE_BUSY_TIMEOUT_SECONDS, "check_same_thread": False},
    )
    event.listen(engine, "connect", _sync_at_checkpoints)
    return engine


def _sync_at_checkpoints(connection: sqlite3.Connection, _record: object) -> None:
    """With a write-ahead log, a power cut may take the last events and never breaks the file;
    what was loaded is told by the application's database, not here.
    """
    connection.execute("PRAGMA synchronous=NORMAL")
