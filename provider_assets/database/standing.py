"""Whose a row of the table is, and who else names its provider: SQL over the history, nothing run.

An import in force that put a row there, changed it, or took it out is an event (`undoing` is not
`leave`). A row is a layout's where the newest event about its NPI is that layout's, is no
departure, and an import inserted the row to begin with.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import (
    Connection,
    FromClause,
    and_,
    case,
    exists,
    func,
    literal,
    not_,
    or_,
    select,
)
from sqlalchemy.sql.elements import ColumnElement

from provider_assets.database.matching import same_npi, same_values, stands_twice, untouched_extras
from provider_assets.database.shape import Shape
from provider_assets.database.tables import import_rows, imports
from provider_assets.providers.departures import DeparturePolicy

NAMING = ("inserted", "updated", "unchanged", "named")
LEFT = ("left", "held", "departed")
ACTIONS = (*NAMING, *LEFT, "absent")
"""Every word that `provider_import_row.action` has after a commit."""
WRITES = ("delete", "restore")
"""How an event that wrote a row is undone."""
UNDOINGS = (*WRITES, "insert", "leave")
"""Every word of `provider_import_row.undoing`."""

wrote = import_rows.alias("wrote")


@dataclass(frozen=True)
class FullRoster:
    """A full roster in force: its import, the first import of its content, and its own day."""

    import_id: int
    layout: str
    sha256: str
    arrived: int
    as_of: str | None


def full_rosters(connection: Connection, without: int | None = None) -> list[FullRoster]:
    """The full rosters in force, in the order in which their contents first arrived."""
    columns = (imports.c.id, imports.c.layout, imports.c.sha256, imports.c.arrived, imports.c.as_of)
    query = select(*columns).where(imports.c.covers == "full", imports.c.state == "loaded")
    found = connection.execute(query.order_by(imports.c.arrived))
    return [FullRoster(*row) for row in found if row[0] != without]


def first_arrival(connection: Connection, sha256: str) -> int | None:
    """The first import of a content, whatever became of it."""
    first = select(func.min(imports.c.id)).where(imports.c.sha256 == sha256)
    found: int | None = connection.scalar(first)
    return found


def newer_full(
    fulls: Iterable[FullRoster],
    layout: str,
    sha256: str,
    arrived: int | None,
    policy: DeparturePolicy,
) -> int | None:
    """The import of a full roster of the layout that is newer than one that came at `arrived`.

    By the rosters' own days, where the layout says where they stand; `arrived` None is now.
    """
    for one in fulls:
        if one.layout != layout or one.sha256 == sha256:
            continue
        later = arrived is not None and one.arrived > arrived
        if policy.dated and policy.as_of is not None and one.as_of is not None:
            later = one.as_of > policy.as_of
        if later:
            return one.import_id
    return None


def imports_of_layout(
    connection: Connection, layout: str, before: int | None, without: int | None = None
) -> list[int]:
    """The ids of the layout's imports in force, up to one."""
    query = select(imports.c.id).where(imports.c.layout == layout, imports.c.state == "loaded")
    if before is not None:
        query = query.where(imports.c.id < before)
    return [one for one in connection.scalars(query) if one != without]


def last_written(ids: list[int], without: int | None = None) -> ColumnElement[bool]:
    """Whether a row of the history is the newest event about its NPI, wrote it, and is of `ids`."""
    after, its = import_rows.alias("after"), imports.alias("its")
    newer = exists().where(
        after.c.npi == wrote.c.npi,
        after.c.import_id > wrote.c.import_id,
        after.c.undoing != "leave",
        its.c.id == after.c.import_id,
        its.c.state == "loaded",
        *([] if without is None else [its.c.id != without]),
    )
    return and_(
        wrote.c.import_id.in_(ids), wrote.c.undoing.in_(WRITES), not_(newer.correlate(wrote))
    )


