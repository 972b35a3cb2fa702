"""The one transaction: a roster's clean rows become rows of the table, with their history.

    lock → import's row → stage → take out → classify → insert → update → depart → counts → commit

A crash before the commit leaves nothing; after it, a retry finds its import done. What `plan`
would do without writing is `planning.py`'s.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, cast

import pandas as pd
from sqlalchemy import Alias, Connection, and_, func, insert, not_, select, update
from sqlalchemy.sql.elements import ColumnElement

from provider_assets.database import history, recording
from provider_assets.database.departures.about import Departing
from provider_assets.database.departures.departing import depart, take_over
from provider_assets.database.engine import Database
from provider_assets.database.loading.overtaking import (
    Overtaking,
    leave_overtaken,
    mark_kept_out,
    overtaking,
)
from provider_assets.database.loading.repeated import already_done, done_before, settled_word
from provider_assets.database.loading.staging import stage_mentions, stage_rows
from provider_assets.database.matching import (
    as_stored,
    npi_to_store,
    same_npi,
    same_values,
    stands_twice,
)
from provider_assets.database.mended import Mended, dated, find_mended
from provider_assets.database.prepare import prepare, require_shape
from provider_assets.database.shape import Shape
from provider_assets.database.standing import WRITES
from provider_assets.database.tables import CLEAN, import_rows
from provider_assets.database.transaction import write
from provider_assets.database.undoing.handover import take_place
from provider_assets.database.undoing.leaving_force import leaving
from provider_assets.database.undoing.takeout import take_out
from provider_assets.providers.departures import Departures, Mentions
from provider_assets.providers.fields import VALUE_FIELDS
from provider_assets.providers.imports import ImportRecord, ImportRequest, LoadResult

rows = import_rows.alias("ours")
before = import_rows.alias("earlier")


def load_providers(
    database: Database,
    clean: pd.DataFrame,
    request: ImportRequest,
    mentions: Mentions | None = None,
) -> LoadResult:
    """Bring the rows (columns `frames.CLEAN`) into the table, once, whole or not at all.

    `mentions` are whom the roster names besides; without them nobody but the clean rows' own.
    Raises TransientDatabaseError after the last try, TerminalDatabaseError at once; then the
    table and the history are as they were.
    """
    prepare(database)
    return write(database, lambda connection: _load(connection, clean, request, mentions))


def _load(
    connection: Connection, clean: pd.DataFrame, request: ImportRequest, mentions: Mentions | None
) -> LoadResult:
    shape = require_shape(connection)
    mended = find_mended(connection, request.source)
    request = dated(request, mended)
    prior = history.find_live(connection, request.source.sha256)
    if prior is not None and already_done(prior, request):
        return done_before(prior, request)
    import_id = recording.open_import(connection, request, prior)
    way = stage_rows(connection, import_id, clean)
    if mentions is not None:
        stage_mentions(connection, import_id, mentions.rows)
    about = _departing(connection, import_id, request, mentions, prior, mended)
    if about.policy.covers == "full":
        about = replace(about, listed=_listed(clean, mentions))
    newer = overtaking(connection, about.placed, prior, mended)
    removed = kept = overtaken = 0
    if prior is not None:
        take_over(connection, about, prior.id)
        outgoing = leaving(connection, prior, about.placed)
        if outgoing.followed:
            overtaken = take_place(connection, shape, outgoing)
        taken = take_out(connection, shape, outgoing)
        removed, kept = taken.removed, len(taken.spared)
    overtaken += classify(connection, shape, newer, prior, request.on_existing)
    counts = apply(connection, shape, import_id)
    out = mark_kept_out(connection, shape, import_id) if overtaken else 0
    departures = Departures(policy=about.policy, unreadable=bool(about.unreadable))
    if prior is not None or about.policy.covers == "full" or _anybody_left(mentions):
        departures = depart(connection, shape, about)
    result = LoadResult(
        import_id,
        replace(request.rows, clean=len(clean), departed=departures.departed, **counts),
        removed=removed,
        kept=kept,
        staged_by=way,
        departures=replace(
            departures, overtaken=overtaken, kept_out=out, dismissed=about.dismissed
        ),
        mends=history.find_mended(connection, request.source),
    )
    recording.close_import(connection, result, datetime.now(UTC))
    return result


def _departing(
    connection: Connection,
    import_id: int,
    request: ImportRequest,
    mentions: Mentions | None,
    prior: ImportRecord | None,
    mended: Mended | None,
) -> Departing:
    source = request.source
    arrived = recording.note_arrival(connection, import_id, source)
    return Departing(
        import_id,
        source.layout,
        source.sha256,
        arrived if mended is None else mended.place,
        source.departures,
        () if mentions is None else mentions.unreadable,
        {} if mentions is None else mentions.rejected,
        says_left=_anybody_left(mentions),
        dismissed=prior is not None and prior.departures.dismissed,
        by_word=settled_word(prior),
        left=request.rows.left,
        read=request.rows.read,
    )


def _listed(clean: pd.DataFrame, mentions: Mentions | None) -> list[str]:
    frames = [clean, *([] if mentions is None else [mentions.rows.query("action == 'present'")])]
    return [npi for frame in frames for npi in frame["npi"].tolist()]


def _anybody_left(mentions: Mentions | None) -> bool:
    return mentions is not None and bool((mentions.rows["action"] == "left").any())


def classify(
    connection: Connection,
    shape: Shape,
    newer: Overtaking,
    prior: ImportRecord | None,
    on_existing: str,
) -> int:
    """Tell, for each staged row, what becomes of it; what nothing is said of is new.

    Returns how many rows stay as a newer roster has them.
    """
    table = shape.table
    fresh = and_(rows.c.import_id == newer.about.import_id, rows.c.action == "inserted")
    held = and_(fresh, same_npi(table, rows, shape))
    twice = stands_twice(table, shape, newer.about.import_id)
    if twice is not None:
        _mark(connection, and_(held, twice), "unchanged", "leave")
    if prior is not None:
        _classify_own(connection, shape, held, newer)
    overtaken = leave_overtaken(connection, shape, newer) if newer.any else 0
    if on_existing == "update":
        old = {f"old_{name}": table.c[name] for name in VALUE_FIELDS}
        differs = and_(held, ~same_values(table, rows, shape))
        _mark(connection, differs, "updated", "restore", old)
    _mark(connection, held, "unchanged", "leave")
    return overtaken


def _classify_own(
    connection: Connection, shape: Shape, held: ColumnElement[bool], newer: Overtaking
) -> None:
    """Rows that an earlier import of this roster put there, and that nobody changed since.

    The new import takes over how they are undone.
    """
    table = shape.table
    own = and_(
        held,
        before.c.import_id == newer.prior,
        before.c.npi == rows.c.npi,
        before.c.undoing.in_(WRITES),
        same_values(table, before, shape),
        *([not_(rows.c.npi.in_(newer.later_events()))] if newer.any else []),
    )
    old = {f"old_{name}": before.c[f"old_{name}"] for name in VALUE_FIELDS}
    same = same_values(table, rows, shape)
    _mark(connection, and_(own, ~same), "updated", before.c.undoing, old)
    _mark(connection, and_(own, same), "unchanged", before.c.undoing, old)


def _mark(
    connection: Connection,
    condition: ColumnElement[bool],
    action: str,
    undoing: str | ColumnElement[str],
    old: Mapping[str, ColumnElement[Any]] | None = None,
) -> None:
    values = {"action": action, "undoing": undoing, **(old or {})}
    target = cast("Alias", rows)  # what `Table.alias` gives, though its type says less
    connection.execute(update(target).where(condition).values(values))


def apply(connection: Connection, shape: Shape, import_id: int) -> dict[str, int]:
    """Do what the classification says; returns the rows by action."""
    table = shape.table
    ours = rows.c.import_id == import_id
    found = connection.execute(
        select(rows.c.action, func.count()).where(ours).group_by(rows.c.action)
    )
    known = {row[0]: row[1] for row in found}
    counts = {name: known.get(name, 0) for name in CLEAN}
    values = [as_stored(rows.c[name], shape, name) for name in VALUE_FIELDS]
    new = select(*values, npi_to_store(rows.c.npi, shape)).where(ours, rows.c.action == "inserted")
    if counts["inserted"]:
        connection.execute(
            insert(table).from_select([*VALUE_FIELDS, "npi"], new, include_defaults=False)
        )
    if counts["updated"]:
        changed = and_(ours, rows.c.action == "updated", same_npi(table, rows, shape))
        written = dict(zip(VALUE_FIELDS, values, strict=True))
        connection.execute(update(table).where(changed).values(written))
    return counts
