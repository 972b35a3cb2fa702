"""`provider-assets`: parse, call, print.

Results go to stdout, messages to stderr. What a command does is in the other rooms; they are
imported inside the commands, so that `--help` answers at once.
"""

import atexit
import gc
import json
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import datetime
from enum import StrEnum
from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from provider_assets.errors import ProviderAssetsError, UsageError

if TYPE_CHECKING:
    from provider_assets.orchestration.look_ahead import LookAhead
    from provider_assets.orchestration.results import RosterResult
    from provider_assets.orchestration.runs import RosterRuns
    from provider_assets.providers.layout import Layout
    from provider_assets.settings import Settings

SHOWN_IMPORTS = 100
SELDOM = (50_000, 20, 10)  # Dagster makes so many short-lived objects that looking costs a tenth
DONE, NOT_LOADED, WRONG_USE, REJECTED = 0, 1, 2, 3


class OutputFormat(StrEnum):
    """How `validate` tells its results."""

    TEXT = "text"
    GITHUB = "github"


app = typer.Typer(
    help="Provider rosters from hospitals, clean, in an application's table.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
layouts_app = typer.Typer(help="Which header feeds which column.", no_args_is_help=True)
app.add_typer(layouts_app, name="layouts")

Paths = Annotated[list[Path], typer.Argument(help="Rosters, or folders of rosters.")]
AsJson = Annotated[bool, typer.Option("--json", help="Make stdout one JSON document.")]
Strict = Annotated[bool, typer.Option("--strict", help="Exit 3 where a row was rejected.")]


@app.command()
def demo() -> None:
    """Load the example rosters into a fresh SQLite database, and show what came of it."""
    from provider_assets.database.held import all_providers
    from provider_assets.orchestration.demo import fresh_demo
    from provider_assets.orchestration.look_ahead import LookAhead
    from provider_assets.orchestration.resources import readable_database
    from provider_assets.orchestration.runs import loading
    from provider_assets.terminal import print_demo, print_results

    settings, files = fresh_demo()
    with loading(settings, LookAhead(settings)) as runs:
        print_results(list(_each(runs, files)))
    print_demo(settings, all_providers(readable_database()))


@app.command()
def load(
    paths: Paths,
    *,
    replay: Annotated[
        bool, typer.Option("--replay", help="Load again what is loaded already.")
    ] = False,
    strict: Strict = False,
    as_json: AsJson = False,
) -> None:
    """Load rosters into the table, each as a Dagster run."""
    settings, files, ahead = _begun(paths)
    from provider_assets.orchestration.runs import loading
    from provider_assets.terminal import print_results

    with loading(settings, ahead) as runs:
        results = list(_each(runs, files, replay=replay, quiet=as_json))
    _print_json([each.as_json() for each in results]) if as_json else print_results(results)
    _exit(results, strict=strict)


@app.command()
def validate(
    paths: Paths,
    *,
    strict: Strict = False,
    as_json: AsJson = False,
    output: Annotated[
        OutputFormat, typer.Option("--format", help="A table, or annotations for GitHub.")
    ] = OutputFormat.TEXT,
) -> None:
    """Judge rosters as a load would, and plan it against the table; nothing is written."""
    _, files, ahead = _begun(paths, everything=True)
    from provider_assets.orchestration.runs import validating
    from provider_assets.terminal import print_annotations, print_results

    with validating(ahead) as runs:
        results = list(_each(runs, files, quiet=as_json or output is OutputFormat.GITHUB))
    if as_json:
        _print_json([each.as_json() for each in results])
    elif output is OutputFormat.GITHUB:
        print_annotations(results)
    else:
        print_results(results)
    _exit(results, strict=strict)


@app.command()
def imports(
    *,
    limit: Annotated[
        int | None,
        typer.Option(min=1, help=f"How many; {SHOWN_IMPORTS} by default, with --json all."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Show the history of imports, newest first."""
    from provider_assets.database.history import list_imports
    from provider_assets.orchestration.resources import readable_database
    from provider_assets.terminal import print_imports

    database = readable_database()
    if as_json:
        _print_json([_plain(each) for each in list_imports(database, limit)])
        return
    wanted = limit or SHOWN_IMPORTS
    records = list_imports(database, wanted + 1)
    print_imports(records[:wanted], more=len(records) > wanted)


@app.command()
def trace(npi: str, *, as_json: AsJson = False) -> None:
    """Tell which import, file, sheet and row each of a provider's values came from."""
    from provider_assets.database.trace import trace as trace_npi
    from provider_assets.orchestration.resources import readable_database
    from provider_assets.terminal import print_trace

    told = trace_npi(readable_database(), npi)
    _print_json(_plain(told)) if as_json else print_trace(told)


@app.command()
def undo(
    import_id: int,
    *,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Tell what would be done, and do nothing.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Take an import back, sparing rows that changed since."""
    from provider_assets.database.undo import undo as undo_import
    from provider_assets.orchestration.resources import readable_database
    from provider_assets.terminal import print_undo

    told = undo_import(readable_database(), import_id, dry_run=dry_run)
    _print_json(_plain(told)) if as_json else print_undo(told, dry_run=dry_run)


@app.command()
def doctor(*, as_json: AsJson = False) -> None:
    """Look at settings, folders, database and rights: what is wrong, and how to mend it."""
    from provider_assets.orchestration.doctor import examine
    from provider_assets.terminal import print_findings

    findings = examine()
    _print_json([_plain(each) for each in findings]) if as_json else print_findings(findings)
    if any(each.level == "error" for each in findings):
        raise typer.Exit(NOT_LOADED)


@app.command()
def dev(
    *,
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="The port to listen on.")] = 3000,
) -> None:
    """Open Dagster's web UI with the drop folder's sensor running."""
    from provider_assets.orchestration.instance import run_dagster_dev
    from provider_assets.settings import process_settings

    run_dagster_dev(process_settings(), host, port)


@layouts_app.command("list")
def list_layouts(*, as_json: AsJson = False) -> None:
    """Show the layouts, the built-in ones and those of the folder of the settings."""
    from provider_assets.terminal import print_layouts

    known = _layouts()
    if as_json:
        _print_json([each.model_dump(mode="json") for each in known])
    else:
        print_layouts(known)


@layouts_app.command("show")
def show_layout(name: str, *, as_json: AsJson = False) -> None:
    """Print one layout as the file that it could be kept in."""
    from provider_assets.reading.layouts import layout_text

    layout = next((each for each in _layouts() if each.name == name), None)
    if layout is None:
        names = ", ".join(each.name for each in _layouts())
        raise UsageError(f"{name} is not a layout; there are {names}")
    if as_json:
        _print_json(layout.model_dump(mode="json"))
    else:
        sys.stdout.write(layout_text(layout))


@layouts_app.command("suggest")
def suggest(file: Path) -> None:
    """Draft a layout for a new file; saved in the folder of layouts, it makes that file load."""
    from provider_assets.orchestration.look_ahead import reading_limits
    from provider_assets.reading.suggest import suggest_layout
    from provider_assets.settings import process_settings

    sys.stdout.write(suggest_layout(file, reading_limits(process_settings()), _layouts()))


def _layouts() -> "tuple[Layout, ...]":
    from provider_assets.reading.layouts import load_layouts
    from provider_assets.settings import process_settings

    return load_layouts(process_settings().layouts)


def _begun(
    paths: list[Path], *, everything: bool = False
) -> "tuple[Settings, list[Path], LookAhead]":
    """The first of the rosters is read on another core while this one imports Dagster."""
    from provider_assets.reading.nursery import NURSERY

    NURSERY.prepare()
    from provider_assets.orchestration.look_ahead import LookAhead
    from provider_assets.reading.selection import rosters_at
    from provider_assets.settings import process_settings

    settings, files = process_settings(), rosters_at(paths)
    ahead = LookAhead(settings, everything=everything)
    ahead.look(files[0])
    return settings, files, ahead


def _each(
    runs: "RosterRuns", files: list[Path], *, replay: bool = False, quiet: bool = False
) -> Iterator["RosterResult"]:
    from provider_assets.terminal import progress

    gc.freeze()  # what is imported stays
    gc.set_threshold(*SELDOM)
    gc.enable()
    with progress(len(files), quiet=quiet) as advance:
        for file, following in zip_longest(files, files[1:]):
            advance(file.name)
            yield runs.run(file, replay=replay, following=following)


def _exit(results: list["RosterResult"], *, strict: bool) -> None:
    if any(result.outcome.status == "failed" for result in results):
        raise typer.Exit(NOT_LOADED)
    if strict and any(result.outcome.reasons for result in results):
        raise typer.Exit(REJECTED)


def _plain(record: Any) -> Any:
    """A dataclass as JSON can hold it: times as ISO 8601, mappings and tuples as they are."""
    if is_dataclass(record) and not isinstance(record, type):
        return {each.name: _plain(getattr(record, each.name)) for each in fields(record)}
    if isinstance(record, Mapping):
        return {key: _plain(value) for key, value in record.items()}
    if isinstance(record, list | tuple):
        return [_plain(value) for value in record]
    return record.isoformat() if isinstance(record, datetime) else record


def _print_json(document: Any) -> None:
    sys.stdout.write(json.dumps(document, indent=2, ensure_ascii=False) + "\n")


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
