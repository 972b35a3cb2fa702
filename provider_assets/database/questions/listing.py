"""The imports in order, for the pages over them: fetched a slice at a time, never all at once."""

from bisect import bisect_left
from collections.abc import Collection

from sqlalchemy import Connection, func, select

from provider_assets.database.engine import Database
from provider_assets.database.history import as_record
from provider_assets.database.portions import portions
from provider_assets.database.prepare import has_history, import_columns
from provider_assets.database.tables import imports
from provider_assets.database.transaction import read
from provider_assets.providers.imports import ImportRecord


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
            known = select(*import_columns(connection)).where(imports.c.id <= self._last)
            some = known.order_by(imports.c.id.desc()).limit(end - first).offset(self._count - end)
            return [as_record(row) for row in connection.execute(some)]

        return read(self._database, fetch)[::-1]

    def places_of(self, hashes: Collection[str], among: int) -> set[int]:
        """Where, among so many of the oldest, the imports of these contents stand."""
        among = min(among, self._count)
        if not hashes or not among:
            return set()

        def look_up(connection: Connection) -> set[int]:
            end = self._count - among
            newest_first = select(imports.c.id).where(imports.c.id <= self._last)
            newest_first = newest_first.order_by(imports.c.id.desc())
            newest = connection.scalar(newest_first.limit(1).offset(end))
            found: set[int] = set()
            for some in portions(hashes):
                theirs = select(imports.c.id).where(imports.c.sha256.in_(some))
                found.update(connection.scalars(theirs.where(imports.c.id <= newest)))
            if not found:
                return set()
            since = imports.c.id.between(min(found), newest)
            ids = connection.scalars(select(imports.c.id).where(since).order_by(imports.c.id)).all()
            return {among - len(ids) + bisect_left(ids, each) for each in found}

        return read(self._database, look_up)


def _extent(connection: Connection) -> tuple[int, int]:
    if not has_history(connection):
        return 0, 0
    count, last = connection.execute(select(func.count(), func.max(imports.c.id))).one()
    return int(count), int(last or 0)
