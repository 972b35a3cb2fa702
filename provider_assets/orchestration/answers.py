"""What goes back to a sender is part of the import: whether it is there, and how it is made again.

It is made by the same run that made it first; the rows stay as they are.
"""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from provider_assets.moments import local_day
from provider_assets.providers.imports import ImportRecord
from provider_assets.providers.roster import RosterOutcome
from provider_assets.reading.mailbox.port import REPORTS
from provider_assets.reports.names import claimed_name
from provider_assets.settings import Settings


def lacks_answers(record: ImportRecord, drop_root: Path, settings: Settings) -> bool:
    """Whether the sender of a roster that is in the table lacks what goes back.

    It was never written whole, or its report has gone, which is written last: not by retention,
    nor by a person who took a reject workbook away to correct it.
    """
    if record.owed:
        return True
    days = settings.retention_days
    if days is not None and record.finished < datetime.now(UTC) - timedelta(days=days):
        return False
    name = claimed_name(drop_root / REPORTS, record.roster, local_day(record.started))
    return name is None or not (drop_root / REPORTS / f"{name}.html").is_file()


def as_told(outcome: RosterOutcome, record: ImportRecord | None, *, lacking: bool) -> RosterOutcome:
    """The outcome as the sender is told it: where that was `lacking`, by the run that loaded.

    `record` is the import, whose day its files bear also where the run began the day before.
    """
    if record is None:
        return outcome
    if outcome.status != "already_loaded":
        same = outcome.started and local_day(outcome.started) == local_day(record.started)
        return outcome if same else replace(outcome, started=record.started.isoformat())
    if not lacking:
        return outcome
    return replace(
        outcome,
        status="loaded",
        rows=record.rows,
        departures=record.departures,
        started=record.started.isoformat(),
        finished=record.finished.isoformat(),
    )
