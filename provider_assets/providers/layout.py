"""Layouts: which header feeds which column, and which rules apply. YAML files, not code."""

import hashlib
from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from provider_assets.providers.roster import OnExisting, Severity

FieldName = Literal["entity_name", "first_name", "last_name", "full_name", "npi"]


class Terminations(BaseModel):
    """Rows that the roster itself says have left.

    A row is terminated when `column` holds one of `values` (compared like headers), or when
    `date_column` holds a day before today.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    column: str | None = None
    values: tuple[str, ...] = ()
    date_column: str | None = None


class Layout(BaseModel):
    """One hospital's way of writing its roster.

    Every field of `columns` has to be found among a sheet's headers, but those in `optional`.
    A `fallback` layout is used only where no other matches.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_]{0,62}$")]
    description: str = ""
    columns: Mapping[FieldName, tuple[str, ...]]
    optional: tuple[FieldName, ...] = ()
    derive: Mapping[FieldName, str] = Field(default_factory=dict)
    constants: Mapping[FieldName, str] = Field(default_factory=dict)
    terminations: Terminations | None = None
    rules: Mapping[str, Severity] = Field(default_factory=dict)
    on_existing: OnExisting | None = None
    fallback: bool = False
    expected_every: Annotated[str, Field(pattern=r"^[1-9][0-9]{0,3}[hdw]$")] | None = None
    contact: str | None = None

    @property
    def fingerprint(self) -> str:
        """Twelve hex digits that change when anything changes that decides which rows load."""
        decisive = self.model_dump_json(exclude={"description", "expected_every", "contact"})
        return hashlib.sha256(decisive.encode()).hexdigest()[:12]
