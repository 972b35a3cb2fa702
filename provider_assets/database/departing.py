"""Taking departed providers out of the table, inside the transaction of a load or an approval.

What an import says of who left stands in its rows of the history, as `action`:

| action | the provider |
|---|---|
| `named` | stands on a row that did not load |
| `left` | has left by the roster's word, and no row of the table is the layout's |
| `held` | the same, and the table still holds the row that the layout's imports put there |
| `absent` | is missing in a full roster, and the table still holds the row |
| `departed` | by word or by absence, and the row was taken out; `undoing` is `insert` |
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
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
    null,
    or_,
    select,
    true,
    update,
)
from sqlalchemy.sql.elements import ColumnElement

from provider_assets.database.matching import same_npi, same_values, untouched_extras
from provider_assets.database.shape import Shape
from provider_assets.database.standing import (
    NAMING,
    FullRoster,
    count_held,
    full_rosters,
    imports_of_layout,
    in_table,
    last_written,
    named_elsewhere,
    newer_full,
    untouched,
    wrote,
)
from provider_assets.database.tables import import_rows, imports
from provider_assets.database.takeout import written_between
from provider_assets.providers.departures import (
    DeparturePolicy,
    Departures,
    may_be_named,
    name_words,
)
from provider_assets.providers.fields import VALUE_FIELDS

BATCH = 500
FEW = 5_000
LEAVING = "leaving"
mine = import_rows.alias("mine")
target = cast("Alias", mine)  # what `Table.alias` gives, though its type says less


@dataclass(frozen=True)
class Departing:
    """The import whose roster is asked who left: its layout, policy, and arrival.

    `unreadable` are the names of rows without an NPI; `marks` tells that the absent are still to be
    written down, `says_left` that a row says of somebody that they left. `named` is how many the
    roster names.
    """

    import_id: int
    layout: str
    sha256: str
    arrived: int | None
    policy: DeparturePolicy
    unreadable: Sequence[frozenset[str]] = ()
    marks: bool = True
    says_left: bool = True
    named: int = 0


def depart(
    connection: Connection, shape: Shape, about: Departing, *, approved: bool = False
) -> Departures:
    """Find who left, and take out of the table whom the policy says; all within a transaction."""
    policy, fulls = about.policy, full_rosters(connection)
    ids = imports_of_layout(connection, about.layout, about.import_id)
    if about.says_left and not approved:
        _tell_held(connection, shape, about, ids)
    older = newer_full(fulls, about.layout, about.sha256, about.arrived, policy)
    undated = policy.dated and policy.as_of is None
    told = Departures(older_than=older, undated=undated and policy.covers == "full")
    asks = policy.covers == "full" and older is None and not undated and bool(ids)
    if asks:
        told = _find_absent(connection, shape, about, ids, fulls, approved=approved)
    by_word = policy.on_terminated == "delete" and not approved  # that was done when it was loaded
    by_absence = asks and not told.waiting and (approved or policy.absent == "delete")
    if by_word or by_absence:
        actions = [*(["held"] if by_word else []), *(["absent"] if by_absence else [])]
        _take_out(connection, shape, about, actions, ids, fulls)
    counts = _counts(connection, about.import_id)
    stay = (counts.get("held", 0) if by_word else 0) + (
        counts.get("absent", 0) if by_absence else 0
    )
    return replace(
        told,
        departed=counts.get("departed", 0),
        held=counts.get("held", 0),
        absent=told.absent if told.at_least else counts.get("absent", 0),
        spared=stay,
        policy=policy,
    )


def take_over(connection: Connection, about: Departing, prior: int) -> None:
    """Keep the departures of an earlier import of the same content that still hold.

    They are written down as this import's: neither do they come back, nor count as new absences.
    """
    policy, past = about.policy, import_rows.alias("past")
    said = select(mine.c.action).where(
        mine.c.import_id == about.import_id, mine.c.npi == past.c.npi
    )
    word = said.correlate(past).scalar_subquery()
    holds = []
    if policy.on_terminated == "delete":
        holds.append(word == "left")
    if policy.covers == "full" and policy.absent == "delete":
        holds.append(word.is_(None))
    if not holds:
        return
    still = select(past.c.npi).where(
        past.c.import_id == prior,
        past.c.undoing == "insert",
        or_(*holds),
        not_(written_between(past, prior, about.import_id)),
    )
    _copy_departed(connection, about.import_id, prior, still)


def _copy_departed(
    connection: Connection, import_id: int, prior: int, npis: Select[tuple[str]]
) -> None:
    """Write these departures of another import down as this one's too."""
    past, chosen = import_rows.alias("past_row"), npis.distinct().subquery("still")
    still = and_(past.c.import_id == prior, past.c.npi.in_(select(chosen.c.npi)))
    old = {f"old_{name}": past.c[f"old_{name}"] for name in VALUE_FIELDS}
    by_word = and_(
        still, mine.c.import_id == import_id, mine.c.npi == past.c.npi, mine.c.action == "left"
    )
    done = {"action": "departed", "undoing": "insert", **old}
    connection.execute(update(target).where(by_word).values(done))
    listed = exists().where(mine.c.import_id == import_id, mine.c.npi == past.c.npi)
    fixed = (literal(import_id), past.c.npi, literal("departed"), literal("insert"))
    copied = select(*fixed, literal(""), literal(0), *old.values()).where(
        still, not_(listed.correlate(past))
    )
    names = ["import_id", "npi", "action", "undoing", "sheet", "row", *old]
    connection.execute(insert(import_rows).from_select(names, copied, include_defaults=False))


