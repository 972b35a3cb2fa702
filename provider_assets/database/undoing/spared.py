"""Why an undo leaves rows as they are, and which other rosters name whom it removes. Only reads."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple

from sqlalchemy import ColumnElement, Connection, and_, exists, not_, select

from provider_assets.database.order import full_rosters, is_newer_of_layout, overtaken_by_none
from provider_assets.database.portions import portions
from provider_assets.database.shape import Shape
from provider_assets.database.standing import LEFT, NAMING, WRITES
from provider_assets.database.tables import import_rows, imports
from provider_assets.database.undoing.leaving_force import Leaving, its_later, later, ours
from provider_assets.database.undoing.takeout import claimed, intact, would_return, would_undo

Why = Literal["changed", "named", "left"]


@dataclass(frozen=True)
class SparedRow:
    """A row of an import that an undo leaves as it is.

    `why`: somebody `changed` the table's row since, or put it in or took it out; another roster
    has the provider `named`; or it says, too, by word or by silence, that the provider has `left`.
    `by` is that one's import.
    """

    npi: str
    sheet: str
    row: int
    why: Why
    by: int | None = None


class _Said(NamedTuple):
    """What a later import says of a provider."""

    by: int
    action: str
    undoing: str


def spared_rows(connection: Connection, shape: Shape, about: Leaving) -> tuple[SparedRow, ...]:
    """The rows that an undo would leave, in the roster's order; asked before it is done."""
    goes = would_undo(connection, shape, about)
    back = would_return(connection, shape, about)
    does = ours.c.undoing.in_((*WRITES, "insert"))
    query = select(ours.c.npi, ours.c.sheet, ours.c.row, ours.c.undoing)
    rows = connection.execute(
        query.where(ours.c.import_id == about.import_id, does).order_by(ours.c.sheet, ours.c.row)
    ).all()
    stay = [row for row in rows if row.npi not in goes and not back.get(row.npi, ("", False))[1]]
    if not stay:
        return ()
    after = _after(connection, about, [row.npi for row in stay])
    writes = and_(ours.c.import_id == about.import_id, ours.c.undoing.in_(WRITES))
    as_left = select(ours.c.npi).where(intact(shape, about, writes))
    goes_on = _Passing(set(connection.scalars(as_left)), claimed(connection, shape, about))
    return tuple(
        SparedRow(*row[:3], *_why(row.npi, after.get(row.npi, []), goes_on)) for row in stay
    )


class _Passing(NamedTuple):
    """What passes to other imports: rows that are as the import left them, and its departures."""

    rows: Collection[str]
    departures: Mapping[str, int]


def _why(npi: str, after: list[_Said], passing: _Passing) -> tuple[Why, int | None]:
    """Why a row stays: what comes next in the chain, else who has the provider, or lacks them."""
    event = next((one for one in after if one.undoing != "leave"), None)
    if event is not None:
        return ("left" if event.undoing == "insert" else "named"), int(event.by)
    if npi in passing.departures:
        return "left", passing.departures[npi]
    names = next((one for one in after if one.action in NAMING), None)
    if npi in passing.rows and names is not None:
        return "named", int(names.by)
    return "changed", None


def _after(
    connection: Connection, about: Leaving, npis: Collection[str]
) -> Mapping[str, list[_Said]]:
    """By NPI what later imports say of it, in their order."""
    found: dict[str, list[_Said]] = {}
    if not about.followed:
        return found
    said = select(later.c.npi, its_later.c.id, later.c.action, later.c.undoing)
    place = its_later.c.arrived if about.dated else its_later.c.id
    for some in portions(npis):
        rows = said.where(
            later.c.npi.in_(some), its_later.c.id == later.c.import_id, about.others(its_later)
        )
        for npi, *told in connection.execute(rows.order_by(place)):
            found.setdefault(npi, []).append(_Said(*told))
    return found


def naming_imports(connection: Connection, shape: Shape, about: Leaving) -> tuple[int, ...]:
    """The imports in force that name providers whom an undo removes: a replay brings those back.

    Not those that a newer full roster of their layout has overtaken, nor of whom a newer roster of
    their layout says that they left: they no longer speak for them.
    """
    goes = would_undo(connection, shape, about)
    removed = [npi for npi, how in goes.items() if how == "delete"]
    found: set[int] = set()
    newest: list[ColumnElement[bool]] = []
    if about.dated:
        gone, its = import_rows.alias("gone_since"), imports.alias("its_leaving")
        let_go = exists().where(
            gone.c.npi == import_rows.c.npi,
            gone.c.action.in_((*LEFT, "absent")),
            its.c.id == gone.c.import_id,
            its.c.id != about.import_id,
            its.c.state == "loaded",
            its.c.layout == imports.c.layout,
            is_newer_of_layout(its, imports),
        )
        lets_nobody_go = not_(let_go.correlate(import_rows, imports))
        newest = [overtaken_by_none(imports, full_rosters(connection)), lets_nobody_go]
    for some in portions(removed):
        query = (
            select(imports.c.id)
            .join(import_rows, import_rows.c.import_id == imports.c.id)
            .where(
                imports.c.state == "loaded",
                imports.c.id != about.import_id,
                import_rows.c.npi.in_(some),
                import_rows.c.action.in_(NAMING),
                import_rows.c.row > 0,
                *newest,
            )
        )
        found |= set(connection.scalars(query.distinct()))
    return tuple(sorted(found))
