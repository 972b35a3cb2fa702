"""`layouts list`, `show`, `suggest`: which header feeds which column."""

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from provider_assets.commands.output import AsJson, File, print_json, settings_file
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
def show_layout(
    name: Annotated[str, typer.Argument(metavar="NAME", help="As `layouts list` shows it.")],
    *,
    as_json: AsJson = False,
) -> None:
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
def suggest(file: File) -> None:
    """Draft a layout for a new file: save it in the folder of layouts, and the file loads."""
    from provider_assets.orchestration.configured import reading_limits
    from provider_assets.reading.suggest import suggest_layout
    from provider_assets.settings import process_settings

    settings = process_settings()
    sys.stdout.write(suggest_layout(file, reading_limits(settings), _layouts(drafting=True)))
    if settings.layouts is None:
        typer.echo(
            "No folder of layouts is set yet: make one, save the draft there, and name the folder "
            f"in {settings_file()}, such as PROVIDER_ASSETS_LAYOUTS=layouts",
            err=True,
        )


def _layouts(*, drafting: bool = False) -> "tuple[Layout, ...]":
    from provider_assets.reading.layouts import load_layouts
    from provider_assets.settings import process_settings

    return load_layouts(process_settings().layouts, drafting=drafting)
