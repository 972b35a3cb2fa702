"""What a load would do, nothing written: the classification of `load.py` over frames.

Rights to read are enough, and the tables may be missing.
"""

from dataclasses import replace

import pandas as pd
from sqlalchemy import Connection, select

from provider_assets.database import history
from provider_assets.database.engine import Database
from provider_assets.database.held import as_frame, fetch_providers
from provider_assets.database.load import already_done, done_before
from provider_assets.database.planned_departures import (
    Replaced,
    plan_departures,
    still_departed,
)
from provider_assets.database.prepare import find_shape, has_history, import_columns
from provider_assets.database.shape import Shape
from provider_assets.database.standing import WRITES, departed_after
from provider_assets.database.tables import imports
from provider_assets.database.takeout import (
    ours,
    would_return,
    would_take_out,
    would_undo,
    written_since,
)
from provider_assets.database.transaction import read
from provider_assets.providers.departures import Departures, Mentions
from provider_assets.providers.fields import TABLE_FIELDS, VALUE_FIELDS
from provider_assets.providers.frames import empty
from provider_assets.providers.imports import ImportRecord, ImportRequest, LoadResult


def plan_providers(
    database: Database,
    clean: pd.DataFrame,
    request: ImportRequest,
    mentions: Mentions | None = None,
) -> LoadResult:
    """What `load_providers` would do with these rows (columns `frames.CLEAN`) now."""
    besides = mentions or Mentions(empty(("npi", "action")))
    return read(database, lambda connection: _plan(connection, clean, request, besides))


def _plan(
    connection: Connection, clean: pd.DataFrame, request: ImportRequest, mentions: Mentions
) -> LoadResult:
    shape = find_shape(connection)
    prior = history.find_live(connection, request.source.sha256)
    if prior is not None and already_done(prior, request):
        return done_before(prior, request)
    if shape is None:
        counts = {"inserted": len(clean), "updated": 0, "unchanged": 0}
        return LoadResult(None, replace(request.rows, clean=len(clean), **counts))
    removed = kept = 0
    put = _empty_put()
    replaced = Replaced()
    if prior is not None:
        policy = request.source.departures
        gone = still_departed(connection, prior, policy, clean["npi"], mentions)
        taken = would_take_out(connection, shape, prior.id, clean["npi"], gone)
        removed, kept = taken.removed, len(taken.spared)
        put = _put_there(connection, prior)
        back = would_return(connection, shape, prior.id, gone)
        returned = [npi for npi, (_, free) in back.items() if free]
        replaced = Replaced(prior.id, gone, returned, would_undo(connection, shape, prior.id))
    held = fetch_providers(connection, shape, clean["npi"])
    counts = _classify(clean, held, put, request.on_existing, shape)
    if prior is not None:
        stay = _stay_gone(connection, prior, clean["npi"], held["npi"])
        counts = {**counts, "inserted": counts["inserted"] - stay}
        counts["unchanged"] += stay
    departures = Departures(policy=request.source.departures)
    if has_history(connection) and imports.c.covers in set(import_columns(connection)):
        departures = plan_departures(connection, shape, request, clean["npi"], mentions, replaced)
    return LoadResult(
        None,
        replace(request.rows, clean=len(clean), departed=departures.departed, **counts),
        removed=removed,
        kept=kept,
        departures=departures,
        mends=history.find_mended(connection, request.source),
    )


def _stay_gone(
    connection: Connection, prior: ImportRecord, clean: pd.Series, held: pd.Series
) -> int:
    """How many of the rows departed since this content came first: a replay leaves them gone."""
    query = select(ours.c.npi).where(
        ours.c.import_id == prior.id, ours.c.undoing.in_(WRITES), departed_after(ours, prior.id)
    )
    since = set(connection.scalars(query)) - set(held)
    return int(clean.isin(since).sum())


def _classify(
    clean: pd.DataFrame, held: pd.DataFrame, put: pd.DataFrame, on_existing: str, shape: Shape
) -> dict[str, int]:
    """The rows by action, as `load.classify` finds them."""
    twice = held["npi"].duplicated(keep=False)
    once = held[~twice].set_index("npi")
    known = clean.set_index("npi")
    known = known[known.index.isin(once.index)]
    there = once.reindex(known.index)
    differs = ~_equal(known, there, shape)
    if on_existing != "update":
        own = known.index.isin(put.index) & _equal(there, put.reindex(known.index), shape)
        differs &= own
    updated = int(differs.sum())
    present = int(clean["npi"].isin(held["npi"]).sum())
    return {
        "inserted": len(clean) - present,
        "updated": updated,
        "unchanged": present - updated,
    }


def _equal(left: pd.DataFrame, right: pd.DataFrame, shape: Shape) -> "pd.Series[bool]":
    """Row by row, whether the four fields are equal as the columns keep them."""
    equal = pd.Series(True, index=left.index)
    for name in VALUE_FIELDS:
        pair = [frame[name].fillna("") for frame in (left, right)]
        if shape.columns[name].kind == "char":
            pair = [cells.str.rstrip(" ") for cells in pair]
        equal &= pair[0].to_numpy() == pair[1].to_numpy()
    return equal


def _put_there(connection: Connection, prior: ImportRecord) -> pd.DataFrame:
    """What an earlier import of this content put into the table, by NPI."""
    query = select(*(ours.c[name] for name in TABLE_FIELDS)).where(
        ours.c.import_id == prior.id, ours.c.undoing.in_(WRITES), ~written_since(ours)
    )
    return as_frame(connection, query).set_index("npi")


def _empty_put() -> pd.DataFrame:
    return empty(TABLE_FIELDS).set_index("npi")
