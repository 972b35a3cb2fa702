"""What the registry says about each row: a code, and beside it what it holds.

Pure but for the mapped store; nothing here changes a value. The codes' words for people stand
in `provider_assets.providers.registry_codes`.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from provider_assets.providers.facts import BESIDE
from provider_assets.providers.registry_codes import (
    DEACTIVATED,
    EXCLUDED,
    IS_INDIVIDUAL,
    IS_ORGANIZATION,
    NOT_HELD,
    OTHER_NAME,
    REPLACED,
)
from provider_assets.registry import merging
from provider_assets.registry import rows as roster
from provider_assets.registry.agreement import THRESHOLD
from provider_assets.registry.likeness import likeness, registry_texts
from provider_assets.registry.reference import INDIVIDUAL, ORGANIZATION, Flags, Held, Reference
from provider_assets.registry.suggestions import suggestions


@dataclass(frozen=True)
class Findings:
    """The findings of some rows: `flags` by code, `likeness` of the names, what was held."""

    flags: Mapping[str, Flags]
    likeness: npt.NDArray[np.float64]
    held: Held

    @property
    def confirmed(self) -> Flags:
        """The rows whose NPI the registry holds, active, under a name that agrees."""
        found = self.likeness >= THRESHOLD
        for flag in self.flags.values():
            found &= ~flag
        return found


def find(rows: pd.DataFrame, reference: Reference) -> Findings:
    """Hold rows (columns of `providers.fields`) against the registry."""
    npis = roster.numbers(rows["npi"])
    held = reference.held(npis)
    kinds = roster.kinds(rows)
    alike = likeness(rows, kinds, held, reference)
    known = (held.place >= 0) | (held.deactivated > 0)
    flags = {
        NOT_HELD: (npis >= 0) & ~known & reference.is_fresh,
        DEACTIVATED: held.deactivated > 0,
        REPLACED: (held.replacement > 0) & (held.replacement != npis),
        IS_ORGANIZATION: (held.kind == ORGANIZATION) & (kinds == INDIVIDUAL),
        IS_INDIVIDUAL: (held.kind == INDIVIDUAL) & (kinds == ORGANIZATION),
        OTHER_NAME: alike < THRESHOLD,  # false where there is none
        EXCLUDED: held.excluded >= 0,
    }
    return Findings(flags, alike, held)


def beside(rows: pd.DataFrame, reference: Reference) -> pd.DataFrame:
    """What to show beside rows that were found fault with: columns `BESIDE`, all text.

    `details` completes the codes' sentences, `registry` is what is held (name, state, taxonomy),
    `likeness` a number with two digits, `suggestion` the NPIs that may be meant.
    """
    found = find(rows, reference)
    details = [_details(at, found, reference) for at in range(len(rows))]
    alike = ["" if np.isnan(value) else f"{value:.2f}" for value in found.likeness]
    columns = (
        details,
        _holdings(found.held, reference),
        alike,
        suggestions(rows, reference, found.held),
    )
    return pd.DataFrame(dict(zip(BESIDE, columns, strict=True)), index=rows.index, dtype="str")


def _details(at: int, found: Findings, reference: Reference) -> str:
    """What the sentence of a code cannot know: days, the new NPI, the snapshot's day."""
    held, told = found.held, []
    if found.flags[NOT_HELD][at] and reference.providers is not None:
        told.append(f"The registry's snapshot is of {reference.providers.about.snapshot}.")
    if found.flags[DEACTIVATED][at]:
        told.append(f"Deactivated on {merging.as_day(held.deactivated[at])}.")
    if found.flags[REPLACED][at]:
        told.append(f"The new NPI is {held.replacement[at]}.")
    if found.flags[EXCLUDED][at]:
        told.append(_exclusion(int(held.excluded[at]), reference))
    return " ".join(told)


def _exclusion(at: int, reference: Reference) -> str:
    assert reference.exclusions is not None  # noqa: S101  (a place is one in it)
    row = reference.exclusions.batch.slice(at, 1).to_pylist()[0]
    digits = str(row["excluded"])
    day = f"{digits[:4]}-{digits[4:6]}-{digits[6:]}"
    return (
        f"Excluded since {day} ({row['kind']}), by OIG's list of {reference.exclusions.about.day}."
    )


def _holdings(held: Held, reference: Reference) -> list[str]:
    """`QUIMBY, ADA, OH, 207Q00000X`, empty where nothing is held."""
    told = [""] * len(held.place)
    there = np.flatnonzero(held.place >= 0)
    if not len(there):
        return told
    names = ("name", "first", "middle", "state", "taxonomy")
    columns = (registry_texts(reference, name, held.place[there]).to_pylist() for name in names)
    for at, (name, first, middle, state, taxonomy) in zip(
        there, zip(*columns, strict=True), strict=True
    ):
        given = " ".join(filter(None, (first, middle)))
        told[at] = ", ".join(filter(None, (name, given, state, taxonomy)))
    return told
