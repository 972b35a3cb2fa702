"""`load`, `validate`, `demo`: rosters are judged, and loaded."""

from collections.abc import Iterator
from enum import StrEnum
from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from provider_assets.commands.ending import asked_to_end, watch_for_the_end
from provider_assets.commands.output import NOT_LOADED, REJECTED, AsJson, Paths, Strict, print_json
from provider_assets.errors import DiskFullError

if TYPE_CHECKING:
    from provider_assets.orchestration.command.look_ahead import LookAhead
    from provider_assets.orchestration.command.results import RosterResult
    from provider_assets.orchestration.command.runs import RosterRunner
    from provider_assets.settings import Settings


class OutputFormat(StrEnum):
    """How `validate` tells its results."""

    TEXT = "text"
    GITHUB = "github"


def demo() -> None:
    """Load two made-up rosters into a fresh SQLite database, and show the result."""
    from provider_assets.commands.printed import print_demo, print_results
    from provider_assets.database.questions.held import all_providers
    from provider_assets.orchestration.command.demo import fresh_demo
    from provider_assets.orchestration.command.look_ahead import LookAhead
    from provider_assets.orchestration.command.runs import loading
    from provider_assets.orchestration.configured import readable_database

    settings, files = fresh_demo()
    with loading(settings, LookAhead(settings)) as runs:
        print_results(list(_each(runs, files)))
    print_demo(settings, all_providers(readable_database()))


def load(
    paths: Paths,
    *,
    replay: Annotated[
        bool,
        typer.Option(
            "--replay", help="Load again what is loaded already, under today's layout and rules."
        ),
    ] = False,
    jobs: Annotated[
        int | None,
        typer.Option(
            min=1,
            help="How many rosters to work on at once: by default 1, up to 3 for eight or more.",
        ),
    ] = None,
    strict: Strict = False,
    as_json: AsJson = False,
) -> None:
    """Load rosters into the table, each as a Dagster run."""
    from provider_assets.orchestration.command.jobs import jobs_for

    files = _rosters_at(paths)
    if (many := jobs_for(len(files), jobs)) > 1:
        results = _side_by_side(files, many, replay=replay, quiet=as_json)
    else:
        settings, ahead = _begun(files)
        from provider_assets.orchestration.command.runs import loading

        with loading(settings, ahead) as runs:
            results = list(_each(runs, files, replay=replay, quiet=as_json))
    from provider_assets.commands.printed import print_results

    print_json([each.as_json() for each in results]) if as_json else print_results(results)
    _exit(results, strict=strict)


def validate(
    paths: Paths,
    *,
    strict: Strict = False,
    as_json: AsJson = False,
    output: Annotated[
        OutputFormat, typer.Option("--format", help="A table, or annotations for GitHub.")
    ] = OutputFormat.TEXT,
) -> None:
    """Judge rosters as a load would, and say what it would change; nothing is written."""
    files = _rosters_at(paths)
    _, ahead = _begun(files, everything=True)
    from provider_assets.commands.printed import print_annotations, print_results
    from provider_assets.orchestration.command.runs import none_run, validating

    try:
        with validating(ahead) as runs:
            results = list(_each(runs, files, quiet=as_json or output is OutputFormat.GITHUB))
    except DiskFullError as error:
        results = none_run(files, error)
    if as_json:
        print_json([each.as_json() for each in results])
    elif output is OutputFormat.GITHUB:
        print_annotations(files, results)
    else:
        print_results(results)
    _exit(results, strict=strict)


def _rosters_at(paths: list[Path]) -> list[Path]:
    """The rosters at these paths; on stderr, what a folder holds beside them."""
    from provider_assets.reading.mailbox.selection import passed_over, rosters_at

    files = rosters_at(paths)
    for sentence in passed_over(paths):
        typer.echo(sentence, err=True)
    return files


def _begun(files: list[Path], *, everything: bool = False) -> "tuple[Settings, LookAhead]":
    """The first of the rosters is read on another core while this one imports Dagster."""
    from provider_assets.reading.nursery import NURSERY

    NURSERY.prepare()
    from provider_assets.orchestration.command.look_ahead import LookAhead

    settings = _checked_settings()
    ahead = LookAhead(settings, everything=everything)
    ahead.look(files[0])
    return settings, ahead


def _checked_settings() -> "Settings":
    from provider_assets.reading.layouts import load_layouts
    from provider_assets.settings import process_settings

    settings = process_settings()
    load_layouts(settings.layouts)  # a wrong one is a wrong use, and no roster's fault
    return settings


def _side_by_side(
    files: list[Path], jobs: int, *, replay: bool, quiet: bool
) -> list["RosterResult"]:
    """The results of several processes, in the files' order."""
    from provider_assets.commands.screen import progress
    from provider_assets.orchestration.command.side_by_side import loading_side_by_side

    results: dict[int, RosterResult] = {}
    with (
        progress(len(files), quiet=quiet) as advance,
        loading_side_by_side(
            _checked_settings(), files, jobs, watch_for_the_end, replay=replay
        ) as loads,
    ):
        advance("")
        for number, result in loads.results():
            results[number] = result
            advance(files[number].name)
    return [results[number] for number in range(len(files))]


def _each(
    runs: "RosterRunner", files: list[Path], *, replay: bool = False, quiet: bool = False
) -> Iterator["RosterResult"]:
    from provider_assets.commands.screen import progress

    with progress(len(files), quiet=quiet) as advance:
        for file, following in zip_longest(files, files[1:]):
            if asked_to_end():
                raise KeyboardInterrupt
            advance(file.name)
            yield runs.run(file, replay=replay, following=following)


def _exit(results: list["RosterResult"], *, strict: bool) -> None:
    if any(result.outcome.error is not None for result in results):
        raise typer.Exit(NOT_LOADED)
    from provider_assets.providers.codes import TERMINATED
    from provider_assets.providers.duplicates import IN_FILE

    answers = {IN_FILE, TERMINATED}
    if strict and any(result.outcome.reasons.keys() - answers for result in results):
        raise typer.Exit(REJECTED)
