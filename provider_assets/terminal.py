"""What the command line prints for people: tables on stdout, progress on stderr.

No row's values but in the demo, whose providers are made up.
"""

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn
from rich.table import Table
from rich.text import Text

from provider_assets.providers.frames import TABLE_COLUMNS
from provider_assets.providers.imports import ImportRecord
from provider_assets.providers.layout import Layout
from provider_assets.reading.drop_folder import shown
from provider_assets.reports.annotations import github_annotations, outcomes_table, plan
from provider_assets.reports.summary import ranked
from provider_assets.settings import Settings

if TYPE_CHECKING:
    from provider_assets.orchestration.results import RosterResult

COLUMNS = ("read", "invalid", "duplicate", "clean", "inserted", "updated", "unchanged")

_out = Console(soft_wrap=False)
_err = Console(stderr=True)


@contextmanager
def progress(total: int, *, quiet: bool) -> Iterator[Callable[[str], None]]:
    """A bar over the rosters, on a terminal only; the yielded function names the next one."""
    if quiet or not _err.is_terminal:
        yield lambda _name: None
        return
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=_err, transient=True) as bar:
        task = bar.add_task("", total=total)
        done = -1

        def advance(name: str) -> None:
            nonlocal done
            done += 1
            bar.update(task, completed=done, description=escape(name))

        yield advance


def print_results(results: Sequence["RosterResult"]) -> None:
    """One line a roster, then what is behind it: the plan, the error, the files."""
    _out.print(outcomes_table(each.outcome for each in results))
    for result in results:
        outcome, name = result.outcome, result.outcome.source.file
        told = [plan(outcome)] if outcome.status == "valid" else []
        told += [f"{n} rows load with a warning: {code}" for code, n in ranked(outcome.warnings)]
        told += [f"{kind}: {path}" for kind, path in result.files.items() if path]
        if told:
            _out.print(Text("\n".join(["", shown(name), *(f"  {line}" for line in told)])), soft_wrap=True)


def print_annotations(results: Sequence["RosterResult"]) -> None:
    """GitHub's annotations, one a line."""
    for result in results:
        for line in github_annotations(result.outcome, result.rejects):
            sys.stdout.write(line + "\n")


def print_imports(records: Sequence[ImportRecord]) -> None:
    """The history, one line an import."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("id", "finished (UTC)", "roster", "layout", "state"):
        table.add_column(name, no_wrap=True)
    for name in COLUMNS:
        table.add_column(name, justify="right")
    for record in records:
        counts = [str(getattr(record.rows, name)) for name in COLUMNS]
        when = record.finished.strftime("%Y-%m-%d %H:%M")
        table.add_row(str(record.id), when, record.roster, record.layout, record.state, *counts)
    _out.print(table if records else "No import yet.")


def print_layouts(layouts: Sequence[Layout]) -> None:
    """The layouts, each with the headers that it asks for."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("layout", "what it is", "headers"):
        table.add_column(name, overflow="fold")
    for layout in layouts:
        headers = ", ".join(names[0] for names in layout.columns.values())
        table.add_row(layout.name, layout.description, headers)
    _out.print(table)


def print_demo(settings: Settings, rows: Sequence[Sequence[str]]) -> None:
    """What stands in the table after the demo, and what to do next."""
    table = Table(title="providerinfo", title_justify="left", box=None, pad_edge=False)
    for column in TABLE_COLUMNS.values():
        table.add_column(column)
    for row in rows:
        table.add_row(*(escape(value or "") for value in row))
    _out.print()
    _out.print(table)
    _out.print(
        "\nNext: correct the rows in a reject workbook, drop it again, and see them load;\n"
        "`make dev` opens the web UI at http://127.0.0.1:3000 and watches "
        f"{settings.drop_folder / 'inbox'}",
        soft_wrap=True,
    )
