"""An import that goes out of force, and what the others say of its rows: conditions, nothing run.

What the imports in force did about one provider is a chain of events, each of which found what the
one before it left. Whoever takes an import out of the chain joins the two ends
(`docs/decisions/undo.md`).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    Integer,
    Select,
    and_,
    exists,
    func,
    literal_column,
    not_,
    or_,
    select,
)

from provider_assets.database import history
from provider_assets.database.matching import same_in_history
from provider_assets.database.order import FullRoster, Placed, full_rosters, is_newer
from provider_assets.database.prepare import import_columns
from provider_assets.database.shape import Shape
from provider_assets.database.standing import SAYS, named_elsewhere
from provider_assets.database.tables import import_rows, imports
from provider_assets.providers.imports import ImportRecord

NEVER = literal_column("0", Integer) == 1
ours = import_rows.alias("ours")
later = import_rows.alias("later")
its_later = imports.alias("its_later")


@dataclass(frozen=True)
class Leaving:
    """An import that goes out of force, and whom its part goes to.

    `place` is where it stands among the others, `keeper` the import that takes its place.
    `followed` tells that an import in force stands behind it. `dated` is False of a history that no
    load has upgraded yet, where an import's number is its place. `claimants` are the later rosters
    of its layout, in order, that take out who has left by their word, by their silence, or by both.
    """

    import_id: int
    layout: str
    place: int
    keeper: Placed | None = None
    followed: bool = False
    dated: bool = True
    fulls: Sequence[FullRoster] = ()
    claimants: Sequence["Claimant"] = field(default=())

    @property
    def kept_by(self) -> int | None:
        """The number of the import that takes this one's place."""
        return None if self.keeper is None else self.keeper.import_id

    def others(self, its: FromClause) -> ColumnElement[bool]:
        """Whether an import is in force, and stands behind this one."""
        place = its.c.arrived if self.dated else its.c.id
        return and_(
            its.c.state == "loaded",
            place > self.place,
            its.c.id != self.import_id,
            *([] if self.kept_by is None else [its.c.id != self.kept_by]),
        )


@dataclass(frozen=True)
class Claimant:
    """A later roster of the layout that takes out who has left."""

    import_id: int
    by_word: bool
    by_silence: bool


def leaving(connection: Connection, record: ImportRecord, keeper: Placed | None = None) -> Leaving:
    """What has to be known of an import before it goes out of force."""
    dated = imports.c.arrived in set(import_columns(connection))
    place = record.arrived if dated and record.arrived is not None else record.id
    about = Leaving(record.id, record.layout, place, keeper, dated=dated)
    behind = select(imports.c.id).where(about.others(imports)).limit(1)
    if connection.scalar(behind) is None:
        return about
    about = replace(about, followed=True)
    if not dated:
        return about
    return replace(about, fulls=full_rosters(connection), claimants=_claimants(connection, about))


def _claimants(connection: Connection, about: Leaving) -> list[Claimant]:
    query = (
        select(imports)
        .where(about.others(imports), imports.c.layout == about.layout)
        .order_by(imports.c.arrived)
    )
    found = []
    for record in map(history.as_record, connection.execute(query)):
        told, policy = record.departures, record.departures.policy
        silent = policy.covers == "full" and policy.absent == "delete"
        settled = record.departing in (None, "approved") and told.older_than is None
        one = Claimant(
            record.id,
            policy.on_terminated == "delete" and told.by_word in ("", "approved"),
            silent and settled and not told.undated and not told.unreadable,
        )
        if one.by_word or one.by_silence:
            found.append(one)
    return found


def _behind(rows: FromClause, about: Leaving) -> ColumnElement[bool]:
    return and_(
        later.c.npi == rows.c.npi, its_later.c.id == later.c.import_id, about.others(its_later)
    )


def event_since(rows: FromClause, about: Leaving) -> ColumnElement[bool]:
    """Whether a later import in force wrote the row's provider too, or took it out."""
    if not about.followed:
        return NEVER
    return exists().where(_behind(rows, about), later.c.undoing != "leave").correlate(rows)


def _says_so(rows: FromClause, shape: Shape) -> ColumnElement[bool]:
    """Whether a later roster has the provider just as a row of the import has it."""
    return or_(later.c.action == "present", same_in_history(later, rows, shape))


def _could_inherit(rows: FromClause, shape: Shape) -> ColumnElement[bool]:
    return and_(
        later.c.undoing == "leave",
        later.c.action.in_(SAYS),
        or_(rows.c.undoing == "delete", _says_so(rows, shape)),
    )


def has_heir(
    rows: FromClause, about: Leaving, shape: Shape, newer_than: Placed | None = None
) -> ColumnElement[bool]:
    """Whether a later roster in force names the provider, so that the row stays.

    With `newer_than`: whether it is a newer one that would put its values over another's.
    """
    if not about.followed:
        return NEVER
    heir = exists().where(_behind(rows, about), _could_inherit(rows, shape))
    if newer_than is not None and about.dated:
        updates = its_later.c.on_existing == "update"
        heir = heir.where(updates, is_newer(its_later, newer_than))
    return heir.correlate(rows)


def heirs(about: Leaving, shape: Shape) -> Select[tuple[str, int]]:
    """By NPI the place of the import that a row goes to: the first, before the next event."""
    between, its = import_rows.alias("between"), imports.alias("its_between")
    event_before = exists().where(
        between.c.npi == later.c.npi,
        between.c.undoing != "leave",
        its.c.id == between.c.import_id,
        its.c.arrived < its_later.c.arrived,
        about.others(its),
    )
    return (
        select(ours.c.npi, func.min(its_later.c.arrived).label("place"))
        .where(
            ours.c.import_id == about.import_id,
            _behind(ours, about),
            _could_inherit(ours, shape),
            not_(event_before.correlate(later, its_later)),
        )
        .group_by(ours.c.npi)
    )


def next_events(about: Leaving) -> Select[tuple[str, int]]:
    """By NPI the place of the import that did something about the provider next."""
    return (
        select(ours.c.npi, func.min(its_later.c.arrived).label("place"))
        .where(
            ours.c.import_id == about.import_id,
            ours.c.undoing != "leave",
            _behind(ours, about),
            later.c.undoing != "leave",
        )
        .group_by(ours.c.npi)
    )


def is_claimed(about: Leaving) -> ColumnElement[bool]:
    """Whether a later roster of the layout says, too, that a departed provider has left."""
    if not about.claimants:
        return NEVER
    claims = [_claims(one) for one in about.claimants]
    return and_(or_(*claims), not_(named_elsewhere(ours, about.layout, about.fulls)))


def _claims(one: Claimant) -> ColumnElement[bool]:
    claims = []
    if one.by_word:
        claims.append(says_left(one.import_id))
    if one.by_silence:
        claims.append(not_(is_named(one.import_id)))
    return or_(*claims)


def says_left(import_id: int) -> ColumnElement[bool]:
    """Whether an import says that the provider has left, and did nothing about it."""
    says = import_rows.alias("says")
    left = (says.c.import_id == import_id, says.c.npi == ours.c.npi, says.c.action == "left")
    return exists().where(*left, says.c.undoing == "leave").correlate(ours)


def is_named(import_id: int) -> ColumnElement[bool]:
    """Whether an import says anything of the provider."""
    names = import_rows.alias("names")
    row = (names.c.import_id == import_id, names.c.npi == ours.c.npi)
    return exists().where(*row).correlate(ours)
