"""Whom a roster lacks, and no other names: SQL over the history, nothing written."""

from collections.abc import Mapping

from sqlalchemy import Connection, FromClause, Select, and_, case, exists, literal, select
from sqlalchemy.sql.elements import ColumnElement

from provider_assets.database.departures.about import Departing, mine
from provider_assets.database.order import FullRoster, is_newer, overtaken_by_none
from provider_assets.database.shape import Shape
from provider_assets.database.standing import NAMING, in_table, named_elsewhere, wrote, wrote_last
from provider_assets.database.tables import import_rows, imports


def absent_query(
    connection: Connection,
    shape: Shape,
    about: Departing,
    ids: Mapping[int, int],
    lacks: ColumnElement[bool],
) -> Select[tuple[str]]:
    """Whom the layout wrote last, the table holds, and nobody names (`lacks` is `is_absent`'s)."""
    last = wrote_last(connection, ids, about.import_id)
    return select(wrote.c.npi).where(lacks, last, in_table(shape, wrote))


def is_absent(
    connection: Connection, about: Departing, fulls: list[FullRoster]
) -> ColumnElement[bool]:
    """Whether the roster does not name a provider, and no other does.

    One after the other: a few are missing, and only of these the history is asked. A server that
    is free in its order may first collect all whom others ever named. Where no other roster is
    there that could name anybody, it is not asked at all.
    """
    me = about.import_id
    # without `exists`, so that the server looks through the roster once and not for each provider
    present = wrote.c.npi.in_(select(mine.c.npi).where(mine.c.import_id == me))
    others = [one for one in fulls if one.layout != about.layout]
    elsewhere = and_(imports.c.layout != about.layout, overtaken_by_none(imports, others))
    since = and_(imports.c.layout == about.layout, is_newer(imports, about.placed))
    ways = [
        (elsewhere, named_elsewhere(wrote, about.layout, fulls)),
        (since, named_since(wrote, about)),
    ]
    in_force = select(imports.c.id).where(imports.c.state == "loaded", imports.c.id != me)
    named = [
        (names, 1)
        for could, names in ways
        if connection.scalar(in_force.where(could).limit(1)) is not None
    ]
    return case((present, 1), *named, else_=0) == literal(0)


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
