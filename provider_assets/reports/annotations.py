"""Outcomes for a terminal and for a CI: a table for people, and GitHub's annotations.

Pure: text or a table goes out, printing is the command line's. No row's values.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from rich.table import Table
from rich.text import Text

from provider_assets.providers.codes import STILL_HELD, is_answer
from provider_assets.providers.counted import counted
from provider_assets.providers.duplicates import IN_FILE
from provider_assets.providers.headers import letters
from provider_assets.providers.roster import RosterOutcome, SheetSource
from provider_assets.providers.shown import shown
from provider_assets.reports.reasons import Reject, Warned, advice, message, words_for
from provider_assets.reports.summary import departure_sentences, number, ranked, sentence

COUNTS = ("read", "invalid", "duplicate", "inserted", "updated", "unchanged", "departed")
ROWS = (("row that loads", "rows that load"), ("row", "rows"))
ALWAYS = ("read", "invalid", "duplicate", "inserted")


def github_annotations(
    outcome: RosterOutcome,
    rejects: Iterable[Reject],
    file: str | None = None,
    warned: Iterable[Warned] = (),
) -> Iterator[str]:
    """GitHub's workflow commands: an error for the roster, a warning a reject, a notice at last.

    `file` is the path in the repository, as `in_repository` gives it (by default the roster's own
    name); GitHub shows an annotation in a file only where the path begins at the repository's root.
    """
    where = file or outcome.source.file
    if outcome.error is not None:
        yield _command("error", outcome.error[1], file=where, title=outcome.error[0])
    for reject in rejects:
        place = f"{reject.sheet}, row {reject.row}: " if reject.sheet else f"row {reject.row}: "
        level = "error" if reject.outcome == "invalid" else "warning"
        if set(reject.codes) == {IN_FILE} or is_answer(" ".join(reject.codes)):
            level = "notice"  # a provider at one more place, or one who has left
        todo = "" if level == "notice" else " " + advice(" ".join(reject.codes))
        yield _command(
            level,
            place + reject.message + todo,
            file=where,
            line=str(reject.row),
            title=" ".join(reject.codes),
        )
    for odd in warned:
        place = f"{odd.sheet}, row {odd.row}: " if odd.sheet else f"row {odd.row}: "
        title = " ".join(odd.codes)
        told = f"{place}{message(title, None)} {advice(title)}"
        yield _command("warning", told, file=where, line=str(odd.row), title=title)
    for code, count in ranked(outcome.warnings):
        which = ROWS[code == STILL_HELD][count != 1]
        told = f"{number(count)} {which}: {words_for(code).sentence}"
        yield _command("warning", told, file=where, title=code)
    yield _command("notice", sentence(outcome), file=where, title="provider_assets")


def in_repository(path: Path) -> str:
    """The path from the root of the git repository that it lies in; outside of one, as given."""
    place = path.absolute()
    root = next((folder for folder in place.parents if (folder / ".git").exists()), None)
    return str(path) if root is None else place.relative_to(root).as_posix()


def outcomes_table(outcomes: Sequence[RosterOutcome]) -> Table:
    """One row a roster: how many rows loaded or would load, and how many did not.

    A count that is zero for every roster gets no column, but for those that everybody looks at.
    """
    counted = [
        name
        for name in COUNTS
        if name in ALWAYS or any(getattr(each.rows, name) for each in outcomes)
    ]
    table = Table(box=None, pad_edge=False)
    table.add_column("roster", overflow="fold")
    table.add_column("status", no_wrap=True)
    for name in counted:
        table.add_column(name, justify="right", no_wrap=True)
    for outcome in outcomes:
        counts = (number(getattr(outcome.rows, name)) for name in counted)
        table.add_row(Text(shown(outcome.source.file)), outcome.status, *counts)
    return table


def explanation(outcome: RosterOutcome) -> list[str]:
    """Lines that say why: the plan, the error, every reason and warning with its count."""
    told = [plan(outcome)] if outcome.status == "valid" else []
    if outcome.mends is not None:
        told.append(f"corrects rows of import {outcome.mends}")
    if outcome.error is not None:
        told.append(f"{outcome.error[0]}: {shown(outcome.error[1])}")
    for code, count in ranked(outcome.reasons):
        told.append(f"{number(count)} {code}: {words_for(code).sentence}")
    for code, count in ranked(outcome.warnings):
        loads = "a warning" if code == STILL_HELD else "a warning; loads"
        told.append(f"{number(count)} {code} ({loads}): {words_for(code).sentence}")
    planned = outcome.status == "valid"
    told += departure_sentences(
        outcome.departures, outcome.import_id, outcome.rows, outcome.source, planned=planned
    )
    told += [f"note: {shown(note)}" for note in outcome.source.notes]
    return told + (list(mapping(outcome)) if outcome.status == "valid" else [])


def mapping(outcome: RosterOutcome) -> Iterator[str]:
    """Lines that say which header feeds which field, how it is filled, and what is not read."""
    for sheet in outcome.source.sheets:
        where = f"sheet {sheet.sheet!r}, headers in row {sheet.header_row}"
        yield f"{where}, {counted(sheet.rows, 'row')}:"
        for column in sheet.columns:
            empty = f"{number(sheet.rows - column.filled)} empty"
            such = f", such as {' | '.join(column.examples)}" if column.examples else ""
            place = letters(column.position)
            header = shown(column.header)
            yield f"  {place} {header} feeds {column.field}: {empty}{such}"
        if sheet.unread:
            yield f"  not read: {', '.join(_unread(sheet))}"


def _unread(sheet: SheetSource) -> Iterator[str]:
    for column in sheet.unread_columns:
        header = shown(column.header)
        counted = column.filled is not None
        yield f"{header} ({number(sheet.rows - (column.filled or 0))} empty)" if counted else header


def plan(outcome: RosterOutcome) -> str:
    """What a load would do to the table: `would insert 120, update 5, leave 900, reject 12`."""
    rows = outcome.rows
    told = f", {number(outcome.elsewhere)} at other places" if outcome.elsewhere else ""
    asks = rows.departed or outcome.departures.policy.covers == "full"
    depart = f"depart {number(rows.departed)}, " if asks else ""
    return (
        f"would insert {number(rows.inserted)}, update {number(rows.updated)}, {depart}"
        f"leave {number(rows.unchanged)}, reject {number(outcome.rejected)}{told}"
    )


def _command(level: str, message: str, **properties: str) -> str:
    """`::level key=value,…::message`, escaped as GitHub's toolkit does it (`command.ts`)."""
    told = ",".join(f"{key}={_property(value)}" for key, value in properties.items())
    return f"::{level} {told}::{_data(message)}"


def _data(text: str) -> str:
    """A text's own lines stay; what else would steer whoever shows it is written out."""
    lines = re.split(r"\r\n|[\r\n]", text.replace("%", "%25"))
    return "%0A".join(shown(line) for line in lines)


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
