"""Who is absent only by their NPI: the roster has a row of their name under another, or none."""

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import Connection, and_, select, update

from provider_assets.database.departures.about import Departing
from provider_assets.database.matching import same_npi
from provider_assets.database.portions import portions
from provider_assets.database.shape import Shape
from provider_assets.database.standing import SAYS
from provider_assets.database.tables import import_rows
from provider_assets.providers.namesakes import Namesakes, find_slips, is_alike, name_words

NAMES = ("first_name", "last_name", "full_name")
mine = import_rows.alias("mine")


def spare_namesakes(
    connection: Connection,
    shape: Shape,
    import_id: int,
    doubted: Collection[frozenset[str]],
    rejected: Mapping[str, frozenset[str]],
    listed: Collection[str] | None,
    *,
    slips: bool,
) -> int:
    """Have those present who may be meant by a row of the roster that bears another NPI, or none.

    Who is called as a row whose NPI is none or was `doubted`; and, with `slips`, who is called as a
    row whose NPI is one digit or one swap away, be it one that was `rejected`. Returns how many.
    """
    if not doubted and not slips:
        return 0
    named = names_in_table(connection, shape, import_id, ["absent"])
    names = Namesakes(doubted)
    known = {npi for npi, words in named.items() if names.may_be(words)}
    if slips:
        known |= find_meant(connection, shape, import_id, named, rejected, listed)
    for batch in portions(known):
        some = import_rows.c.npi.in_(batch)
        present = update(import_rows).where(import_rows.c.import_id == import_id, some)
        connection.execute(present.values(action="named"))
    return len(known)


def find_alike(
    connection: Connection, shape: Shape, about: Departing, npis: Collection[str]
) -> set[str]:
    """Those of the NPIs whom `spare_namesakes` would have present, though nothing is marked yet."""
    known: set[str] = set()
    if about.unreadable:
        names = Namesakes(about.unreadable)
        words = names_of(connection, shape, npis)
        known = {npi for npi, own in words.items() if names.may_be(own)}
    listed, me = about.listed, about.import_id
    if listed is None:
        named = names_of(connection, shape, npis)
        return known | find_meant(connection, shape, me, named, about.rejected)
    near = find_slips(npis, [*listed, *about.rejected])
    named = names_of(connection, shape, near)  # most are a slip for none, and are not asked for
    return known | _are_meant(connection, shape, me, named, about.rejected, near)


def find_meant(
    connection: Connection,
    shape: Shape,
    import_id: int,
    named: Mapping[str, frozenset[str]],
    rejected: Mapping[str, frozenset[str]],
    listed: Collection[str] | None = None,
) -> set[str]:
    """Those of the NPIs, with the words of their names, that a row of the import may mean.

    `listed` are the NPIs that its roster has as the table has; None where only the history knows.
    """
    if not named:
        return set()
    if listed is None:
        says = and_(mine.c.import_id == import_id, mine.c.action.in_(SAYS))
        listed = list(connection.scalars(select(mine.c.npi).where(says)))
    near = find_slips(named, [*listed, *rejected])
    return _are_meant(connection, shape, import_id, named, rejected, near)


def _are_meant(
    connection: Connection,
    shape: Shape,
    import_id: int,
    named: Mapping[str, frozenset[str]],
    rejected: Mapping[str, frozenset[str]],
    near: Mapping[str, Collection[str]],
) -> set[str]:
    """Those who are called as one of the rows that they are `near` to."""
    rows = {npi for npis in near.values() for npi in npis}
    meant = {**rejected, **names_in_table(connection, shape, import_id, SAYS, rows)}
    return {
        npi
        for npi, npis in near.items()
        if any(is_alike(named.get(npi, frozenset()), meant.get(each, frozenset())) for each in npis)
    }


def names_in_table(
    connection: Connection,
    shape: Shape,
    import_id: int,
    actions: Sequence[str],
    npis: Collection[str] | None = None,
) -> dict[str, frozenset[str]]:
    """By NPI the words of the names that the table has of an import's providers, or of some."""
    table = shape.table
    names = [table.c[name] for name in NAMES]
    query = select(mine.c.npi, *names).where(
        mine.c.import_id == import_id, mine.c.action.in_(actions), same_npi(table, mine, shape)
    )
    some = [query] if npis is None else [query.where(mine.c.npi.in_(n)) for n in portions(npis)]
    return {
        str(npi): name_words(*parts) for each in some for npi, *parts in connection.execute(each)
    }


def names_of(
    connection: Connection, shape: Shape, npis: Collection[str]
) -> dict[str, frozenset[str]]:
    """The same of any NPIs that an import has told of."""
    table, found = shape.table, dict[str, frozenset[str]]()
    names = [table.c[name] for name in NAMES]
    for some in portions(npis):
        query = select(mine.c.npi, *names).where(mine.c.npi.in_(some), same_npi(table, mine, shape))
        found |= {str(npi): name_words(*parts) for npi, *parts in connection.execute(query)}
    return found
