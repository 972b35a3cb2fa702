"""What an import did about each of its rows, for those who answer for every row."""

from sqlalchemy import Connection, select

from provider_assets.database.engine import Database
from provider_assets.database.history import find_record
from provider_assets.database.prepare import find_shape
from provider_assets.database.standing import kept_out, stays
from provider_assets.database.tables import CLEAN, import_rows
from provider_assets.database.transaction import read
from provider_assets.providers.roster import RowCounts


def usual_action(rows: RowCounts) -> str:
    """What most of an import's clean rows came to: `inserted`, `updated` or `unchanged`."""
    return max(CLEAN, key=lambda name: getattr(rows, name))


def other_actions(database: Database, import_id: int, usual: str) -> dict[str, str]:
    """By NPI what the import did about the rows that did not come to the usual.

    `overtaken` is of those that a newer roster keeps out of the table, where the import counts any.
    """
    query = select(import_rows.c.npi, import_rows.c.action).where(
        import_rows.c.import_id == import_id, import_rows.c.action != usual
    )

    def fetch(connection: Connection) -> dict[str, str]:
        found = connection.execution_options(stream_results=True).execute(query)
        return {str(row[0]): str(row[1]) for row in found} | _overtaken(connection, import_id)

    return read(database, fetch)


def overtaken_rows(database: Database, import_id: int) -> dict[str, str]:
    """By NPI, `overtaken` of those rows alone."""
    return read(database, lambda connection: _overtaken(connection, import_id))


def _overtaken(connection: Connection, import_id: int) -> dict[str, str]:
    record = find_record(connection, import_id)
    if record is None or not record.departures.kept_out:
        return {}
    shape = find_shape(connection)
    if shape is None:
        return {}
    npis = connection.scalars(select(stays.c.npi).where(kept_out(shape, import_id)))
    return {str(npi): "overtaken" for npi in npis}
