"""A roster that comes late, or again: what newer ones say of its providers stays.

An older roster neither puts its values over newer ones, nor brings back who has left since. Nor
does it speak for who has, though another hospital brought them back.
"""

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from typing import cast

from sqlalchemy import (
    Alias,
    Connection,
    Select,
    and_,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.sql.elements import ColumnElement

from provider_assets.database.mended import Mended
from provider_assets.database.order import Placed, is_newer
from provider_assets.database.portions import portions
from provider_assets.database.shape import Shape
from provider_assets.database.standing import (
    LEFT,
    SAYS,
    Idle,
    does,
    idle_portions,
    in_table,
)
from provider_assets.database.tables import OVERTAKEN, import_rows, imports
from provider_assets.providers.departures import Departures
from provider_assets.providers.imports import ImportRecord

rows = import_rows.alias("rows_of_it")
newer = import_rows.alias("newer")
its = imports.alias("its_newer")
GONE = (*LEFT, "absent")
settled = or_(its.c.departing.is_(None), its.c.departing == "approved")


@dataclass(frozen=True)
class Overtaking:
    """A roster, and whether others in force are newer; `wholes` are newer full ones of its layout.

    `prior` is the import whose place it takes, `kin` the imports that it corrects, which are not
    newer, `idle` events that a plan takes for none.
    """

    about: Placed
    prior: int | None = None
    any: bool = False
    wholes: tuple[int, ...] = ()
    kin: tuple[int, ...] = ()
    idle: Idle = field(default_factory=dict)

    def others(self) -> ColumnElement[bool]:
        """Whether `its_newer` is in force, and neither the roster's nor the one it replaces."""
        ids = [self.about.import_id, *([] if self.prior is None else [self.prior]), *self.kin]
        return and_(its.c.state == "loaded", its.c.id.not_in(ids))

    def later_events(self, *some: ColumnElement[bool]) -> Select[tuple[str]]:
        """The NPIs that imports in force wrote, or took out, that stand behind the roster."""
        return self._npis(*some, its.c.arrived > self.about.place, does(newer, self.idle))

    def said(self, *some: ColumnElement[bool]) -> Select[tuple[str]]:
        """The NPIs of which a newer roster says what the table has, and would update it."""
        puts = and_(newer.c.action.in_(SAYS), its.c.on_existing == "update")
        says = or_(puts, does(newer, self.idle))
        return self._npis(*some, is_newer(its, self.about), says)

    def gone(self, *some: ColumnElement[bool]) -> Select[tuple[str]]:
        """The NPIs of which a newer roster of the layout says that they have left."""
        own = its.c.layout == self.about.layout
        return self._npis(*some, is_newer(its, self.about), own, newer.c.action.in_(GONE))

    def named_by_wholes(self, *some: ColumnElement[bool]) -> Select[tuple[str]]:
        """The NPIs that stand in every newer full roster of the layout."""
        query = select(newer.c.npi).where(newer.c.import_id.in_(self.wholes), *some)
        whole = query.group_by(newer.c.npi).having(func.count() == len(self.wholes))
        found = whole.subquery("named_by_all")
        return select(found.c.npi)

    def _npis(self, *conditions: ColumnElement[bool]) -> Select[tuple[str]]:
        """By a result of its own, as MySQL needs it where `provider_import_row` is updated."""
        found = (
            select(newer.c.npi)
            .join(its, its.c.id == newer.c.import_id)
            .where(self.others(), *conditions)
            .distinct()
            .subquery("newer_npis")
        )
        return select(found.c.npi)


def overtaking(
    connection: Connection,
    about: Placed,
    prior: ImportRecord | None,
    mended: Mended | None = None,
) -> Overtaking:
    """What is newer than a roster, which as a corrected workbook is as old as what it corrects."""
    kin = () if mended is None else mended.family
    found = Overtaking(about, None if prior is None else prior.id, kin=kin)
    if prior is None and about.place == about.import_id and about.as_of is None:
        return found  # a content that came just now, and bears no day
    behind = or_(its.c.arrived > about.place, is_newer(its, about))
    if connection.scalar(select(its.c.id).where(found.others(), behind).limit(1)) is None:
        return found
    whole = (its.c.covers == "full", its.c.layout == about.layout, is_newer(its, about), settled)
    told = select(its.c.id, its.c.departures).where(found.others(), *whole)
    wholes = tuple(
        int(row[0]) for row in connection.execute(told) if not Departures.from_json(row[1]).undated
    )
    return replace(found, any=True, wholes=wholes)


def leave_overtaken(connection: Connection, shape: Shape, late: Overtaking) -> int:
    """Have fresh rows stay as a newer roster has them; how many."""
    fresh = and_(rows.c.import_id == late.about.import_id, rows.c.action == "inserted")
    away = and_(fresh, ~in_table(shape, rows))
    which = [
        and_(fresh, rows.c.npi.in_(late.later_events())),
        and_(fresh, rows.c.npi.in_(late.said())),
        and_(fresh, rows.c.npi.in_(late.gone(settled))),
        and_(away, rows.c.npi.in_(late.gone())),
    ]
    if late.wholes:
        which.append(and_(fresh, rows.c.npi.not_in(late.named_by_wholes())))
    left = {"action": "unchanged", "undoing": "leave"}
    target = cast("Alias", rows)  # what `Table.alias` gives, though its type says less
    found = [connection.execute(update(target).where(each).values(left)) for each in which]
    return sum(max(each.rowcount, 0) for each in found)


def mark_kept_out(connection: Connection, shape: Shape, import_id: int) -> int:
    """Write down which rows stay as a newer roster has them, out of the table; how many.

    Whoever asks later does not ask the table, which others change.
    """
    which = and_(rows.c.import_id == import_id, rows.c.action == "unchanged")
    away = and_(which, ~in_table(shape, rows))
    target = cast("Alias", rows)  # what `Table.alias` gives, though its type says less
    return max(connection.execute(update(target).where(away).values(action=OVERTAKEN)).rowcount, 0)


def would_be_overtaken(
    connection: Connection, late: Overtaking, npis: Collection[str], there: Collection[str]
) -> set[str]:
    """Those of the NPIs whose rows would stay; `there` are those that the table would hold."""
    turned = list(idle_portions(late.idle))
    stirred = {npi for some, _ in turned for npi in some}
    batches: list[tuple[Collection[str], Idle]] = [
        (some, {}) for some in portions(set(npis) - stirred)
    ]
    batches += [(set(some) & set(npis), idle) for some, idle in turned]
    found: set[str] = set()
    for some, idle in batches:
        of_some, late = newer.c.npi.in_(some), replace(late, idle=idle)
        away = set(some) - set(there)
        settles = late.gone(of_some, settled)
        for query in (late.later_events(of_some), late.said(of_some), settles):
            found |= {str(npi) for npi in connection.scalars(query)}
        found |= away.intersection(connection.scalars(late.gone(of_some)))
        if late.wholes:
            found |= set(some).difference(connection.scalars(late.named_by_wholes(of_some)))
    return found
