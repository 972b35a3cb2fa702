"""What the command line prints for people: tables on stdout, progress on stderr.

No row's values but in the demo, whose providers are made up.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn
from rich.table import Table

from provider_assets.providers.imports import ImportRecord

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
    """One line a roster, then every reason with its count, then where the files are."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("roster", "layout", "status"):
        table.add_column(name, no_wrap=True)
    for name in COLUMNS:
        table.add_column(name, justify="right")
    for result in results:
        outcome = result.outcome
        counts = [str(getattr(outcome.rows, name)) for name in COLUMNS]
        table.add_row(escape(outcome.source.file), outcome.source.layout, outcome.status, *counts)
    _out.print(table)
    for result in results:
        _print_reasons(result)


def _print_reasons(result: "RosterResult") -> None:
    outcome = result.outcome
    name = escape(outcome.source.file)
    if outcome.error:
        _out.print(f"\n{name}: {outcome.error[0]}\n  {escape(outcome.error[1])}", soft_wrap=True)
    reasons = [*outcome.reasons.items(), *((f"{c} (warning)", n) for c, n in outcome.warnings.items())]
    if reasons:
        told = ", ".join(f"{count} {code}" for code, count in reasons)
        _out.print(f"\n{name}: {told}", soft_wrap=True)
    for kind, path in result.files.items():
        if path:
            _out.print(f"  {kind}: {escape(path)}", soft_wrap=True)


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
