"""Whom an import's roster leaves out: found and written down in the history, nothing taken out.

What an import says of who left stands in its rows of the history, as `action`; `departing.py` lists
the words.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from sqlalchemy import (
    Alias,
    Connection,
    FromClause,
    Select,
    and_,
    exists,
    func,
    insert,
    literal,
    not_,
    select,
    update,
)
from sqlalchemy.sql.elements import ColumnElement

from provider_assets.database.matching import same_npi
from provider_assets.database.namesakes import spare_namesakes
from provider_assets.database.order import FullRoster, Placed, full_rosters, is_newer
from provider_assets.database.shape import Shape
from provider_assets.database.standing import (
    NAMING,
    count_owned,
    imports_of_layout,
    in_table,
    last_written,
    named_elsewhere,
    untouched,
    wrote,
)
from provider_assets.database.tables import import_rows, imports
from provider_assets.providers.departures import DeparturePolicy, Departures

mine = import_rows.alias("mine")
target = cast("Alias", mine)  # what `Table.alias` gives, though its type says less


@dataclass(frozen=True)
class Departing:
    """The import whose roster is asked who left: its layout, policy, and arrival.

    `unreadable` are the names of rows whose NPI is none or was doubted; `marks` tells that the
    absent are still to be written down, `says_left` that a row says of somebody that they left.
    `named` is how many the roster names.
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

    @property
    def placed(self) -> Placed:
        """The roster among the others."""
        place = self.import_id if self.arrived is None else self.arrived
        return Placed(self.import_id, self.layout, place, self.policy.as_of)

    def imports_before(self, connection: Connection) -> dict[int, int]:
        """The layout's imports that stand before this one, each with its place."""
        return imports_of_layout(connection, self.layout, self.placed.place)


def tell_held(
    connection: Connection, shape: Shape, about: Departing, ids: Mapping[int, int]
) -> None:
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
    mark(connection, about.import_id, ["left"], query, "held")


def find_absent(
    connection: Connection,
    shape: Shape,
    about: Departing,
    ids: Mapping[int, int],
    fulls: list[FullRoster],
    *,
    approved: bool,
) -> Departures:
    """Mark the absent, unless they are far too many even to write down."""
    me, policy = about.import_id, about.policy
    held = count_owned(connection, shape, ids, me)
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
    slips = policy.absent == "delete" or approved
    spare_namesakes(connection, shape, me, about.unreadable, slips=slips)
    absent = len(npis_with(connection, me, ["absent"], limit + 1)) if deleting else 0
    waiting = deleting and policy.is_too_many(absent, held)
    return Departures(absent=absent, of=held, waiting=waiting)


def absent_query(
    shape: Shape, about: Departing, ids: Mapping[int, int], fulls: list[FullRoster]
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
        not_(named_since(wrote, about)),
    )


def named_since(rows: FromClause, about: Departing) -> ColumnElement[bool]:
    """Whether a newer roster of the same layout names the provider."""
    named, its = import_rows.alias("named_since"), imports.alias("naming_since")
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


def count_intact(connection: Connection, shape: Shape, about: Departing) -> int:
    """How many of those written down as absent an approval would take out now."""
    fulls = full_rosters(connection)
    ids = about.imports_before(connection)
    stands = intact(shape, about, ["absent"], ids, fulls).distinct().subquery("intact")
    counted: int = connection.scalar(select(func.count()).select_from(stands)) or 0
    return counted


def mark(
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


def npis_with(
    connection: Connection, import_id: int, actions: Sequence[str], at_most: int
) -> list[str]:
    """Some NPIs of the import's rows with these actions, in the order of the key."""
    query = select(mine.c.npi).where(
        mine.c.import_id == import_id, mine.c.action.in_(list(actions))
    )
    return [str(npi) for npi in connection.scalars(query.order_by(mine.c.npi).limit(at_most))]


def _more_than(connection: Connection, query: Select[tuple[object, ...]], limit: int) -> bool:
    few = query.limit(limit + 1).subquery("few")
    counted: int = connection.scalar(select(func.count()).select_from(few)) or 0
    return counted > limit
