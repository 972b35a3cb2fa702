"""Who is missing, looked for no further than it takes to see that they are too many."""

from sqlalchemy import Connection, Select

from provider_assets.database.departures.about import Departing
from provider_assets.database.departures.namesakes import find_alike
from provider_assets.database.shape import Shape


def find_up_to(
    connection: Connection, shape: Shape, about: Departing, missing: Select[tuple[str]], limit: int
) -> tuple[set[str], int]:
    """Who is missing, and 0; where they are more than the limit, some of them and their number.

    Who is missing by a slip of the NPI alone does not count. No more are looked at than it takes.
    """
    wanted = limit + 1
    while True:
        npis = {str(npi) for npi in connection.scalars(missing.limit(wanted))}
        if len(npis) < wanted:
            return npis, 0
        beyond = len(npis) - len(find_alike(connection, shape, about, npis))
        if beyond > limit:
            return npis, beyond
        wanted *= 2
