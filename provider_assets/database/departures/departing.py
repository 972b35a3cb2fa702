"""Taking departed providers out of the table, inside the transaction of a load or an approval.

What an import says of who left stands in its rows of the history, as `action`:

| action | the provider |
|---|---|
| `present` | stands on a row that did not load, since the table had just its values |
| `named` | stands only on other rows that did not load |
| `left` | has left by the roster's word, and no row of the table is the layout's |
| `held` | the same, and the table still holds the row that the layout's imports put there |
| `absent` | is missing in a full roster, and the table still holds the row |
| `departed` | by word or by absence, and the row was taken out; `undoing` is `insert` |
"""

from dataclasses import replace

from sqlalchemy import (
    Connection,
    Select,
    and_,
    case,
    exists,
    func,
    insert,
    literal,
    not_,
    null,
    select,
    true,
    update,
)

from provider_assets.database.departures.about import Departing, mine
from provider_assets.database.departures.lacking import named_since
from provider_assets.database.departures.missing import (
    count_marked,
    doubts_word,
    find_absent,
    intact,
    mark,
    npis_with,
    target,
    tell_held,
)
from provider_assets.database.departures.released import find_released, intact_released
from provider_assets.database.matching import same_npi, same_values, untouched_extras
from provider_assets.database.order import full_rosters, newer_full
from provider_assets.database.portions import portions
from provider_assets.database.shape import Shape
from provider_assets.database.standing import in_table
from provider_assets.database.tables import import_rows
from provider_assets.providers.departures import DeparturePolicy, Departures, Word
from provider_assets.providers.fields import VALUE_FIELDS

FEW = 5_000
LEAVING, TAKING = "leaving", "taking"


def depart(
    connection: Connection, shape: Shape, about: Departing, *, approved: bool = False
) -> Departures:
    """Find who left, and take out of the table whom the policy says; all within a transaction."""
    policy, fulls = about.policy, full_rosters(connection)
    ids, released = about.imports_before(connection), find_released(connection, about)
    if about.says_left and not approved:
        tell_held(connection, shape, about, ids, released, fulls)
    older = newer_full(fulls, about.layout, about.sha256, about.arrived, policy)
    undated = policy.dated and policy.as_of is None
    told = Departures(older_than=older, undated=undated and policy.covers == "full")
    asks = policy.covers == "full" and older is None and not undated and bool(ids)
    asks = asks and (about.absence_waits or not approved)
    settled = about.by_word in ("approved", "dismissed")
    doubted = not (settled or approved) and doubts_word(connection, shape, about, ids)
    about = replace(about, doubted=doubted)
    if asks:
        told = find_absent(connection, shape, about, ids, fulls, released, approved=approved)
    word = _word(connection, about, approved=approved)
    counts_now = about.by_word == "waiting" if approved else word in ("", "approved")
    by_word = policy.on_terminated == "delete" and counts_now
    asked = policy.absent == "delete" and not about.dismissed and not told.waiting
    by_absence = asks and (approved or asked)
    if by_word or by_absence:
        actions = [*(["held"] if by_word else []), *(["absent"] if by_absence else [])]
        _take_out(connection, shape, about, actions, intact(shape, about, actions, ids, fulls))
        if released.deleting:
            since = named_since(mine, about)
            stands = intact_released(shape, about, actions, released, fulls, since)
            _take_out(connection, shape, about, actions, stands)
    counts = _counts(connection, about.import_id)
    stay = (counts.get("held", 0) if by_word else 0) + (
        counts.get("absent", 0) if by_absence else 0
    )
    return replace(
        told,
        departed=counts.get("departed", 0),
        held=counts.get("held", 0),
        absent=told.absent if told.at_least else counts.get("absent", 0),
        spared=stay,
        left=about.left,
        by_word=word,
        unreadable=bool(about.unreadable),
        policy=policy,
    )


def _word(connection: Connection, about: Departing, *, approved: bool) -> Word:
    """What becomes of the roster's words: they wait where they are doubted and would take out."""
    if approved:
        return "approved" if about.by_word == "waiting" else about.by_word
    if about.by_word or about.policy.on_terminated != "delete":
        return about.by_word
    return "waiting" if about.doubted and count_marked(connection, about.import_id, "held") else ""


def kept_words(policy: DeparturePolicy) -> set[str]:
    """What a roster may say of whom an earlier import of it took out, so that they stay away.

    Its word that they left, or nothing (an empty word).
    """
    silence = policy.covers == "full" and policy.absent == "delete"
    word = policy.on_terminated == "delete"
    return {*(["left"] if word else []), *([""] if silence else [])}


