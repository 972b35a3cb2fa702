"""Writes what one roster gives back: reject and filtered workbook, return file and report.

Decides which files there are, in which form and under which name; each is written aside and
renamed, so nobody opens half a file.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import count, product
from pathlib import Path

import pandas as pd

from provider_assets.errors import FileCode
from provider_assets.leftovers import aside_of
from provider_assets.moments import local_day
from provider_assets.providers.roster import RosterOutcome, RosterSource
from provider_assets.reading.mailbox.port import REJECTS, REPORTS, RETURNS
from provider_assets.reports.delimited import write_csv
from provider_assets.reports.names import claim_name
from provider_assets.reports.reasons import warned_places
from provider_assets.reports.registry_words import concerns_registry
from provider_assets.reports.return_file import write_return_csv, write_return_json
from provider_assets.reports.roster_page import roster_page
from provider_assets.reports.tables import (
    RosterTable,
    clean_by_headers,
    clean_tables,
    reject_tables,
    rejects_by_headers,
)
from provider_assets.reports.told import Context, kept_places
from provider_assets.reports.workbook import write_filtered_workbook, write_reject_workbook

_KINDS = ("rejects", "filtered")


@dataclass(frozen=True)
class ReportFiles:
    """What was written. `more` are further parts, where one file could not hold it all."""

    rejects: Path | None
    filtered: Path | None
    report: Path
    more: tuple[Path, ...] = ()

    def all(self) -> list[Path]:
        """Every file that is for the sender."""
        named = (self.rejects, self.filtered, self.report)
        return [*(path for path in named if path is not None), *self.more]


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


def write_return_files(drop_folder: Path, outcome: RosterOutcome, lines: pd.DataFrame) -> Path:
    """Write the return file into `returns/` of the drop folder; the CSV's path, `.json` beside it.

    `lines` are `return_file.return_lines`. Goes before `write_report_files`, whose page links it.
    """
    name = claim_name(drop_folder / REPORTS, outcome.source.roster, local_day(outcome.started))
    base = drop_folder / RETURNS / name
    base.parent.mkdir(parents=True, exist_ok=True)
    for write, ending in ((write_return_json, "json"), (write_return_csv, "csv")):
        path = base.with_name(f"{name}.{ending}")
        with written_aside(path) as aside:
            write(aside, lines, outcome)
    return path


def write_report_files(
    drop_folder: Path,
    outcome: RosterOutcome,
    invalid: pd.DataFrame,
    duplicates: pd.DataFrame,
    clean: pd.DataFrame,
    limits: ReportLimits | None = None,
    known: Context | None = None,
) -> ReportFiles:
    """Write a roster's files into `rejects/` and `reports/` of the drop folder.

    `invalid` and `duplicates` have the columns `frames.REJECTED`, `clean` has `frames.CLEAN`.
    `known` is what the words need to know besides the rows, but for where rows of one NPI stand.
    What an earlier run wrote for this roster on this
    day is replaced, and removed where there is nothing to say any more.
    """
    limits = limits or ReportLimits()
    rejects_folder, reports_folder = drop_folder / REJECTS, drop_folder / REPORTS
    rejects_folder.mkdir(parents=True, exist_ok=True)
    name = claim_name(reports_folder, outcome.source.roster, local_day(outcome.started))
    context = replace(known or Context(), kept=kept_places(duplicates, clean))
    refused = outcome.error is not None and outcome.error[0] == FileCode.TOO_MANY_REJECTS
    rejected = _write_rejects(
        rejects_folder / f"{name}_rejects",
        outcome.source,
        (invalid, duplicates, clean if refused else None),
        None if refused else clean[clean["warnings"] != ""],
        context,
        limits,
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
    returned = drop_folder / RETURNS / f"{name}.csv"
    beside = (*rejected, *filtered, *([returned] if returned.exists() else []))
    warned = warned_places(clean)
    page = roster_page(outcome, invalid, duplicates, context, beside, limits.shown, warned)
    with written_aside(report) as aside:
        aside.write_text(page, encoding="utf-8")
    return files


def _write_rejects(
    base: Path,
    source: RosterSource,
    parts: tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame | None],
    warned: pd.DataFrame | None,
    context: Context,
    limits: ReportLimits,
) -> list[Path]:
    """What the sender is to mend; of a refused roster all rows, so that nothing of it is lost."""
    invalid, duplicates, _ = parts
    if not len(invalid) + len(duplicates) and not concerns_registry(warned):
        return []
    rows = sum(len(part) for part in (*parts, warned) if part is not None)
    if rows > limits.rejects_per_workbook:
        return _write_csv(base, rejects_by_headers(source, *parts), context)
    path = base.with_name(f"{base.name}.xlsx")
    with written_aside(path) as aside:
        write_reject_workbook(
            aside,
            reject_tables(source, *parts, warned),
            context,
            limits.comments,
            source.sha256,
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
        write_filtered_workbook(aside, clean_tables(source, clean), source.sha256)
    return [path]


def _write_csv(base: Path, parts: list[RosterTable], context: Context | None) -> list[Path]:
    paths = [
        base.with_name(f"{base.name}{_part(number)}.csv") for number in range(1, len(parts) + 1)
    ]
    for path, table in zip(paths, parts, strict=True):
        with written_aside(path) as aside:
            write_csv(aside, table, context)
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
    aside = path.with_name(aside_of(path.stem, f".tmp{path.suffix}"))
    try:
        yield aside
        os.replace(aside, path)  # noqa: PTH105 - replaces what is there, on every system
    finally:
        aside.unlink(missing_ok=True)
