"""Taking out of the table what an import put there, and sparing what changed since.

Shared by a replay, which keeps the rows that the roster still yields, and by `undo`.
"""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import (
    Connection,
    FromClause,
    Table,
    and_,
    exists,
    func,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy.sql.elements import ColumnElement

from provider_assets.database.matching import (
    as_stored,
    npi_to_store,
    same_npi,
    same_values,
    stands_twice,
    untouched_extras,
)
from provider_assets.database.shape import Shape
from provider_assets.database.tables import import_rows, imports
from provider_assets.providers.fields import VALUE_FIELDS

ours = import_rows.alias("ours")
later = import_rows.alias("later")
kept = import_rows.alias("kept")
CLEAN = ("inserted", "updated", "unchanged")


@dataclass(frozen=True)
class TakenOut:
    """What was taken out: rows deleted, rows that got their old values back, places spared.

    A place is (sheet, row) of the roster: its row of the table changed since, or is gone.
    `returned` counts departed rows that came back; a place without a sheet is of one that did not.
    """

    removed: int
    restored: int
    spared: tuple[tuple[str, int], ...]
    returned: int = 0


def take_out(
    connection: Connection,
    shape: Shape,
    import_id: int,
    *,
    kept_by: int | None = None,
) -> TakenOut:
    """Undo the rows of an import, but those that the import `kept_by` yields too.

    Rights to delete and to update are needed only where there is something to.
    """
    table = shape.table
    wanted = _wanted(import_id, kept_by)
    intact = _intact(shape, import_id, wanted)
    counts = _count(connection, table, intact)
    spared = _spared(connection, wanted, intact, sum(counts.values()))
    if counts.get("restore"):
        old = {name: as_stored(ours.c[f"old_{name}"], shape, name) for name in VALUE_FIELDS}
        restored = and_(intact, ours.c.undoing == "restore")
        connection.execute(update(table).where(restored).values(old))
    if counts.get("delete"):
        gone = and_(intact, ours.c.undoing == "delete")
        connection.execute(shape.spelling.delete_matching(table, gone))
    returned, missed = _put_back(connection, shape, import_id, kept_by)
    return TakenOut(counts.get("delete", 0), counts.get("restore", 0), (*spared, *missed), returned)


def _put_back(
    connection: Connection, shape: Shape, import_id: int, kept_by: int | None
) -> tuple[int, tuple[tuple[str, int], ...]]:
    """Insert again what departed, unless the table has the NPI, or `kept_by` says what it is."""
    departed = _departed(import_id, kept_by)
    free = returnable(shape)
    places = connection.execute(select(ours.c.sheet, ours.c.row, free).where(departed)).all()
    missed = tuple(sorted((sheet, row) for sheet, row, may in places if not may))
    if len(missed) < len(places):
        values = [as_stored(ours.c[f"old_{name}"], shape, name) for name in VALUE_FIELDS]
        old = select(*values, npi_to_store(ours.c.npi, shape)).where(departed, free)
        names = [*VALUE_FIELDS, "npi"]
        connection.execute(insert(shape.table).from_select(names, old, include_defaults=False))
    return len(places) - len(missed), missed


def _departed(import_id: int, kept_by: int | None) -> ColumnElement[bool]:
    departed = and_(ours.c.import_id == import_id, ours.c.undoing == "insert")
    if kept_by is None:
        return departed
    again = exists().where(
        kept.c.import_id == kept_by,
        kept.c.npi == ours.c.npi,
        or_(kept.c.undoing == "insert", kept.c.action.in_(CLEAN)),
    )
    return and_(departed, ~again.correlate(ours))


def returnable(shape: Shape) -> ColumnElement[bool]:
    """Whether a departed row can come back: nobody put its provider into the table since."""
    there = exists().where(same_npi(shape.table, ours, shape)).correlate(ours)
    return and_(~there, ~written_since(ours))


def _wanted(import_id: int, kept_by: int | None) -> ColumnElement[bool]:
    """The import's rows that undoing would do something about."""
    wanted = and_(ours.c.import_id == import_id, ours.c.undoing.in_(("delete", "restore")))
    if kept_by is None:
        return wanted
    yielded = exists().where(
        kept.c.import_id == kept_by, kept.c.npi == ours.c.npi, kept.c.action.in_(CLEAN)
    )
    return and_(wanted, ~yielded.correlate(ours))


def written_since(rows: FromClause) -> ColumnElement[bool]:
    """Whether a later import in force wrote the row's provider too."""
    return (
        exists()
        .where(
            later.c.npi == rows.c.npi,
            later.c.import_id > rows.c.import_id,
            later.c.action.in_(("inserted", "updated")),
            imports.c.id == later.c.import_id,
            imports.c.state == "loaded",
        )
        .correlate(rows)
    )


def written_between(rows: FromClause, first: int, last: int) -> ColumnElement[bool]:
    """The same for the imports between two ids, where `provider_import_row` is being updated.

    MySQL looks into a table that it updates only by way of a result of its own, hence `DISTINCT`.
    """
    written = (
        select(later.c.npi)
        .distinct()
        .join(imports, imports.c.id == later.c.import_id)
        .where(
            later.c.import_id > first,
            later.c.import_id < last,
            later.c.action.in_(("inserted", "updated")),
            imports.c.state == "loaded",
        )
        .subquery("written")
    )
    return rows.c.npi.in_(select(written.c.npi))


def _intact(shape: Shape, import_id: int, wanted: ColumnElement[bool]) -> ColumnElement[bool]:
    """Those of them whose row of the table is still what the import made it."""
    table = shape.table
    extras = untouched_extras(table, shape)
    twice = stands_twice(table, shape, import_id)
    return and_(
        wanted,
        same_npi(table, ours, shape),
        same_values(table, ours, shape),
        ~written_since(ours),
        or_(ours.c.undoing == "restore", extras),
        *([] if twice is None else [~twice]),
    )


def _count(connection: Connection, table: Table, intact: ColumnElement[bool]) -> dict[str, int]:
    found = connection.execute(
        select(ours.c.undoing, func.count())
        .select_from(table, ours)
        .where(intact)
        .group_by(ours.c.undoing)
    )
    return {row[0]: row[1] for row in found}


def _spared(
    connection: Connection, wanted: ColumnElement[bool], intact: ColumnElement[bool], taken: int
) -> tuple[tuple[str, int], ...]:
    """The places of the rows that are not as the import left them."""
    if connection.scalar(select(func.count()).select_from(ours).where(wanted)) == taken:
        return ()
    as_left = set(connection.scalars(select(ours.c.npi).where(intact)))
    places = connection.execute(
        select(ours.c.npi, ours.c.sheet, ours.c.row)
        .where(wanted)
        .order_by(ours.c.sheet, ours.c.row)
    )
    return tuple((sheet, row) for npi, sheet, row in places if npi not in as_left)


def would_take_out(
    connection: Connection,
    shape: Shape,
    import_id: int,
    still_yielded: Collection[str] = (),
    still_departed: Collection[str] = (),
) -> TakenOut:
    """What `take_out` would do, nothing written.

    The roster still yields the NPIs of `still_yielded`, and those of `still_departed` stay gone.
    """
    wanted = _wanted(import_id, None)
    intact = would_undo(connection, shape, import_id)
    yielded = set(still_yielded)
    rows = connection.execute(
        select(ours.c.npi, ours.c.undoing, ours.c.sheet, ours.c.row)
        .where(wanted)
        .order_by(ours.c.sheet, ours.c.row)
    )
    left = [row for row in rows if row[0] not in yielded]
    counts = Counter(row[1] for row in left if row[0] in intact)
    spared = tuple((row[2], row[3]) for row in left if row[0] not in intact)
    back = would_return(connection, shape, import_id, yielded | set(still_departed))
    missed = tuple(sorted(place for place, free in back.values() if not free))
    returned = len(back) - len(missed)
    return TakenOut(counts["delete"], counts["restore"], (*spared, *missed), returned)


def would_undo(connection: Connection, shape: Shape, import_id: int) -> dict[str, str]:
    """The import's rows that the table holds as it left them: by NPI, how each is undone."""
    wanted = _wanted(import_id, None)
    query = select(ours.c.npi, ours.c.undoing).where(_intact(shape, import_id, wanted))
    return {str(row[0]): str(row[1]) for row in connection.execute(query)}


def would_return(
    connection: Connection, shape: Shape, import_id: int, still_departed: Collection[str] = ()
) -> dict[str, tuple[tuple[str, int], bool]]:
    """The departures of an import by NPI: the place, and whether the row can come back."""
    gone = set(still_departed)
    query = select(ours.c.npi, ours.c.sheet, ours.c.row, returnable(shape))
    found = connection.execute(query.where(_departed(import_id, None)))
    return {npi: ((sheet, row), bool(may)) for npi, sheet, row, may in found if npi not in gone}
