"""A roster's file becomes its raw frame: the room's front door for reading."""

from collections.abc import Sequence
from contextlib import ExitStack
from datetime import date
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq

from provider_assets.errors import FileCode, RosterError
from provider_assets.providers.frames import RAW, empty
from provider_assets.providers.layout import Layout
from provider_assets.providers.roster import (
    RosterFrame,
    RosterSource,
    SheetSource,
)
from provider_assets.reading.begun import begun_reading
from provider_assets.reading.limits import ReadingLimits
from provider_assets.reading.mailbox.intake import stamp_of
from provider_assets.reading.sandbox import reading_job, run_reader


def read_roster(
    path: Path,
    *,
    roster: str,
    file: str,
    sha256: str,
    layouts: Sequence[Layout],
    limits: ReadingLimits,
    today: date | None = None,
) -> RosterFrame:
    """The roster's non-blank rows, cleaned, in the columns `frames.RAW`, and where they came from.

    `file` is the name that people know, `today` decides which term dates are past. Where reading
    this content was begun before (`begun`), that is what counts. Raises RosterError with the
    file's code, UsageError where `path` is no file.
    """
    before = stamp_of(path)
    job = reading_job(path, file, layouts, today)
    with begun_reading(sha256, job, limits) as begun, ExitStack() as opened:
        report, folder = begun or opened.enter_context(run_reader(job, limits))
        rows = _frame(folder / "rows.parquet")
    if stamp_of(path) != before:
        raise RosterError(
            FileCode.CHANGED_WHILE_READING,
            f"{file!r}: the file changed while it was read; drop it again when it is complete",
        )
    layout = next(one for one in layouts if one.name == report["layout"])
    source = RosterSource(
        roster=roster,
        file=file,
        sha256=sha256,
        size=before[0],
        kind=report["kind"],
        layout=layout.name,
        fingerprint=layout.fingerprint,
        sheets=tuple(SheetSource.from_dict(raw) for raw in report["sheets"]),
        hidden_sheets=tuple(report["hidden"]),
        notes=tuple(report["notes"]),
        whole=report["whole"],
        made_as=report["made_as"],
        made_of=report["made_of"],
    )
    return RosterFrame(rows, source)


def _frame(path: Path) -> pd.DataFrame:
    frame: pd.DataFrame = pq.ParquetFile(path).read().to_pandas()
    if frame.empty:
        return empty(RAW)
    frame.index = pd.RangeIndex(len(frame), name="position")
    return frame[list(RAW)]