def _tell_held(connection: Connection, shape: Shape, about: Departing, ids: list[int]) -> None:
    """Of those who left by word, mark whom the table holds because of this layout's imports."""
    if not ids:
        return
    query = select(mine.c.npi).where(
        mine.c.import_id == about.import_id,
        mine.c.action == "left",
        wrote.c.npi == mine.c.npi,
        last_written(ids),
        in_table(shape, mine),
    )
    _mark(connection, about.import_id, ["left"], query, "held")


def _find_absent(
    connection: Connection,
    shape: Shape,
    about: Departing,
    ids: list[int],
    fulls: list[FullRoster],
    *,
    approved: bool,
) -> Departures:
    """Mark the absent, unless they are far too many even to write down."""
    me, policy = about.import_id, about.policy
    held = count_held(connection, ids)
    limit = policy.limit(held)
    fewest = held - about.named
    query = absent_query(shape, about, ids, fulls)
    deleting = policy.absent == "delete" and not approved
    countless = deleting and fewest > limit and not about.unreadable
    if countless and _more_than(connection, query, limit):
        return Departures(absent=limit + 1, of=held, waiting=True, at_least=True)
    if about.marks:
        names = ["import_id", "npi", "action", "undoing", "sheet", "row"]
        connection.execute(insert(import_rows).from_select(names, query, include_defaults=False))
    _spare_namesakes(connection, shape, about)
    absent = len(_npis_with(connection, me, ["absent"], limit + 1)) if deleting else 0
    waiting = deleting and policy.is_too_many(absent, held)
    return Departures(absent=absent, of=held, waiting=waiting)


def absent_query(
    shape: Shape, about: Departing, ids: list[int], fulls: list[FullRoster]
) -> Select[tuple[object, ...]]:
    """Whom the layout wrote last, the table holds, this roster does not name, and no other does."""
    me = about.import_id
    # without `exists`, so that the server looks through the roster once and not for each provider
    present = wrote.c.npi.in_(select(mine.c.npi).where(mine.c.import_id == me))
    row = (literal(me), wrote.c.npi, literal("absent"), literal("leave"), literal(""), literal(0))
    return select(*row).where(
        not_(present),
        last_written(ids),
        in_table(shape, wrote),
        not_(named_elsewhere(wrote, about.layout, fulls)),
        not_(_named_since(wrote, about)),
    )


def _named_since(rows: FromClause, about: Departing) -> ColumnElement[bool]:
    """Whether a later roster of the same layout names the provider: for approvals."""
    named, its = import_rows.alias("named_since"), imports.alias("naming_since")
    return (
        exists()
        .where(
            named.c.npi == rows.c.npi,
            named.c.import_id > about.import_id,
            named.c.action.in_(NAMING),
            its.c.id == named.c.import_id,
            its.c.state == "loaded",
            its.c.layout == about.layout,
        )
        .correlate(rows)
    )


def _spare_namesakes(connection: Connection, shape: Shape, about: Departing) -> None:
    """Who is called like a row whose NPI cannot be read may be that row: such are present."""
    if not about.unreadable:
        return
    table = shape.table
    names = [table.c[name] for name in ("first_name", "last_name", "full_name")]
    absent = and_(mine.c.import_id == about.import_id, mine.c.action == "absent")
    query = select(mine.c.npi, *names).where(absent, same_npi(table, mine, shape))
    known = [
        str(npi)
        for npi, *parts in connection.execute(query)
        if may_be_named(name_words(*parts), about.unreadable)
    ]
    for start in range(0, len(known), BATCH):
        some = import_rows.c.npi.in_(known[start : start + BATCH])
        named = update(import_rows).where(import_rows.c.import_id == about.import_id, some)
        connection.execute(named.values(action="named"))


