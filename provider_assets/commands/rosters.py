"""`load`, `validate`, `demo`: rosters are judged, and loaded."""

import gc
from collections.abc import Iterator
from enum import StrEnum
from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from provider_assets.commands.ending import asked_to_end
from provider_assets.commands.output import NOT_LOADED, REJECTED, AsJson, Paths, Strict, print_json
from provider_assets.errors import DiskFullError

if TYPE_CHECKING:
    from provider_assets.orchestration.command.look_ahead import LookAhead
    from provider_assets.orchestration.command.results import RosterResult
    from provider_assets.orchestration.command.runs import RosterRunner
    from provider_assets.settings import Settings

SELDOM = (50_000, 20, 10)  # Dagster makes so many short-lived objects that looking costs a tenth


class OutputFormat(StrEnum):
    """How `validate` tells its results."""

    TEXT = "text"
    GITHUB = "github"


def demo() -> None:
    """Load the example rosters into a fresh SQLite database, and show the result."""
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
        bool, typer.Option("--replay", help="Load again what is loaded already.")
    ] = False,
    strict: Strict = False,
    as_json: AsJson = False,
) -> None:
    """Load rosters into the table, each as a Dagster run."""
    settings, files, ahead = _begun(paths)
    from provider_assets.commands.printed import print_results
    from provider_assets.orchestration.command.runs import loading

    with loading(settings, ahead) as runs:
        results = list(_each(runs, files, replay=replay, quiet=as_json))
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
    """Judge rosters as a load would, and plan it against the table; nothing is written."""
    _, files, ahead = _begun(paths, everything=True)
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


def _begun(
    paths: list[Path], *, everything: bool = False
) -> "tuple[Settings, list[Path], LookAhead]":
    """The first of the rosters is read on another core while this one imports Dagster."""
    from provider_assets.reading.nursery import NURSERY

    NURSERY.prepare()
    from provider_assets.orchestration.command.look_ahead import LookAhead
    from provider_assets.reading.layouts import load_layouts
    from provider_assets.reading.mailbox.selection import rosters_at
    from provider_assets.settings import process_settings

    settings, files = process_settings(), rosters_at(paths)
    load_layouts(settings.layouts)  # a wrong one is a wrong use, and no roster's fault
    ahead = LookAhead(settings, everything=everything)
    ahead.look(files[0])
    return settings, files, ahead


def _each(
    runs: "RosterRunner", files: list[Path], *, replay: bool = False, quiet: bool = False
) -> Iterator["RosterResult"]:
    from provider_assets.commands.printed import progress

    gc.freeze()  # what is imported stays
    gc.set_threshold(*SELDOM)
    gc.enable()
    with progress(len(files), quiet=quiet) as advance:
        for file, following in zip_longest(files, files[1:]):
            if asked_to_end():
                raise KeyboardInterrupt
            advance(file.name)
            yield runs.run(file, replay=replay, following=following)


def _exit(results: list["RosterResult"], *, strict: bool) -> None:
    if any(result.outcome.error is not None for result in results):
        raise typer.Exit(NOT_LOADED)
    from provider_assets.providers.duplicates import IN_FILE

    if strict and any(result.outcome.reasons.keys() - {IN_FILE} for result in results):
        raise typer.Exit(REJECTED)
