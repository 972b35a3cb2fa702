"""Whether more are missing than a limit allows, counted no further than that takes."""

from sqlalchemy import Connection, Select, select

from provider_assets.database.departures.about import Departing
from provider_assets.database.departures.namesakes import find_alike
from provider_assets.database.shape import Shape


def count_beyond(
    connection: Connection,
    shape: Shape,
    about: Departing,
    missing: Select[tuple[object, ...]],
    limit: int,
) -> int:
    """At least how many are missing where they are more than the limit; else none.

    Who is missing by a slip of the NPI alone does not count. No more are looked at than it takes.
    """
    wanted = limit + 1
    while True:
        npis = find_npis(connection, missing.limit(wanted))
        if len(npis) < wanted:
            return 0
        beyond = len(npis) - len(find_alike(connection, shape, about, npis))
        if beyond > limit:
            return beyond
        wanted *= 2


def find_npis(connection: Connection, lacking: Select[tuple[object, ...]]) -> set[str]:
    """The NPIs of rows of the history that a query gives."""
    rows = lacking.subquery("lacking")
    return {str(npi) for npi in connection.scalars(select(rows.c.npi))}
