"""Providers of the registry by name: for a person who looks one up."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from provider_assets.registry import agreement, known_names, merging, names
from provider_assets.registry.columns import OTHERS, PARTED
from provider_assets.registry.likeness import registry_texts
from provider_assets.registry.reference import INDIVIDUAL, ORGANIZATION, Numbers, Reference

MOST = 20
_NEAR = 0.9  # last names less alike than this are not looked at
_COLUMNS = ("name", "first", "middle", "former", "state", "taxonomy")


@dataclass(frozen=True)
class Entry:
    """One provider as the registry holds it; days are ISO 8601, `kind` 1 or 2."""

    npi: str
    kind: int
    name: str
    first: str
    middle: str
    former: str
    state: str
    taxonomy: str
    deactivated: str | None
    excluded: bool
    likeness: float


def search(reference: Reference, name: str, state: str | None = None) -> list[Entry]:
    """At most `MOST` providers whose name agrees with this one, the most alike first.

    `name` may be written in any way; `state` are two letters. Deactivated ones have no name in
    NPPES and are not found.
    """
    if reference.providers is None:
        return []
    ours = names.readings(name)
    place = _candidates(reference, ours, names.organization(name))
    if state:
        held = registry_texts(reference, "state", place)
        place = place[pc.fill_null(pc.equal(pc.utf8_upper(held), state.upper()), False).to_numpy(
            zero_copy_only=False)]  # fmt: skip
    found = [entry for entry in _entries(reference, place, ours, name) if entry.likeness > 0]
    return sorted(found, key=lambda entry: (-entry.likeness, entry.name, entry.npi))[:MOST]


def _candidates(reference: Reference, ours: Sequence[names.Name], firm: str) -> Numbers:
    """The rows whose last, former or organization's name is near to one that may be meant."""
    assert reference.providers is not None  # noqa: S101  (asked by `search`)
    wanted = {part for one in ours for part in (one.last, *one.last.split()) if len(part) > 1}
    found = np.zeros(len(reference.providers.numbers("npi")), dtype=bool)
    for column in ("name", "former"):
        cells = reference.providers.batch.column(column)
        parts = pc.split_pattern(
            pc.replace_substring_regex(cells.dictionary, f"{PARTED}.*", ""), OTHERS
        )
        near = pc.list_parent_indices(parts).to_numpy()[_near(parts.flatten(), wanted | {firm})]
        codes = np.unique(near)
        inside = pc.is_in(cells.indices, pa.array(codes, cells.indices.type))
        found |= inside.to_numpy(zero_copy_only=False)
    return np.flatnonzero(found)


def _near(values: pa.Array, heard: set[str]) -> npt.NDArray[np.bool_]:
    """Which values are like one of these, or have it as one of their words."""
    from rapidfuzz import process
    from rapidfuzz.distance import JaroWinkler

    found = np.zeros(len(values), dtype=bool)
    plain = pc.utf8_upper(values)
    texts = plain.to_pylist()
    for one in heard:
        word = pc.match_substring_regex(plain, rf"(^|[ -]){one}($|[ -])")
        found |= pc.fill_null(word, False).to_numpy(zero_copy_only=False)
        alike = process.cdist([one], texts, scorer=JaroWinkler.similarity, score_cutoff=_NEAR)
        found |= np.asarray(alike[0]) > 0
    return found


def _entries(
    reference: Reference, place: Numbers, ours: Sequence[names.Name], name: str
) -> list[Entry]:
    assert reference.providers is not None  # noqa: S101  (asked by `search`)
    npis = reference.providers.numbers("npi")[place].astype(np.int64)
    held = reference.held(npis)
    columns = (registry_texts(reference, column, place).to_pylist() for column in _COLUMNS)
    entries = []
    for at, cells in enumerate(zip(*columns, strict=True)):
        known = [cell or "" for cell in cells]
        day = int(held.deactivated[at])
        entries.append(
            Entry(
                npi=str(npis[at]),
                kind=int(held.kind[at]),
                name=known[0],
                first=known[1],
                middle=known[2],
                former=known_names.shown(known[3]),
                state=known[4],
                taxonomy=known[5],
                deactivated=merging.as_day(day).isoformat() if day else None,
                excluded=bool(held.excluded[at] >= 0),
                likeness=round(_likeness(int(held.kind[at]), known, ours, name), 2),
            )
        )
    return entries


def _likeness(kind: int, known: list[str], ours: Sequence[names.Name], name: str) -> float:
    if kind == INDIVIDUAL:
        return agreement.people_agree(ours, known_names.people(*known[:4])).likeness
    if kind == ORGANIZATION:
        firm = names.organization(name)
        return agreement.most_alike([firm], known_names.firms(known[0], known[3]))
    return 0.0
