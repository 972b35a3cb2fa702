"""Whom an import's roster leaves out: found and written down in the history, nothing taken out.

What an import says of who left stands in its rows of the history, as `action`; `departing.py` lists
the words.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import cast

from sqlalchemy import (
    Alias,
    Connection,
    Select,
    and_,
    func,
    insert,
    literal,
    not_,
    select,
    update,
)

from provider_assets.database.departures.about import Departing, mine
from provider_assets.database.departures.beyond import find_up_to
from provider_assets.database.departures.lacking import absent_query, is_absent, named_since
from provider_assets.database.departures.namesakes import find_alike, spare_namesakes
from provider_assets.database.departures.released import (
    Released,
    released_by_absence,
    released_by_word,
)
from provider_assets.database.matching import same_npi
from provider_assets.database.order import FullRoster
from provider_assets.database.shape import Shape
from provider_assets.database.standing import (
    count_at_most,
    count_owned,
    in_table,
    last_written,
    named_elsewhere,
    untouched,
    wrote,
)
from provider_assets.database.tables import import_rows
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
    lacks = is_absent(connection, about, fulls)
    missing = absent_query(connection, shape, about, ids, lacks)
    let_go = released_by_absence(shape, about, released, lacks)
    lacking = [missing, *([let_go] if released.by and about.marks else [])]
    if policy.absent != "delete" or approved:
        if about.marks:
            fixed = (literal("absent"), literal("leave"), literal(""), literal(0))
            for some in lacking:
                rows = some.with_only_columns(literal(me), wrote.c.npi, *fixed)
                connection.execute(
                    insert(import_rows).from_select(NEW, rows, include_defaults=False)
                )
        of = 0 if approved else count_owned(connection, shape, ids, me)
        names = (about.unreadable, about.rejected, about.listed)
        alike = spare_namesakes(connection, shape, me, *names, slips=approved)
        return Departures(of=of, namesakes=alike)
    waiting, at_most = not about.dismissed, count_at_most(connection, ids)
    npis, beyond = find_up_to(connection, shape, about, missing, policy.limit(at_most))
    if beyond:
        return _far_too_many(connection, shape, about, lacking, beyond, at_most)
    npis |= {str(npi) for some in lacking[1:] for npi in connection.scalars(some)}
    held = count_owned(connection, shape, ids, me)
    meant = find_alike(connection, shape, about, npis)
    absent = len(npis) - len(meant)
    if absent > policy.limit(held):
        return _far_too_many(connection, shape, about, lacking, absent, held)
    _write_down(connection, me, npis, meant)
    waits = absent > 0 and (about.doubted or policy.is_too_many(absent, held))
    return Departures(absent=absent, of=held, waiting=waits and waiting, namesakes=len(meant))


def _far_too_many(
    connection: Connection,
    shape: Shape,
    about: Departing,
    lacking: Sequence[Select[tuple[str]]],
    absent: int,
    of: int,
) -> Departures:
    """So many that they are not written down, but for whom a row that was rejected may mean.

    The names on those rows are gone when somebody approves, and who bears one would go, too.
    """
    meant: set[str] = set()
    if about.unreadable or about.rejected:
        npis = {str(npi) for some in lacking for npi in connection.scalars(some)}
        meant = find_alike(connection, shape, about, npis)
        _write_down(connection, about.import_id, meant, meant)
    waiting = not about.dismissed
    return Departures(absent=absent, of=of, waiting=waiting, at_least=True, namesakes=len(meant))


def _write_down(
    connection: Connection, import_id: int, npis: Collection[str], meant: Collection[str]
) -> None:
    """Write down who is absent, and as named who only seems so."""
    if not npis:
        return
    same = {"import_id": import_id, "undoing": "leave", "sheet": "", "row": 0}
    told = [(npi, "named" if npi in meant else "absent") for npi in sorted(npis)]
    listed = [{"npi": npi, "action": action, **same} for npi, action in told]
    connection.execute(insert(import_rows), listed)


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


def count_marked(connection: Connection, import_id: int, action: str) -> int:
    """How many of the import's rows have this action."""
    rows = and_(mine.c.import_id == import_id, mine.c.action == action)
    return int(connection.scalar(select(func.count()).where(rows)) or 0)
