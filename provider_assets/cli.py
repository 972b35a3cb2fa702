"""`provider-assets`: the one command line, made of the commands in `commands/`.

An entry of `COMMANDS` or `GROUPS` is a command; what it does stands in its module.
"""

import atexit
import gc
import os
import sys
from collections.abc import Sequence

import typer

from provider_assets.commands import history, rosters, upkeep
from provider_assets.commands.layouts import layouts
from provider_assets.commands.output import DONE, NOT_LOADED, WRONG_USE
from provider_assets.errors import ProviderAssetsError, UsageError

COMMANDS = (
    rosters.demo,
    rosters.load,
    rosters.validate,
    history.imports,
    history.trace,
    history.undo,
    upkeep.doctor,
    upkeep.dev,
)
GROUPS = {"layouts": layouts}

app = typer.Typer(
    help="Provider rosters from hospitals, clean, in an application's table.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
for command in COMMANDS:
    app.command()(command)
for name, group in GROUPS.items():
    app.add_typer(group, name=name)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line; what we raise becomes one sentence and an exit status."""
    gc.disable()  # to look through Dagster's imports again and again costs a fifth of them
    try:
        app(arguments)
    except UsageError as error:
        typer.echo(f"error: {error.message}", err=True)
        raise SystemExit(WRONG_USE) from None
    except ProviderAssetsError as error:
        typer.echo(f"error: {error.message}", err=True)
        raise SystemExit(NOT_LOADED) from None
    finally:
        gc.enable()


def run() -> None:
    """The command as a process of its own.

    It ends without taking apart all that Dagster has imported, which takes as long as a step.
    """
    status: str | int | None = DONE
    try:
        main()
    except SystemExit as end:
        status = end.code
    if not isinstance(status, int | None):
        sys.exit(status)
    atexit._run_exitfuncs()  # noqa: SLF001  (what `sys.exit` would call: children end, folders go)
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status or DONE)


if __name__ == "__main__":
    run()