def take_over(connection: Connection, about: Departing, prior: int) -> None:
    """Keep the departures of an earlier import of the same content that the policy still has.

    They are written down as this import's: neither do they come back, nor count as new absences.
    """
    past, keeps = import_rows.alias("past"), kept_words(about.policy)
    if not keeps:
        return
    said = select(mine.c.action).where(
        mine.c.import_id == about.import_id, mine.c.npi == past.c.npi
    )
    word = func.coalesce(said.correlate(past).scalar_subquery(), "")
    still = select(past.c.npi).where(
        past.c.import_id == prior,
        past.c.undoing == "insert",
        word.in_(sorted(keeps)),
    )
    _copy_departed(connection, about.import_id, prior, still)


def _copy_departed(
    connection: Connection, import_id: int, prior: int, npis: Select[tuple[str]]
) -> None:
    """Write these departures of another import down as this one's too."""
    past, chosen = import_rows.alias("past_row"), npis.distinct().subquery("still")
    still = and_(past.c.import_id == prior, past.c.npi.in_(select(chosen.c.npi)))
    old = {f"old_{name}": past.c[f"old_{name}"] for name in VALUE_FIELDS}
    by_word = and_(
        still, mine.c.import_id == import_id, mine.c.npi == past.c.npi, mine.c.action == "left"
    )
    done = {"action": "departed", "undoing": "insert", **old}
    connection.execute(update(target).where(by_word).values(done))
    listed = exists().where(mine.c.import_id == import_id, mine.c.npi == past.c.npi)
    fixed = (literal(import_id), past.c.npi, literal("departed"), literal("insert"))
    copied = select(*fixed, literal(""), literal(0), *old.values()).where(
        still, not_(listed.correlate(past))
    )
    names = ["import_id", "npi", "action", "undoing", "sheet", "row", *old]
    connection.execute(insert(import_rows).from_select(names, copied, include_defaults=False))


def _take_out(
    connection: Connection,
    shape: Shape,
    about: Departing,
    actions: list[str],
    stands: Select[tuple[str]],
) -> None:
    """Delete the rows that are still as the imports made them (`stands`), keeping what they held.

    The deletion itself asks once more: who is changed in between by somebody else stays. A few are
    looked up by their NPIs, since the import's other rows are many.
    """
    few = npis_with(connection, about.import_id, actions, FEW + 1)
    if len(few) > FEW:
        _take_out_some(connection, shape, about.import_id, actions, stands, None)
        return
    for batch in portions(few):
        some = stands.where(mine.c.npi.in_(batch))
        _take_out_some(connection, shape, about.import_id, actions, some, batch)


def _take_out_some(
    connection: Connection,
    shape: Shape,
    me: int,
    actions: list[str],
    stands: Select[tuple[str]],
    batch: list[str] | None,
) -> None:
    table = shape.table
    some = true() if batch is None else mine.c.npi.in_(batch)
    mark(connection, me, actions, stands, LEAVING, batch)
    leaving = and_(mine.c.import_id == me, mine.c.action == LEAVING, some)
    there = and_(leaving, same_npi(table, mine, shape))
    old = {f"old_{name}": table.c[name] for name in VALUE_FIELDS}
    # who was deleted since by somebody else has no old values, and does not depart by this import
    connection.execute(update(target).where(there).values(action=TAKING, **old))
    gone_before = case((mine.c.row == 0, literal("absent")), else_=literal("left"))
    connection.execute(update(target).where(leaving).values(action=gone_before))
    leaving = and_(mine.c.import_id == me, mine.c.action == TAKING, some)
    there = and_(leaving, same_npi(table, mine, shape))
    gone = and_(there, same_values(table, mine, shape, "old_"), untouched_extras(table, shape))
    connection.execute(shape.spelling.delete_matching(table, gone))
    stays = and_(leaving, in_table(shape, mine))
    back = case((mine.c.row == 0, literal("absent")), else_=literal("held"))
    nothing = dict.fromkeys(old, null())
    connection.execute(update(target).where(stays).values(action=back, **nothing))
    done = {"action": "departed", "undoing": "insert"}
    connection.execute(update(target).where(leaving).values(done))


def _counts(connection: Connection, import_id: int) -> dict[str, int]:
    found = connection.execute(
        select(import_rows.c.action, func.count())
        .where(import_rows.c.import_id == import_id)
        .group_by(import_rows.c.action)
    )
    return {str(row[0]): int(row[1]) for row in found}
