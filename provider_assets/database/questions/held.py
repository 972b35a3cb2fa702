"""Which providers the table holds already: asked before the load, nothing written."""

from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from sqlalchemy import ColumnElement, Connection, Select, and_, exists, func, select

from provider_assets.database.engine import Database
from provider_assets.database.history import find_live
from provider_assets.database.matching import same_npi
from provider_assets.database.prepare import find_shape
from provider_assets.database.shape import NPI_LENGTH, Shape
from provider_assets.database.tables import import_rows
from provider_assets.database.transaction import read
from provider_assets.database.undoing.leaving_force import has_heir, leaving
from provider_assets.database.undoing.leaving_force import ours as undone
from provider_assets.database.undoing.takeout import intact
from provider_assets.providers.fields import TABLE_FIELDS, VALUE_FIELDS
from provider_assets.providers.frames import empty
from provider_assets.providers.imports import ImportRecord

BATCH_NPIS = 2_000
FEW_NPIS = 20_000
MANY_TIMES = 2
ROWS_AT_ONCE = 50_000
ours = import_rows.alias("ours")


def held_providers(database: Database, npis: pd.Series, sha256: str) -> pd.DataFrame:
    """The table's providers with one of these NPIs, as a load of this content would find them.

    Those that an earlier import of it put there are left out; what it updated has the values that
    it would get back. Returns the columns `fields.TABLE_FIELDS`, all text; an NPI may stand there
    more than once where the table has no unique key.
    """

    def fetch(connection: Connection) -> pd.DataFrame:
        shape = find_shape(connection)
        if shape is None:
            return empty(TABLE_FIELDS)
        live = find_live(connection, sha256)
        if live is None:
            return fetch_providers(connection, shape, npis)
        found = fetch_providers(connection, shape, npis, live.id)
        return _put_back(found, _restored(connection, shape, live))

    return read(database, fetch)


def _restored(connection: Connection, shape: Shape, live: ImportRecord) -> pd.DataFrame:
    """The rows that would get their old values back, and those (`TABLE_FIELDS`)."""
    about = leaving(connection, live)
    wanted = and_(undone.c.import_id == live.id, undone.c.undoing == "restore")
    if connection.scalar(select(undone.c.npi).where(wanted).limit(1)) is None:
        return empty(TABLE_FIELDS)
    old = [undone.c[f"old_{name}"].label(name) for name in VALUE_FIELDS]
    goes = and_(intact(shape, about, wanted), ~has_heir(undone, about, shape))
    return as_frame(connection, select(*old, undone.c.npi).where(goes))


def _put_back(held: pd.DataFrame, restored: pd.DataFrame) -> pd.DataFrame:
    back = restored[restored["npi"].isin(held["npi"])]
    stays = held[~held["npi"].isin(back["npi"])]
    return pd.concat([stays, back[list(held.columns)]], ignore_index=True) if len(back) else held


def all_providers(database: Database) -> pd.DataFrame:
    """Every row of the table (`fields.TABLE_FIELDS`): for a table as small as a demo's."""

    def fetch(connection: Connection) -> pd.DataFrame:
        shape = find_shape(connection)
        if shape is None:
            return empty(TABLE_FIELDS)
        return as_frame(
            connection, select(*(shape.table.c[name].label(name) for name in TABLE_FIELDS))
        )

    return read(database, fetch)


def fetch_providers(
    connection: Connection, shape: Shape, npis: pd.Series, without_import: int | None = None
) -> pd.DataFrame:
    """The table's rows with one of these NPIs, but those that an import inserted."""
    table = shape.table
    wanted = pc.unique(pa.array(npis.dropna(), pa.string()))
    query = select(*(table.c[name].label(name) for name in TABLE_FIELDS))
    if without_import is not None:
        put = exists().where(
            ours.c.import_id == without_import,
            ours.c.undoing == "delete",
            same_npi(table, ours, shape),
        )
        query = query.where(~put.correlate(table))
    return _by_npis(connection, query, table.c.npi, wanted, shape)


def _by_npis(
    connection: Connection,
    query: Select[Any],
    column: ColumnElement[Any],
    wanted: pa.StringArray,
    shape: Shape,
) -> pd.DataFrame:
    if len(wanted) > FEW_NPIS and not _holds_many_times(connection, shape, len(wanted)):
        # reading the table's NPIs is quicker than asking for so many
        held = as_frame(connection, select(column.label("npi")))["npi"]
        wanted = wanted.filter(pc.is_in(wanted, pa.array(held, pa.string())))
        if len(wanted) > FEW_NPIS:
            every = as_frame(connection, query)
            asked = pc.is_in(pa.array(every["npi"], pa.string()), wanted).to_pandas()
            found: pd.DataFrame = every.loc[asked].reset_index(drop=True)
            return found
    numbers = shape.columns["npi"].is_integer
    parts = [empty(TABLE_FIELDS)]
    wanted = wanted.sort()  # neighbours lie on one page of the table's index
    for start in range(0, len(wanted), BATCH_NPIS):
        some = wanted.slice(start, BATCH_NPIS).to_pylist()
        cells = [int(npi) for npi in some] if numbers else some
        parts.append(as_frame(connection, query.where(column.in_(cells))))
    return pd.concat(parts, ignore_index=True)


def _holds_many_times(connection: Connection, shape: Shape, npis: int) -> bool:
    """Whether the table has many times as many rows as NPIs are asked for, and an index."""
    if not shape.indexed:
        return False
    rows = connection.scalar(select(func.count()).select_from(shape.table)) or 0
    return bool(rows > MANY_TIMES * npis)


def as_frame(connection: Connection, query: Select[Any]) -> pd.DataFrame:
    """The query's rows, all text, the NPI as its ten digits."""
    result = connection.execution_options(stream_results=True).execute(query)
    names = list(result.keys())
    parts = [
        pd.DataFrame.from_records(
            [tuple(None if cell is None else str(cell) for cell in row) for row in some],
            columns=names,
        ).astype("str")
        for some in result.partitions(ROWS_AT_ONCE)
    ]
    frame = (
        pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=names, dtype="str")
    )
    frame["npi"] = frame["npi"].str.rstrip(" ").str.zfill(NPI_LENGTH)
    return frame
