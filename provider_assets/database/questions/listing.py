"""The imports in order, for the pages over them: fetched a slice at a time, never all at once.

The order is that of their ends: a refusal that comes again moves behind the imports since.
"""

from bisect import bisect_left
from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, and_, func, or_, select, true

from provider_assets.database.engine import Database
from provider_assets.database.history import as_record
from provider_assets.database.portions import portions
from provider_assets.database.prepare import has_history, import_columns
from provider_assets.database.tables import BY_END, imports
from provider_assets.database.transaction import read
from provider_assets.providers.imports import ImportRecord

Key = tuple[datetime, int]
"""When an import ended, and its id."""


class ImportsInOrder:
    """The imports as they stood when this was made, the oldest first: a length, and slices."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._count, self._last = read(database, _extent)

    def __len__(self) -> int:
        return self._count

    def __getitem__(self, places: slice) -> list[ImportRecord]:
        """The imports at these places; the nearer to the newest, the less the server looks at."""
        first, end, _ = places.indices(self._count)
        if first >= end:
            return []

        def fetch(connection: Connection) -> list[ImportRecord]:
            known = select(*import_columns(connection)).where(_until(self._last))
            some = known.order_by(*BY_END).limit(end - first).offset(self._count - end)
            return [as_record(row) for row in connection.execute(some)]

        return read(self._database, fetch)[::-1]

    def places_of(self, hashes: Collection[str], among: int) -> set[int]:
        """Where, among so many of the oldest, the imports of these contents stand."""
        among = min(among, self._count)
        if not hashes or not among:
            return set()

        def look_up(connection: Connection) -> set[int]:
            end = self._count - among
            keys = select(imports.c.finished, imports.c.id).where(_until(self._last))
            row = connection.execute(keys.order_by(*BY_END).limit(1).offset(end)).first()
            newest = None if row is None else (row[0], row[1])
            found: set[Key] = set()
            for some in portions(hashes):
                theirs = keys.where(imports.c.sha256.in_(some), _until(newest))
                found.update((ended, number) for ended, number in connection.execute(theirs))
            if not found:
                return set()
            since = keys.where(imports.c.finished >= min(found)[0], _until(newest))
            order = sorted((ended, number) for ended, number in connection.execute(since))
            return {among - len(order) + bisect_left(order, each) for each in found}

        return read(self._database, look_up)

    def any_moved(self, hashes: Collection[str]) -> bool:
        """Whether an import of these contents stands behind one that came later."""
        later = imports.alias("later")
        passed = select(later.c.id).where(
            later.c.id > imports.c.id, later.c.finished < imports.c.finished
        )

        def look_up(connection: Connection) -> bool:
            return any(
                connection.scalar(
                    select(imports.c.id)
                    .where(imports.c.sha256.in_(some), passed.correlate(imports).exists())
                    .limit(1)
                )
                is not None
                for some in portions(hashes)
            )

        return bool(self._count) and read(self._database, look_up)


def _until(last: Key | None) -> ColumnElement[bool]:
    """Whether an import is this one, or stands before it."""
    if last is None:
        return true()
    ended, number = last
    before = or_(imports.c.finished < ended, imports.c.id <= number)
    return and_(imports.c.finished <= ended, before)


def _extent(connection: Connection) -> tuple[int, Key | None]:
    if not has_history(connection):
        return 0, None
    count = select(func.count()).select_from(imports.alias("each")).scalar_subquery()
    newest = select(imports.c.finished, imports.c.id, count).order_by(*BY_END).limit(1)
    last = connection.execute(newest).first()
    return (0, None) if last is None else (int(last[2]), (last[0], last[1]))
