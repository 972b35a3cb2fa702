"""What a plan reckons with of the import that it would replace: whose its rows would be then."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from sqlalchemy import ColumnElement, Connection, and_, exists, select

from provider_assets.database.departures.departing import kept_words
from provider_assets.database.matching import same_in_history, same_npi, same_values
from provider_assets.database.portions import portions
from provider_assets.database.shape import Shape
from provider_assets.database.standing import (
    Idle,
    idle_portions,
    in_table,
    last_written,
    put_there,
    wrote,
)
from provider_assets.database.tables import import_rows
from provider_assets.providers.departures import (
    DeparturePolicy,
    Mentions,
    Word,
)
from provider_assets.providers.imports import ImportRecord

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


def owned_then(
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


def intact_then(
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
