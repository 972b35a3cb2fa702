"""Whose a row of the table is, and who else names its provider: SQL over the history, nothing run.

An import in force that put a row there, changed it, or took it out is an event (`undoing` is not
`leave`). A row is a layout's where the newest event about its NPI is that layout's, is no
departure, and an import inserted the row to begin with.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping

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
from provider_assets.database.order import FullRoster, is_newer_of_layout, overtaken_by_none
from provider_assets.database.portions import portions
from provider_assets.database.shape import Shape
from provider_assets.database.tables import OF_CLEAN, OVERTAKEN, import_rows, imports

SAYS = (*OF_CLEAN, "present")
"""The roster has the provider as the table has; or as it would, had no newer one `overtaken` it."""
NAMING = (*SAYS, "named")
LEFT = ("left", "held", "departed")
ACTIONS = (*NAMING, *LEFT, "absent")
"""Every word that `provider_import_row.action` has after a commit."""
WRITES = ("delete", "restore")
"""How an event that wrote a row is undone."""
UNDOINGS = (*WRITES, "insert", "leave")
"""Every word of `provider_import_row.undoing`."""

wrote = import_rows.alias("wrote")


def imports_of_layout(
    connection: Connection, layout: str, place: int | None, without: int | None = None
) -> dict[int, int]:
    """The layout's imports in force that stand before a place, each with its own."""
    query = select(imports.c.id, imports.c.arrived).where(
        imports.c.layout == layout, imports.c.state == "loaded"
    )
    if place is not None:
        query = query.where(imports.c.arrived < place)
    return {row[0]: row[1] for row in connection.execute(query) if row[0] != without}


Idle = Mapping[int, Collection[str]]
"""Events that a plan takes for none: by import, the NPIs."""


def does(rows: FromClause, idle: Idle | None = None) -> ColumnElement[bool]:
    """Whether a row of the history is an event; `idle` are those that no longer would be."""
    event = rows.c.undoing != "leave"
    some = [
        and_(rows.c.import_id == one, rows.c.npi.in_(npis)) for one, npis in (idle or {}).items()
    ]
    return and_(event, not_(or_(*some))) if some else event


def idle_portions(idle: Idle) -> Iterator[tuple[list[str], Idle]]:
    """A statement's worth of NPIs at a time, each with its part of the idle events."""
    pairs = {npi: one for one, npis in idle.items() for npi in npis}
    for some in portions(pairs):
        part: dict[int, list[str]] = {}
        for npi in some:
            part.setdefault(pairs[npi], []).append(npi)
        yield list(some), part


def last_written(
    ids: Mapping[int, int], without: int | None = None, idle: Idle | None = None
) -> ColumnElement[bool]:
    """Whether a row of the history is the newest event about its NPI, wrote it, and is of `ids`.

    `ids` are imports and their places; `without` an import that would be replaced, `idle` the
    events that would be none then.
    """
    after, its = import_rows.alias("after"), imports.alias("its_after")
    replayed = {one: place for one, place in ids.items() if one != place}
    own: ColumnElement[int] = wrote.c.import_id  # not by a join: a server may begin with it
    if replayed:
        own = case(replayed, value=wrote.c.import_id, else_=wrote.c.import_id)
    newer = exists().where(
        after.c.npi == wrote.c.npi,
        after.c.import_id != wrote.c.import_id,
        does(after, idle),
        its.c.id == after.c.import_id,
        its.c.state == "loaded",
        its.c.arrived > own,
        *([] if without is None else [its.c.id != without]),
    )
    return and_(wrote_by(ids), not_(newer.correlate(wrote)))


def wrote_by(ids: Collection[int]) -> ColumnElement[bool]:
    """Whether a row of the history is one of these imports', and wrote a row of the table."""
    return and_(wrote.c.import_id.in_(list(ids)), wrote.c.undoing.in_(WRITES))


def untouched(shape: Shape, import_id: int | None) -> ColumnElement[bool]:
    """Whether the table's row is still what `wrote` made it, and imports put it there.

    `import_id` is the import whose rows list the NPIs in question, None where all are.
    """
    return and_(same_values(shape.table, wrote, shape), put_there(shape, import_id))


