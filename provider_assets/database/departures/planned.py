"""Whom a load would take out, nothing written: what `departing.py` does, over sets of NPIs."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

import pandas as pd
from sqlalchemy import ColumnElement, Connection, and_, exists, select

from provider_assets.database.departures.about import Departing
from provider_assets.database.departures.departing import kept_words
from provider_assets.database.departures.missing import named_since
from provider_assets.database.departures.namesakes import NAMES, names_of
from provider_assets.database.matching import same_in_history, same_npi, same_values
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
    Idle,
    idle_portions,
    imports_of_layout,
    in_table,
    last_written,
    named_elsewhere,
    put_there,
    wrote,
)
from provider_assets.database.tables import import_rows
from provider_assets.providers.departures import (
    DeparturePolicy,
    Departures,
    Mentions,
    Word,
)
from provider_assets.providers.imports import ImportRecord, ImportRequest
from provider_assets.providers.namesakes import Namesakes, find_slips, is_alike, name_words

past = import_rows.alias("past")


def still_departed(
    connection: Connection,
    prior: ImportRecord,
    policy: DeparturePolicy,
    clean: Collection[str],
    mentions: Mentions,
) -> set[str]:
    """The departures of an earlier import of the content that would be kept: `take_over`'s."""
    query = select(past.c.npi).where(past.c.import_id == prior.id, past.c.undoing == "insert")
    said = dict(zip(mentions.rows["npi"], mentions.rows["action"], strict=True))
    keeps, named = kept_words(policy), set(clean)
    return {
        npi for npi in connection.scalars(query) if npi not in named and said.get(npi, "") in keeps
    }


@dataclass(frozen=True)
class Replaced:
    """The import whose place a load would take: which of its departures stay, which come back.

    `undone` says by NPI how the rows that the table holds as it left them are undone: `delete`,
    or `restore` to what stood there before. `passed` are rows that go to another roster,
    `dismissed` tells that a person had the absent stay, `by_word` what one said of its words,
    `idle` events of others that would be none any more.
    """

    import_id: int | None = None
    gone: Collection[str] = ()
    returned: Collection[str] = ()
    undone: Mapping[str, str] = field(default_factory=dict)
    passed: Collection[str] = ()
    dismissed: bool = False
    by_word: Word = ""
    idle: Idle = field(default_factory=dict)


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
    owned = _owned(connection, shape, ids, replaced) if ids and (asks or left) else set()
    owned -= set(replaced.passed)
    held = left & owned
    absent: set[str] = set()
    alike: set[str] = set()
    of = 0
    if asks:
        of = len(owned)
        lacking = owned - set(clean["npi"]) - set(said) - set(kept)
        absent = lacking - _named_by_others(connection, lacking, about, fulls)
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
    gone = _intact(connection, shape, goes, ids, replaced)
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


def _owned(
    connection: Connection, shape: Shape, ids: Mapping[int, int], replaced: Replaced
) -> set[str]:
    """Whom the layout wrote last, and the table would still hold or hold again."""
    back, undone = set(replaced.returned), replaced.undone
    rows = select(wrote.c.npi, in_table(shape, wrote))
    queries = [rows.where(last_written(ids, replaced.import_id))]
    for npis, some in idle_portions(replaced.idle):
        last = last_written(ids, replaced.import_id, some)
        queries.append(rows.where(wrote.c.npi.in_(npis), last))
    return {
        npi
        for query in queries
        for npi, there in connection.execute(query)
        if (there and undone.get(npi) != "delete") or npi in back
    }


def _named_by_others(
    connection: Connection, npis: Collection[str], about: Departing, fulls: list[FullRoster]
) -> set[str]:
    """Whom another layout names, or a newer roster of this one."""
    found: set[str] = set()
    for some in portions(npis):
        for names in (named_elsewhere(wrote, about.layout, fulls), named_since(wrote, about)):
            named = select(wrote.c.npi).where(wrote.c.npi.in_(some), names)
            found |= {str(npi) for npi in connection.scalars(named)}
    return found


def _intact(
    connection: Connection,
    shape: Shape,
    npis: Collection[str],
    ids: Mapping[int, int],
    replaced: Replaced,
) -> set[str]:
    """Those whose row would be as the layout's imports made it, once its old values are back."""
    without, found = replaced.import_id, set()
    restored = {npi for npi in npis if replaced.undone.get(npi) == "restore"}
    as_it_is = same_values(shape.table, wrote, shape)
    before = and_(past.c.npi == wrote.c.npi, same_in_history(wrote, past, shape, "", "old_"))
    put_back = exists().where(past.c.import_id == without, before).correlate(wrote)
    turned = list(idle_portions(replaced.idle))
    stirred = {npi for batch, _ in turned for npi in batch}
    batches: list[tuple[Collection[str], ColumnElement[bool], Idle]] = [
        (batch, same, {})
        for some, same in ((set(npis) - restored, as_it_is), (restored, put_back))
        for batch in portions(some - stirred)
    ]
    batches += [(batch, as_it_is, idle) for batch, idle in turned]
    for batch, same, idle in batches:
        rows = select(wrote.c.npi).where(
            wrote.c.npi.in_(batch),
            last_written(ids, without, idle),
            same_npi(shape.table, wrote, shape),
            same,
            put_there(shape, None, without, idle),
        )
        found |= set(connection.scalars(rows))
    return found & set(npis)


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
