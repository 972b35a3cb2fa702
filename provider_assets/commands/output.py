"""What every command shares: its options, its exit status, JSON on stdout, hints that work."""

import json
import shlex
import sys
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

DONE, NOT_LOADED, WRONG_USE, REJECTED = 0, 1, 2, 3
_home: list[Path] = []

Paths = Annotated[
    list[Path], typer.Argument(metavar="PATH...", help="Rosters, or folders of rosters.")
]
File = Annotated[Path, typer.Argument(metavar="FILE", help="A roster.")]
ImportId = Annotated[
    int, typer.Argument(metavar="IMPORT_ID", help="The import's number, as `imports` shows it.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Make stdout one JSON document.")]
Strict = Annotated[bool, typer.Option("--strict", help="Exit with 3 if a row was rejected.")]


def plain(record: Any) -> Any:
    """A dataclass as JSON can hold it: times as ISO 8601, mappings and tuples as they are."""
    if is_dataclass(record) and not isinstance(record, type):
        return {each.name: plain(getattr(record, each.name)) for each in fields(record)}
    if isinstance(record, Mapping):
        return {key: plain(value) for key, value in record.items()}
    if isinstance(record, list | tuple):
        return [plain(value) for value in record]
    return record.isoformat() if isinstance(record, datetime) else record


def print_json(document: Any) -> None:
    """One JSON document on stdout."""
    sys.stdout.write(json.dumps(document, indent=2, ensure_ascii=False) + "\n")


def told_of_full_disk(error: Exception) -> str | None:
    """The sentence for what came of a full disk; None for any other error."""
    from provider_assets.orchestration.full_disks import full_disk

    return full_disk(error)


def name_home(home: Path | None) -> None:
    """Have every hint name this home, as it was given with `--home`; None where it was not."""
    _home[:] = [] if home is None else [home]


def settings_file() -> str:
    """The `.env` that this command reads: the one of the home that was named, or the one here."""
    return str(_home[0] / ".env") if _home else ".env"


def hint(text: str) -> str:
    """A text whose commands, `provider-assets …` in backticks, work in the home of this command."""
    if not _home:
        return text
    named = f"`provider-assets --home {shlex.quote(str(_home[0]))} "
    return text.replace("`provider-assets ", named)
