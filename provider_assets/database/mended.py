"""How old a corrected reject workbook is: as old as the roster whose rows it corrects.

It may come back weeks later, under any name. What newer rosters have said of its providers since
stays, as with the roster itself.
"""

from dataclasses import dataclass, replace

from sqlalchemy import Connection, or_, select

from provider_assets.database import history
from provider_assets.database.order import first_arrival
from provider_assets.database.prepare import import_columns
from provider_assets.database.tables import imports
from provider_assets.providers.imports import ImportRequest
from provider_assets.providers.roster import RosterSource


@dataclass(frozen=True)
class Mended:
    """The roster that a workbook was made of, at first: where it stands, and its own day.

    `family` are the imports of its content and of every workbook made of it: they are corrections
    of one another, and none is newer than a workbook that comes after it.
    """

    place: int
    as_of: str | None
    family: tuple[int, ...]


def find_mended(connection: Connection, source: RosterSource) -> Mended | None:
    """What a reject workbook corrects, as far as the history knows it; None of any other roster."""
    number = history.find_mended(connection, source)
    if number is None or imports.c.mends not in set(import_columns(connection)):
        return None  # an older history does not keep it
    record = history.find_record(connection, number)
    while record is not None and record.mends is not None:
        record = history.find_record(connection, record.mends)
    if record is None:
        return None
    place = first_arrival(connection, record.sha256)
    own = first_arrival(connection, source.sha256)
    family = {record.id}
    while True:
        kin = or_(imports.c.sha256 == record.sha256, imports.c.mends.in_(family))
        found = family | set(connection.scalars(select(imports.c.id).where(kin)))
        if found == family:
            break
        family = found
    older = tuple(sorted(one for one in family if own is None or one <= own))
    day = connection.scalar(select(imports.c.as_of).where(imports.c.id == record.id))
    return Mended(record.id if place is None else place, day, older)


def dated(request: ImportRequest, mended: Mended | None) -> ImportRequest:
    """The request with the day of the roster that it corrects, where that one bears a day."""
    if mended is None or mended.as_of is None:
        return request
    policy = replace(request.source.departures, as_of=mended.as_of)
    return replace(request, source=replace(request.source, departures=policy))
