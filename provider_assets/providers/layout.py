"""Layouts: which header feeds which column, and which rules apply. YAML files, not code.

What a layout file may say, and nothing about files: reading them is `reading.layouts`.
"""

import hashlib
import json
from collections.abc import Mapping
from string import Formatter
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    field_validator,
    model_validator,
)

from provider_assets.providers.fields import FIELDS
from provider_assets.providers.headers import TERMINATION, TERMINATION_DATE, Wanted, canonical
from provider_assets.providers.roster import OnExisting, Severity


def _is_field(name: str) -> str:
    if name not in FIELDS:
        raise ValueError(f"{name!r} is not a field; allowed are {', '.join(FIELDS)}")
    return name


FieldName = Annotated[str, AfterValidator(_is_field)]

# raised whenever cleaning or matching changes in a way that changes which rows load
VALUES_VERSION = 1


def _as_tuple(value: object) -> object:
    """One header may be written without the list's brackets; YAML reads `D` as text, `1` as int."""
    items = value if isinstance(value, list | tuple) else [value]
    return tuple(str(item) if isinstance(item, int) else item for item in items)


Texts = Annotated[tuple[str, ...], BeforeValidator(_as_tuple)]


class Terminations(BaseModel):
    """Rows that the roster itself says have left.

    A row is terminated when `column` (a header, or several of which a sheet has one) holds one of
    `values`, compared like headers, or when `date_column` holds a day before today.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    column: Texts = ()
    values: Texts = ()
    date_column: Texts = ()

    @model_validator(mode="after")
    def _is_whole(self) -> "Terminations":
        if bool(self.column) != bool(self.values):
            raise ValueError("column and values go together")
        if not self.column and not self.date_column:
            raise ValueError("needs column with values, or date_column")
        return self


class Layout(BaseModel):
    """One hospital's way of writing its roster.

    Every field of `columns` has to be found among a sheet's headers, but those in `optional` and
    those that `derive` or `constants` fill. A `fallback` layout is used only where no other fits.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_]{0,62}$")]
    description: str = ""
    columns: Mapping[FieldName, Texts]
    optional: tuple[FieldName, ...] = ()
    derive: Mapping[FieldName, str] = Field(default_factory=dict)
    constants: Mapping[FieldName, str] = Field(default_factory=dict)
    terminations: Terminations | None = None
    rules: Mapping[str, Severity] = Field(default_factory=dict)
    on_existing: OnExisting | None = None
    fallback: bool = False
    expected_every: Annotated[str, Field(pattern=r"^[1-9][0-9]{0,3}[hdw]$")] | None = None
    contact: Annotated[str, Field(pattern=r"^[^\s@]+@[^\s@]+$|^[a-z0-9]+://\S+$")] | None = None

    @field_validator("columns")
    @classmethod
    def _headers_are_distinct(cls, columns: Mapping[str, tuple[str, ...]]) -> Mapping[str, Any]:
        if "npi" not in columns:
            raise ValueError("npi needs a column")
        owner: dict[str, str] = {}
        for name, headers in columns.items():
            if not headers:
                raise ValueError(f"{name}: needs at least one header")
            for header in headers:
                key = canonical(header)
                if not key:
                    raise ValueError(f"{name}: a header is empty")
                if owner.setdefault(key, name) != name:
                    raise ValueError(f"{header!r} feeds both {owner[key]} and {name}")
        return columns

    @field_validator("derive")
    @classmethod
    def _templates_are_sound(cls, derive: Mapping[str, str]) -> Mapping[str, str]:
        for name, template in derive.items():
            _check_template(name, template)
        return derive

    @field_validator("rules")
    @classmethod
    def _rules_exist(cls, rules: Mapping[str, Severity]) -> Mapping[str, Severity]:
        from provider_assets.providers.rules import RULES

        known = {rule.code: rule for rule in RULES}
        for code, severity in rules.items():
            if code not in known:
                raise ValueError(f"{code!r} is not a rule; allowed are {', '.join(known)}")
            if severity not in known[code].allowed:
                raise ValueError(
                    f"{code}: cannot be {severity!r}, since such a row never loads; allowed is "
                    f"{' or '.join(known[code].allowed)}"
                )
        return rules

    @model_validator(mode="after")
    def _has_full_name(self) -> "Layout":
        if "npi" in {*self.optional, *self.derive, *self.constants}:
            raise ValueError("npi cannot be optional, derived or constant")
        if "full_name" not in {*self.columns, *self.derive, *self.constants}:
            raise ValueError("full_name needs a column, or a template under derive")
        return self

    @property
    def wanted(self) -> Wanted:
        """What to look for among a sheet's headers."""
        columns = {str(k): tuple(map(canonical, v)) for k, v in self.columns.items()}
        ends = self.terminations
        if ends and ends.column:
            columns[TERMINATION] = tuple(map(canonical, ends.column))
        if ends and ends.date_column:
            columns[TERMINATION_DATE] = tuple(map(canonical, ends.date_column))
        return Wanted(
            layout=self.name,
            columns=columns,
            optional=tuple(self.optional),
            derive={str(k): v for k, v in self.derive.items()},
            constants={str(k): v for k, v in self.constants.items()},
            termination_values=tuple(map(canonical, ends.values)) if ends else (),
            fallback=self.fallback,
            spelled={str(k): tuple(v) for k, v in self.columns.items()},
        )

    @property
    def fingerprint(self) -> str:
        """Twelve hex digits that change when anything changes that decides which rows load.

        That is the layout, every rule's severity, and how values are cleaned.
        """
        from provider_assets.providers.rules import RULES

        decisive = self.model_dump(
            mode="json", exclude={"description", "expected_every", "contact", "rules"}
        )
        decisive["rules"] = {r.code: self.rules.get(r.code, r.severity) for r in RULES}
        decisive["values"] = VALUES_VERSION
        text = json.dumps(decisive, sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()[:12]


def _check_template(name: str, template: str) -> None:
    try:
        pieces = list(Formatter().parse(template))
    except ValueError as error:
        raise ValueError(f"{name}: {template!r} is not a template ({error})") from None
    used = [piece for _, piece, _, _ in pieces if piece is not None]
    allowed = [field for field in FIELDS if field != "npi"]
    plain = all(not spec and not turn for _, piece, spec, turn in pieces if piece is not None)
    if not used or not plain or any(part not in allowed or part == name for part in used):
        raise ValueError(
            f"{name}: {template!r} must be made of other fields in braces, such as "
            "{last_name}, {first_name}"
        )
