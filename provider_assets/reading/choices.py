"""Which column of a sheet feeds which field, by its header and by what stands below it.

For drafts of layouts (`suggest`); a roster that is loaded goes by a layout, never by a guess.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from rapidfuzz import fuzz, process

from provider_assets.providers.fields import PROVIDER
from provider_assets.providers.headers import TERMINATION, TERMINATION_DATE, canonical
from provider_assets.providers.layout import Layout

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
_WORDS = {field.name: re.compile(field.words, re.IGNORECASE) for field in PROVIDER if field.words}


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


def choose(sheet: dict[str, Any], generic: Layout) -> dict[str, Choice]:
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
