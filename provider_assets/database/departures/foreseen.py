"""What an approval would do, nothing written."""

from sqlalchemy import Connection, and_, select

from provider_assets.database.departures.about import Departing, mine
from provider_assets.database.departures.lacking import absent_query, is_absent, named_since
from provider_assets.database.departures.missing import (
    count_marked,
    intact,
    npis_with,
)
from provider_assets.database.departures.namesakes import find_meant, names_of
from provider_assets.database.departures.released import (
    find_released,
    intact_released,
    released_by_absence,
)
from provider_assets.database.matching import same_npi
from provider_assets.database.order import full_rosters
from provider_assets.database.shape import Shape
from provider_assets.database.standing import last_written, untouched, wrote


def find_lacking(connection: Connection, shape: Shape, about: Departing) -> set[str]:
    """Whom a roster lacks now, where its import did not write them down."""
    fulls, released = full_rosters(connection), find_released(connection, about)
    ids, lacks = about.imports_before(connection), is_absent(connection, about, fulls)
    queries = [absent_query(connection, shape, about, ids, lacks)]
    if released.by:
        queries.append(released_by_absence(shape, about, released, lacks))
    return {str(npi) for query in queries for npi in connection.scalars(query)}


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
        npis = find_lacking(connection, shape, about)
        lacks = is_absent(connection, about, fulls)
        ways = [last_written(ids)]
        if released.deleting:
            let_go = released.is_let_go(wrote.c.npi, deleting=True)
            ways.append(and_(last_written(released.ids), let_go))
        as_made = (same_npi(shape.table, wrote, shape), untouched(shape, None))
        stands = [select(wrote.c.npi).where(lacks, way, *as_made) for way in ways]
        leave = {str(npi) for query in stands for npi in connection.scalars(query)}
    else:
        npis = set(npis_with(connection, about.import_id, ["absent"], None))
        leave = going_by("absent")
    named = names_of(connection, shape, npis)
    npis -= find_meant(connection, shape, about.import_id, named, about.rejected)
    return held + len(npis), going + len(npis & leave)
