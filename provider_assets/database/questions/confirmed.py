"""When a roster last named each provider that is ours, and which one did."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import Connection, String, cast, func, or_, select

from provider_assets.database.engine import Database
from provider_assets.database.prepare import find_shape, has_history
from provider_assets.database.standing import SAYS, WRITES, in_table, last_written, wrote
from provider_assets.database.tables import import_rows, imports
from provider_assets.database.transaction import read

BUCKETS = (60, 75, 90)
"""Days; the last is what 42 U.S.C. 300gg-115 (No Surprises Act, section 116) gives to verify."""


@dataclass(frozen=True)
class Confirmed:
    """A provider that is ours, and the newest roster that named it.

    `named` is when that roster's content first arrived, or the roster's own day where its layout
    says where that stands: a replay confirms nobody anew.
    """

    npi: str
    named: datetime
    layout: str
    file: str
    import_id: int

    def days(self, now: datetime) -> int:
        """Whole days since then."""
        return (now - self.named) // timedelta(days=1)


def confirmed_providers(database: Database) -> list[Confirmed]:
    """Every provider of the table that an import in force put there or wrote last, by NPI."""

    def look(connection: Connection) -> list[Confirmed]:
        shape = find_shape(connection)
        if shape is None or not has_history(connection):
            return []
        origins = _origins(connection)
        named, its, came = (
            import_rows.alias("named"),
            imports.alias("naming"),
            imports.alias("came"),
        )
        arrived = cast(came.c.started, String)
        moment = func.coalesce(its.c.as_of.concat(" 00:00:00"), arrived)
        newest = func.max(moment.concat("|").concat(cast(its.c.id, String)))
        query = (
            select(wrote.c.npi, newest)
            .join(named, named.c.npi == wrote.c.npi)
            .join(its, its.c.id == named.c.import_id)
            .join(came, came.c.id == its.c.arrived)
            .where(
                last_written(_in_force(connection)),
                in_table(shape, wrote),
                or_(named.c.action.in_(SAYS), named.c.undoing.in_(WRITES)),
                its.c.state == "loaded",
            )
            .group_by(wrote.c.npi)
            .order_by(wrote.c.npi)
        )
        return [
            Confirmed(str(npi), *origins[int(told.rpartition("|")[2])])
            for npi, told in connection.execute(query)
        ]

    return read(database, look)


def count_by_age(found: list[Confirmed], now: datetime) -> dict[str, int]:
    """How many were named how long ago: `under_60`, `from_60`, `from_75`, `from_90`."""
    names = {0: f"under_{BUCKETS[0]}"} | {days: f"from_{days}" for days in BUCKETS}
    counts = dict.fromkeys(names.values(), 0)
    for one in found:
        days = one.days(now)
        counts[names[max(start for start in names if start <= max(days, 0))]] += 1
    return counts


def _in_force(connection: Connection) -> dict[int, int]:
    found = select(imports.c.id, imports.c.arrived).where(imports.c.state == "loaded")
    return {row[0]: row[1] for row in connection.execute(found)}


def _origins(connection: Connection) -> dict[int, tuple[datetime, str, str, int]]:
    """Of each import in force: when its content first came, or its own day, and whose it is."""
    came = imports.alias("came")
    query = select(
        came.c.started, imports.c.as_of, imports.c.layout, imports.c.file, imports.c.id,
    ).where(imports.c.state == "loaded", came.c.id == imports.c.arrived)  # fmt: skip
    found: dict[int, tuple[datetime, str, str, int]] = {}
    for started, as_of, layout, file, import_id in connection.execute(query):
        moment = started.replace(tzinfo=UTC)
        if as_of:
            moment = datetime.combine(date.fromisoformat(as_of), datetime.min.time(), UTC)
        found[import_id] = (moment, layout, file, import_id)
    return found
