"""`layouts list`, `show`, `suggest`: which header feeds which column."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from provider_assets.commands.output import AsJson, print_json
from provider_assets.errors import UsageError

if TYPE_CHECKING:
    from provider_assets.providers.layout import Layout

layouts = typer.Typer(help="Which header feeds which column.", no_args_is_help=True)


@layouts.command("list")
def list_layouts(*, as_json: AsJson = False) -> None:
    """Show the layouts: the built-in ones, and your own."""
    from provider_assets.commands.printed import print_layouts

    known = _layouts()
    if as_json:
        print_json([each.model_dump(mode="json") for each in known])
    else:
        print_layouts(known)


@layouts.command("show")
def show_layout(name: str, *, as_json: AsJson = False) -> None:
    """Print one layout as a layout file."""
    from provider_assets.reading.layouts import layout_text

    layout = next((each for each in _layouts() if each.name == name), None)
    if layout is None:
        names = ", ".join(each.name for each in _layouts())
        raise UsageError(f"{name} is not a layout; there are {names}")
    if as_json:
        print_json(layout.model_dump(mode="json"))
    else:
        sys.stdout.write(layout_text(layout))


@layouts.command("suggest")
def suggest(file: Path) -> None:
    """Draft a layout for a new file: save it in the folder of layouts, and the file loads."""
    from provider_assets.orchestration.configured import reading_limits
    from provider_assets.reading.suggest import suggest_layout
    from provider_assets.settings import process_settings

    sys.stdout.write(
        suggest_layout(file, reading_limits(process_settings()), _layouts(drafting=True))
    )


def _layouts(*, drafting: bool = False) -> "tuple[Layout, ...]":
    from provider_assets.reading.layouts import load_layouts
    from provider_assets.settings import process_settings

    return load_layouts(process_settings().layouts, drafting=drafting)
