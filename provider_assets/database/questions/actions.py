"""What an import did about each of its rows, for those who answer for every row."""

from sqlalchemy import Connection, select

from provider_assets.database.engine import Database
from provider_assets.database.prepare import find_shape
from provider_assets.database.standing import in_table
from provider_assets.database.tables import CLEAN, OVERTAKEN, import_rows
from provider_assets.database.transaction import read
from provider_assets.providers.roster import RowCounts


def usual_action(rows: RowCounts) -> str:
    """What most of an import's clean rows came to: `inserted`, `updated` or `unchanged`."""
    return max(CLEAN, key=lambda name: getattr(rows, name))


def other_actions(database: Database, import_id: int, usual: str) -> dict[str, str]:
    """By NPI what the import did about the rows that did not come to the usual."""
    query = select(import_rows.c.npi, import_rows.c.action).where(
        import_rows.c.import_id == import_id, import_rows.c.action != usual
    )

    def fetch(connection: Connection) -> dict[str, str]:
        found = connection.execution_options(stream_results=True).execute(query)
        return {str(row[0]): str(row[1]) for row in found}

    return read(database, fetch)


def overtaken_rows(database: Database, import_id: int) -> dict[str, str]:
    """By NPI, `overtaken` of the rows that the load left out of the table, where they still are."""
    which = (import_rows.c.import_id == import_id, import_rows.c.action == OVERTAKEN)
    query = select(import_rows.c.npi).where(*which)

    def fetch(connection: Connection) -> dict[str, str]:
        found = connection.scalars(query).all()
        shape = find_shape(connection) if found else None
        if shape is not None:
            found = connection.scalars(query.where(~in_table(shape, import_rows))).all()
        return {str(npi): OVERTAKEN for npi in found}

    return read(database, fetch)
