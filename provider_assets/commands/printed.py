"""What the command line prints for people: tables on stdout, progress on stderr.

No row's values but in the demo, whose providers are made up.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from operator import attrgetter
from pathlib import Path
from shutil import which
from typing import TYPE_CHECKING

from rich.markup import escape
from rich.table import Table

from provider_assets.commands.output import hint
from provider_assets.commands.screen import say, table_of, width
from provider_assets.database.finding import Finding
from provider_assets.database.questions.trace import Trace, TraceStep
from provider_assets.database.undoing.undo import UndoResult
from provider_assets.moments import minute
from provider_assets.providers.counted import counted
from provider_assets.providers.fields import TABLE_COLUMNS
from provider_assets.providers.imports import ImportRecord
from provider_assets.providers.layout import Layout
from provider_assets.providers.shown import shown
from provider_assets.reports.annotations import (
    explanation,
    github_annotations,
    in_repository,
    outcomes_table,
)
from provider_assets.reports.summary import number
from provider_assets.settings import Settings

if TYPE_CHECKING:
    import pandas as pd

    from provider_assets.orchestration.command.results import RosterResult

COUNTED: dict[str, Callable[[ImportRecord], int]] = {
    name: attrgetter(f"rows.{name}")
    for name in ("read", "invalid", "duplicate", "inserted", "updated", "unchanged", "departed")
}
COUNTED_NARROW: dict[str, Callable[[ImportRecord], int]] = {
    "read": attrgetter("rows.read"),
    "rejected": attrgetter("rejected"),
    "loaded": attrgetter("loaded"),
}
WIDE = 110


def print_results(results: Sequence[RosterResult]) -> None:
    """One line a roster, then what is behind it: the plan, the error, the files."""
    say(outcomes_table([each.outcome for each in results]))
    for result in results:
        told = explanation(result.outcome)
        told += [f"{kind}: {_near(path)}" for kind, path in result.files.items() if path]
        if told:
            lines = ["", shown(result.outcome.source.file), *(f"  {line}" for line in told)]
            say("\n".join(lines))


def _near(path: str) -> str:
    """A path as short as it can be said from here."""
    here = Path.cwd()
    return str(Path(path).relative_to(here)) if Path(path).is_relative_to(here) else path


def print_annotations(files: Sequence[Path], results: Sequence[RosterResult]) -> None:
    """GitHub's annotations, one a line; `files` are the rosters that the results are of."""
    for file, result in zip(files, results, strict=True):
        where = in_repository(file)
        for line in github_annotations(result.outcome, result.rejects, where, result.warned):
            sys.stdout.write(line + "\n")


def print_imports(records: Sequence[ImportRecord], *, more: bool) -> None:
    """The history, one line an import; `more` reports that there are older ones.

    A narrow terminal shows fewer counts, so that the file's name stays in its line.
    """
    counted = COUNTED if width() >= WIDE else COUNTED_NARROW
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("id", "finished", "file", "state"):
        table.add_column(name, no_wrap=True, overflow="ellipsis")
    for name in counted:
        table.add_column(name, justify="right", no_wrap=True)
    for record in records:
        counts = [str(count(record)) for count in counted.values()]
        when = minute(record.finished)
        table.add_row(str(record.id), when, escape(shown(record.file)), record.state, *counts)
    say(table if records else "No import yet.")
    if more:
        say("There are older ones: --limit shows more, --json all.")


def print_layouts(layouts: Sequence[Layout]) -> None:
    """The layouts, each with the headers that it asks for."""
    table = table_of("layout", "what it is", "headers")
    for layout in layouts:
        headers = ", ".join(names[0] for names in layout.columns.values())
        table.add_row(*map(escape, (layout.name, layout.description, headers)))
    say(table)


def print_demo(settings: Settings, held: pd.DataFrame) -> None:
    """What the table holds after the demo (`fields.TABLE_FIELDS`), and what to do next."""
    table = Table(box=None, pad_edge=False)
    for column in TABLE_COLUMNS.values():
        table.add_column(column)
    for row in held[list(TABLE_COLUMNS)].fillna("").itertuples(index=False):
        table.add_row(*(escape(value) for value in row))
    say("\nproviderinfo")
    say(table)
    inbox = _near(str(settings.drop_folder.parent.parent / "drop" / "inbox"))
    command, home = _own_name(), _near(str(settings.home))
    npi = str(held["npi"].iloc[0])
    say(
        f"\nLook at it:      {command} --home {home} imports (or trace {npi}, undo 2)"
        f"\nFix its rows:    correct a reject workbook, then {command} --home {home} load FILE"
        f"\nUse it for real: {command} dev, open http://127.0.0.1:3000, drop rosters into {inbox}"
    )


