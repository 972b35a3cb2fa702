"""What an import that goes out of force leaves to those that stay: written to the history.

A row that another roster has, too, becomes that one's (`inherit`; `hand_on` where somebody did
something since), a departure that another says as well becomes its departure (`claim`), and whoever
came next found what was there before (`join_ends`). MySQL looks into a table that it updates only
by way of a result of its own: each choice of NPIs is a grouped or distinct subquery.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping
from typing import Any, cast

from sqlalchemy import (
    Alias,
    Connection,
    FromClause,
    and_,
    insert,
    literal,
    not_,
    null,
    or_,
    select,
    update,
)
from sqlalchemy.sql.elements import ColumnElement

from provider_assets.database.matching import as_stored, same_in_history, same_npi
from provider_assets.database.portions import portions
from provider_assets.database.shape import Shape
from provider_assets.database.standing import WRITES, named_elsewhere
from provider_assets.database.tables import OF_CLEAN, import_rows, imports
from provider_assets.database.undoing.leaving_force import (
    Leaving,
    event_since,
    heirs,
    is_named,
    next_events,
    ours,
    says_left,
)
from provider_assets.providers.fields import VALUE_FIELDS

taken = import_rows.alias("taken")
target = import_rows.alias("target")
its_target = imports.alias("its_target")
NOTHING: dict[str, Any] = {f"old_{name}": null() for name in VALUE_FIELDS}


def inherit(
    connection: Connection, shape: Shape, about: Leaving, stays: ColumnElement[bool]
) -> None:
    """Give rows that a later roster names to it: how they are undone, and its values."""
    chosen = heirs(about, shape).where(stays).subquery("heirs")
    if connection.scalar(select(chosen.c.npi).limit(1)) is None:
        return
    goes = at_place(about, chosen)
    present = and_(goes, target.c.action == "present")
    _write(connection, present, {name: taken.c[name] for name in VALUE_FIELDS})
    otherwise = select(target.c.import_id, target.c.npi).where(
        goes, ~same_in_history(target, taken, shape)
    )
    differing = connection.execute(otherwise).all()
    passed = {f"old_{name}": taken.c[f"old_{name}"] for name in VALUE_FIELDS}
    _write(connection, goes, {"undoing": taken.c.undoing, **passed})
    values = {name: as_stored(target.c[name], shape, name) for name in VALUE_FIELDS}
    for import_id, npi in differing:  # a row that came while another was loaded
        heir = and_(target.c.import_id == import_id, target.c.npi == npi)
        row = and_(heir, same_npi(shape.table, target, shape))
        connection.execute(update(shape.table).where(row).values(values))


def hand_on(
    connection: Connection, shape: Shape, about: Leaving, gone: ColumnElement[bool]
) -> None:
    """Give events that others followed to rosters that name the provider before those.

    The table stays as it is. Whoever came next found what the heir says.
    """
    passed_on = and_(gone, ours.c.undoing.in_(WRITES), event_since(ours, about))
    chosen = heirs(about, shape).where(passed_on).subquery("heirs")
    if connection.scalar(select(chosen.c.npi).limit(1)) is None:
        return
    goes = at_place(about, chosen)
    present = and_(goes, target.c.action == "present")
    _write(connection, present, {name: taken.c[name] for name in VALUE_FIELDS})
    nexts = next_events(about).where(passed_on).subquery("nexts")
    heir, its_heir = import_rows.alias("heir"), imports.alias("its_heir")
    follows = and_(
        at_place(about, nexts),
        chosen.c.npi == nexts.c.npi,
        heir.c.npi == chosen.c.npi,
        its_heir.c.id == heir.c.import_id,
        its_heir.c.arrived == chosen.c.place,
        about.others(its_heir),
    )
    idle = _find_otherwise(connection, shape, follows, heir)
    passed = {f"old_{name}": taken.c[f"old_{name}"] for name in VALUE_FIELDS}
    _write(connection, goes, {"undoing": taken.c.undoing, **passed})
    _leave(connection, idle)


def claim(connection: Connection, about: Leaving, away: ColumnElement[bool]) -> None:
    """Give departures to later rosters of the layout that say the same, by word or by silence."""
    old = {f"old_{name}": taken.c[f"old_{name}"] for name in VALUE_FIELDS}
    free = and_(away, not_(named_elsewhere(ours, about.layout, about.fulls)))
    for one in about.claimants:
        done = 0
        if one.by_word:
            chosen = select(ours.c.npi).where(free, says_left(one.import_id)).distinct()
            said = chosen.subquery("said")
            rows = and_(
                target.c.import_id == one.import_id,
                target.c.npi == said.c.npi,
                taken.c.import_id == about.import_id,
                taken.c.npi == said.c.npi,
            )
            done += _write(connection, rows, {"action": "departed", "undoing": "insert", **old})
        if one.by_silence:
            fixed = (literal(one.import_id), ours.c.npi, literal("departed"), literal("insert"))
            values = [ours.c[f"old_{name}"] for name in VALUE_FIELDS]
            silent = select(*fixed, literal(""), literal(0), *values)
            silent = silent.where(free, not_(is_named(one.import_id)))
            names = ["import_id", "npi", "action", "undoing", "sheet", "row", *old]
            put = insert(import_rows).from_select(names, silent, include_defaults=False)
            done += max(connection.execute(put).rowcount, 0)
        if done:
            more = imports.c.rows_departed + done
            its = update(imports).where(imports.c.id == one.import_id)
            connection.execute(its.values(rows_departed=more))


def join_ends(
    connection: Connection, shape: Shape, about: Leaving, gone: ColumnElement[bool]
) -> None:
    """Tell whoever came next after the import that it found what the import had found."""
    chosen = next_events(about).where(gone).subquery("nexts")
    if connection.scalar(select(chosen.c.npi).limit(1)) is None:
        return
    idle = and_(taken.c.undoing == "restore", same_in_history(taken, taken, shape, "old_"))
    left = or_(
        and_(taken.c.undoing == "insert", target.c.undoing == "delete"),
        and_(
            taken.c.undoing.in_(WRITES),
            target.c.undoing.in_(("restore", "insert")),
            same_in_history(target, taken, shape, "old_"),
        ),
    )
    joins = and_(at_place(about, chosen), ~idle, left)
    old = {f"old_{name}": taken.c[f"old_{name}"] for name in VALUE_FIELDS}
    none_before = taken.c.undoing == "delete"
    wrote, departed = target.c.undoing.in_(WRITES), target.c.undoing == "insert"
    same = same_in_history(target, taken, shape, "", "old_")
    for which, found in (
        (and_(none_before, wrote), {"undoing": "delete", **NOTHING}),
        (and_(none_before, departed), {"undoing": "leave", **NOTHING}),
        (and_(~none_before, departed), {"undoing": "insert", **old}),
        (and_(~none_before, wrote, ~same), {"undoing": "restore", **old}),
        (and_(~none_before, wrote, same), {"undoing": "leave", **NOTHING}),
    ):
        _write(connection, and_(joins, which), found)


def take_place(connection: Connection, shape: Shape, about: Leaving) -> int:
    """Let the import's successor have the rows about which others did something since.

    They stay in the table as they are: the successor stands where the import stood. Whoever came
    next found what the successor says now. Returns how many they are.
    """
    chosen = next_events(about).where(ours.c.undoing.in_(WRITES)).subquery("nexts")
    if connection.scalar(select(chosen.c.npi).limit(1)) is None:
        return 0
    passed = {f"old_{name}": taken.c[f"old_{name}"] for name in VALUE_FIELDS}
    place = and_(
        target.c.import_id == about.kept_by,
        target.c.npi == chosen.c.npi,
        target.c.action == "inserted",
        taken.c.import_id == about.import_id,
        taken.c.npi == chosen.c.npi,
    )
    done = {"action": "unchanged", "undoing": taken.c.undoing, **passed}
    placed = _write(connection, place, done)
    fresh = import_rows.alias("fresh")
    yields = and_(fresh.c.import_id == about.kept_by, fresh.c.npi == chosen.c.npi)
    yields = and_(yields, fresh.c.action.in_(OF_CLEAN), at_place(about, chosen))
    _leave(connection, _find_otherwise(connection, shape, yields, fresh))
    return placed


def _find_otherwise(
    connection: Connection, shape: Shape, follows: ColumnElement[bool], fresh: FromClause
) -> dict[int, list[str]]:
    """Tell whoever found what an import wrote that it found the values of `fresh`.

    Returns by import the NPIs about which it now does nothing, not written yet: they are next
    events until the import's part has gone to whom it goes to.
    """
    found = and_(
        follows,
        target.c.undoing.in_(("restore", "insert")),
        same_in_history(target, taken, shape, "old_"),
        ~same_in_history(fresh, taken, shape),
    )
    says = {f"old_{name}": fresh.c[name] for name in VALUE_FIELDS}
    same, wrote = same_in_history(target, fresh, shape), target.c.undoing == "restore"
    idle: dict[int, list[str]] = defaultdict(list)
    query = select(target.c.import_id, target.c.npi).where(found, wrote, same)
    for import_id, npi in connection.execute(query):
        idle[import_id].append(npi)
    _write(connection, and_(found, target.c.undoing == "insert"), says)
    _write(connection, and_(found, wrote, ~same), says)
    return idle


def _leave(connection: Connection, idle: Mapping[int, Collection[str]]) -> None:
    """Imports did nothing about some NPIs."""
    for import_id, npis in idle.items():
        its = target.c.import_id == import_id
        for some in portions(npis):
            _write(connection, and_(its, target.c.npi.in_(some)), {"undoing": "leave", **NOTHING})


def at_place(about: Leaving, chosen: FromClause) -> ColumnElement[bool]:
    """The row of the import at a chosen place, beside the import's own."""
    return and_(
        taken.c.import_id == about.import_id,
        taken.c.npi == chosen.c.npi,
        target.c.npi == chosen.c.npi,
        its_target.c.id == target.c.import_id,
        its_target.c.arrived == chosen.c.place,
        about.others(its_target),
    )


def _write(connection: Connection, rows: ColumnElement[bool], values: Mapping[str, Any]) -> int:
    changed = cast("Alias", target)  # what `Table.alias` gives, though its type says less
    return max(connection.execute(update(changed).where(rows).values(values)).rowcount, 0)
