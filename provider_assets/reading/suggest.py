"""A draft layout for a file: from its headers and from what stands below them.

The draft is text for a person to read through, with a comment a line on why; saved as it is, it
makes the file load.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from provider_assets.errors import FileCode, RosterError
from provider_assets.providers.ended_lists import judge_sheet
from provider_assets.providers.headers import (
    Match,
    canonical,
    known_headers,
    letters,
    match_places,
)
from provider_assets.providers.layout import Layout
from provider_assets.reading.choices import Choices, choose
from provider_assets.reading.draft import draft_text
from provider_assets.reading.layouts import layout_text, load_layouts, parse_layout
from provider_assets.reading.limits import ReadingLimits
from provider_assets.reading.mailbox.intake import require_file
from provider_assets.reading.sandbox import run_reader


def suggest_layout(path: Path, limits: ReadingLimits, layouts: Sequence[Layout]) -> str:
    """YAML text of a layout under which the roster at `path` loads, a comment a line on why.

    A file that one of `layouts` fits already gets that one. Raises RosterError where the file
    cannot be read, or nothing in it looks like an NPI and a name under headers.
    """
    require_file(path)
    generic = next(one for one in load_layouts(None) if one.fallback)
    known = sorted(known_headers([one.wanted for one in (*layouts, generic)]))
    job = {"task": "columns", "path": str(path.absolute()), "file": path.name, "known": known}
    with run_reader(job, limits) as (report, _):
        sheets = report["sheets"]
    for sheet in sheets:
        for layout in layouts:
            if not layout.fallback and _match(sheet, layout).fits:
                return f"# {path.name!r} fits this layout already.\n{layout_text(layout)}"
    drafts = [(sheet, choose(sheet, generic)) for sheet in sheets]
    sheet, chosen = max(drafts, key=lambda pair: _worth(pair[1]), default=(None, None))
    if sheet is None or chosen is None or not _suffices(chosen):
        raise RosterError(FileCode.NO_LAYOUT, _lacking(path, chosen))
    named = [one["sheet"] for one in sheets if (told := judge_sheet(one["sheet"])) and told.sure]
    text = draft_text(path, sheet, chosen, {one.name for one in layouts}, named)
    if not _match(sheet, parse_layout(text, "the draft")).fits:
        raise RosterError(
            FileCode.DUPLICATE_COLUMN,
            f"{path.name!r}: two columns of sheet {sheet['sheet']!r} have the same header; rename "
            "one of them and try again",
        )
    return text


def _match(sheet: dict[str, Any], layout: Layout) -> Match:
    places: dict[str, list[int]] = {}
    for column in sheet["columns"]:
        path = f"{column['heading']} > {column['header']}" if column["heading"] else ""
        for name in (column["header"], path, f"column {letters(column['position'])}"):
            places.setdefault(canonical(name), []).append(column["position"])
    return match_places(places, layout.wanted)


def _worth(chosen: Choices) -> tuple[bool, bool, int]:
    npi = chosen.fields.get("npi")
    return npi is not None, _suffices(chosen), npi.column.filled if npi else 0


def _suffices(chosen: Choices) -> bool:
    fed = chosen.fields.keys()
    return "npi" in fed and ("full_name" in fed or {"first_name", "last_name"} <= fed)


def _lacking(path: Path, chosen: Choices | None) -> str:
    what = "names" if chosen and "npi" in chosen.fields else "NPIs"
    return (
        f"{path.name!r}: no column with a header looks like {what}; put headers above the rows "
        "and try again"
    )
