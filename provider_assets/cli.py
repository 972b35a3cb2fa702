"""`provider-assets`: the one command line, made of the commands in `commands/`.

An entry of `COMMANDS` or `GROUPS` is a command; what it does stands in its module.
"""

import atexit
import gc
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from provider_assets import __version__
from provider_assets.commands import departures as who_left
from provider_assets.commands import ending, history, rosters, upkeep
from provider_assets.commands.ending import asked_to_end, watch_for_the_end
from provider_assets.commands.layouts import layouts
from provider_assets.commands.output import (
    DONE,
    NOT_LOADED,
    WRONG_USE,
    hint,
    name_home,
    told_of_full_disk,
)
from provider_assets.commands.registry import registry
from provider_assets.errors import ProviderAssetsError, UsageError
from provider_assets.providers.shown import shown
from provider_assets.system import keep_to_group, require_unix

COMMANDS = (
    rosters.demo,
    rosters.load,
    rosters.validate,
    history.imports,
    history.trace,
    history.undo,
    who_left.verified,
    upkeep.doctor,
    upkeep.dev,
)
GROUPS = {"departures": who_left.departures, "layouts": layouts, "registry": registry}

app = typer.Typer(
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
    pretty_exceptions_enable=False,
)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"provider-assets {__version__}")
        raise typer.Exit


@app.callback()
def choose_home(
    *,
    home: Annotated[
        Path | None,
        typer.Option(help="Work in this home and read its .env, whatever is set elsewhere."),
    ] = None,
    version: Annotated[  # noqa: ARG001  (its callback has printed it)
        bool,
        typer.Option(
            "--version", callback=_print_version, is_eager=True, help="Print the version."
        ),
    ] = False,
) -> None:
    """Load hospitals' provider rosters into an application's table; give back the rows to fix."""
    if home is not None:
        from provider_assets.settings import use_home

        use_home(home)
    name_home(home)


for command in COMMANDS:
    app.command()(command)
for name, group in GROUPS.items():
    app.add_typer(group, name=name)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line; what we raise becomes one sentence and an exit status."""
    gc.disable()  # to look through Dagster's imports again and again costs a fifth of them
    try:
        require_unix()
        keep_to_group()
        app(arguments)
    except UsageError as error:
        typer.echo(hint(f"error: {shown(error.message)}"), err=True)
        raise SystemExit(WRONG_USE) from None
    except ProviderAssetsError as error:
        typer.echo(hint(f"error: {shown(error.message)}"), err=True)
        raise SystemExit(NOT_LOADED) from None
    except Exception as error:
        told = told_of_full_disk(error)
        if told is None:
            raise
        typer.echo(f"error: {told}", err=True)
        raise SystemExit(NOT_LOADED) from None
    finally:
        gc.enable()


def run() -> None:
    """The command as a process of its own.

    It ends without taking apart all that Dagster has imported, which takes as long as a step.
    """
    watch_for_the_end()
    status: str | int | None = DONE
    try:
        main()
    except SystemExit as end:
        status = end.code
    except KeyboardInterrupt:
        pass
    if asked_to_end():
        typer.echo("ended early, as it was asked to; nothing is half done", err=True)
        status = ending.status()
    if not isinstance(status, int | None):
        sys.exit(status)
    atexit._run_exitfuncs()  # noqa: SLF001  (what `sys.exit` would call: children end, folders go)
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status or DONE)


if __name__ == "__main__":
    run()