def put_there(
    shape: Shape, import_id: int | None, without: int | None = None, idle: Idle | None = None
) -> ColumnElement[bool]:
    """The same, whatever the row's values; `without` is an import that would be replaced."""
    table = shape.table
    first, its = import_rows.alias("first"), imports.alias("its_first")
    gone, its_gone = import_rows.alias("gone"), imports.alias("its_gone")
    in_force = [] if without is None else [its.c.id != without]
    departed = exists().where(
        gone.c.npi == first.c.npi,
        gone.c.undoing == "insert",
        does(gone, idle),
        its_gone.c.id == gone.c.import_id,
        its_gone.c.state == "loaded",
        its_gone.c.arrived > its.c.arrived,
        *([] if without is None else [its_gone.c.id != without]),
    )
    inserted = exists().where(
        first.c.npi == wrote.c.npi,
        first.c.undoing == "delete",
        its.c.id == first.c.import_id,
        its.c.state == "loaded",
        *in_force,
        not_(departed.correlate(first, its)),
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


def named_elsewhere(
    rows: FromClause, layout: str, fulls: Iterable[FullRoster]
) -> ColumnElement[bool]:
    """Whether another layout names the provider.

    Its newest full roster does, or one that came after it; a layout that never sent a full one
    names whom it ever named, until it says that the provider has left.
    """
    named, its = import_rows.alias("named"), imports.alias("its_naming")
    left, its_left = import_rows.alias("gone_again"), imports.alias("its_leaving")
    others = [one for one in fulls if one.layout != layout]
    took_back = exists().where(
        left.c.npi == named.c.npi,
        left.c.action.in_(LEFT),
        its_left.c.id == left.c.import_id,
        its_left.c.state == "loaded",
        its_left.c.layout == its.c.layout,
        is_newer_of_layout(its_left, its),
    )
    return (
        exists()
        .where(
            named.c.npi == rows.c.npi,
            named.c.action.in_(NAMING),
            its.c.id == named.c.import_id,
            its.c.state == "loaded",
            its.c.layout != layout,
            overtaken_by_none(its, others),
            not_(took_back.correlate(named, its)),
        )
        .correlate(rows)
    )


def wrote_last(connection: Connection, ids: Mapping[int, int], without: int) -> ColumnElement[bool]:
    """The same as `last_written`, for whom the import `without` says nothing of.

    Where no import in force came after the first of `ids`, that is not asked of each row.
    """
    if ids:
        after = (imports.c.state == "loaded", imports.c.arrived > min(ids.values()))
        later = select(imports.c.id).where(*after, imports.c.id != without).limit(1)
        if connection.scalar(later) is not None:
            return last_written(ids, without)
    return wrote_by(ids)


def count_owned(connection: Connection, shape: Shape, ids: Mapping[int, int], before: int) -> int:
    """How many rows of the table were the layout's before an import wrote its own.

    The word of the layout's imports `ids` about them was the last. The table is asked only about
    those of whom the import does not say that it has them.
    """
    if not ids:
        return 0
    new, put = import_rows.alias("new"), import_rows.alias("put")
    has = (
        new.c.import_id == before,
        new.c.action.in_(("unchanged", OVERTAKEN, "updated", "present")),
    )
    # by `in`, so that the server looks through the import once and not for each provider
    there = wrote.c.npi.in_(select(new.c.npi).where(*has))
    its = (put.c.import_id == before, put.c.npi == wrote.c.npi, put.c.action == "inserted")
    inserted = exists().where(*its).correlate(wrote)
    owned = case((there, 1), (inserted, 0), (in_table(shape, wrote), 1), else_=0) == literal(1)
    counted = select(func.count()).where(wrote_last(connection, ids, before), owned)
    return int(connection.scalar(counted) or 0)


def count_at_most(connection: Connection, ids: Collection[int]) -> int:
    """How many rows these imports may have written, without a look at any: what they tell.

    An import writes what it inserts and updates; what one had written that is out of force may
    have gone to another.
    """
    wrote_so_many = imports.c.rows_inserted + imports.c.rows_updated
    own = imports.c.id.in_(list(ids))
    gone = case((imports.c.state.in_(("undone", "superseded")), wrote_so_many), else_=0)
    sums = select(
        func.sum(case((own, imports.c.rows_read), else_=0)),
        func.sum(case((own, wrote_so_many), else_=gone)),
    )
    read, wrote_at_most = connection.execute(sums).one()
    return min(int(read or 0), int(wrote_at_most or 0))
