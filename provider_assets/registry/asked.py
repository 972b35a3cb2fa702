"""The registry as the rules ask it: the port `Registry` of `providers.facts` over the store."""

from datetime import date
from pathlib import Path

import pandas as pd

from provider_assets.providers.facts import NoRegistry, Registry
from provider_assets.providers.roster import Asked
from provider_assets.registry.findings import Findings, beside, find
from provider_assets.registry.reference import Reference, open_reference


class AskedRegistry:
    """Answers about rows; one frame is held against the store once, however many rules ask."""

    def __init__(self, reference: Reference) -> None:
        self._reference = reference
        self._last: tuple[pd.Index, Findings] | None = None

    def says(self, code: str, rows: pd.DataFrame) -> pd.Series:
        """Row by row whether this finding holds."""
        return pd.Series(self._found(rows).flags[code], index=rows.index)

    def beside(self, rows: pd.DataFrame) -> pd.DataFrame:
        """What is held of the rows' NPIs, how alike the names are, and what may be meant."""
        return beside(rows, self._reference)

    def asked(self, rows: pd.DataFrame) -> Asked:
        """How many rows it holds, active and under a name that agrees; and of which day it is."""
        abouts = self._reference.abouts
        found = None if self._reference.providers is None else self._found(rows).confirmed
        return Asked(
            rows=len(rows),
            confirmed=None if found is None else int(found.sum()),
            snapshots={about.asset: about.snapshot for about in abouts},
            sha256={about.asset: about.sha256 for about in abouts},
        )

    def _found(self, rows: pd.DataFrame) -> Findings:
        """The findings of a frame, found once for all frames that share its index."""
        if self._last is None or not rows.index.is_(self._last[0]):
            self._last = (rows.index, find(rows, self._reference))
        return self._last[1]


def ask_registry(folder: Path, today: date) -> Registry:
    """The registry of the folder; one that says nothing where none was loaded."""
    reference = open_reference(folder, today)
    return NoRegistry() if reference is None else AskedRegistry(reference)
