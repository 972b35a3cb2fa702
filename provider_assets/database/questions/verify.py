"""Whether the table holds what an import wrote, as it stands now; nothing is written.

Only the import's own NPIs are looked at, so that the cost does not grow with the table.
"""

from dataclasses import dataclass

from sqlalchemy import Connection, case, func, or_, select

from provider_assets.database.engine import Database
from provider_assets.database.history import find_live
from provider_assets.database.matching import same_npi, same_values
from provider_assets.database.prepare import has_history, require_shape
from provider_assets.database.tables import WRITTEN, import_rows
from provider_assets.database.transaction import read


@dataclass(frozen=True)
class TableFacts:
    """What the table holds of one import's rows.

    `expected` counts the rows that the import inserted or updated, `matching` those that the
    table holds with the same values, `repeated` the rows beyond the first of an NPI, `nameless`
    those without a full name.
    """

    expected: int = 0
    matching: int = 0
    repeated: int = 0
    nameless: int = 0


def verify_import(database: Database, sha256: str) -> TableFacts:
    """Look at the live import of this content; without one there is nothing to expect."""
    return read(database, lambda connection: _verify(connection, sha256))


def _verify(connection: Connection, sha256: str) -> TableFacts:
    live = find_live(connection, sha256) if has_history(connection) else None
    if live is None:
        return TableFacts()
    shape = require_shape(connection)
    table = shape.table
    name = table.c.full_name
    npis = func.count() if shape.unique else func.count(import_rows.c.npi.distinct())
    query = (
        select(
            func.count(),
            npis,
            func.sum(case((same_values(table, import_rows, shape), 1), else_=0)),
            func.sum(case((or_(name.is_(None), name == ""), 1), else_=0)),
        )
        .select_from(import_rows.join(table, same_npi(table, import_rows, shape)))
        .where(import_rows.c.import_id == live.id, import_rows.c.action.in_(WRITTEN))
    )
    found, distinct, matching, nameless = connection.execute(query).one()
    wrote = live.rows.inserted + live.rows.updated
    return TableFacts(wrote, int(matching or 0), int(found) - int(distinct), int(nameless or 0))
