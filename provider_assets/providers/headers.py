"""Headers: how they are compared, and which layout a row of them fits.

Pure text: no file, no pandas; the reader's child process uses it. What a layout file may say
stands in `layout`.
"""

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from provider_assets.providers.templates import needed
from provider_assets.providers.words import word_set, words

TERMINATION = "termination"
"""What a column that tells who has left feeds."""

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
class Ending:
    """One way in which a layout says that a roster tells who has left; all canonical.

    Either a column of one of `headers` with one of `values`, or one with a day (`dated`), unless
    a column of `back` has a later one, or a sheet of one of the names `sheets`.
    """

    headers: tuple[str, ...] = ()
    values: tuple[str, ...] = ()
    dated: bool = False
    back: tuple[str, ...] = ()
    sheets: tuple[str, ...] = ()


@dataclass(frozen=True)
class Wanted:
    """What a layout looks for among headers; headers and values are canonical.

    `columns` has the headers of each field, `spelled` as the layout spells them. `derive` holds
    templates, of which the first that can be filled counts, `constants` values. Of several columns
    for a field of `first_of`, the one counts that is named first; `split` has first and last names
    made of the full one. Rows of other `entity_types` do not load. `endings` tell who has left,
    `known_endings` also what is known to tell it by its words, `headings` rows of one text.
    """

    layout: str
    columns: Mapping[str, tuple[str, ...]]
    optional: tuple[str, ...] = ()
    derive: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    constants: Mapping[str, str] = field(default_factory=dict)
    first_of: tuple[str, ...] = ()
    split: str | None = None
    entity_types: tuple[str, ...] = ()
    endings: tuple[Ending, ...] = ()
    known_endings: bool = False
    headings: bool = True
    fallback: bool = False
    spelled: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """For the way to the reader's child process."""
        return asdict(self)

    @classmethod
    def from_dict(cls, raw: dict[str, Any]) -> "Wanted":
        """Undo `to_dict`."""
        endings = tuple(Ending(**one) for one in raw["endings"])
        return cls(**(raw | {"endings": endings}))


@dataclass(frozen=True)
class Match:
    """How well a row of headers fits a layout.

    `columns` gives the position of each field that one column feeds, `doubled` the positions of
    each that several do, `missing` the fields that nothing feeds though something must. `ends`
    are the positions of columns that tell who has left, each with the layout's ending.
    """

    wanted: Wanted
    columns: Mapping[str, int]
    doubled: Mapping[str, tuple[int, ...]]
    missing: tuple[str, ...]
    ends: tuple[tuple[int, Ending], ...] = ()

    @property
    def fits(self) -> bool:
        """Whether every field that must be fed is fed by exactly one column."""
        return not self.missing and not self.doubled

    @property
    def rank(self) -> tuple[bool, int]:
        """The greater, the more specific."""
        return (not self.wanted.fallback, len(self.columns) + len(self.ends))


def known_headers(wanted: Sequence[Wanted]) -> frozenset[str]:
    """Every header that any of the layouts looks for, canonical."""
    fields = {h for one in wanted for spelled in one.columns.values() for h in spelled}
    endings = [ending for one in wanted for ending in one.endings]
    return frozenset(fields.union(*((*one.headers, *one.back) for one in endings)))


Places = Mapping[str, Sequence[int]]


def match_places(
    places: Places,
    wanted: Wanted,
    loose: Places | None = None,
    held: Mapping[int, str] | None = None,
) -> Match:
    """Fit a row of headers to a layout; `places` are the positions of each canonical header.

    `loose` are positions by what a header means rather than says (`loose_keys`), for fields that
    nothing else feeds. `held` says of positions which field their values belong to: they feed that
    one, and no other.
    """
    held = held or {}
    found = {name: _fed(name, places, wanted, held) for name in wanted.columns}
    taken = {place for found_at in found.values() for place in found_at}
    for name, at in found.items():
        if not at and loose:
            found[name] = [p for p in _fed(name, loose, wanted, held) if p not in taken]
    for place, name in held.items():
        if name in found and not found[name]:
            found[name] = [place]
    columns = {name: at[0] for name, at in found.items() if len(at) == 1}
    doubled = {name: tuple(at) for name, at in found.items() if len(at) > 1}
    missing = tuple(
        name
        for name in wanted.columns
        if not found[name] and not _may_lack(name, wanted, columns.keys() | doubled.keys())
    )
    if not missing and not _has_full_name(wanted, columns.keys() | doubled.keys()):
        missing = ("full_name",)
    ends = tuple(
        (place, ending)
        for ending in wanted.endings
        for header in ending.headers
        for place in places.get(header, ())
    )
    return Match(wanted, columns, doubled, missing, ends)


def _fed(name: str, places: Places, wanted: Wanted, held: Mapping[int, str]) -> list[int]:
    """The positions that feed a field; of a `first_of` one only the first that the layout names."""
    by_header = (
        [p for p in places.get(header, ()) if held.get(p, name) == name]
        for header in wanted.columns[name]
    )
    if name in wanted.first_of:
        return next((at[:1] for at in by_header if at), [])
    return sorted({place for at in by_header for place in at})


_ROLES = frozenset(
    {"rendering", "provider", "practitioner", "physician", "clinician", "doctor", "prescriber"}
    | {"covered", "recipient", "profile", "supplier", "nppes", "individual", "performing"}
    | {"servicing", "attending", "treating"}
)


_EMPTY = frozenset({"information", "info", "details", "detail", "data", "section"})
_OF_OTHERS = word_set(
    "group billing organization facility practice location office supervising contact clinic "
    "payee remit remittance hospital employer site admin administrator credentialing"
)


def is_of_others(heading: str | None) -> bool:
    """Whether the columns under a heading are somebody else's than the provider's own."""
    told = words(heading or "")
    return not _OF_OTHERS.isdisjoint(told) and _ROLES.isdisjoint(told)


def loose_keys(header: str) -> tuple[str, ...]:
    """What a header says once its words are spelled out, and without whose it is; canonical.

    `Rndrng_Prvdr_First_Name` is `renderingproviderfirstname`, and `firstname`.
    """
    told = tuple(word for word in words(header) if word not in _EMPTY)
    if not told or told[-1] == "type":  # of what is a type, the spelling counts
        return ()
    plain = list(told)
    while plain and plain[0] in _ROLES:
        plain.pop(0)
    return tuple(dict.fromkeys(canonical(" ".join(one)) for one in (told, plain) if one))


def _may_lack(name: str, wanted: Wanted, fed: Iterable[str]) -> bool:
    if name in wanted.constants:
        return True
    if name in wanted.derive:
        have = set(fed) | wanted.constants.keys()
        return any(set(needed(one)) <= have for one in wanted.derive[name])
    return name in wanted.optional


def _has_full_name(wanted: Wanted, fed: Iterable[str]) -> bool:
    return "full_name" in set(fed) | wanted.constants.keys() or (
        "full_name" in wanted.derive and _may_lack("full_name", wanted, fed)
    )


def letters(position: int) -> str:
    """A column's letters as a spreadsheet shows them: 0 is A, 26 is AA."""
    text, rest = "", position + 1
    while rest:
        rest, digit = divmod(rest - 1, 26)
        text = chr(65 + digit) + text
    return text
