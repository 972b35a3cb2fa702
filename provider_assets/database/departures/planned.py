"""Whom a load would take out, nothing written: what `departing.py` does, over sets of NPIs."""

from collections.abc import Collection

import pandas as pd
from sqlalchemy import ColumnElement, Connection, select

from provider_assets.database.departures.about import Departing
from provider_assets.database.departures.lacking import named_since
from provider_assets.database.departures.namesakes import NAMES, names_of
from provider_assets.database.departures.released import Released, find_released, named_before
from provider_assets.database.departures.replaced import Replaced, intact_then, owned_then
from provider_assets.database.mended import Mended
from provider_assets.database.order import (
    FullRoster,
    first_arrival,
    full_rosters,
    newer_full,
    next_place,
)
from provider_assets.database.portions import portions
from provider_assets.database.shape import Shape
from provider_assets.database.standing import (
    imports_of_layout,
    named_elsewhere,
    wrote,
)
from provider_assets.database.tables import import_rows
from provider_assets.providers.departures import (
    DeparturePolicy,
    Departures,
    Mentions,
)
from provider_assets.providers.imports import ImportRequest
from provider_assets.providers.namesakes import Namesakes, find_slips, is_alike, name_words

past = import_rows.alias("past")


def plan_departures(
    connection: Connection,
    shape: Shape,
    request: ImportRequest,
    clean: pd.DataFrame,
    mentions: Mentions,
    replaced: Replaced,
    mended: Mended | None = None,
) -> Departures:
    """What `depart` would tell now."""
    policy, source = request.source.departures, request.source
    without, kept = replaced.import_id, replaced.gone
    fulls = full_rosters(connection, without)
    arrived = first_arrival(connection, source.sha256)
    if mended is not None:
        arrived = mended.place
    place = next_place(connection) if arrived is None else arrived
    about = Departing(without or 0, source.layout, source.sha256, place, policy)
    ids = imports_of_layout(connection, source.layout, place, without)
    older = newer_full(fulls, source.layout, source.sha256, arrived, policy)
    undated = policy.covers == "full" and policy.dated and policy.as_of is None
    said = dict(zip(mentions.rows["npi"], mentions.rows["action"], strict=True))
    left = {npi for npi, word in said.items() if word == "left"} - set(kept)
    asks = policy.covers == "full" and older is None and not undated and bool(ids)
    owned = owned_then(connection, shape, ids, replaced) if ids and (asks or left) else set()
    owned -= set(replaced.passed)
    released = find_released(connection, about)
    others = _let_go(connection, shape, about, fulls, released, replaced)
    held = left & (owned | others)
    absent: set[str] = set()
    alike: set[str] = set()
    of = 0
    if asks:
        lacking = owned - set(clean["npi"]) - set(said) - set(kept)
        if others:
            let_go = others - set(clean["npi"]) - set(said) - set(kept)
            lacking |= named_by(connection, let_go, named_before(about))
        absent = lacking - _named_by_others(connection, lacking, about, fulls)
        of = len(owned)
        alike = _namesakes(connection, shape, absent, mentions, clean, policy)
        absent -= alike
    rows, word = request.rows, replaced.by_word
    doubted = not word and policy.doubts_word(rows.left, rows.read, len(held), len(owned))
    if doubted and held and policy.on_terminated == "delete":
        word = "waiting"
    too_many = policy.absent == "delete" and (
        policy.is_too_many(len(absent), of) or (doubted and bool(absent))
    )
    waiting = too_many and not replaced.dismissed
    by_word = policy.on_terminated == "delete" and word in ("", "approved")
    goes = set(held) if by_word else set()
    if policy.absent == "delete" and not too_many and not replaced.dismissed:
        goes |= absent
    gone = intact_then(connection, shape, goes, ids, replaced)
    if others & goes:
        may_go = _let_go(connection, shape, about, fulls, released, replaced, deleting=True)
        gone |= intact_then(connection, shape, goes & may_go, released.ids, replaced)
    gone -= _named_by_others(connection, goes & held, about, fulls)
    return Departures(
        departed=len(gone) + len(kept),
        held=len(held - gone),
        absent=len(absent - gone),
        spared=len(goes - gone),
        of=of,
        waiting=waiting,
        left=rows.left,
        by_word=word,
        namesakes=len(alike),
        older_than=older,
        undated=undated,
        unreadable=bool(mentions.unreadable),
        policy=policy,
    )


def _let_go(
    connection: Connection,
    shape: Shape,
    about: Departing,
    fulls: list[FullRoster],
    released: Released,
    replaced: Replaced,
    *,
    deleting: bool = False,
) -> set[str]:
    """Those whom another layout put there and has let go, and no other one names."""
    by = released.deleting if deleting else released.by
    if not by:
        return set()
    said = select(past.c.npi).where(past.c.import_id.in_(by), past.c.action == "held")
    npis = {str(npi) for npi in connection.scalars(said)}
    npis -= set(replaced.passed) | named_by(
        connection, npis, named_elsewhere(wrote, about.layout, fulls)
    )
    return npis & owned_then(connection, shape, released.ids, replaced) if npis else set()


def named_by(connection: Connection, npis: Collection[str], names: ColumnElement[bool]) -> set[str]:
    """Those of the NPIs of whom a condition on a row of the history (`wrote`) holds."""
    found: set[str] = set()
    for some in portions(npis):
        named = select(wrote.c.npi).where(wrote.c.npi.in_(some), names)
        found |= {str(npi) for npi in connection.scalars(named)}
    return found


def _named_by_others(
    connection: Connection, npis: Collection[str], about: Departing, fulls: list[FullRoster]
) -> set[str]:
    """Whom another layout names, or a newer roster of this one."""
    return named_by(connection, npis, named_elsewhere(wrote, about.layout, fulls)) | named_by(
        connection, npis, named_since(wrote, about)
    )


def _namesakes(
    connection: Connection,
    shape: Shape,
    npis: Collection[str],
    mentions: Mentions,
    clean: pd.DataFrame,
    policy: DeparturePolicy,
) -> set[str]:
    """Whom `missing._spare_namesakes` would have present."""
    slips = policy.absent == "delete"
    if not mentions.unreadable and not slips:
        return set()
    named = names_of(connection, shape, npis)
    unreadable = Namesakes(mentions.unreadable)
    known = {npi for npi, words in named.items() if unreadable.may_be(words)}
    if slips and named:
        held = mentions.rows.loc[mentions.rows["action"] == "present", "npi"]
        near = find_slips(named.keys() - known, [*clean["npi"], *held, *mentions.rejected])
        rows = {npi for found in near.values() for npi in found}
        says = clean[clean["npi"].isin(rows)]
        meant = {**mentions.rejected, **names_of(connection, shape, rows & set(held))} | {
            npi: name_words(*parts)
            for npi, *parts in zip(*(says[name] for name in ("npi", *NAMES)), strict=True)
        }
        known |= {
            npi
            for npi, found in near.items()
            if any(is_alike(named[npi], meant.get(each, frozenset())) for each in found)
        }
    return known
