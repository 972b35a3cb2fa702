"""Taking out of the table what an import put there, and sparing what changed since.

Shared by a replay, which keeps the rows that the roster still yields, and by `undo`. What others
say of the rows is `leaving_force.py`'s, what passes to them `handover.py`'s.
"""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, replace

from sqlalchemy import (
    Connection,
    Exists,
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
    same_in_history,
    same_npi,
    same_values,
    stands_twice,
    untouched_extras,
)
from provider_assets.database.shape import Shape
from provider_assets.database.tables import OF_CLEAN, import_rows
from provider_assets.database.undoing.handover import claim, hand_on, inherit, join_ends
from provider_assets.database.undoing.leaving_force import (
    NEVER,
    Leaving,
    event_since,
    has_heir,
    is_claimed,
    ours,
)
from provider_assets.providers.fields import VALUE_FIELDS

kept = import_rows.alias("kept")


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


def take_out(connection: Connection, shape: Shape, about: Leaving) -> TakenOut:
    """Undo the rows of an import, but those that its `keeper` yields too.

    What other imports in force say of them passes to those. Rights to delete and to update are
    needed only where there is something to.
    """
    table = shape.table
    wanted, departed = _wanted(about), _departed(about)
    goes = and_(intact(shape, about, wanted), ~has_heir(ours, about, shape))
    counts = _count(connection, table, goes)
    spared = _spared(connection, wanted, goes, sum(counts.values()))
    if counts.get("restore"):
        old = {name: as_stored(ours.c[f"old_{name}"], shape, name) for name in VALUE_FIELDS}
        restored = and_(goes, ours.c.undoing == "restore")
        connection.execute(update(table).where(restored).values(old))
    if counts.get("delete"):
        gone = and_(goes, ours.c.undoing == "delete")
        connection.execute(shape.spelling.delete_matching(table, gone))
    if about.followed:
        stays = or_(wanted, outvoted(about, shape))
        inherit(connection, shape, about, intact(shape, about, stays))
    returned, missed = _put_back(connection, shape, about, departed)
    if about.followed:
        away = and_(departed, ~_there(shape), ~event_since(ours, about))
        claim(connection, about, away)
        hand_on(connection, shape, about, wanted)
        join_ends(connection, shape, about, or_(wanted, departed))
    return TakenOut(counts.get("delete", 0), counts.get("restore", 0), (*spared, *missed), returned)


def _put_back(
    connection: Connection, shape: Shape, about: Leaving, departed: ColumnElement[bool]
) -> tuple[int, tuple[tuple[str, int], ...]]:
    """Insert again what departed, unless the table has the NPI or another one says so, too."""
    free = returnable(shape, about)
    places = connection.execute(select(ours.c.sheet, ours.c.row, free).where(departed)).all()
    missed = tuple(sorted((sheet, row) for sheet, row, may in places if not may))
    if len(missed) < len(places):
        values = [as_stored(ours.c[f"old_{name}"], shape, name) for name in VALUE_FIELDS]
        old = select(*values, npi_to_store(ours.c.npi, shape)).where(departed, free)
        names = [*VALUE_FIELDS, "npi"]
        connection.execute(insert(shape.table).from_select(names, old, include_defaults=False))
    return len(places) - len(missed), missed


def _departed(about: Leaving) -> ColumnElement[bool]:
    departed = and_(ours.c.import_id == about.import_id, ours.c.undoing == "insert")
    if about.kept_by is None:
        return departed
    again = exists().where(
        kept.c.import_id == about.kept_by, kept.c.npi == ours.c.npi, kept.c.undoing == "insert"
    )
    return and_(departed, ~again.correlate(ours))


def returnable(shape: Shape, about: Leaving) -> ColumnElement[bool]:
    """Whether a departed row can come back: nobody put its provider into the table since."""
    return and_(~_there(shape), ~event_since(ours, about), ~is_claimed(about))


def claimed(connection: Connection, shape: Shape, about: Leaving) -> dict[str, int]:
    """The departures that would go to a later roster, which says the same: by NPI its import."""
    free = and_(_departed(about), ~_there(shape), ~event_since(ours, about))
    found: dict[str, int] = {}
    for one in about.claimants:
        claims = is_claimed(replace(about, claimants=[one]))
        for npi in connection.scalars(select(ours.c.npi).where(free, claims)):
            found.setdefault(str(npi), one.import_id)
    return found


def _there(shape: Shape) -> ColumnElement[bool]:
    return exists().where(same_npi(shape.table, ours, shape)).correlate(ours)


