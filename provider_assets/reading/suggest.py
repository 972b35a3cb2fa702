"""A draft layout for a file: from its headers and from what stands below them.

The draft is text for a person to read through, with a comment a line on why; saved as it is, it
makes the file load.
"""

import json
import re
import unicodedata
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from provider_assets.errors import FileCode, RosterError
from provider_assets.providers.headers import (
    TERMINATION,
    TERMINATION_DATE,
    Match,
    canonical,
    known_headers,
    letters,
    match_places,
)
from provider_assets.providers.layout import Layout
from provider_assets.reading.choices import Choice, choose
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
    sheet, chosen = max(drafts, key=lambda pair: _worth(pair[1]), default=(None, {}))
    if sheet is None or not _suffices(chosen):
        raise RosterError(FileCode.NO_LAYOUT, _lacking(path, chosen))
    text = _text(path, sheet, chosen, generic, {one.name for one in layouts})
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
        places.setdefault(canonical(column["header"]), []).append(column["position"])
    return match_places(places, layout.wanted)


def _worth(chosen: dict[str, Choice]) -> tuple[bool, bool, int]:
    filled = chosen["npi"].column.filled if "npi" in chosen else 0
    return "npi" in chosen, _suffices(chosen), filled


def _suffices(chosen: dict[str, Choice]) -> bool:
    return "npi" in chosen and ("full_name" in chosen or {"first_name", "last_name"} <= set(chosen))


def _lacking(path: Path, chosen: dict[str, Choice]) -> str:
    what = "names" if "npi" in chosen else "NPIs"
    return (
        f"{path.name!r}: no column with a header looks like {what}; put headers above the rows "
        "and try again"
    )


def _text(
    path: Path,
    sheet: dict[str, Any],
    chosen: dict[str, Choice],
    generic: Layout,
    taken: set[str],
) -> str:
    name = _name(path, taken)
    where = f"sheet {json.dumps(sheet['sheet'])}, headers in row {sheet['header_row']}"
    lines = [
        f"# A draft for {json.dumps(path.name)}: {where}.",
        f"# Read it through and keep it as {name}.yaml in the folder of PROVIDER_ASSETS_LAYOUTS.",
        f"name: {name}  # from the file's name",
        "columns:",
    ]
    lines += [
        f"  {field}: [{_quoted(chosen[field])}]  # {_because(chosen[field])}"
        for field in ("npi", "full_name", "first_name", "last_name", "entity_name")
        if field in chosen
    ]
    if "full_name" not in chosen:
        lines += [
            "derive:",
            '  full_name: "{last_name}, {first_name}"  # there is no column for the full name',
        ]
    if "entity_name" not in chosen:
        lines.append('# constants: {entity_name: "…"}  # no column tells the practice')
    lines += _terminations(chosen, generic)
    used = {choice.column.position for choice in chosen.values()}
    unused = [c["header"] for c in sheet["columns"] if c["position"] not in used]
    if unused:
        lines.append(
            "# never read: " + ", ".join(json.dumps(h, ensure_ascii=False) for h in unused)
        )
    return "\n".join(lines) + "\n"


def _terminations(chosen: dict[str, Choice], generic: Layout) -> list[str]:
    lines = ["terminations:"]
    if TERMINATION in chosen and generic.terminations:
        choice = chosen[TERMINATION]
        values = ", ".join(generic.terminations.values)
        lines.append(f"  column: [{_quoted(choice)}]  # {_because(choice)}")
        lines.append(f"  values: [{values}]  # strike what it never says")
    if TERMINATION_DATE in chosen:
        choice = chosen[TERMINATION_DATE]
        lines.append(
            f"  date_column: [{_quoted(choice)}]  # {_because(choice)}; a past day ends it"
        )
    return lines if len(lines) > 1 else []


def _quoted(choice: Choice) -> str:
    return json.dumps(choice.column.header, ensure_ascii=False)


def _because(choice: Choice) -> str:
    return f"column {letters(choice.column.position)}: {choice.why}"


def _name(path: Path, taken: set[str]) -> str:
    plain = unicodedata.normalize("NFKD", path.stem).encode("ascii", "ignore").decode().lower()
    name = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")[:50] or "roster"
    return f"{name}_roster" if name in taken else name
