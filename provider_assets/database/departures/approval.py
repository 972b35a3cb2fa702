"""Departures that wait for a person's word: looked at, approved, dismissed."""

from dataclasses import dataclass, replace

from sqlalchemy import Connection, and_, func, select

from provider_assets.database import history, recording
from provider_assets.database.departures.departing import depart
from provider_assets.database.departures.missing import Departing, absent_query, count_intact
from provider_assets.database.engine import Database
from provider_assets.database.order import full_rosters, newer_full
from provider_assets.database.prepare import has_history, prepare, require_shape
from provider_assets.database.tables import import_rows, imports
from provider_assets.database.transaction import read, write
from provider_assets.providers.imports import ImportRecord

WAITING, APPROVED, DISMISSED = "waiting", "approved", "dismissed"


@dataclass(frozen=True)
class WaitingDepartures:
    """An import whose roster lacks so many providers that nobody was taken out.

    `absent` is how many it lacks now, `of` how many its layout's imports held then.
    """

    record: ImportRecord
    absent: int
    of: int


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
                absent = _count_absent(connection, record)
                found.append(WaitingDepartures(record, absent, record.departures.of))
        return found

    return read(database, look)


def approve(database: Database, import_id: int, *, dry_run: bool = False) -> ApprovalResult:
    """Take the absent of an import out of the table; the limit alone no longer counts.

    Raises UsageError where there is no such import; database errors as `load_providers`.
    """
    if dry_run:
        return read(database, lambda connection: _would_approve(connection, import_id))
    prepare(database)
    return write(database, lambda connection: _approve(connection, import_id))


def dismiss(database: Database, import_id: int, *, dry_run: bool = False) -> ApprovalResult:
    """Leave the absent of an import where they are, and ask no more."""
    if not dry_run:
        prepare(database)

    def do(connection: Connection) -> ApprovalResult:
        record = history.require_record(connection, import_id)
        reason = _why_not(connection, record)
        if reason:
            return ApprovalResult(record, done=False, reason=reason)
        spared = _count_absent(connection, record)
        if not dry_run:
            told = replace(record.departures, absent=spared, waiting=False, dismissed=True)
            recording.settle_departures(connection, import_id, DISMISSED, told)
        return ApprovalResult(record, done=True, spared=spared)

    return read(database, do) if dry_run else write(database, do)


def _approve(connection: Connection, import_id: int) -> ApprovalResult:
    record = history.require_record(connection, import_id)
    reason = _why_not(connection, record)
    if reason:
        return ApprovalResult(record, done=False, reason=reason)
    before = record.rows.departed
    told = depart(connection, require_shape(connection), _about(record), approved=True)
    told = replace(told, of=record.departures.of, overtaken=record.departures.overtaken)
    recording.settle_departures(connection, import_id, APPROVED, told)
    return ApprovalResult(record, done=True, departed=told.departed - before, spared=told.absent)


def _would_approve(connection: Connection, import_id: int) -> ApprovalResult:
    record = history.require_record(connection, import_id)
    reason = _why_not(connection, record)
    if reason:
        return ApprovalResult(record, done=False, reason=reason)
    absent, departing = count_intact(connection, require_shape(connection), _about(record))
    return ApprovalResult(record, done=True, departed=departing, spared=absent - departing)


def _why_not(connection: Connection, record: ImportRecord) -> str:
    """Why no departures of an import wait; empty where they do."""
    if record.departing != WAITING:
        settled = {APPROVED: "were approved before", DISMISSED: "were dismissed before"}
        return f"its departures {settled.get(record.departing or '', 'do not wait')}"
    if record.state != "loaded":
        return f"it is {record.state}"
    newer = newer_full(
        full_rosters(connection), record.layout, record.sha256, record.arrived,
        record.departures.policy,
    )  # fmt: skip
    return f"import {newer} is a newer full roster; what that one lacks counts" if newer else ""


def _count_absent(connection: Connection, record: ImportRecord) -> int:
    """Whom the roster lacks: as written down by its import, and where it did not, as found now."""
    marked = and_(import_rows.c.import_id == record.id, import_rows.c.action == "absent")
    counted: int = connection.scalar(select(func.count()).where(marked)) or 0
    if record.departures.at_least:
        about, shape = _about(record), require_shape(connection)
        ids = about.imports_before(connection)
        found = absent_query(shape, about, ids, full_rosters(connection)).subquery("absent")
        counted += connection.scalar(select(func.count()).select_from(found)) or 0
    return counted


def _about(record: ImportRecord) -> Departing:
    return Departing(
        record.id, record.layout, record.sha256, record.arrived, record.departures.policy,
        marks=record.departures.at_least,
    )  # fmt: skip
