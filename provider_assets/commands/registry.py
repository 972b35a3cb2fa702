"""`registry load`, `status`, `check`, `find`: the public registry that rosters are held against."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from provider_assets.commands.output import NOT_LOADED, AsJson, File, hint, plain, print_json
from provider_assets.errors import RegistryError, UsageError
from provider_assets.providers.counted import counted

if TYPE_CHECKING:
    from provider_assets.providers.roster import RosterFrame
    from provider_assets.registry.reference import Reference

registry = typer.Typer(help="The public registry of providers.", no_args_is_help=True)

Files = Annotated[
    list[Path],
    typer.Argument(metavar="FILE...", help="NPPES' zips, CMS' report, OIG's UPDATED.csv."),
]


@registry.command("load")
def load_registry(files: Files, *, as_json: AsJson = False) -> None:
    """Load registry files into the store; a file that is in it already changes nothing."""
    from provider_assets.orchestration.configured import today
    from provider_assets.registry.loading import load_file
    from provider_assets.settings import process_settings

    folder = process_settings().registry
    _all_there(files)
    told: list[dict[str, Any]] = []
    for path in _by_themselves(files):
        try:
            done = load_file(path, folder, today())
        except RegistryError as error:
            told.append({"file": path.name, "status": "refused", "error": error.message})
        else:
            status = "loaded" if done.changed else "already_loaded"
            told.append({"status": status, "error": None, **plain(done)})
        if not as_json:
            _say_loaded(told[-1])
    if as_json:
        print_json(told)
    if any(each["status"] == "refused" for each in told):
        raise typer.Exit(NOT_LOADED)


@registry.command("status")
def registry_status(*, as_json: AsJson = False) -> None:
    """Show what the store holds, from which day, and how old it is."""
    from provider_assets.commands.printed_registry import print_registry
    from provider_assets.orchestration.configured import today
    from provider_assets.registry.status import status
    from provider_assets.settings import process_settings

    told = status(process_settings().registry, today())
    print_json([plain(each) for each in told]) if as_json else print_registry(told)


@registry.command("check")
def check_roster(file: File, *, as_json: AsJson = False) -> None:
    """Check a roster's rows against the registry; nothing is loaded."""
    from provider_assets.commands.printed_registry import print_checked
    from provider_assets.registry.checking import check

    reference = _reference()
    checked = check(_read(file).rows, reference)
    if as_json:
        print_json({"file": file.name, "snapshots": _snapshots(reference), **plain(checked)})
    else:
        print_checked(checked)


@registry.command("find")
def find_provider(
    *,
    name: Annotated[str, typer.Option(help="A person's or an organization's name, in any order.")],
    state: Annotated[str | None, typer.Option(help="Two letters, such as OH.")] = None,
    as_json: AsJson = False,
) -> None:
    """Look a provider up by name."""
    from provider_assets.commands.printed_registry import print_entries
    from provider_assets.registry.search import search

    if not name.strip():
        raise UsageError("--name is empty; give a name such as 'Quimby, Ada'")
    found = search(_reference(), name, state)
    print_json([plain(each) for each in found]) if as_json else print_entries(found)


def _all_there(files: list[Path]) -> None:
    """Raises UsageError, before anything is loaded, that names each path which leads nowhere."""
    missing = [str(path) for path in files if not path.exists()]
    if missing:
        raise UsageError(f"{', '.join(missing)}: not found; nothing was loaded")


def _by_themselves(files: list[Path]) -> list[Path]:
    """Without what lies beside NPPES' file of providers, where somebody names an unpacked zip."""
    from provider_assets.registry.recognizing import is_companion

    return [path for path in files if not is_companion(path.name)] or files


def _reference() -> "Reference":
    from provider_assets.orchestration.configured import today
    from provider_assets.registry.reference import open_reference
    from provider_assets.settings import process_settings

    reference = open_reference(process_settings().registry, today())
    if reference is None:
        raise UsageError(
            "the registry is not set up; load its files with `provider-assets registry load`, "
            "docs/registry.md says where they come from"
        )
    return reference


def _read(file: Path) -> "RosterFrame":
    from provider_assets.orchestration.configured import reading_limits
    from provider_assets.reading.layouts import load_layouts
    from provider_assets.reading.mailbox.intake import name_of, sha256_of
    from provider_assets.reading.roster import read_roster
    from provider_assets.settings import process_settings

    settings = process_settings()
    return read_roster(
        file,
        roster="",  # nothing is kept of it
        file=name_of(file),
        sha256=sha256_of(file),
        layouts=load_layouts(settings.layouts),
        limits=reading_limits(settings),
    )


def _snapshots(reference: "Reference") -> dict[str, str]:
    return {about.asset: about.snapshot for about in reference.abouts}


def _say_loaded(told: dict[str, Any]) -> None:
    if told["status"] == "refused":
        typer.echo(hint(f"error: {told['error']}"), err=True)
        return
    about = told["about"]
    notes = "".join(f"; {note}" for note in told["notes"])
    typer.echo(
        f"{told['file']}: {about['asset']} of {about['snapshot']} has "
        f"{counted(about['rows'], 'row')}{notes}"
    )
