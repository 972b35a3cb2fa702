"""A roster's rows with what the registry says of each: for `registry check`, nothing loaded."""

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from provider_assets.providers.facts import BESIDE
from provider_assets.registry.findings import beside, find
from provider_assets.registry.reference import Reference


@dataclass(frozen=True)
class CheckedRow:
    """A row that something was found about: its place, the codes, and what stands beside it."""

    sheet: str
    row: int
    codes: tuple[str, ...]
    details: str
    registry: str
    likeness: str
    suggestion: str


@dataclass(frozen=True)
class Checked:
    """A whole roster: rows read, rows that the registry confirms, rows by code, the findings."""

    rows: int
    confirmed: int
    counts: Mapping[str, int]
    found: tuple[CheckedRow, ...]


def check(rows: pd.DataFrame, reference: Reference) -> Checked:
    """Hold rows (columns of `frames.RAW`) against the registry."""
    found = find(rows, reference)
    codes = pd.Series("", index=rows.index, dtype="str")
    for code, flags in found.flags.items():
        codes[flags] = codes[flags] + f" {code}"
    told = codes != ""
    unknown = found.held.place < 0  # of these an NPI nearby may be meant
    chosen = rows[told | unknown]
    shown = beside(chosen, reference)
    lines = zip(
        chosen["sheet"],
        chosen["row"],
        codes[chosen.index],
        *(shown[name] for name in BESIDE),
        strict=True,
    )
    return Checked(
        rows=len(rows),
        confirmed=int(found.confirmed.sum()),
        counts={code: int(flags.sum()) for code, flags in found.flags.items() if flags.any()},
        found=tuple(
            CheckedRow(sheet, int(row), tuple(of_row.split()), details, registry, likeness, meant)
            for sheet, row, of_row, details, registry, likeness, meant in lines
            if of_row or meant
        ),
    )
