"""What a rule may ask about the world beside the rows that it judges."""

from dataclasses import dataclass, field
from typing import Protocol

import pandas as pd

from provider_assets.providers.capacity import Capacity
from provider_assets.providers.roster import Asked

BESIDE = ("details", "registry", "likeness", "suggestion")


class Registry(Protocol):
    """What a public registry of providers says about rows (columns of `fields.PROVIDER`)."""

    def says(self, code: str, rows: pd.DataFrame) -> pd.Series:
        """Row by row whether this finding (a code of `registry_codes`) holds."""

    def beside(self, rows: pd.DataFrame) -> pd.DataFrame:
        """What to show beside the rows: text columns `BESIDE`, empty where there is nothing."""

    def asked(self, rows: pd.DataFrame) -> Asked | None:
        """Who was asked about these rows, and how many were confirmed; None where nobody was."""


class NoRegistry:
    """Where no registry is set up: nothing is said about any row."""

    def says(self, code: str, rows: pd.DataFrame) -> pd.Series:  # noqa: ARG002
        """No finding."""
        return pd.Series(False, index=rows.index)

    def beside(self, rows: pd.DataFrame) -> pd.DataFrame:
        """Nothing to show."""
        return pd.DataFrame("", index=rows.index, columns=list(BESIDE), dtype="str")

    def asked(self, rows: pd.DataFrame) -> Asked | None:  # noqa: ARG002
        """Nobody was asked."""
        return None


@dataclass(frozen=True)
class Facts:
    """The same for every rule, whether it rejects or warns.

    `capacity` is what the application's table holds today, `registry` what is known of NPIs in
    public. Another reference is one more attribute, whose default says nothing about any row.
    """

    capacity: Capacity = field(default_factory=Capacity)
    registry: Registry = field(default_factory=NoRegistry)
