"""What the history claims and the table lacks: rows that somebody else took out. Only reads."""

from dataclasses import dataclass

from sqlalchemy import Connection, and_, exists, func, not_, select

from provider_assets.database.shape import Shape
from provider_assets.database.standing import WRITES, in_table, wrote
from provider_assets.database.tables import import_rows, imports

its = imports.alias("its_claims")


@dataclass(frozen=True)
class Lacking:
    """How many of the rows that an import has in the table, by the history, are not there."""

    import_id: int
    file: str
    lacking: int


def find_lacking(connection: Connection, shape: Shape) -> list[Lacking]:
    """The imports in force whose rows the table lacks, the oldest first; the history is there.

    A row is an import's where that did the last thing about its provider.
    """
    after, its_after = import_rows.alias("after"), imports.alias("its_after")
    newer = exists().where(
        after.c.npi == wrote.c.npi,
        after.c.import_id != wrote.c.import_id,
        after.c.undoing != "leave",
        its_after.c.id == after.c.import_id,
        its_after.c.state == "loaded",
        its_after.c.arrived > its.c.arrived,
    )
    claimed = and_(its.c.state == "loaded", wrote.c.undoing.in_(WRITES))
    query = (
        select(its.c.id, its.c.file, func.count())
        .join(wrote, wrote.c.import_id == its.c.id)
        .where(claimed, not_(in_table(shape, wrote)), not_(newer.correlate(wrote, its)))
        .group_by(its.c.id, its.c.file)
        .order_by(its.c.id)
    )
    return [Lacking(*row) for row in connection.execute(query)]
