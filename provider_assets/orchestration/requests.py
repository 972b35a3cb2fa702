"""What a run asks of the database room, out of a roster's frame."""

from datetime import datetime

from provider_assets.providers.imports import ImportRequest
from provider_assets.providers.roster import RosterFrame, RowCounts, Tally


def row_counts(tally: Tally) -> RowCounts:
    """How the steps before the load have divided the roster's rows."""
    clean = tally.read - tally.invalid - tally.duplicate
    return RowCounts(tally.read, tally.invalid, tally.duplicate, clean, left=tally.left)


def import_request(
    frame: RosterFrame, run_id: str | None, started: datetime, *, replay: bool = False
) -> ImportRequest:
    """The import that this frame is to become."""
    return ImportRequest(
        source=frame.source,
        on_existing=frame.source.on_existing,
        rows=row_counts(frame.tally),
        run_id=run_id,
        started=started,
        reasons=frame.tally.reasons,
        warnings=frame.tally.warnings,
        replay=replay,
        registry=frame.tally.registry,
    )
