"""How well each row's name agrees with what the registry holds of its NPI, a column at a time.

Nearly all rows agree letter by letter: those are found by Arrow. The rest goes through
`agreement`, once for each pair of names.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from provider_assets.registry import agreement, known_names, names
from provider_assets.registry import rows as roster
from provider_assets.registry.reference import ORGANIZATION, Held, Reference

NAMES = ("name", "first", "middle", "former")


def likeness(
    rows: pd.DataFrame, kinds: npt.NDArray[np.uint8], held: Held, reference: Reference
) -> npt.NDArray[np.float64]:
    """From 0 to 1; not a number where there is nothing to compare.

    That is where the registry lacks the NPI, holds no name of it (it is deactivated), or holds
    the other kind of provider.
    """
    found = np.full(len(rows), np.nan)
    if reference.providers is None:
        return found
    same_kind = (held.place >= 0) & (held.kind == kinds)
    people = np.flatnonzero(same_kind & (kinds != ORGANIZATION))
    found[people] = _people(_some(rows, people, roster.NAMES), held.place[people], reference)
    firms = np.flatnonzero(same_kind & (kinds == ORGANIZATION))
    named = _some(rows, firms, roster.ORGANIZATION_NAMES)
    found[firms] = _organizations(named, held.place[firms], reference)
    return found


def _some(rows: pd.DataFrame, at: npt.NDArray[np.int64], columns: Sequence[str]) -> pd.DataFrame:
    """These rows of these columns, as far as the frame has them; nothing is copied for all."""
    wanted = rows[[name for name in columns if name in rows]]
    return wanted if len(at) == len(rows) else wanted.iloc[at]


def registry_texts(reference: Reference, name: str, place: npt.NDArray[np.int64]) -> pa.Array:
    """A text column of the registry at these places."""
    assert reference.providers is not None  # noqa: S101  (a place is one in it)
    column = reference.providers.batch.column(name)
    return column.dictionary.take(column.indices.take(pa.array(place)))


def _people(
    rows: pd.DataFrame, place: npt.NDArray[np.int64], reference: Reference
) -> npt.NDArray[np.float64]:
    found = np.ones(len(rows))
    equal = _letter_by_letter(rows, place, reference)
    left = np.flatnonzero(~equal)
    if not len(left):
        return found
    ours = roster.parts(rows.iloc[left])
    columns = (registry_texts(reference, name, place[left]).to_pylist() for name in NAMES)
    theirs = zip(*columns, strict=True)
    known: dict[object, float] = {}
    for at, pair in zip(left, zip(ours, theirs, strict=True), strict=True):
        if pair not in known:
            known[pair] = _agreed(*pair)
        found[at] = known[pair]
    return found


def _letter_by_letter(
    rows: pd.DataFrame, place: npt.NDArray[np.int64], reference: Reference
) -> npt.NDArray[np.bool_]:
    equal = np.ones(len(rows), dtype=bool)
    for ours, theirs in (("last_name", "name"), ("first_name", "first")):
        held = registry_texts(reference, theirs, place).cast(pa.large_string())
        told = pc.equal(pc.utf8_upper(roster.texts(rows, ours)), pc.utf8_upper(held))
        equal &= pc.fill_null(told, False).to_numpy(zero_copy_only=False)
    return equal


def _agreed(ours: roster.Texts, theirs: tuple[str | None, ...]) -> float:
    known = known_names.people(*(part or "" for part in theirs))
    return agreement.people_agree(roster.names_of(ours), known).likeness


def _organizations(
    rows: pd.DataFrame, place: npt.NDArray[np.int64], reference: Reference
) -> npt.NDArray[np.float64]:
    ours = roster.organization_names(rows)
    columns = (registry_texts(reference, name, place).to_pylist() for name in ("name", "former"))
    known: dict[object, float] = {}
    found = np.empty(len(rows))
    for at, pair in enumerate(zip(ours, zip(*columns, strict=True), strict=True)):
        if pair not in known:
            known[pair] = _firms_agreed(*pair)
        found[at] = known[pair]
    return found


def _firms_agreed(ours: roster.Texts, theirs: tuple[str | None, ...]) -> float:
    named = [names.organization(one) for one in ours if one]
    known = known_names.firms(*(part or "" for part in theirs))
    return agreement.most_alike(named, known) if named else np.nan
