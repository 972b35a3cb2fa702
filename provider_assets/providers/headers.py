"""Headers: how they are compared, and which layout a row of them fits.

Pure text: no file, no pandas; the reader's child process uses it. What a layout file may say
stands in `layout`.
"""

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from string import Formatter
from typing import Any

TERMINATION = "termination"
TERMINATION_DATE = "termination_date"

# what a reject workbook has after the roster's own columns; one that the roster uses itself gets
# `Reject` before it
REJECT_HEADERS = ("Reason", "What to do", "Sheet", "Row")

_DROPPED = dict.fromkeys(map(ord, "#*:_-.\"'\u200b\u200c\u200d\u2060\ufeff\u00ad"))
_LONGEST = 300


def canonical(header: str) -> str:
    """A header or a coded value as it is compared: `NPI #`, `npi` and `N_P_I*` are the same.

    NFKC, without `# * : _ - . " '`, zero-width characters and blanks, case folded.
    """
    if len(header) > _LONGEST:
        return ""
    folded = unicodedata.normalize("NFKC", header).translate(_DROPPED)
    return unicodedata.normalize("NFKC", "".join(folded.split()).casefold())


@dataclass(frozen=True)
class Wanted:
    """What a layout looks for among headers; headers and values are canonical.

    `columns` has the headers of each field, and those of `termination` and `termination_date`,
    which a sheet may lack; `spelled` has the fields' headers as the layout spells them. `derive`
    holds templates, `constants` values.
    """

    layout: str
    columns: Mapping[str, tuple[str, ...]]
    optional: tuple[str, ...] = ()
    derive: Mapping[str, str] = field(default_factory=dict)
    constants: Mapping[str, str] = field(default_factory=dict)
    termination_values: tuple[str, ...] = ()
    fallback: bool = False
    spelled: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """For the way to the reader's child process."""
        return asdict(self)

    @classmethod
    def from_dict(cls, raw: dict[str, Any]) -> "Wanted":
        """Undo `to_dict`."""
        return cls(**(raw | {"columns": {name: tuple(v) for name, v in raw["columns"].items()}}))


@dataclass(frozen=True)
class Match:
    """How well a row of headers fits a layout.

    `columns` gives the position of each field that one column feeds, `doubled` the positions of
    each that several do, `missing` the fields that nothing feeds though something must.
    """

    wanted: Wanted
    columns: Mapping[str, int]
    doubled: Mapping[str, tuple[int, ...]]
    missing: tuple[str, ...]

    @property
    def fits(self) -> bool:
        """Whether every field that must be fed is fed by exactly one column."""
        return not self.missing and not self.doubled

    @property
    def rank(self) -> tuple[bool, int]:
        """The greater, the more specific."""
        return (not self.wanted.fallback, len(self.columns))


def known_headers(wanted: Sequence[Wanted]) -> frozenset[str]:
    """Every header that any of the layouts looks for, canonical."""
    return frozenset(h for one in wanted for spelled in one.columns.values() for h in spelled)


def parts(template: str) -> tuple[str, ...]:
    """The fields that a template such as `{last_name}, {first_name}` is made of."""
    return tuple(name for _, name, _, _ in Formatter().parse(template) if name is not None)


def match_places(places: Mapping[str, Sequence[int]], wanted: Wanted) -> Match:
    """Fit a row of headers to a layout; `places` are the positions of each canonical header."""
    found = {
        name: sorted({p for header in spellings for p in places.get(header, ())})
        for name, spellings in wanted.columns.items()
    }
    columns = {name: at[0] for name, at in found.items() if len(at) == 1}
    doubled = {name: tuple(at) for name, at in found.items() if len(at) > 1}
    missing = tuple(
        name
        for name in wanted.columns
        if not found[name] and not _may_lack(name, wanted, columns.keys() | doubled.keys())
    )
    if not missing and not _has_full_name(wanted, columns.keys() | doubled.keys()):
        missing = ("full_name",)
    return Match(wanted, columns, doubled, missing)


def _may_lack(name: str, wanted: Wanted, fed: Iterable[str]) -> bool:
    if name in (TERMINATION, TERMINATION_DATE) or name in wanted.constants:
        return True
    if name in wanted.derive:
        return set(parts(wanted.derive[name])) <= set(fed) | wanted.constants.keys()
    return name in wanted.optional


def _has_full_name(wanted: Wanted, fed: Iterable[str]) -> bool:
    return "full_name" in set(fed) | wanted.constants.keys() or (
        "full_name" in wanted.derive and _may_lack("full_name", wanted, fed)
    )


def reject_headers(own: Iterable[str]) -> tuple[str, ...]:
    """The headers of a reject workbook after the roster's own ones, none of which they repeat."""
    taken = {canonical(header) for header in own}
    return tuple(f"Reject {name}" if canonical(name) in taken else name for name in REJECT_HEADERS)


def has_reject_headers(headers: Iterable[str | None]) -> bool:
    """Whether these are the headers of a reject workbook that came back."""
    found = {canonical(header) for header in headers if header}
    return all(
        not found.isdisjoint((canonical(name), canonical(f"Reject {name}")))
        for name in REJECT_HEADERS
    )


def letters(position: int) -> str:
    """A column's letters as a spreadsheet shows them: 0 is A, 26 is AA."""
    text, rest = "", position + 1
    while rest:
        rest, digit = divmod(rest - 1, 26)
        text = chr(65 + digit) + text
    return text