def _take_out(
    connection: Connection,
    shape: Shape,
    about: Departing,
    actions: list[str],
    ids: list[int],
    fulls: list[FullRoster],
) -> None:
    """Delete the rows that are still as the imports made them, keeping what they held.

    The deletion itself asks once more: who is changed in between by somebody else stays. A few are
    looked up by their NPIs, since the import's other rows are many.
    """
    intact = _intact(shape, about, actions, ids, fulls)
    few = _npis_with(connection, about.import_id, actions, FEW + 1)
    if len(few) > FEW:
        _take_out_some(connection, shape, about.import_id, actions, intact, true())
        return
    for start in range(0, len(few), BATCH):
        some = mine.c.npi.in_(few[start : start + BATCH])
        _take_out_some(connection, shape, about.import_id, actions, intact.where(some), some)


def _take_out_some(
    connection: Connection,
    shape: Shape,
    me: int,
    actions: list[str],
    intact: Select[tuple[str]],
    some: ColumnElement[bool],
) -> None:
    table = shape.table
    _mark(connection, me, actions, intact, LEAVING)
    leaving = and_(mine.c.import_id == me, mine.c.action == LEAVING, some)
    there = and_(leaving, same_npi(table, mine, shape))
    old = {f"old_{name}": table.c[name] for name in VALUE_FIELDS}
    connection.execute(update(target).where(there).values(old))
    gone = and_(there, same_values(table, mine, shape, "old_"), untouched_extras(table, shape))
    connection.execute(shape.spelling.delete_matching(table, gone))
    stays = and_(leaving, in_table(shape, mine))
    back = case((mine.c.sheet == "", literal("absent")), else_=literal("held"))
    nothing = dict.fromkeys(old, null())
    connection.execute(update(target).where(stays).values(action=back, **nothing))
    done = {"action": "departed", "undoing": "insert"}
    connection.execute(update(target).where(leaving).values(done))


def _npis_with(
    connection: Connection, import_id: int, actions: Sequence[str], at_most: int
) -> list[str]:
    """Some NPIs of the import's rows with these actions, in the order of the key."""
    query = select(mine.c.npi).where(
        mine.c.import_id == import_id, mine.c.action.in_(list(actions))
    )
    return [str(npi) for npi in connection.scalars(query.order_by(mine.c.npi).limit(at_most))]


def _intact(
    shape: Shape,
    about: Departing,
    actions: Sequence[str],
    ids: list[int],
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
        not_(_named_since(mine, about)),
    )


def count_intact(connection: Connection, shape: Shape, about: Departing) -> int:
    """How many of those written down as absent an approval would take out now."""
    fulls = full_rosters(connection)
    ids = imports_of_layout(connection, about.layout, about.import_id)
    intact = _intact(shape, about, ["absent"], ids, fulls).distinct().subquery("intact")
    counted: int = connection.scalar(select(func.count()).select_from(intact)) or 0
    return counted


def _mark(
    connection: Connection,
    import_id: int,
    actions: Sequence[str],
    npis: Select[tuple[object]],
    action: str,
) -> None:
    """Give the import's rows with these NPIs another action.

    MySQL looks into a table that it updates only by way of a result of its own, hence `DISTINCT`.
    """
    chosen = npis.distinct().subquery("chosen")
    rows = and_(
        import_rows.c.import_id == import_id,
        import_rows.c.action.in_(actions),
        import_rows.c.npi.in_(select(chosen.c.npi)),
    )
    connection.execute(update(import_rows).where(rows).values(action=action))


def _counts(connection: Connection, import_id: int) -> dict[str, int]:
    found = connection.execute(
        select(import_rows.c.action, func.count())
        .where(import_rows.c.import_id == import_id)
        .group_by(import_rows.c.action)
    )
    return {str(row[0]): int(row[1]) for row in found}


def _more_than(connection: Connection, query: Select[tuple[object, ...]], limit: int) -> bool:
    few = query.limit(limit + 1).subquery("few")
    counted: int = connection.scalar(select(func.count()).select_from(few)) or 0
    return counted > limit
