"""Where the commands print: tables and sentences on stdout, the progress on stderr."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn
from rich.table import Table
from rich.text import Text

from provider_assets.commands.output import hint

UNBOUNDED = 10_000  # a pipe has no width: each row stays in its line, whole

_out = Console(width=None if sys.stdout.isatty() else UNBOUNDED, highlight=False)
_err = Console(stderr=True)


def width() -> int:
    """How many characters a line of stdout holds."""
    return _out.width


def table_of(*names: str, header: bool = True) -> Table:
    """A table without lines, whose cells are folded where a terminal is too narrow."""
    table = Table(box=None, pad_edge=False, header_style="bold", show_header=header)
    for name in names:
        table.add_column(name, overflow="fold")
    return table


def say(told: Table | str) -> None:
    """A table, whose cells are markup, or plain text with its hints.

    A terminal gets a table that is as wide as it is, a pipe each row in one line.
    """
    shown = told if isinstance(told, Table) else Text(hint(told))
    if _out.is_terminal:
        _out.print(shown, soft_wrap=isinstance(shown, Text))
        return
    with _out.capture() as captured:
        _out.print(shown, soft_wrap=isinstance(shown, Text))
    sys.stdout.write("".join(f"{line.rstrip()}\n" for line in captured.get().splitlines()))


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
