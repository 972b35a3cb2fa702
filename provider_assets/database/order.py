"""In which order rosters count: by when their content first arrived, or by their own days.

What the imports in force did about a provider is a chain of events in the order of their places: a
place is the first import of a content (`provider_import.arrived`), so that a replay stands where
the import stood that it replaces. Which of two rosters of one layout is newer, their own days
(`as_of`) say, where both have one. SQL over the history, nothing run, but for the full rosters.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, FromClause, and_, case, func, literal, or_, select

from provider_assets.database.tables import imports
from provider_assets.providers.departures import DeparturePolicy


@dataclass(frozen=True)
class Placed:
    """A roster among the others: the import, its layout, where it stands, and its own day."""

    import_id: int
    layout: str
    place: int
    as_of: str | None = None


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


def next_place(connection: Connection) -> int:
    """Where a content stands that nobody has sent yet: behind all others."""
    return int(connection.scalar(select(func.max(imports.c.id))) or 0) + 1


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


def is_newer(its: FromClause, about: Placed) -> ColumnElement[bool]:
    """Whether an import's roster is newer than one, whoever sent it."""
    arrived = its.c.arrived > about.place
    if about.as_of is None:
        return arrived
    dated = and_(its.c.layout == about.layout, its.c.as_of.is_not(None))
    return case((dated, its.c.as_of > about.as_of), else_=arrived)


def is_newer_of_layout(its: FromClause, other: FromClause) -> ColumnElement[bool]:
    """The same of two imports of one layout."""
    both = and_(its.c.as_of.is_not(None), other.c.as_of.is_not(None))
    return case((both, its.c.as_of > other.c.as_of), else_=its.c.arrived > other.c.arrived)


def overtaken_by_none(its: FromClause, fulls: Collection[FullRoster]) -> ColumnElement[bool]:
    """Whether no full roster of an import's own layout is newer than it."""
    last: dict[str, int] = {}
    last_undated: dict[str, int] = {}
    last_day: dict[str, str] = {}
    for one in fulls:
        last[one.layout] = max(one.arrived, last.get(one.layout, 0))
        if one.as_of is None:
            last_undated[one.layout] = max(one.arrived, last_undated.get(one.layout, 0))
        else:
            last_day[one.layout] = max(one.as_of, last_day.get(one.layout, ""))
    since: ColumnElement[int] = literal(0)
    if last:
        since = case(last, value=its.c.layout, else_=0)
    by_arrival = its.c.arrived >= since
    if not last_day:
        return by_arrival
    since_undated: ColumnElement[int] = literal(0)
    if last_undated:
        since_undated = case(last_undated, value=its.c.layout, else_=0)
    day = case(last_day, value=its.c.layout, else_="")
    by_day = and_(its.c.as_of >= day, its.c.arrived >= since_undated)
    return or_(and_(its.c.as_of.is_(None), by_arrival), and_(its.c.as_of.is_not(None), by_day))
