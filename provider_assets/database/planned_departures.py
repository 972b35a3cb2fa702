"""Whom a load would take out, nothing written: what `departing.py` does, over sets of NPIs."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

from sqlalchemy import Connection, and_, exists, not_, select

from provider_assets.database.departing import mine
from provider_assets.database.matching import same_as_before, same_npi, same_values
from provider_assets.database.shape import Shape
from provider_assets.database.standing import (
    FullRoster,
    count_held,
    first_arrival,
    full_rosters,
    imports_of_layout,
    in_table,
    last_written,
    named_elsewhere,
    newer_full,
    put_there,
    wrote,
)
from provider_assets.database.tables import import_rows
from provider_assets.database.takeout import written_since
from provider_assets.providers.departures import (
    DeparturePolicy,
    Departures,
    Mentions,
    may_be_named,
    name_words,
)
from provider_assets.providers.imports import ImportRecord, ImportRequest

BATCH = 500
past = import_rows.alias("past")


def still_departed(
    connection: Connection,
    prior: ImportRecord,
    policy: DeparturePolicy,
    clean: Collection[str],
    mentions: Mentions,
) -> set[str]:
    """The departures of an earlier import of the content that would be kept: `take_over`'s."""
    query = select(past.c.npi).where(
        past.c.import_id == prior.id, past.c.undoing == "insert", not_(written_since(past))
    )
    said = dict(zip(mentions.rows["npi"], mentions.rows["action"], strict=True))
    by_absence = policy.covers == "full" and policy.absent == "delete"
    kept = set()
    for npi in set(connection.scalars(query)) - set(clean):
        word = said.get(npi)
        if (word is None and by_absence) or (word == "left" and policy.on_terminated == "delete"):
            kept.add(npi)
    return kept


@dataclass(frozen=True)
class Replaced:
    """The import whose place a load would take: which of its departures stay, which come back.

    `undone` says by NPI how the rows that the table holds as it left them are undone: `delete`,
    or `restore` to what stood there before.
    """

    import_id: int | None = None
    gone: Collection[str] = ()
    returned: Collection[str] = ()
    undone: Mapping[str, str] = field(default_factory=dict)


def plan_departures(
    connection: Connection,
    shape: Shape,
    request: ImportRequest,
    clean: Collection[str],
    mentions: Mentions,
    replaced: Replaced,
) -> Departures:
    """What `depart` would tell now."""
    policy, source = request.source.departures, request.source
    without, kept = replaced.import_id, replaced.gone
    fulls = full_rosters(connection, without)
    ids = imports_of_layout(connection, source.layout, None, without)
    arrived = first_arrival(connection, source.sha256)
    older = newer_full(fulls, source.layout, source.sha256, arrived, policy)
    undated = policy.covers == "full" and policy.dated and policy.as_of is None
    said = dict(zip(mentions.rows["npi"], mentions.rows["action"], strict=True))
    left = {npi for npi, word in said.items() if word == "left"} - set(kept)
    asks = policy.covers == "full" and older is None and not undated and bool(ids)
    owned = _owned(connection, shape, ids, replaced) if ids and (asks or left) else set()
    held = left & owned
    absent: set[str] = set()
    of = 0
    if asks:
        of = count_held(connection, ids)
        lacking = owned - set(clean) - set(said) - set(kept)
        absent = lacking - _elsewhere(connection, lacking, source.layout, fulls)
        absent -= _namesakes(connection, shape, absent, mentions)
    waiting = policy.absent == "delete" and policy.is_too_many(len(absent), of)
    goes = set(held) if policy.on_terminated == "delete" else set()
    if policy.absent == "delete" and not waiting:
        goes |= absent
    gone = _intact(connection, shape, goes, ids, replaced) - _elsewhere(
        connection, goes & held, source.layout, fulls
    )
    return Departures(
        departed=len(gone) + len(kept),
        held=len(held - gone),
        absent=len(absent - gone),
        spared=len(goes - gone),
        of=of,
        waiting=waiting,
        older_than=older,
        undated=undated,
        policy=policy,
    )


def _owned(connection: Connection, shape: Shape, ids: list[int], replaced: Replaced) -> set[str]:
    """Whom the layout wrote last, and the table would still hold or hold again."""
    last = last_written(ids, replaced.import_id)
    back, undone = set(replaced.returned), replaced.undone
    return {
        npi
        for npi, there in connection.execute(
            select(wrote.c.npi, in_table(shape, wrote)).where(last)
        )
        if (there and undone.get(npi) != "delete") or npi in back
    }


def _elsewhere(
    connection: Connection, npis: Collection[str], layout: str, fulls: list[FullRoster]
) -> set[str]:
    found: set[str] = set()
    for some in _batches(npis):
        named = select(wrote.c.npi).where(
            wrote.c.npi.in_(some), named_elsewhere(wrote, layout, fulls)
        )
        found |= set(connection.scalars(named))
    return found


def _intact(
    connection: Connection, shape: Shape, npis: Collection[str], ids: list[int], replaced: Replaced
) -> set[str]:
    """Those whose row would be as the layout's imports made it, once its old values are back."""
    without, found = replaced.import_id, set()
    restored = {npi for npi in npis if replaced.undone.get(npi) == "restore"}
    as_it_is = same_values(shape.table, wrote, shape)
    before = and_(past.c.npi == wrote.c.npi, same_as_before(wrote, past, shape))
    put_back = exists().where(past.c.import_id == without, before).correlate(wrote)
    for some, same in ((set(npis) - restored, as_it_is), (restored, put_back)):
        for batch in _batches(some):
            rows = select(wrote.c.npi).where(
                wrote.c.npi.in_(batch),
                last_written(ids, without),
                same_npi(shape.table, wrote, shape),
                same,
                put_there(shape, None, without),
            )
            found |= set(connection.scalars(rows))
    return found


def _namesakes(
    connection: Connection, shape: Shape, npis: Collection[str], mentions: Mentions
) -> set[str]:
    if not mentions.unreadable:
        return set()
    table, found = shape.table, set()
    names = [table.c[name] for name in ("first_name", "last_name", "full_name")]
    for some in _batches(npis):
        query = select(mine.c.npi, *names).where(mine.c.npi.in_(some), same_npi(table, mine, shape))
        for npi, *parts in connection.execute(query.distinct()):
            if may_be_named(name_words(*parts), mentions.unreadable):
                found.add(str(npi))
    return found


def _batches(npis: Collection[str]) -> Iterator[list[str]]:
    ordered = sorted(npis)
    for start in range(0, len(ordered), BATCH):
        yield ordered[start : start + BATCH]
