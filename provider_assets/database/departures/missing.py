"""Whom an import's roster leaves out: found and written down in the history, nothing taken out.

What an import says of who left stands in its rows of the history, as `action`; `departing.py` lists
the words.
"""

from collections.abc import Mapping, Sequence
from typing import cast

from sqlalchemy import (
    Alias,
    Connection,
    FromClause,
    Select,
    and_,
    case,
    exists,
    func,
    insert,
    literal,
    not_,
    select,
    update,
)
from sqlalchemy.sql.elements import ColumnElement

from provider_assets.database.departures.about import Departing, mine
from provider_assets.database.departures.beyond import count_beyond, find_npis
from provider_assets.database.departures.namesakes import find_alike, spare_namesakes
from provider_assets.database.departures.released import (
    Released,
    released_by_absence,
    released_by_word,
)
from provider_assets.database.matching import same_npi
from provider_assets.database.order import FullRoster, is_newer
from provider_assets.database.shape import Shape
from provider_assets.database.standing import (
    NAMING,
    count_at_most,
    count_owned,
    in_table,
    last_written,
    named_elsewhere,
    untouched,
    wrote,
)
from provider_assets.database.tables import import_rows, imports
from provider_assets.providers.departures import Departures

NEW = ["import_id", "npi", "action", "undoing", "sheet", "row"]
target = cast("Alias", mine)  # what `Table.alias` gives, though its type says less


def tell_held(
    connection: Connection,
    shape: Shape,
    about: Departing,
    ids: Mapping[int, int],
    released: Released,
    fulls: list[FullRoster],
) -> None:
    """Of those who left by word, mark whom the table holds because of this layout's imports.

    And whom it holds because of another's that has let them go, too.
    """
    if released.by:
        let_go = released_by_word(shape, about, released, fulls)
        mark(connection, about.import_id, ["left"], let_go, "held")
    if not ids:
        return
    query = select(mine.c.npi).where(
        mine.c.import_id == about.import_id,
        mine.c.action == "left",
        wrote.c.npi == mine.c.npi,
        last_written(ids),
        in_table(shape, mine),
    )
    mark(connection, about.import_id, ["left"], query, "held")


def find_absent(
    connection: Connection,
    shape: Shape,
    about: Departing,
    ids: Mapping[int, int],
    fulls: list[FullRoster],
    released: Released,
    *,
    approved: bool,
) -> Departures:
    """Mark the absent, unless they are far too many even to write down, or to count.

    They wait where they are too many, or where the roster's words are doubted.
    """
    me, policy = about.import_id, about.policy
    deleting = policy.absent == "delete" and not approved
    lacks = is_absent(about, fulls)
    missing = absent_query(shape, about, ids, fulls)
    waiting = not about.dismissed
    if deleting:
        at_most = count_at_most(connection, ids)
        absent = count_beyond(connection, shape, about, missing, policy.limit(at_most))
        if absent:
            return Departures(absent=absent, of=at_most, waiting=waiting, at_least=True)
    held = count_owned(connection, shape, ids, me)
    let_go = released_by_absence(shape, about, released, lacks)
    lacking = [missing, *([let_go] if released.by and about.marks else [])]
    absent = sum(count_rows(connection, some) for some in lacking)
    waits = deleting and (about.doubted or policy.is_too_many(absent, held))
    if waits and absent > policy.limit(held):
        npis = {npi for some in lacking for npi in find_npis(connection, some)}
        beyond = len(npis) - len(find_alike(connection, shape, about, npis))
        if beyond > policy.limit(held):
            return Departures(absent=beyond, of=held, waiting=waiting, at_least=True)
    if about.marks and absent:
        for some in lacking:
            connection.execute(insert(import_rows).from_select(NEW, some, include_defaults=False))
    slips = policy.absent == "delete" or approved
    rows = (about.unreadable, about.rejected, about.listed)
    alike = spare_namesakes(connection, shape, me, *rows, slips=slips)
    if waits:
        absent = count_marked(connection, me, "absent")
    waits = deleting and absent > 0 and (about.doubted or policy.is_too_many(absent, held))
    return Departures(
        absent=absent, of=held, waiting=waits and not about.dismissed, namesakes=alike
    )


