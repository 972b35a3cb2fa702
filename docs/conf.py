"""The documentation as one site, built by Sphinx from this folder's Markdown: `make docs`.

Nothing in it is fetched when it is read. The page of the commands is made here, out of what the
commands say of themselves.
"""

import re
from pathlib import Path

import click
import typer
from sphinx.application import Sphinx

from provider_assets import __version__
from provider_assets.cli import app as command_line

project = "provider_assets"
author = "The maintainers of provider_assets"
version = release = __version__
extensions = ["myst_parser", "sphinx.ext.autodoc"]
html_theme = "furo"
html_title = f"provider_assets {__version__}"
html_copy_source = False
html_show_copyright = False
exclude_patterns: list[str] = []
default_role = "literal"  # docstrings here write `names` as Markdown does
autodoc_typehints = "description"
autodoc_member_order = "bysource"
autodoc_default_options = {"members": True, "exclude-members": "model_config,model_post_init"}
myst_enable_extensions = ["attrs_inline"]
myst_heading_anchors = 3
suppress_warnings = ["misc.highlighting_failure"]  # a listing may be a sketch

SETUP = Path(__file__).parent.parent / "setup.py"
COMMANDS = """# Commands

Every command of `provider-assets`, with its options and its exit status. Messages go to stderr,
results to stdout; `--json` makes stdout one [JSON](json.md) document.

| exit status | means |
|---|---|
| 0 | done |
| 1 | at least one roster could not be loaded |
| 2 | wrong use or a wrong setting; nothing was started |
| 3 | with `--strict`: rows were rejected |

## Before the command

"""


def setup(app: Sphinx) -> None:
    """Write the page of the commands where it differs; links out of `docs/` lead home."""
    app.connect("source-read", _lead_to_the_project)
    page, told = Path(__file__).with_name("commands.md"), commands_page()
    if not page.exists() or page.read_text(encoding="utf-8") != told:
        page.write_text(told, encoding="utf-8")


def _lead_to_the_project(_app: Sphinx, page: str, source: list[str]) -> None:
    if "/" not in page:
        home = re.search(r'^REPOSITORY = "(.+)"', SETUP.read_text(encoding="utf-8"), re.MULTILINE)
        source[0] = source[0].replace("](../", f"]({home[1]}/blob/v{__version__}/")


def commands_page() -> str:
    """Every command with its arguments and options."""
    root = typer.main.get_command(command_line)
    return COMMANDS + "\n".join([*_options(root), *_below(root, "")]) + "\n"


def _below(group: click.Command, path: str) -> list[str]:
    told: list[str] = []
    for name, command in getattr(group, "commands", {}).items():
        full = f"{path}{name}"
        if getattr(command, "commands", None):
            told += _below(command, f"{full} ")
            continue
        arguments = [each for each in command.params if each.param_type_name == "argument"]
        shown = " ".join([full, *(each.metavar or each.name or "" for each in arguments)])
        told += ["", f"## {full}", "", f"    provider-assets {shown}", "", command.help or "", ""]
        told += _options(command)
    return told


def _options(command: click.Command) -> list[str]:
    options = [each for each in command.params if each.param_type_name == "option"]
    if not options:
        return []
    rows = [f"| `{'`, `'.join(each.opts)}` | {_help(each)} |" for each in options]
    return ["| option | does |", "|---|---|", *rows]


def _help(option: click.Parameter) -> str:
    return (getattr(option, "help", None) or "").replace("|", "\\|")
