"""What a load would do, nothing written: the classification of `load.py` over frames.

Rights to read are enough, and the tables may be missing.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace

import pandas as pd
from sqlalchemy import ColumnElement, Connection, and_, select

from provider_assets.database import history
from provider_assets.database.departures.planned import plan_departures
from provider_assets.database.departures.replaced import Replaced, still_departed
from provider_assets.database.engine import Database
from provider_assets.database.loading.overtaking import Overtaking, overtaking, would_be_overtaken
from provider_assets.database.loading.repeated import already_done, done_before, settled_word
from provider_assets.database.mended import Mended, dated, find_mended
from provider_assets.database.order import Placed, first_arrival, next_place
from provider_assets.database.prepare import find_shape, has_history, import_columns
from provider_assets.database.questions.held import as_frame, fetch_providers
from provider_assets.database.shape import Shape
from provider_assets.database.standing import WRITES
from provider_assets.database.tables import imports
from provider_assets.database.transaction import read
from provider_assets.database.undoing.idled import would_idle
from provider_assets.database.undoing.leaving_force import (
    Leaving,
    event_since,
    has_heir,
    leaving,
    ours,
)
from provider_assets.database.undoing.takeout import (
    intact,
    would_return,
    would_take_out,
    would_undo,
)
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
    mended = find_mended(connection, request.source)
    request = dated(request, mended)
    prior = history.find_live(connection, request.source.sha256)
    if prior is not None and already_done(prior, request):
        return done_before(prior, request)
    if shape is None:
        counts = {"inserted": len(clean), "updated": 0, "unchanged": 0}
        return LoadResult(None, replace(request.rows, clean=len(clean), **counts))
    upgraded = has_history(connection) and imports.c.covers in set(import_columns(connection))
    removed = kept = 0
    own, replaced, given_back = Own(_empty_put()), Replaced(), empty(TABLE_FIELDS)
    if prior is not None:
        out = leaving(connection, prior)
        gone = still_departed(connection, prior, request.source.departures, clean["npi"], mentions)
        taken = would_take_out(connection, shape, out, clean["npi"], gone)
        removed, kept = taken.removed, len(taken.spared)
        back = would_return(connection, shape, out, gone)
        returned = {npi for npi, (_, free) in back.items() if free}
        own = _own(connection, shape, out, _placed(connection, request, prior, mended))
        undone = would_undo(connection, shape, out)
        passed = own.named - set(clean["npi"])
        dismissed = prior.departures.dismissed
        word = settled_word(prior)
        idle = would_idle(connection, shape, out, _by_npi(clean) if out.followed else {}, gone)
        replaced = Replaced(prior.id, gone, returned, undone, passed, dismissed, word, idle)
        given_back = _given_back(connection, prior, returned)
        own = replace(own, claimed=set(back) - returned)
    held = fetch_providers(connection, shape, clean["npi"])
    held = pd.concat([held, given_back[given_back["npi"].isin(clean["npi"])]], ignore_index=True)
    rest, overtaken, away = clean, 0, 0
    if upgraded:
        late = overtaking(connection, _placed(connection, request, prior, mended), prior, mended)
        late = replace(late, idle=replaced.idle)
        rest, overtaken = _without_overtaken(connection, shape, clean, late, held, own)
        away = len(set(clean["npi"]) - set(rest["npi"]) - set(held["npi"]))
    counts = _classify(rest, held, own.put, request.on_existing, shape)
    counts["unchanged"] += len(clean) - len(rest)
    departures = Departures(policy=request.source.departures)
    if upgraded:
        departures = plan_departures(connection, shape, request, clean, mentions, replaced, mended)
    return LoadResult(
        None,
        replace(request.rows, clean=len(clean), departed=departures.departed, **counts),
        removed=removed,
        kept=kept,
        departures=replace(
            departures, overtaken=overtaken, kept_out=away, dismissed=replaced.dismissed
        ),
        mends=history.find_mended(connection, request.source),
    )


def _by_npi(clean: pd.DataFrame) -> dict[str, tuple[str | None, ...]]:
    """The fields beside the NPI, by it."""
    values = clean[list(VALUE_FIELDS)].astype(object)
    rows = values.where(values.notna(), None).itertuples(index=False, name=None)
    return dict(zip(clean["npi"], rows, strict=True))


@dataclass(frozen=True)
class Own:
    """What an earlier import of the content put into the table.

    `put` are its rows (`TABLE_FIELDS`, by NPI) that nobody wrote since, `followed` the NPIs about
    which somebody did something since, `named` those that a later roster has just so, `outvoted`
    those of a roster newer than this, `claimed` departures that would not come back.
    """

    put: pd.DataFrame
    followed: frozenset[str] = frozenset()
    named: frozenset[str] = frozenset()
    outvoted: frozenset[str] = frozenset()
    claimed: Collection[str] = ()


def _own(connection: Connection, shape: Shape, out: Leaving, keeper: Placed) -> Own:
    writes = and_(ours.c.import_id == out.import_id, ours.c.undoing.in_(WRITES))
    columns = [ours.c[name] for name in TABLE_FIELDS]
    put = as_frame(connection, select(*columns).where(writes, ~event_since(ours, out)))
    stays = intact(shape, out, writes)
    return Own(
        put.set_index("npi"),
        _npis(connection, writes, event_since(ours, out)),
        _npis(connection, stays, has_heir(ours, out, shape)),
        _npis(connection, stays, has_heir(ours, out, shape, keeper)),
    )


def _npis(connection: Connection, *conditions: ColumnElement[bool]) -> frozenset[str]:
    return frozenset(connection.scalars(select(ours.c.npi).where(*conditions)))


def _placed(
    connection: Connection,
    request: ImportRequest,
    prior: ImportRecord | None,
    mended: Mended | None,
) -> Placed:
    source = request.source
    arrived = first_arrival(connection, source.sha256)
    place = next_place(connection) if arrived is None else arrived
    number = 0 if prior is None else prior.id
    if mended is not None:
        place = mended.place
    return Placed(number, source.layout, place, source.departures.as_of)


def _without_overtaken(
    connection: Connection,
    shape: Shape,
    clean: pd.DataFrame,
    late: Overtaking,
    held: pd.DataFrame,
    own: Own,
) -> tuple[pd.DataFrame, int]:
    """The rows that a load would look at, and how many a newer roster overtakes."""
    rows = clean[~clean["npi"].isin(own.followed)]
    known = rows.set_index("npi")
    known = known[known.index.isin(own.put.index)]
    there = held.drop_duplicates("npi", keep=False).set_index("npi").reindex(known.index)
    put = own.put.reindex(known.index)
    mine = known.index[_equal(there, put, shape) & known.index.isin(held["npi"])]
    differs = known.index[~_equal(known, put, shape)]
    outvoted = set(mine) & set(differs) & own.outvoted
    asked = set(rows["npi"]) - (set(mine) - outvoted)
    stay = would_be_overtaken(connection, late, asked, set(held["npi"])) if late.any else set()
    stay |= outvoted | (set(own.claimed) & asked - set(held["npi"]))
    return rows[~rows["npi"].isin(stay)], len(stay) + len(clean) - len(rows)


def _given_back(
    connection: Connection, prior: ImportRecord, returned: Collection[str]
) -> pd.DataFrame:
    """The departed rows that the table would hold again (`TABLE_FIELDS`)."""
    if not returned:
        return empty(TABLE_FIELDS)
    old = [ours.c[f"old_{name}"].label(name) for name in VALUE_FIELDS]
    gone = select(*old, ours.c.npi).where(ours.c.import_id == prior.id, ours.c.undoing == "insert")
    found = as_frame(connection, gone)
    return found[found["npi"].isin(returned)]


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


def _empty_put() -> pd.DataFrame:
    return empty(TABLE_FIELDS).set_index("npi")