def is_absent(about: Departing, fulls: list[FullRoster]) -> ColumnElement[bool]:
    """Whether the roster does not name a provider, and no other does.

    One after the other: a few are missing, and only of these the history is asked. A server that
    is free in its order may first collect all whom others ever named.
    """
    me = about.import_id
    # without `exists`, so that the server looks through the roster once and not for each provider
    present = wrote.c.npi.in_(select(mine.c.npi).where(mine.c.import_id == me))
    elsewhere = named_elsewhere(wrote, about.layout, fulls)
    named = case((present, 1), (elsewhere, 1), (named_since(wrote, about), 1), else_=0)
    return named == literal(0)


def doubts_word(
    connection: Connection, shape: Shape, about: Departing, ids: Mapping[int, int]
) -> bool:
    """Whether so many rows say "left" that nobody departs unasked; `held` are marked by now."""
    left, read = about.left, about.read
    if 2 * left <= read:
        return False
    held = count_marked(connection, about.import_id, "held")
    of = count_owned(connection, shape, ids, about.import_id)
    return about.policy.doubts_word(left, read, held, of)


def absent_query(
    shape: Shape, about: Departing, ids: Mapping[int, int], fulls: list[FullRoster]
) -> Select[tuple[object, ...]]:
    """Whom the layout wrote last, the table holds, this roster does not name, and no other does."""
    me = about.import_id
    row = (literal(me), wrote.c.npi, literal("absent"), literal("leave"), literal(""), literal(0))
    return select(*row).where(is_absent(about, fulls), last_written(ids), in_table(shape, wrote))


def named_since(rows: FromClause, about: Departing) -> ColumnElement[bool]:
    """Whether a newer roster of the same layout names the provider."""
    named, its = import_rows.alias("named_since"), imports.alias("its_naming_since")
    return (
        exists()
        .where(
            named.c.npi == rows.c.npi,
            named.c.import_id != about.import_id,
            named.c.action.in_(NAMING),
            its.c.id == named.c.import_id,
            its.c.state == "loaded",
            its.c.layout == about.layout,
            is_newer(its, about.placed),
        )
        .correlate(rows)
    )


def intact(
    shape: Shape,
    about: Departing,
    actions: Sequence[str],
    ids: Mapping[int, int],
    fulls: list[FullRoster],
) -> Select[tuple[str]]:
    """The NPIs of those whose row is as this layout's imports made it, and whom no other names."""
    return select(mine.c.npi).where(
        mine.c.import_id == about.import_id,
        mine.c.action.in_(actions),
        wrote.c.npi == mine.c.npi,
        last_written(ids),
        same_npi(shape.table, wrote, shape),
        untouched(shape, about.import_id),
        not_(named_elsewhere(mine, about.layout, fulls)),
        not_(named_since(mine, about)),
    )


def mark(
    connection: Connection,
    import_id: int,
    actions: Sequence[str],
    npis: Select[tuple[object]],
    action: str,
    among: Sequence[str] | None = None,
) -> None:
    """Give the import's rows with these NPIs another action.

    MySQL looks into a table that it updates only by way of a result of its own, hence `DISTINCT`.
    Where the NPIs are known to be `among` some, the import's other rows are not looked at.
    """
    chosen = npis.distinct().subquery("chosen")
    rows = and_(
        import_rows.c.import_id == import_id,
        import_rows.c.action.in_(actions),
        import_rows.c.npi.in_(select(chosen.c.npi)),
        *([] if among is None else [import_rows.c.npi.in_(list(among))]),
    )
    connection.execute(update(import_rows).where(rows).values(action=action))


def npis_with(
    connection: Connection, import_id: int, actions: Sequence[str], at_most: int | None
) -> list[str]:
    """Some NPIs of the import's rows with these actions, in the order of the key."""
    query = select(mine.c.npi).where(
        mine.c.import_id == import_id, mine.c.action.in_(list(actions))
    )
    return [str(npi) for npi in connection.scalars(query.order_by(mine.c.npi).limit(at_most))]


def count_rows(connection: Connection, query: Select[tuple[object, ...]]) -> int:
    """How many rows a query gives."""
    return int(connection.scalar(select(func.count()).select_from(query.subquery("counted"))) or 0)


def count_marked(connection: Connection, import_id: int, action: str) -> int:
    """How many of the import's rows have this action."""
    rows = and_(mine.c.import_id == import_id, mine.c.action == action)
    return int(connection.scalar(select(func.count()).where(rows)) or 0)