def _wanted(about: Leaving) -> ColumnElement[bool]:
    """The import's rows that undoing would do something about."""
    wanted = _writes(about)
    return wanted if about.kept_by is None else and_(wanted, ~_yielded(about).correlate(ours))


def _writes(about: Leaving) -> ColumnElement[bool]:
    return and_(ours.c.import_id == about.import_id, ours.c.undoing.in_(("delete", "restore")))


def _yielded(about: Leaving) -> Exists:
    return exists().where(
        kept.c.import_id == about.kept_by, kept.c.npi == ours.c.npi, kept.c.action.in_(OF_CLEAN)
    )


def outvoted(about: Leaving, shape: Shape) -> ColumnElement[bool]:
    """Rows that the `keeper` yields with other values, while a newer roster has them so."""
    if about.kept_by is None or not about.followed:
        return NEVER
    otherwise = _yielded(about).where(~same_in_history(kept, ours, shape)).correlate(ours)
    return and_(_writes(about), otherwise, has_heir(ours, about, shape, about.keeper))


def intact(shape: Shape, about: Leaving, wanted: ColumnElement[bool]) -> ColumnElement[bool]:
    """Those of them whose row of the table is still what the import made it."""
    table = shape.table
    extras = untouched_extras(table, shape)
    twice = stands_twice(table, shape, about.import_id)
    return and_(
        wanted,
        same_npi(table, ours, shape),
        same_values(table, ours, shape),
        ~event_since(ours, about),
        or_(ours.c.undoing == "restore", extras),
        *([] if twice is None else [~twice]),
    )


def _count(connection: Connection, table: Table, goes: ColumnElement[bool]) -> dict[str, int]:
    found = connection.execute(
        select(ours.c.undoing, func.count())
        .select_from(table, ours)
        .where(goes)
        .group_by(ours.c.undoing)
    )
    return {row[0]: row[1] for row in found}


def _spared(
    connection: Connection, wanted: ColumnElement[bool], goes: ColumnElement[bool], taken: int
) -> tuple[tuple[str, int], ...]:
    """The places of the rows that are not as the import left them, or that another one names."""
    if connection.scalar(select(func.count()).select_from(ours).where(wanted)) == taken:
        return ()
    as_left = set(connection.scalars(select(ours.c.npi).where(goes)))
    places = connection.execute(
        select(ours.c.npi, ours.c.sheet, ours.c.row)
        .where(wanted)
        .order_by(ours.c.sheet, ours.c.row)
    )
    return tuple((sheet, row) for npi, sheet, row in places if npi not in as_left)


def would_take_out(
    connection: Connection,
    shape: Shape,
    about: Leaving,
    still_yielded: Collection[str] = (),
    still_departed: Collection[str] = (),
) -> TakenOut:
    """What `take_out` would do, nothing written.

    The roster still yields the NPIs of `still_yielded`, and those of `still_departed` stay gone.
    """
    goes = would_undo(connection, shape, about)
    yielded = set(still_yielded)
    rows = connection.execute(
        select(ours.c.npi, ours.c.undoing, ours.c.sheet, ours.c.row)
        .where(_wanted(about))
        .order_by(ours.c.sheet, ours.c.row)
    )
    left = [row for row in rows if row[0] not in yielded]
    counts = Counter(row[1] for row in left if row[0] in goes)
    spared = tuple((row[2], row[3]) for row in left if row[0] not in goes)
    back = would_return(connection, shape, about, still_departed)
    missed = tuple(sorted(place for place, free in back.values() if not free))
    returned = len(back) - len(missed)
    return TakenOut(counts["delete"], counts["restore"], (*spared, *missed), returned)


def would_undo(connection: Connection, shape: Shape, about: Leaving) -> dict[str, str]:
    """The import's rows that the table holds as it left them, and that no other import keeps.

    By NPI, how each is undone.
    """
    goes = and_(intact(shape, about, _wanted(about)), ~has_heir(ours, about, shape))
    query = select(ours.c.npi, ours.c.undoing).where(goes)
    return {str(row[0]): str(row[1]) for row in connection.execute(query)}


def would_return(
    connection: Connection, shape: Shape, about: Leaving, still_departed: Collection[str] = ()
) -> dict[str, tuple[tuple[str, int], bool]]:
    """The departures of an import by NPI: the place, and whether the row can come back."""
    gone = set(still_departed)
    query = select(ours.c.npi, ours.c.sheet, ours.c.row, returnable(shape, about))
    found = connection.execute(query.where(_departed(about)))
    return {npi: ((sheet, row), bool(may)) for npi, sheet, row, may in found if npi not in gone}
