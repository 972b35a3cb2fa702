"""Layouts: which header feeds which column, and which rules apply. YAML files, not code.

What a layout file may say, and nothing about files: reading them is `reading.layouts`.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    field_validator,
    model_validator,
)

from provider_assets.providers.departures import (
    Covers,
    DeparturePolicy,
    OnLeft,
    check_day_form,
    day_in_name,
)
from provider_assets.providers.fields import FIELDS
from provider_assets.providers.headers import Wanted, canonical
from provider_assets.providers.roster import OnExisting, Severity
from provider_assets.providers.templates import needed, used
from provider_assets.providers.terminations import Terminations, Texts, as_terminations, as_tuple

if TYPE_CHECKING:
    from provider_assets.providers.rules import Rule

__all__ = ["Layout", "Terminations", "fingerprint_with"]


def _is_field(name: str) -> str:
    if name not in FIELDS:
        raise ValueError(f"{name!r} is not a field; allowed are {', '.join(FIELDS)}")
    return name


FieldName = Annotated[str, AfterValidator(_is_field)]

# they decide who departs, not which rows load: the import keeps them beside the fingerprint
DEPARTING = ("roster", "roster_date", "absent", "absent_limit", "on_terminated")
# raised whenever cleaning or matching changes in a way that changes which rows load
VALUES_VERSION = 2


class Layout(BaseModel):
    """One hospital's way of writing its roster.

    Every field of `columns` has to be found among a sheet's headers, but those in `optional` and
    those that `derive` or `constants` fill. A `fallback` layout is used only where no other fits.
    A `full` roster names everybody; `roster_date` is how its file's name tells the day it is of.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_]{0,62}$")]
    description: str = ""
    columns: Mapping[FieldName, Texts]
    optional: tuple[FieldName, ...] = ()
    first_of: tuple[FieldName, ...] = ()
    split: Literal["last_first"] | None = None
    derive: Mapping[FieldName, Texts] = Field(default_factory=dict)
    constants: Mapping[FieldName, str] = Field(default_factory=dict)
    entity_types: Annotated[tuple[Literal["1", "2"], ...], BeforeValidator(as_tuple)] = ()
    terminations: Annotated[tuple[Terminations, ...], BeforeValidator(as_terminations)] = ()
    rules: Mapping[str, Severity] = Field(default_factory=dict)
    on_existing: OnExisting | None = None
    fallback: bool = False
    roster: Covers = "delta"
    roster_date: str | None = None
    absent: OnLeft = "report"
    absent_limit: Annotated[str, Field(pattern=r"^(100|[0-9]{1,2})(\.[0-9]+)?%$")] = "5%"
    on_terminated: OnLeft | None = None
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
    def _templates_are_sound(
        cls, derive: Mapping[str, tuple[str, ...]]
    ) -> Mapping[str, tuple[str, ...]]:
        for name, templates in derive.items():
            if not templates:
                raise ValueError(f"{name}: needs a template")
            for template in templates:
                _check_template(name, template)
        return derive

    @field_validator("rules")
    @classmethod
    def _rules_exist(cls, rules: Mapping[str, Severity]) -> Mapping[str, Severity]:
        from provider_assets.providers.rules import known_rules

        known = {rule.code: rule for rule in known_rules()}
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
        if self.entity_types and "1" not in self.entity_types:
            raise ValueError("entity_types is [1], which rejects organizations, or [1, 2]")
        if self.entity_types and "entity_type" not in {*self.columns, *self.constants}:
            raise ValueError("entity_types needs a column for entity_type")
        if "full_name" not in {*self.columns, *self.derive, *self.constants}:
            raise ValueError("full_name needs a column, or a template under derive")
        return self

    @model_validator(mode="after")
    def _departures_are_sound(self) -> "Layout":
        if self.fallback and (self.roster, self.absent, self.on_terminated or "report") != (
            "delta", "report", "report",
        ):  # fmt: skip
            raise ValueError(
                "a fallback layout stands for many senders, so none of its rosters names everybody "
                "and none may take another's providers out: roster: full, absent: delete and "
                "on_terminated: delete belong into a layout of the hospital's own"
            )
        if self.absent == "delete" and self.roster != "full":
            raise ValueError("absent: delete needs roster: full; a delta names only what changed")
        if self.roster_date is not None:
            check_day_form(self.roster_date)
        return self

    def departures(
        self, on_terminated: OnLeft, file: str, *, returned: bool, whole: bool = True
    ) -> DeparturePolicy:
        """What a roster of this name comes to for who is gone; `on_terminated` is the setting.

        A workbook of ours that comes back (`returned`) never names everybody, and where a part of
        a roster was not read (not `whole`), nobody is taken out for standing in none of the rest.
        """
        dated = self.roster_date is not None
        return DeparturePolicy(
            covers="delta" if returned else self.roster,
            absent=self.absent if whole else "report",
            absent_limit=float(self.absent_limit.rstrip("%")) / 100,
            on_terminated="report" if self.fallback else self.on_terminated or on_terminated,
            dated=dated,
            as_of=day_in_name(file, self.roster_date) if self.roster_date is not None else None,
        )

    @property
    def wanted(self) -> Wanted:
        """What to look for among a sheet's headers."""
        columns = {str(k): tuple(map(canonical, v)) for k, v in self.columns.items()}
        return Wanted(
            layout=self.name,
            columns=columns,
            optional=tuple(self.optional),
            derive={str(k): tuple(v) for k, v in self.derive.items()},
            constants={str(k): v for k, v in self.constants.items()},
            first_of=tuple(self.first_of),
            split=self.split,
            entity_types=tuple(self.entity_types),
            endings=tuple(ending for one in self.terminations for ending in one.endings),
            known_endings=any(one.known for one in self.terminations),
            headings=all(one.headings is not False for one in self.terminations),
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
            mode="json", exclude={"description", "expected_every", "contact", "rules", *DEPARTING}
        )
        for one in decisive["terminations"]:  # a layout that says nothing of them stays the same
            if one["headings"] is None:
                del one["headings"]
        decisive["rules"] = {r.code: self.rules.get(r.code, r.severity) for r in RULES}
        decisive["values"] = VALUES_VERSION
        text = json.dumps(decisive, sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()[:12]


def fingerprint_with(fingerprint: str, layout: Layout, own_rules: "Sequence[Rule]") -> str:
    """A layout's fingerprint where own rules decide as well; the same where there are none.

    What a rule tests is code and is not in it: give a rule that tests something else a new code.
    """
    if not own_rules:
        return fingerprint
    own = {rule.code: layout.rules.get(rule.code, rule.severity) for rule in own_rules}
    text = json.dumps([fingerprint, own], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def _check_template(name: str, template: str) -> None:
    try:
        fields, must = used(template), needed(template)
    except ValueError as error:
        raise ValueError(f"{name}: {template!r} is not a template ({error})") from None
    allowed = [field for field in FIELDS if field not in ("npi", name)]
    if not must or any(field not in allowed for field in fields):
        raise ValueError(
            f"{name}: {template!r} must be made of other fields in braces, such as "
            "{last_name}, {first_name}"
        )
