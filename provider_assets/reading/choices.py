"""Which column of a sheet feeds which field, by its header and by what stands below it.

For drafts of layouts (`suggest`); a roster that is loaded goes by a layout, never by a guess.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from rapidfuzz import fuzz, process

from provider_assets.providers.endings import Kind, judge_header
from provider_assets.providers.fields import PROVIDER
from provider_assets.providers.headers import canonical, is_of_others, loose_keys
from provider_assets.providers.layout import Layout
from provider_assets.providers.words import words

NEAR = 86  # of 100: `Providr Last Nme` is near, `Middle Name` is not near `First Name`
SHORTEST_NEAR = 8  # shorter headers are near too many things
MOST = 0.5
_GUESSED = tuple(field for field in PROVIDER if field.words)
_KNOWN = tuple(field.name for field in PROVIDER if field.name != "npi")
OTHERS_NPI = re.compile(
    r"billing|group|type ?2|organi[sz]ation|facility|supervis|replacement|referring|pay ?to|clinic",
    re.IGNORECASE,
)
NO_ONES_NAME = re.compile(
    r"middle|suffix|prefix|contact|supervis|user|login|mother|maiden|previous|former|file|plan|other",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Column:
    """A column as the reader's child saw it: its header and counts of what stands below."""

    header: str
    heading: str | None
    position: int
    filled: int
    npi: int
    ten_digits: int
    name: int
    last_first: int
    held: str | None = None
    forms: Sequence[str] = ()

    def share(self, count: int) -> float:
        """A count over the filled cells."""
        return count / self.filled if self.filled else 0.0


@dataclass(frozen=True)
class Choice:
    """A column for a field, and why."""

    column: Column
    why: str


@dataclass(frozen=True)
class Choices:
    """What was chosen: a column a field, and the columns that tell who has left."""

    fields: dict[str, Choice]
    endings: tuple[tuple[Column, Kind], ...]
    left: tuple[Column, ...]


def choose(sheet: dict[str, Any], generic: Layout) -> Choices:
    """The column for each field that one can be found for, each column at most once."""
    left = [Column(**column) for column in sheet["columns"]]
    chosen: dict[str, Choice] = {}
    wanted = generic.wanted.columns
    steps: list[tuple[str, Callable[[Column], tuple[float, str] | None]]] = [
        ("npi", partial(_as_npi, known=wanted["npi"])),
        *((name, partial(_exactly, name=name, known=wanted.get(name, ()))) for name in _KNOWN),
        *(
            (one.name, partial(_by_header, name=one.name, known=wanted.get(one.name, ())))
            for one in _GUESSED
        ),
        ("full_name", _by_content),
    ]
    for name, judge in steps:
        if name in chosen or (judge is _by_content and {"first_name", "last_name"} <= set(chosen)):
            continue
        judged = [(verdict, column) for column in left if (verdict := judge(column))]
        if judged:
            (_, why), column = max(judged, key=lambda one: (one[0][0], -one[1].position))
            chosen[name] = Choice(column, why)
            left.remove(column)
    told = ((column, judge_header(column.header)) for column in left)
    endings = tuple((c, one.kind) for c, one in told if one and one.sure and one.kind != "back")
    telling = {column.position for column, _ in endings}
    unread = tuple(column for column in left if column.position not in telling)
    return Choices(chosen, endings, unread)


def _exactly(column: Column, name: str, known: Sequence[str]) -> tuple[float, str] | None:
    if column.held is not None and column.held != name and name in ("entity_name", column.held):
        return None
    if column.held == name:
        return 2.0, "what stands in it"
    if is_of_others(column.heading):
        path = f"{column.heading} {column.header}"
        return (0.5, "its heading") if set(loose_keys(path)) & set(known) else None
    if canonical(column.header) in known:
        return 1 - known.index(canonical(column.header)) / 1000, "a well-known header"
    spelled = next((key for key in loose_keys(column.header) if key in known), None)
    return (0.5, "a well-known header, once it is spelled out") if spelled else None


def _as_npi(column: Column, known: Sequence[str]) -> tuple[float, str] | None:
    share = column.share(column.npi)
    counted = f"{column.npi} of {column.filled} values are valid NPIs"
    others = bool(OTHERS_NPI.search(" ".join(words(column.header)))) or is_of_others(column.heading)
    is_known = canonical(column.header) in known and not others
    if is_known:
        return 2 + share, f"a well-known header; {counted}"
    is_npi = "npi" in words(column.header)
    if share > MOST or (column.share(column.ten_digits) > MOST and is_npi):
        why = f"{counted}; make sure that these are the providers' own" if others else counted
        return (share - 1 if others else share), why
    return None


def _by_header(column: Column, name: str, known: Sequence[str]) -> tuple[float, str] | None:
    field = next(one for one in _GUESSED if one.name == name)
    header = " ".join(words(column.header))
    if field.is_name and (NO_ONES_NAME.search(header) or is_of_others(column.heading)):
        return None
    if column.share(column.npi) > MOST or column.share(column.ten_digits) > MOST or column.held:
        return None
    if not field.is_name and column.share(column.last_first) > MOST:
        return None  # people stand in it, whatever its header sounds like
    key = canonical(column.header)
    near = process.extractOne(key, known, scorer=fuzz.ratio, score_cutoff=NEAR)
    if near and len(key) >= SHORTEST_NEAR:
        return near[1], f"the header is near {near[0]!r}"
    if field.is_name and column.share(column.name + column.last_first) <= MOST:
        return None
    return (1.0, "a word in the header") if re.search(field.words, header) else None


def _by_content(column: Column) -> tuple[float, str] | None:
    share = column.share(column.last_first)
    if share > MOST:
        return share, f"{column.last_first} of {column.filled} values read like Last, First"
    return None
