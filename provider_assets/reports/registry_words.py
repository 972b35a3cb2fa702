"""What the public registry adds to the reasons of a row, in words for people."""

import numpy as np
import pandas as pd

from provider_assets.providers.codes import which_have
from provider_assets.providers.counted import counted
from provider_assets.providers.facts import Registry
from provider_assets.providers.registry_codes import REGISTRY_FINDINGS
from provider_assets.providers.roster import Asked

# of a mistyped NPI, the one that was probably meant
_MISTYPED = ("npi-check-digit", "npi-malformed")
FINDINGS = frozenset(finding.code for finding in REGISTRY_FINDINGS)
ABOUT = FINDINGS | frozenset(_MISTYPED)


def registry_words(rows: pd.DataFrame, registry: Registry) -> list[str]:
    """For each row (columns `frames.REJECTED`) what the registry holds, and how alike it is.

    Empty for a row whose codes do not concern the registry.
    """
    told = [""] * len(rows)
    at = np.flatnonzero(which_have(rows["codes"], ABOUT))
    if not len(at):
        return told
    shown = registry.beside(rows.iloc[at]).itertuples(index=False, name=None)
    for place, (details, held, likeness, suggestion) in zip(at, shown, strict=True):
        told[place] = _sentences(details, held, likeness, suggestion)
    return told


def concerns_registry(warned: pd.DataFrame | None) -> bool:
    """Whether any of these rows (`frames.CLEAN`) is one that the registry finds fault with.

    What it holds is told beside such a row, so it needs a place also where every row loaded.
    """
    if warned is None:
        return False
    told = {code for codes in warned["warnings"].unique() for code in codes.split()}
    return not FINDINGS.isdisjoint(told)


def _sentences(details: str, held: str, likeness: str, suggestion: str) -> str:
    alike = f" (likeness {likeness})" if likeness else ""
    parts = (
        details,
        f"The registry holds {held}{alike}." if held else "",
        f"Did you mean {suggestion}?" if suggestion else "",
    )
    return " ".join(part for part in parts if part)


def confirmed_words(asked: Asked) -> str:
    """`4 of 5 rows (80 %), snapshot of 2026-11-08`; the other parts' days where there are some."""
    days = ", ".join(f"{asset} of {day}" for asset, day in asked.snapshots.items())
    if asked.confirmed is None:
        return f"asked: {days}"
    rows = counted(asked.rows, "row")
    return f"{asked.confirmed:,} of {rows} confirmed ({asked.share or 0:.1%}); {days}"
