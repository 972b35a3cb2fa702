"""Writes what one roster gives back: the reject workbook, the filtered one and the report.

Decides which files there are, in which form and under which name; each is written aside and
renamed, so nobody opens half a file.
"""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count, product
from pathlib import Path
from uuid import uuid4

import pandas as pd

from provider_assets.providers.capacity import Capacity
from provider_assets.providers.roster import RosterOutcome, RosterSource
from provider_assets.reports.delimited import write_csv
from provider_assets.reports.names import claim_name, local_day
from provider_assets.reports.roster_page import roster_page
from provider_assets.reports.tables import (
    Context,
    RosterTable,
    clean_by_headers,
    clean_tables,
    kept_places,
    reject_tables,
    rejects_by_headers,
)
from provider_assets.reports.workbook import write_filtered_workbook, write_reject_workbook

REJECTS, REPORTS = "rejects", "reports"
_KINDS = ("rejects", "filtered")


@dataclass(frozen=True)
class ReportFiles:
    """What was written. `more` are further parts, where one file could not hold it all."""

    rejects: Path | None
    filtered: Path | None
    report: Path
    more: tuple[Path, ...] = ()


@dataclass(frozen=True)
class ReportLimits:
    """Rows above which a workbook becomes CSV, and how much detail is given.

    `comments` counts the rows of a reject workbook whose cell at fault carries a comment, `shown`
    the rejects that stand on the report's page.
    """

    rejects_per_workbook: int = 100_000
    filtered_per_workbook: int = 20_000
    comments: int = 2_000
    shown: int = 100


def write_report_files(
    drop_folder: Path,
    outcome: RosterOutcome,
    invalid: pd.DataFrame,
    duplicates: pd.DataFrame,
    clean: pd.DataFrame,
    limits: ReportLimits | None = None,
    capacity: Capacity | None = None,
) -> ReportFiles:
    """Write a roster's files into `rejects/` and `reports/` of the drop folder.

    `invalid` and `duplicates` have the columns `frames.REJECTED`, `clean` has `frames.CLEAN`.
    `capacity` is the table's, to find the cell that is too long for it. What an earlier run wrote
    for this roster on this day is replaced, and removed where there is nothing to say any more.
    """
    limits = limits or ReportLimits()
    rejects_folder, reports_folder = drop_folder / REJECTS, drop_folder / REPORTS
    rejects_folder.mkdir(parents=True, exist_ok=True)
    name = claim_name(reports_folder, outcome.source.roster, local_day(outcome.started))
    context = Context(kept_places(duplicates, clean), capacity or Capacity())
    rejected = _write_rejects(
        rejects_folder / f"{name}_rejects", outcome.source, invalid, duplicates, context, limits
    )
    filtered = _write_filtered(rejects_folder / f"{name}_filtered", outcome.source, clean, limits)
    _remove_earlier(rejects_folder, name, {*rejected, *filtered})
    report = reports_folder / f"{name}.html"
    files = ReportFiles(
        rejects=rejected[0] if rejected else None,
        filtered=filtered[0] if filtered else None,
        report=report,
        more=(*rejected[1:], *filtered[1:]),
    )
    page = roster_page(outcome, invalid, duplicates, context, (*rejected, *filtered), limits.shown)
    with written_aside(report) as aside:
        aside.write_text(page, encoding="utf-8")
    return files


def _write_rejects(
    base: Path,
    source: RosterSource,
    invalid: pd.DataFrame,
    duplicates: pd.DataFrame,
    context: Context,
    limits: ReportLimits,
) -> list[Path]:
    rejected = len(invalid) + len(duplicates)
    if not rejected:
        return []
    if rejected > limits.rejects_per_workbook:
        return _write_csv(base, rejects_by_headers(source, invalid, duplicates), context.kept)
    path = base.with_name(f"{base.name}.xlsx")
    with written_aside(path) as aside:
        write_reject_workbook(
            aside, reject_tables(source, invalid, duplicates), context, limits.comments
        )
    return [path]


def _write_filtered(
    base: Path, source: RosterSource, clean: pd.DataFrame, limits: ReportLimits
) -> list[Path]:
    if not len(clean):
        return []
    if len(clean) > limits.filtered_per_workbook:
        return _write_csv(base, clean_by_headers(source, clean), None)
    path = base.with_name(f"{base.name}.xlsx")
    with written_aside(path) as aside:
        write_filtered_workbook(aside, clean_tables(source, clean))
    return [path]


def _write_csv(base: Path, parts: list[RosterTable], kept: Mapping[str, str] | None) -> list[Path]:
    paths = [
        base.with_name(f"{base.name}{_part(number)}.csv") for number in range(1, len(parts) + 1)
    ]
    for path, table in zip(paths, parts, strict=True):
        with written_aside(path) as aside:
            write_csv(aside, table, kept)
    return paths


def _part(number: int) -> str:
    return "" if number == 1 else f"_{number}"


def _remove_earlier(folder: Path, name: str, written: set[Path]) -> None:
    """Remove what an earlier run wrote under this name and this one did not."""
    for kind, ending in product(_KINDS, ("xlsx", "csv")):
        for number in count(1):
            path = folder / f"{name}_{kind}{_part(number)}.{ending}"
            if path in written:
                continue
            if not path.exists():
                break
            path.unlink(missing_ok=True)


@contextmanager
def written_aside(path: Path) -> Iterator[Path]:
    """A path beside `path` to write to; renamed to it when the block ends well, removed if not."""
    aside = path.with_name(f".{path.stem[:60]}-{uuid4().hex[:8]}.tmp{path.suffix}")
    try:
        yield aside
        os.replace(aside, path)  # noqa: PTH105 - replaces what is there, on every system
    finally:
        aside.unlink(missing_ok=True)
