"""The history looked at as a whole: for the drop folder, for silence, and for the numbers.

Only reads. Single imports are `history.py`'s.
"""

import json
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, TypeVar

from sqlalchemy import Connection, Select, func, or_, select

from provider_assets.database.engine import Database
from provider_assets.database.history import as_record
from provider_assets.database.prepare import has_history, import_columns
from provider_assets.database.tables import COUNTS, imports
from provider_assets.database.transaction import read
from provider_assets.providers.departures import Departures
from provider_assets.providers.imports import ImportRecord

BATCH = 500
Result = TypeVar("Result")


@dataclass
class Totals:
    """All imports counted: by state, by outcome of their rows, by code; and how long they took.

    Rows of which a roster says that their provider `left` are among the `invalid`, too. `seconds`
    is the sum of the time that each import took that came to rows. A refusal's row, which the same
    refusal writes anew, is in none of it: the sums only grow.
    """

    imports: Counter[str] = field(default_factory=Counter)
    rows: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    warnings: Counter[str] = field(default_factory=Counter)
    failures: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0
    last: datetime | None = None


def imports_of(database: Database, hashes: Collection[str]) -> dict[str, list[ImportRecord]]:
    """Of each of these contents the live import and the newest one, by sha256."""

    def look_up(connection: Connection) -> dict[str, list[ImportRecord]]:
        found: dict[str, list[ImportRecord]] = {}
        for some in _batches(sorted(set(hashes))):
            newest = select(func.max(imports.c.id)).where(imports.c.sha256.in_(some))
            ids = connection.scalars(newest.group_by(imports.c.sha256)).all()
            wanted = or_(imports.c.id.in_(ids), imports.c.live_sha256.in_(some))
            for row in connection.execute(select(*import_columns(connection)).where(wanted)):
                record = as_record(row)
                found.setdefault(record.sha256, []).append(record)
        return found

    return _read(database, look_up, {})


def newest_states(database: Database) -> dict[str, str]:
    """What became of the newest import of each content, by sha256."""

    def look_up(connection: Connection) -> dict[str, str]:
        told = select(imports.c.sha256, imports.c.state).order_by(imports.c.id)
        return {row.sha256: row.state for row in connection.execute(told)}

    return _read(database, look_up, {})


def last_heard(database: Database) -> dict[str, datetime]:
    """When the newest import of each layout ended, in UTC, whatever became of it."""
    newest = select(imports.c.layout, func.max(imports.c.finished)).group_by(imports.c.layout)

    def look_up(connection: Connection) -> dict[str, datetime]:
        return {
            layout: finished.replace(tzinfo=UTC)
            for layout, finished in connection.execute(newest)
            if layout
        }

    return _read(database, look_up, {})


def totals(database: Database) -> Totals:
    """Everything the history counts."""
    return _read(database, _add_up, Totals())


def _add_up(connection: Connection) -> Totals:
    sums = Totals()
    by_state: Select[Any] = select(imports.c.state, func.count()).group_by(imports.c.state)
    for state, count in connection.execute(by_state):
        sums.imports[state] = count
    there = import_columns(connection)
    counted = [name for name in COUNTS if imports.c[f"rows_{name}"] in set(there)]
    columns = [func.coalesce(func.sum(imports.c[f"rows_{name}"]), 0) for name in counted]
    for name, total in zip(counted, connection.execute(select(*columns)).one(), strict=True):
        sums.rows[name] = int(total)
    if imports.c.departures in set(there):  # most say that nobody left, and are not parsed
        told = imports.c.departures.not_like('%"left": 0,%')
        for text in connection.scalars(select(imports.c.departures).where(told)):
            sums.rows["left"] += Departures.from_json(text).left
    by_code = select(imports.c.error_code, func.count()).group_by(imports.c.error_code)
    sums.failures.update({code: count for code, count in connection.execute(by_code) if code})
    for column, codes in ((imports.c.reasons, sums.reasons), (imports.c.warnings, sums.warnings)):
        # most imports say the same, and to parse each one's is most of the work
        said = select(column, func.count()).group_by(column)
        for text, count in connection.execute(said):
            codes.update({code: rows * count for code, rows in json.loads(text).items()})
    ended = select(imports.c.started, imports.c.finished, imports.c.state)
    for started, finished, state in connection.execute(ended):
        if state != "failed":
            sums.seconds += (finished - started).total_seconds()
        sums.last = finished if sums.last is None else max(finished, sums.last)
    sums.last = sums.last.replace(tzinfo=UTC) if sums.last else None
    return sums


def _read(database: Database, look_up: Callable[[Connection], Result], nothing: Result) -> Result:
    return read(database, lambda it: look_up(it) if has_history(it) else nothing)


def _batches(values: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(values), BATCH):
        yield values[start : start + BATCH]
