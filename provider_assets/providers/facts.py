"""What a rule may ask about the world beside the rows that it judges."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from provider_assets.providers.capacity import Capacity
from provider_assets.providers.roster import Asked, Severity

if TYPE_CHECKING:
    import pandas as pd

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
        import pandas as pd

        return pd.Series(False, index=rows.index)

    def beside(self, rows: pd.DataFrame) -> pd.DataFrame:
        """Nothing to show."""
        import pandas as pd

        return pd.DataFrame("", index=rows.index, columns=list(BESIDE), dtype="str")

    def asked(self, rows: pd.DataFrame) -> Asked | None:  # noqa: ARG002
        """Nobody was asked."""
        return None


class OwnRule(Protocol):
    """A `rules.Rule` beside the built-in ones, as far as judging a row asks for it."""

    @property
    def code(self) -> str:
        """What a row that breaks it carries."""

    @property
    def severity(self) -> Severity:
        """What it does where no layout says otherwise."""

    @property
    def test(self) -> Callable[[pd.DataFrame, Facts], pd.Series]:
        """Row by row whether it is broken."""


@dataclass(frozen=True)
class Facts:
    """The same for every rule, whether it rejects or warns.

    `capacity` is what the application's table holds today, `registry` what is known of NPIs in
    public, `own_rules` stand beside the built-in ones. Another reference is one more attribute,
    whose default says nothing about any row.
    """

    capacity: Capacity = field(default_factory=Capacity)
    registry: Registry = field(default_factory=NoRegistry)
    own_rules: tuple[OwnRule, ...] = ()