def untouched(shape: Shape, import_id: int | None) -> ColumnElement[bool]:
    """Whether the table's row is still what `wrote` made it, and imports put it there.

    `import_id` is the import whose rows list the NPIs in question, None where all are.
    """
    return and_(same_values(shape.table, wrote, shape), put_there(shape, import_id))


def put_there(
    shape: Shape, import_id: int | None, without: int | None = None
) -> ColumnElement[bool]:
    """The same, whatever the row's values; `without` is an import that would be replaced."""
    table = shape.table
    first, its = import_rows.alias("first"), imports.alias("its_first")
    gone, its_gone = import_rows.alias("gone"), imports.alias("its_gone")
    in_force = [] if without is None else [its.c.id != without]
    departed = exists().where(
        gone.c.npi == first.c.npi,
        gone.c.undoing == "insert",
        gone.c.import_id > first.c.import_id,
        its_gone.c.id == gone.c.import_id,
        its_gone.c.state == "loaded",
    )
    inserted = exists().where(
        first.c.npi == wrote.c.npi,
        first.c.undoing == "delete",
        its.c.id == first.c.import_id,
        its.c.state == "loaded",
        *in_force,
        not_(departed.correlate(first)),
    )
    twice = stands_twice(table, shape, import_id)
    return and_(
        untouched_extras(table, shape),
        or_(wrote.c.undoing == "delete", inserted.correlate(wrote)),
        *([] if twice is None else [not_(twice)]),
    )


def in_table(shape: Shape, rows: FromClause) -> ColumnElement[bool]:
    """Whether the table holds the NPI of a row of the history."""
    table = shape.table
    return exists().where(same_npi(table, rows, shape)).correlate(rows)


def departed_after(rows: FromClause, import_id: int) -> ColumnElement[bool]:
    """Whether an import in force that came after this one took the provider out.

    By a result of its own, as MySQL needs it where `provider_import_row` is being updated.
    """
    gone, its = import_rows.alias("gone_since"), imports.alias("its_gone_since")
    npis = (
        select(gone.c.npi)
        .distinct()
        .join(its, its.c.id == gone.c.import_id)
        .where(gone.c.import_id > import_id, gone.c.undoing == "insert", its.c.state == "loaded")
        .subquery("departed_since")
    )
    return rows.c.npi.in_(select(npis.c.npi))


def named_elsewhere(
    rows: FromClause, layout: str, fulls: Iterable[FullRoster]
) -> ColumnElement[bool]:
    """Whether another layout names the provider.

    Its newest full roster does, or one that came after it; a layout that never sent a full one
    names whom it ever named, until it says that the provider has left.
    """
    named, its = import_rows.alias("named"), imports.alias("naming")
    left, its_left = import_rows.alias("gone_again"), imports.alias("leaving")
    newest = {one.layout: one.arrived for one in fulls if one.layout != layout}
    since: ColumnElement[int] = case(newest, value=its.c.layout, else_=0) if newest else literal(0)
    took_back = exists().where(
        left.c.npi == named.c.npi,
        left.c.import_id > named.c.import_id,
        left.c.action.in_(LEFT),
        its_left.c.id == left.c.import_id,
        its_left.c.state == "loaded",
        its_left.c.layout == its.c.layout,
    )
    return (
        exists()
        .where(
            named.c.npi == rows.c.npi,
            named.c.action.in_(NAMING),
            its.c.id == named.c.import_id,
            its.c.state == "loaded",
            its.c.layout != layout,
            named.c.import_id >= since,
            not_(took_back.correlate(named, its)),
        )
        .correlate(rows)
    )


def count_held(connection: Connection, ids: list[int]) -> int:
    """How many providers these imports put into the table and did not take out again."""
    if not ids:
        return 0
    ways = select(import_rows.c.undoing, func.count()).where(
        import_rows.c.import_id.in_(ids), import_rows.c.undoing.in_(("delete", "insert"))
    )
    counts = {
        row[0]: int(row[1]) for row in connection.execute(ways.group_by(import_rows.c.undoing))
    }
    return counts.get("delete", 0) - counts.get("insert", 0)
