"""Outcomes for a terminal and for a CI: a table for people, and GitHub's annotations.

Pure: text or a table goes out, printing is the command line's. No row's values.
"""

from collections.abc import Iterable, Iterator

from rich.table import Table
from rich.text import Text

from provider_assets.providers.roster import RosterOutcome
from provider_assets.reports.reasons import Reject, words_for
from provider_assets.reports.summary import number, ranked, sentence


def github_annotations(
    outcome: RosterOutcome, rejects: Iterable[Reject], file: str | None = None
) -> Iterator[str]:
    """GitHub's workflow commands: an error for the roster, a warning a reject, a notice at last.

    `file` is the path in the repository (by default the roster's own name).
    """
    where = file or outcome.source.file
    if outcome.error is not None:
        yield _command("error", outcome.error[1], file=where, title=outcome.error[0])
    for reject in rejects:
        place = f"{reject.sheet}, row {reject.row}: " if reject.sheet else f"row {reject.row}: "
        level = "error" if reject.outcome == "invalid" else "warning"
        yield _command(
            level,
            place + reject.message,
            file=where,
            line=str(reject.row),
            title=" ".join(reject.codes),
        )
    for code, count in ranked(outcome.warnings):
        told = f"{number(count)} rows that load: {words_for(code).sentence}"
        yield _command("warning", told, file=where, title=code)
    yield _command("notice", sentence(outcome), file=where, title="provider_assets")


def outcomes_table(outcomes: Iterable[RosterOutcome]) -> Table:
    """One row a roster: what loaded or would load, what did not and why."""
    table = Table(show_edge=False, pad_edge=False)
    table.add_column("roster", overflow="fold")
    table.add_column("status")
    for name in ("read", "invalid", "duplicate", "insert", "update", "leave"):
        table.add_column(name, justify="right")
    table.add_column("why", overflow="fold")
    for outcome in outcomes:
        rows = outcome.rows
        counts = (
            rows.read, rows.invalid, rows.duplicate, rows.inserted, rows.updated, rows.unchanged
        )  # fmt: skip
        table.add_row(
            Text(outcome.source.file),
            outcome.status,
            *(number(count) for count in counts),
            Text(_why(outcome)),
        )
    return table


def plan(outcome: RosterOutcome) -> str:
    """What a load would do to the table: `would insert 120, update 5, leave 900, reject 12`."""
    rows = outcome.rows
    return (
        f"would insert {number(rows.inserted)}, update {number(rows.updated)}, "
        f"leave {number(rows.unchanged)}, reject {number(rows.invalid + rows.duplicate)}"
    )


def _why(outcome: RosterOutcome) -> str:
    if outcome.error is not None:
        return outcome.error[1]
    return ", ".join(f"{code} {number(count)}" for code, count in ranked(outcome.reasons))


def _command(level: str, message: str, **properties: str) -> str:
    """`::level key=value,…::message`, escaped as GitHub's toolkit does it (`command.ts`)."""
    told = ",".join(f"{key}={_property(value)}" for key, value in properties.items())
    return f"::{level} {told}::{_data(message)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
