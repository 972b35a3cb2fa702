"""A draft layout for a file: from its headers and from what stands below them.

The draft is text for a person to read through, with a comment a line on why; saved as it is, it
makes the file load.
"""

import json
import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from rapidfuzz import fuzz, process

from provider_assets.errors import FileCode, RosterError
from provider_assets.providers.headers import (
    TERMINATION,
    TERMINATION_DATE,
    Match,
    canonical,
    known_headers,
    match_places,
)
from provider_assets.providers.layout import Layout
from provider_assets.reading.headings import letters
from provider_assets.reading.layouts import layout_text, load_layouts, parse_layout
from provider_assets.reading.limits import ReadingLimits
from provider_assets.reading.sandbox import run_reader

NEAR = 86  # of 100: `Providr Last Nme` is near, `Middle Name` is not near `First Name`
SHORTEST_NEAR = 8  # shorter headers are near too many things
MOST = 0.5
_NAMES = ("last_name", "first_name", "full_name", "entity_name")
OTHERS_NPI = re.compile(
    r"billing|group|type ?2|organi[sz]ation|facility|supervis|replacement|referring|pay ?to",
    re.IGNORECASE,
)
NO_ONES_NAME = re.compile(
    r"middle|suffix|prefix|contact|supervis|user|login|mother|maiden|previous|former|file|plan",
    re.IGNORECASE,
)
_WORDS: dict[str, re.Pattern[str]] = {
    "last_name": re.compile(r"\b(last|sur|family)", re.IGNORECASE),
    "first_name": re.compile(r"\b(first|given|fore)", re.IGNORECASE),
    "full_name": re.compile(
        r"\b(full|display)\b.*name|\b(provider|physician|doctor|clinician|practitioner)\b",
        re.IGNORECASE,
    ),
    "entity_name": re.compile(
        r"practice|clinic|group|department|\btype\b|entity|company", re.IGNORECASE
    ),
}


@dataclass(frozen=True)
class Column:
    """A column as the reader's child saw it: its header and counts of what stands below."""

    header: str
    position: int
    filled: int
    npi: int
    ten_digits: int
    name: int
    last_first: int

    def share(self, count: int) -> float:
        """A count over the filled cells."""
        return count / self.filled if self.filled else 0.0


@dataclass(frozen=True)
class Choice:
    """A column for a field, and why."""

    column: Column
    why: str


def suggest_layout(path: Path, limits: ReadingLimits, layouts: Sequence[Layout]) -> str:
    """YAML text of a layout under which the roster at `path` loads, a comment a line on why.

    A file that one of `layouts` fits already gets that one. Raises RosterError where the file
    cannot be read, or nothing in it looks like an NPI and a name under headers.
    """
    generic = next(one for one in load_layouts(None) if one.fallback)
    known = sorted(known_headers([one.wanted for one in (*layouts, generic)]))
    job = {"task": "columns", "path": str(path.absolute()), "file": path.name, "known": known}
    with run_reader(job, limits) as (report, _):
        sheets = report["sheets"]
    for sheet in sheets:
        for layout in layouts:
            if not layout.fallback and _match(sheet, layout).fits:
                return f"# {path.name!r} fits this layout already.\n{layout_text(layout)}"
    drafts = [(sheet, _choose(sheet, generic)) for sheet in sheets]
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


def _choose(sheet: dict[str, Any], generic: Layout) -> dict[str, Choice]:
    """The column for each field that one can be found for, each column at most once."""
    left = [Column(**column) for column in sheet["columns"]]
    chosen: dict[str, Choice] = {}
    wanted = generic.wanted.columns
    steps: list[tuple[str, Callable[[Column], tuple[float, str] | None]]] = [
        ("npi", partial(_as_npi, known=wanted["npi"])),
        *((name, partial(_exactly, known=wanted[name])) for name in _NAMES),
        *((name, partial(_by_header, name=name, known=wanted[name])) for name in _NAMES),
        ("full_name", _by_content),
        (TERMINATION, partial(_exactly, known=wanted[TERMINATION])),
        (TERMINATION_DATE, partial(_exactly, known=wanted[TERMINATION_DATE])),
    ]
    for name, judge in steps:
        if name in chosen or (judge is _by_content and {"first_name", "last_name"} <= set(chosen)):
            continue
        judged = [(verdict, column) for column in left if (verdict := judge(column))]
        if judged:
            (_, why), column = max(judged, key=lambda one: (one[0][0], -one[1].position))
            chosen[name] = Choice(column, why)
            left.remove(column)
    return chosen


def _exactly(column: Column, known: Sequence[str]) -> tuple[float, str] | None:
    return (1.0, "a well-known header") if canonical(column.header) in known else None


def _as_npi(column: Column, known: Sequence[str]) -> tuple[float, str] | None:
    share = column.share(column.npi)
    counted = f"{column.npi} of {column.filled} values are valid NPIs"
    is_known = canonical(column.header) in known
    others = bool(OTHERS_NPI.search(column.header))
    if is_known:
        return 2 + share, f"a well-known header; {counted}"
    if share > MOST or (column.share(column.ten_digits) > MOST and "npi" in column.header.lower()):
        why = f"{counted}; make sure that these are the providers' own" if others else counted
        return (share - 1 if others else share), why
    return None


def _by_header(column: Column, name: str, known: Sequence[str]) -> tuple[float, str] | None:
    if name != "entity_name" and NO_ONES_NAME.search(column.header):
        return None
    if column.share(column.npi) > MOST or column.share(column.ten_digits) > MOST:
        return None
    header = canonical(column.header)
    near = process.extractOne(header, known, scorer=fuzz.ratio, score_cutoff=NEAR)
    if near and len(header) >= SHORTEST_NEAR:
        return near[1], f"the header is near {near[0]!r}"
    if name != "entity_name" and column.share(column.name + column.last_first) <= MOST:
        return None
    return (1.0, "a word in the header") if _WORDS[name].search(column.header) else None


def _by_content(column: Column) -> tuple[float, str] | None:
    share = column.share(column.last_first)
    if share > MOST:
        return share, f"{column.last_first} of {column.filled} values read like Last, First"
    return None


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
