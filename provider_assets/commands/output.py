"""What every command shares: its options, its exit status, JSON on stdout."""

import json
import sys
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

DONE, NOT_LOADED, WRONG_USE, REJECTED = 0, 1, 2, 3

Paths = Annotated[list[Path], typer.Argument(help="Rosters, or folders of rosters.")]
AsJson = Annotated[bool, typer.Option("--json", help="Make stdout one JSON document.")]
Strict = Annotated[bool, typer.Option("--strict", help="Exit 3 where a row was rejected.")]


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
