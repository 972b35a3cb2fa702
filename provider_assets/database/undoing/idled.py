"""Which events would no longer be any once the import before them is replaced, nothing written.

What came next found what the import left. Once it finds something else, it may have done nothing:
it wrote just what stands there, or took out what was not there (`handover.join_ends`,
`handover.take_place`). A plan has to know, since whose a row is depends on it.
"""

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import Connection, Row, and_, or_, select

from provider_assets.database.matching import same_in_history
from provider_assets.database.shape import Shape
from provider_assets.database.standing import WRITES
from provider_assets.database.undoing.handover import at_place, taken, target
from provider_assets.database.undoing.leaving_force import Leaving, heirs, next_events
from provider_assets.providers.fields import VALUE_FIELDS

Values = tuple[str | None, ...]


def would_idle(
    connection: Connection,
    shape: Shape,
    about: Leaving,
    yielded: Mapping[str, Values],
    stay_gone: Collection[str],
) -> dict[int, set[str]]:
    """By import the NPIs about which it would no longer do anything.

    The successor says `yielded` (the fields beside the NPI), and keeps the departures `stay_gone`.
    """
    if not about.followed:
        return {}
    chosen = next_events(about).subquery("nexts")
    found_it = or_(
        and_(taken.c.undoing == "insert", target.c.undoing == "delete"),
        and_(
            taken.c.undoing.in_(WRITES),
            target.c.undoing.in_(("restore", "insert")),
            same_in_history(target, taken, shape, "old_"),
        ),
    )
    query = select(
        target.c.import_id,
        target.c.npi,
        target.c.undoing.label("does"),
        taken.c.undoing.label("did"),
        same_in_history(target, taken, shape, "", "old_").label("back"),
        same_in_history(taken, taken, shape, "old_").label("did_nothing"),
        *(target.c[name] for name in VALUE_FIELDS),
    ).where(at_place(about, chosen), found_it)
    followed = heirs(about, shape).subquery("heirs")
    inherited = set(connection.scalars(select(followed.c.npi)))
    idle: dict[int, set[str]] = {}
    for row in connection.execute(query):
        if row.npi in yielded:
            stops = row.does == "restore" and _kept(row, shape) == _as_kept(yielded[row.npi], shape)
        elif row.npi in stay_gone or (row.did in WRITES and row.npi in inherited):
            stops = False
        else:
            stops = _would_stop(row)
        if stops:
            idle.setdefault(int(row.import_id), set()).add(str(row.npi))
    return idle


def _would_stop(row: Row[Any]) -> bool:
    if row.did == "delete":
        return bool(row.does == "insert")
    if row.did == "restore" and row.did_nothing:
        return False
    return bool(row.does != "insert" and row.back)


def _kept(row: Row[Any], shape: Shape) -> Values:
    return _as_kept([getattr(row, name) for name in VALUE_FIELDS], shape)


def _as_kept(values: Collection[str | None], shape: Shape) -> Values:
    """As the columns keep them; a missing value and an empty one are the same."""
    return tuple(
        (value or "").rstrip(" ") if shape.columns[name].kind == "char" else (value or "")
        for name, value in zip(VALUE_FIELDS, values, strict=True)
    )
