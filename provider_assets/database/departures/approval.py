"""Departures that wait for a person's word: looked at, approved, dismissed."""

from dataclasses import dataclass, replace

from sqlalchemy import Connection, and_, func, select

from provider_assets.database import history, recording
from provider_assets.database.departures.about import Departing
from provider_assets.database.departures.departing import depart
from provider_assets.database.departures.foreseen import count_intact, find_lacking
from provider_assets.database.departures.missing import count_marked
from provider_assets.database.engine import Database
from provider_assets.database.order import full_rosters, newer_full
from provider_assets.database.prepare import has_history, prepare, require_shape
from provider_assets.database.tables import import_rows, imports
from provider_assets.database.transaction import read, write
from provider_assets.providers.imports import ImportRecord

WAITING, APPROVED, DISMISSED = "waiting", "approved", "dismissed"


@dataclass(frozen=True)
class WaitingDepartures:
    """An import whose roster lacks so many providers, or says of so many that they left.

    `absent` is how many it lacks now, `of` how many its layout's imports held then; `held` are
    those who left by its word, and wait for a person's. `namesakes` are the NPIs of those who would
    be absent, but whose name stands on a row of the roster with another NPI, or none.
    """

    record: ImportRecord
    absent: int
    of: int
    held: int = 0
    namesakes: tuple[str, ...] = ()


@dataclass(frozen=True)
class ApprovalResult:
    """What an approval or a dismissal did, or in a dry run would do.

    `done` is False where nothing waits (any more), and `reason` says so. `departed` left the table,
    `spared` stay because they changed since, or are named by another roster by now.
    """

    record: ImportRecord
    done: bool
    reason: str = ""
    departed: int = 0
    spared: int = 0


def waiting_departures(database: Database) -> list[WaitingDepartures]:
    """What waits, newest first; an import that a newer full roster has overtaken waits no more."""

    def look(connection: Connection) -> list[WaitingDepartures]:
        if not has_history(connection):
            return []
        query = select(imports.c.id).where(
            imports.c.departing == WAITING, imports.c.state == "loaded"
        )
        found = []
        for import_id in connection.scalars(query.order_by(imports.c.id.desc())).all():
            record = history.find_record(connection, import_id)
            if record is not None and not _why_not(connection, record):
                absent, held = _count_absent(connection, record), _count_held(connection, record)
                alike = _namesakes(connection, import_id)
                found.append(WaitingDepartures(record, absent, record.departures.of, held, alike))
        return found

    return read(database, look)


def approve(database: Database, import_id: int, *, dry_run: bool = False) -> ApprovalResult:
    """Take out of the table whom an import lacks, or says to have left; no limit counts now.

    Raises UsageError where there is no such import; database errors as `load_providers`.
    """
    if dry_run:
        return read(database, lambda connection: _would_approve(connection, import_id))
    prepare(database)
    return write(database, lambda connection: _approve(connection, import_id))


def dismiss(database: Database, import_id: int, *, dry_run: bool = False) -> ApprovalResult:
    """Leave those who wait where they are, and ask no more."""
    if not dry_run:
        prepare(database)

    def do(connection: Connection) -> ApprovalResult:
        record = history.require_record(connection, import_id)
        reason = _why_not(connection, record)
        if reason:
            return ApprovalResult(record, done=False, reason=reason)
        absent, held = _count_absent(connection, record), _count_held(connection, record)
        if not dry_run:
            told = replace(record.departures, waiting=False, dismissed=True)
            if record.departures.waiting:
                told = replace(told, absent=absent)
            if told.by_word == "waiting":
                told = replace(told, by_word="dismissed")
            recording.settle_departures(connection, import_id, DISMISSED, told)
        return ApprovalResult(record, done=True, spared=absent + held)

    return read(database, do) if dry_run else write(database, do)


def _approve(connection: Connection, import_id: int) -> ApprovalResult:
    record = history.require_record(connection, import_id)
    reason = _why_not(connection, record)
    if reason:
        return ApprovalResult(record, done=False, reason=reason)
    before = record.rows.departed
    told = depart(connection, require_shape(connection), _about(record), approved=True)
    kept = record.departures
    alike = kept.namesakes + told.namesakes
    told = replace(told, of=kept.of, overtaken=kept.overtaken, left=kept.left, namesakes=alike)
    told = replace(told, dismissed=kept.dismissed)
    # whose absent were dismissed lacks nobody, though its words are approved
    state = DISMISSED if kept.dismissed else APPROVED
    recording.settle_departures(connection, import_id, state, told)
    absent = told.absent if kept.waiting else 0
    spared = absent + (told.held if kept.by_word == WAITING else 0)
    return ApprovalResult(record, done=True, departed=told.departed - before, spared=spared)


def _would_approve(connection: Connection, import_id: int) -> ApprovalResult:
    record = history.require_record(connection, import_id)
    reason = _why_not(connection, record)
    if reason:
        return ApprovalResult(record, done=False, reason=reason)
    waits, departing = count_intact(connection, require_shape(connection), _about(record))
    return ApprovalResult(record, done=True, departed=departing, spared=waits - departing)


def _why_not(connection: Connection, record: ImportRecord) -> str:
    """Why no departures of an import wait; empty where they do."""
    if record.departing == DISMISSED and record.departures.by_word == APPROVED:
        return "its missing providers were dismissed before, and its rows that say left approved"
    if record.departing != WAITING:
        settled = {APPROVED: "were approved before", DISMISSED: "were dismissed before"}
        return f"its departures {settled.get(record.departing or '', 'do not wait')}"
    if record.state != "loaded":
        return f"it is {record.state}"
    newer = newer_full(
        full_rosters(connection), record.layout, record.sha256, record.arrived,
        record.departures.policy,
    )  # fmt: skip
    return f"import {newer} is a newer full roster; who is missing there decides" if newer else ""


def _count_absent(connection: Connection, record: ImportRecord) -> int:
    """Whom the roster lacks, where these wait: as its import wrote down, else as found now."""
    if not record.departures.waiting:
        return 0
    marked = and_(import_rows.c.import_id == record.id, import_rows.c.action == "absent")
    counted: int = connection.scalar(select(func.count()).where(marked)) or 0
    if record.departures.at_least:
        about, shape = _about(record), require_shape(connection)
        counted += len(find_lacking(connection, shape, about))
    return counted


def _namesakes(connection: Connection, import_id: int) -> tuple[str, ...]:
    rows = import_rows.c
    alike = (rows.import_id == import_id, rows.action == "named", rows.row == 0)
    return tuple(connection.scalars(select(rows.npi).where(*alike).order_by(rows.npi)))


def _count_held(connection: Connection, record: ImportRecord) -> int:
    """Who left by the roster's word, where these words wait."""
    if record.departures.by_word != WAITING:
        return 0
    return count_marked(connection, record.id, "held")


def _about(record: ImportRecord) -> Departing:
    told = record.departures
    return Departing(
        record.id, record.layout, record.sha256, record.arrived, told.policy,
        marks=told.at_least, by_word=told.by_word, absence_waits=told.waiting,
    )  # fmt: skip
