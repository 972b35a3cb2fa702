"""What an approval would do, nothing written."""

from sqlalchemy import Connection, select

from provider_assets.database.departures.about import Departing, mine
from provider_assets.database.departures.missing import (
    absent_query,
    count_marked,
    intact,
    is_absent,
    named_since,
    npis_with,
)
from provider_assets.database.departures.namesakes import find_meant, names_of
from provider_assets.database.departures.released import find_released, intact_released
from provider_assets.database.matching import same_npi
from provider_assets.database.order import full_rosters
from provider_assets.database.shape import Shape
from provider_assets.database.standing import last_written, untouched, wrote


def count_intact(connection: Connection, shape: Shape, about: Departing) -> tuple[int, int]:
    """How many wait now that an approval would look at, and how many of them it would take out."""
    fulls, released = full_rosters(connection), find_released(connection, about)
    ids = about.imports_before(connection)

    def going_by(action: str) -> set[str]:
        queries = [intact(shape, about, [action], ids, fulls)]
        if released.deleting:
            since = named_since(mine, about)
            queries.append(intact_released(shape, about, [action], released, fulls, since))
        return {str(npi) for query in queries for npi in connection.scalars(query)}

    held = going = 0
    if about.by_word == "waiting":
        held = count_marked(connection, about.import_id, "held")
        going = len(going_by("held"))
    if not about.absence_waits:
        return held, going
    if about.marks:
        absent = absent_query(shape, about, ids, fulls).subquery("absent")
        npis = set(connection.scalars(select(absent.c.npi)))
        stands = select(wrote.c.npi).where(
            is_absent(about, fulls),
            last_written(ids),
            same_npi(shape.table, wrote, shape),
            untouched(shape, None),
        )
        leave = set(connection.scalars(stands))
    else:
        npis = set(npis_with(connection, about.import_id, ["absent"], None))
        leave = going_by("absent")
    named = names_of(connection, shape, npis)
    npis -= find_meant(connection, shape, about.import_id, named, about.rejected)
    return held + len(npis), going + len(npis & leave)
