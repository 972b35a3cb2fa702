"""The report of one roster: what stands on its page, and in which words."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import pandas as pd
from markupsafe import Markup

from provider_assets.errors import FileCode
from provider_assets.moments import local_day, second
from provider_assets.providers.codes import CUT_OFF, TERMINATED, is_answer
from provider_assets.providers.duplicates import IN_FILE
from provider_assets.providers.fields import PROVIDER
from provider_assets.providers.headers import TERMINATION
from provider_assets.providers.returned import LEAVERS
from provider_assets.providers.roster import RosterOutcome
from provider_assets.reading.mailbox.port import RETURNS
from provider_assets.reports.page import render
from provider_assets.reports.pictures import outcomes_svg, reasons_svg, registry_svg
from provider_assets.reports.reasons import is_duplicate, words_for
from provider_assets.reports.registry_words import confirmed_words
from provider_assets.reports.summary import left_rows, number, ranked, sentence
from provider_assets.reports.tables import reject_tables
from provider_assets.reports.told import Context, ToldRow, told_rows

_FEEDS = {one.name: f"{one.column}: {one.text}" if one.column else one.text for one in PROVIDER}
_FEEDS[TERMINATION] = "says whether the provider has left"
_KEEP = "Keep the columns that we added at the end: Sheet and Check are read."
_PASSED = {"valid": "would load", "failed": "passed, but did not load"}


@dataclass(frozen=True)
class ShownReject:
    """A rejected row as the page shows it; `cells` are header, value and whether it is at fault."""

    told: ToldRow
    outcome: str
    cells: tuple[tuple[str, str | None, bool], ...]


@dataclass(frozen=True)
class WrittenFile:
    """A file beside the report: what it is called, where it is, what is in it."""

    name: str
    address: str
    told: str


def roster_page(
    outcome: RosterOutcome,
    invalid: pd.DataFrame,
    duplicates: pd.DataFrame,
    context: Context,
    written: Sequence[Path],
    shown: int,
    warned: Mapping[str, str] | None = None,
) -> str:
    """The page as HTML.

    `invalid` and `duplicates` have the columns `frames.REJECTED`; `written` are the roster's other
    files, `shown` is how many rejects to list, `warned` tells by code where the warned rows stand.
    """
    rejected = len(invalid) + len(duplicates)
    return render(
        "report.html.j2",
        source=outcome.source,
        outcome=outcome,
        rows=outcome.rows,
        sentence=sentence(outcome),
        mood="failed"
        if outcome.status == "failed"
        else "mixed"
        if rejected > outcome.elsewhere + outcome.rows.left
        else "fine",
        day=local_day(outcome.started) if outcome.started else "",
        passed=_PASSED.get(outcome.status, "loaded"),
        steps=_steps(outcome, written),
        files=[_file(path) for path in written],
        pictures=[Markup(svg) for svg in _pictures(outcome)],  # noqa: S704 - drawn by us, escaped by ElementTree
        reasons=[(words_for(code), count) for code, count in ranked(outcome.reasons)],
        warnings=[(words_for(code), count) for code, count in ranked(outcome.warnings)],
        rejects=_shown(outcome, invalid, duplicates, context, shown),
        rejected=rejected,
        facts=list(_facts(outcome)),
        feeds=_FEEDS,
        warned=dict.fromkeys(outcome.warnings, "") | dict(warned or {}),
    )


def _pictures(outcome: RosterOutcome) -> Iterator[str]:
    if outcome.rows.read:
        yield outcomes_svg(outcome)
    if outcome.reasons:
        yield reasons_svg(outcome)
    if outcome.registry is not None:
        yield registry_svg(outcome)


def _steps(outcome: RosterOutcome, written: Sequence[Path]) -> list[str]:
    """What the sender can do, in order; nothing where all is well."""
    rejects = next((path for path in written if "_rejects" in path.name), None)
    failed = outcome.status == "failed"
    if rejects is None:
        return ["Fix what the sentence above says, and drop the roster again."] if failed else []
    coloured = "; the cells at fault are coloured" if rejects.suffix == ".xlsx" else ""
    whole = failed and outcome.error is not None and outcome.error[0] == FileCode.TOO_MANY_REJECTS
    opened = (
        "it holds all rows of the roster, in your own columns; the rows that are right are in the "
        "sheet Passed"
        if whole
        else "it holds only the rows that did not load, in your own columns"
    )
    steps = [f"Open {rejects.name}: {opened}{coloured}."]
    if whole:
        return [
            *steps,
            f"Correct the other rows there. {_KEEP}",
            *_left(outcome, rejects),
            "Drop the corrected file into the inbox: it loads as a whole.",
        ]
    if failed:
        return [*steps, "Correct these rows in the roster itself, and drop the roster again."]
    if not outcome.reasons:
        steps = [
            f"Every row loaded. {rejects.name} lists the rows that the registry disagrees with, "
            "and what the registry holds: check which of the two is right."
        ]
    elif outcome.reasons.keys() <= {IN_FILE}:
        steps = ["Nothing needs to be done: these rows list providers who loaded at other places."]
    elif outcome.reasons.keys() <= {IN_FILE, TERMINATED}:
        steps = [
            f"{left_rows(outcome.rows.left)}: nothing needs to be done if that is right. If "
            "somebody is still there, correct that in the roster, and send it again."
        ]
    elif CUT_OFF in outcome.reasons:
        steps = [
            "Send the whole file again: this one ends inside a row.",
            f"{rejects.name} holds the rows that did not load: correct the others in that file.",
        ]
    elif all(is_duplicate(code) for code in outcome.reasons):
        steps += ["All of them are duplicates: look through them; most need no action."]
    else:
        steps += [
            f"Correct what can be corrected. {_KEEP}",
            *_left(outcome, rejects),
            "Drop the corrected file into the inbox: every row that is right by then loads.",
        ]
    return steps


def _left(outcome: RosterOutcome, rejects: Path) -> list[str]:
    """That nothing is to be done about the sheet of those who left, where there is one."""
    if TERMINATED not in outcome.reasons or rejects.suffix != ".xlsx":
        return []
    whole = outcome.reasons[TERMINATED] == outcome.rows.left
    but = "" if whole else ", but for rows that have a second reason"
    return [f"Nothing needs to be done about the sheet {LEAVERS}: its providers have left{but}."]


def _file(path: Path) -> WrittenFile:
    if path.parent.name == RETURNS:
        told = "One line for each row, with what became of it, for your own system; also as .json."
        return WrittenFile(path.name, f"../{quote(path.parent.name)}/{quote(path.name)}", told)
    told = (
        "The rows that did not load, with the reason and what to do."
        if "_rejects" in path.name
        else "The rows that passed, in the roster's own columns."
    )
    if path.suffix == ".csv":
        told += (
            " There are too many rows for a workbook, so this is a CSV file: a value that a"
            " spreadsheet would take for a formula has an apostrophe before it."
        )
    return WrittenFile(path.name, f"../{quote(path.parent.name)}/{quote(path.name)}", told)


def _shown(
    outcome: RosterOutcome,
    invalid: pd.DataFrame,
    duplicates: pd.DataFrame,
    context: Context,
    shown: int,
) -> list[ShownReject]:
    positions = sorted([*invalid.index, *duplicates.index])[:shown]
    first = (invalid[invalid.index.isin(positions)], duplicates[duplicates.index.isin(positions)])
    found: dict[int, ShownReject] = {}
    worded = {*invalid.index[invalid["left_as"].notna()]} if "left_as" in invalid else set()
    for table in reject_tables(outcome.source, *first):
        headers = [column.header for column in table.columns]
        left = [column.field == TERMINATION for column in table.columns]
        for told in told_rows(table, context):
            kind = "duplicate" if told.position in duplicates.index else "invalid"
            kind = "left" if is_answer(told.codes) else kind
            shown_cells = [
                # ours where the roster has no word of its own
                "has left" if ends and cell and told.position not in worded else cell
                for ends, cell in zip(left, told.cells, strict=True)
            ]
            found[told.position] = ShownReject(
                told, kind, tuple(zip(headers, shown_cells, told.faulty, strict=True))
            )
    return [found[position] for position in positions]


def _facts(outcome: RosterOutcome) -> Iterator[tuple[str, str]]:
    source = outcome.source
    yield "File", source.file
    yield "Size", f"{number(source.size)} bytes, {source.kind}"
    yield "SHA-256", source.sha256
    yield "Roster", source.roster
    yield "Layout", f"{source.layout} (version {source.fingerprint})"
    if outcome.registry is not None:
        yield "Registry", confirmed_words(outcome.registry)
    if outcome.import_id is not None:
        yield "Import", str(outcome.import_id)
    if outcome.mends is not None:
        yield "Corrects rows of", f"import {outcome.mends}"
    if outcome.run_id:
        yield "Dagster run", outcome.run_id
    if outcome.started:
        yield "Started", second(outcome.started)
    if outcome.finished:
        yield "Finished", second(outcome.finished)
    if source.hidden_sheets:
        yield "Hidden sheets", ", ".join(source.hidden_sheets)
