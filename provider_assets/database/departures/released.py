"""Rows that another layout put there and has let go: the last layout that names one may, too.

A hospital says that a provider left, and the row stays, since another one names them (`held`). Once
that one lets them go as well, by word or by absence, nobody would take the row out any more.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import Connection, Select, exists, not_, select
from sqlalchemy.sql.elements import ColumnElement

from provider_assets.database.departures.about import Departing, mine
from provider_assets.database.matching import same_npi
from provider_assets.database.order import FullRoster
from provider_assets.database.shape import Shape
from provider_assets.database.standing import (
    NAMING,
    imports_of_layout,
    in_table,
    last_written,
    named_elsewhere,
    untouched,
    wrote,
)
from provider_assets.database.tables import import_rows, imports
from provider_assets.providers.departures import Departures

let_go = import_rows.alias("let_go")


@dataclass(frozen=True)
class Released:
    """Whose rows may have been let go: imports of other layouts, each with its place.

    `by` are the imports that say of somebody that they left and held the row, `deleting` those of
    them whose policy would have taken it out.
    """

    ids: Mapping[int, int] = field(default_factory=dict)
    by: tuple[int, ...] = ()
    deleting: tuple[int, ...] = ()

    def is_let_go(self, npi: ColumnElement[str], *, deleting: bool = False) -> ColumnElement[bool]:
        """Whether one of these imports says so of a provider."""
        which = self.deleting if deleting else self.by
        said = (let_go.c.import_id.in_(which), let_go.c.npi == npi, let_go.c.action == "held")
        return exists().where(*said).correlate_except(let_go)


def find_released(connection: Connection, about: Departing) -> Released:
    """The imports of other layouts in force that hold somebody who left."""
    query = select(imports.c.id, imports.c.layout, imports.c.departures).where(
        imports.c.state == "loaded",
        imports.c.layout != about.layout,
        imports.c.departures.not_like('%"held": 0,%'),
    )
    told = [
        (one, layout, Departures.from_json(text)) for one, layout, text in connection.execute(query)
    ]
    holding = [(one, layout, said) for one, layout, said in told if said.held]
    ids: dict[int, int] = {}
    for layout in {layout for _, layout, _ in holding}:
        ids |= imports_of_layout(connection, layout, about.placed.place)
    return Released(
        ids,
        tuple(one for one, _, _ in holding),
        tuple(
            one
            for one, _, said in holding
            if said.policy.on_terminated == "delete" and said.by_word in ("", "approved")
        ),
    )


def released_by_word(
    shape: Shape, about: Departing, released: Released, fulls: list[FullRoster]
) -> Select[tuple[str]]:
    """Who left by this roster's word, too."""
    return select(mine.c.npi).where(
        mine.c.import_id == about.import_id,
        mine.c.action == "left",
        wrote.c.npi == mine.c.npi,
        released.is_let_go(mine.c.npi),
        last_written(released.ids),
        in_table(shape, mine),
        not_(named_elsewhere(wrote, about.layout, fulls)),
    )


def named_before(about: Departing) -> ColumnElement[bool]:
    """Whether an earlier roster of this layout names the provider of `wrote`."""
    named, its = import_rows.alias("named_before"), imports.alias("its_before")
    before = exists().where(
        named.c.npi == wrote.c.npi,
        named.c.action.in_(NAMING),
        its.c.id == named.c.import_id,
        its.c.id != about.import_id,
        its.c.state == "loaded",
        its.c.layout == about.layout,
    )
    return before.correlate(wrote)


def released_by_absence(
    shape: Shape, about: Departing, released: Released, is_absent: ColumnElement[bool]
) -> Select[tuple[str]]:
    """Whom this layout named before and no longer does.

    `is_absent` tells that neither this roster nor another layout names the provider.
    """
    return select(wrote.c.npi).where(
        wrote.c.npi.in_(
            select(let_go.c.npi).where(
                let_go.c.import_id.in_(released.by), let_go.c.action == "held"
            )
        ),
        last_written(released.ids),
        in_table(shape, wrote),
        named_before(about),
        is_absent,
    )


def intact_released(
    shape: Shape,
    about: Departing,
    actions: list[str],
    released: Released,
    fulls: list[FullRoster],
    named_since: ColumnElement[bool],
) -> Select[tuple[str]]:
    """Those whose row is as an import made it, and whose layout would delete it, too."""
    return select(mine.c.npi).where(
        mine.c.import_id == about.import_id,
        mine.c.action.in_(actions),
        wrote.c.npi == mine.c.npi,
        released.is_let_go(mine.c.npi, deleting=True),
        last_written(released.ids),
        same_npi(shape.table, wrote, shape),
        untouched(shape, about.import_id),
        not_(named_elsewhere(mine, about.layout, fulls)),
        not_(named_since),
    )