def _own_name() -> str:
    """How this command is called from here: it need not be on the path."""
    name = "provider-assets"
    beside, found = Path(sys.executable).with_name(name), which(name)
    if not beside.exists() or (found and beside.samefile(found)):
        return name
    return _near(str(beside))


def print_trace(told: Trace) -> None:
    """What the table holds of an NPI, where each value is from, and what every import did."""
    if not told.held and not told.steps:
        say(f"{told.npi} is not in the table, and no import knows it.")
        return
    table = table_of("column", "value", "import", "file", "sheet", "row")
    for held in told.held[:1]:
        for field, column in TABLE_COLUMNS.items():
            origin = told.origins.get(field)
            since = told.changed.get(field)
            table.add_row(
                column, escape(shown(held[field] or "")), *_place(origin, since, left=told.left)
            )
    say(table if told.held else f"{told.npi} is not in the table now.")
    for step in told.steps:
        when = minute(step.record.finished)
        sheet = shown(step.sheet)
        where = f"{sheet}, row {step.row}" if sheet else "on none of its rows"
        place = f"{shown(step.record.file)}, {where}"
        say(f"\nimport {step.record.id} ({when}, {_state(step)}): {step.action}, {place}")
        say(f"  sha256 {step.record.sha256}, run {step.record.run_id}")
        for field, old in (step.replaced or {}).items():
            if (old or "") != (step.values[field] or ""):
                say(f"  {TABLE_COLUMNS[field]} was {shown(old or 'empty')}")


def _state(step: TraceStep) -> str:
    """What became of an import, in words."""
    if step.superseded_by is not None:
        return f"{step.record.state}: import {step.superseded_by} took its place"
    return step.record.state


def _place(origin: TraceStep | None, since: int | None, *, left: bool) -> tuple[str, str, str, str]:
    """Where a value is from.

    `since` is the import after which somebody else changed it; `left`, that it was taken back.
    """
    if origin is None:
        by_hand = f"changed by somebody else since import {since}"
        return ("", "not from an import" if since is None else by_hand, "", "")
    record = origin.record
    return (
        f"{record.id} (taken back; it left the row)" if left else str(record.id),
        escape(shown(record.file)),
        escape(shown(origin.sheet)),
        str(origin.row),
    )


_WHY = {
    "changed": "changed since",
    "named": "import {} names this provider, too",
    "left": "import {} says, by a row or by leaving it out, that this provider left",
}


def print_undo(told: UndoResult, *, dry_run: bool) -> None:
    """What an undo did or would do, and the rows that it spares."""
    say(undo_sentence(told, dry_run=dry_run))
    for one in told.stays:
        place = f"{shown(one.sheet)}, row {one.row}" if one.row else "a provider who left"
        say(f"  kept: {place} ({_WHY[one.why].format(one.by)})")
    if told.named_by:
        numbers = ", ".join(map(str, told.named_by))
        say(
            f"  import {numbers} also names some of the removed providers: a replay of "
            "that roster (`provider-assets load --replay FILE`) brings them back"
        )


def undo_sentence(told: UndoResult, *, dry_run: bool) -> str:
    """What an undo did, or in a dry run would do, in one sentence."""
    name = f"import {told.record.id} ({shown(told.record.file)})"
    if not told.done:
        return f"{name}: nothing to do; {told.reason}"
    did = ("would be", "would be") if dry_run else ("was", "were")
    comes = "would come" if dry_run else "came"
    back = f"{told.returned} who had left {comes} back, " if told.returned else ""
    whose = "its" if told.restored == 1 else "their"
    return (
        f"{name}: {counted(told.removed, 'row', *did)} removed, {told.restored:,} given back "
        f"{whose} old values, {back}{len(told.spared):,} kept{_reasons(told)}"
    )


def _reasons(told: UndoResult) -> str:
    changed = sum(one.why == "changed" for one in told.stays)
    others = len(told.stays) - changed
    both = [(changed, "changed since"), (others, "named, or said to have left, by another roster")]
    counted = ", ".join(f"{number(count)} {why}" for count, why in both if count)
    return f" ({counted})" if counted else ""


def print_findings(findings: Sequence[Finding]) -> None:
    """What `doctor` looked at, with what to do about what is wrong."""
    table = table_of("", "", "", header=False)
    for finding in findings:
        told = f"{finding.message}; {finding.advice}" if finding.advice else finding.message
        table.add_row(finding.level, finding.subject, escape(shown(hint(told))))
    say(table)
