"""The rules: vectorised predicates over providers, each with a code and words for people.

A new rule is one entry of `RULES`; nothing else has to change but `docs/reject_codes.md`, which
a test holds to this list.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from provider_assets.errors import UsageError
from provider_assets.providers import npi
from provider_assets.providers.cleaning import CELL_ERRORS, GARBLED
from provider_assets.providers.codes import CUT_OFF, TERMINATED
from provider_assets.providers.duplicates import DUPLICATE_REASONS
from provider_assets.providers.facts import Facts
from provider_assets.providers.fields import FIELDS, PROVIDER, TABLE_FIELDS
from provider_assets.providers.odd_texts import has_odd_quotes, is_converted
from provider_assets.providers.registry_codes import REGISTRY_FINDINGS, RegistryFinding
from provider_assets.providers.remarked_names import has_mark
from provider_assets.providers.roster import Severity

if TYPE_CHECKING:
    import pandas as pd

Predicate = Callable[["pd.DataFrame", Facts], "pd.Series"]

NAMES = tuple(field.name for field in PROVIDER if field.is_name)


@dataclass(frozen=True)
class Rule:
    """What may not be, or is odd, about one provider row.

    `test` takes a raw frame (`frames.RAW`) and the facts, and gives for each row whether it breaks
    the rule. `field` is the offending column, None where it differs by row. `sentence` says what
    is wrong and `advice` what to do about it, for the sender. A `firm` rule stays as it is in
    every layout: a row that breaks it cannot load.
    """

    code: str
    severity: Severity
    field: str | None
    sentence: str
    advice: str
    test: Predicate
    firm: bool = False

    @property
    def allowed(self) -> tuple[Severity, ...]:
        """The severities that a layout may give it."""
        return (self.severity,) if self.firm else ("reject", "warn", "off")


def _has_remark(rows: pd.DataFrame, code: str) -> pd.Series:
    """Which rows the reader remarked this code on."""
    return rows["remarks"].str.contains(code, regex=False).fillna(False).astype(bool)


def _any_field(
    test: Callable[[pd.Series, str], pd.Series], rows: pd.DataFrame, names: Sequence[str]
) -> pd.Series:
    import pandas as pd

    broken = pd.Series(False, index=rows.index)
    for name in names:
        broken |= test(rows[name], name)
    return broken


def _registry_rule(finding: RegistryFinding) -> Rule:
    return Rule(
        finding.code,
        "warn",
        finding.field,
        finding.sentence,
        finding.advice,
        lambda rows, facts: facts.registry.says(finding.code, rows),
    )


RULES: tuple[Rule, ...] = (
    Rule(
        TERMINATED, "reject", None,
        "The roster says that this provider has left.",
        "Nothing, if that is so; otherwise take back what says so (a cell, a heading, the sheet's "
        "name) in the roster itself, and send that.",
        lambda rows, _: rows["terminated"],
        firm=True,
    ),
    Rule(
        "organization-row", "reject", "entity_type",
        "The row is an organization's, and this roster's layout takes individuals only.",
        "Nothing, if that is so; otherwise correct the entity type.",
        lambda rows, _: _has_remark(rows, "organization-row"),
        firm=True,
    ),
    Rule(
        "cell-error", "reject", None,
        "A cell holds a spreadsheet error such as #N/A.",
        "Correct the cell's formula, or type the value instead.",
        lambda rows, _: _any_field(lambda cells, _name: cells.isin(CELL_ERRORS), rows, FIELDS),
        firm=True,
    ),
    Rule(
        "formula-without-value", "reject", None,
        "A formula in the row was saved without the value that it gives.",
        "Open the file in a spreadsheet program, save it, and send it again.",
        lambda rows, _: _has_remark(rows, "formula-without-value"),
        firm=True,
    ),
    Rule(
        "value-garbled", "reject", None,
        "A value was saved in a wrong encoding, and its accented letters are lost.",
        "Export the roster as an Excel workbook (.xlsx) or as CSV UTF-8, and send it again.",
        lambda rows, _: _any_field(
            lambda cells, _name: cells.str.contains(GARBLED, na=False), rows, FIELDS
        ),
    ),
    Rule(
        "quote-unmatched", "reject", None,
        "A value has a quotation mark without its other one, so columns or lines may have run "
        "together.",
        "Put two quotation marks around the value, double those within it, and send the row again.",
        lambda rows, _: _any_field(lambda cells, _name: has_odd_quotes(cells), rows, FIELDS),
    ),
    Rule(
        "values-shifted", "reject", None,
        "The row has more fields than there are headers: an unquoted separator in a value shifts "
        "the values after it.",
        "Put quotation marks around the value that holds the separator, and send the row again.",
        lambda rows, _: _has_remark(rows, "values-shifted"),
    ),
    Rule(
        CUT_OFF, "reject", None,
        "The file ends inside this row, as where it was cut off on its way.",
        "Send the whole file again.",
        lambda rows, _: _has_remark(rows, CUT_OFF),
    ),
    Rule(
        "full-name-missing", "reject", "full_name",
        "The full name is empty.",
        "Fill in the provider's full name.",
        lambda rows, _: rows["full_name"].isna()
        & ~_has_remark(rows, "organization-row")
        & ~_has_remark(rows, "formula-without-value"),
        firm=True,
    ),
    Rule(
        "npi-missing", "reject", "npi",
        "The NPI is empty, or a filler such as N/A or 0000000000.",
        "Fill in the provider's ten-digit NPI.",
        lambda rows, _: (rows["npi"].isna() & ~_has_remark(rows, "formula-without-value"))
        | npi.is_filler(rows["npi"]),
        firm=True,
    ),
    Rule(
        "npi-scientific", "reject", "npi",
        "The NPI was saved in scientific notation, and its last digits are lost.",
        "Format the NPI column as text, type the NPI again and save the file.",
        lambda rows, _: npi.is_scientific(rows["npi"]),
        firm=True,
    ),
    Rule(
        "npi-malformed", "reject", "npi",
        "The NPI is not ten digits, or its cell holds two NPIs.",
        "Look the NPI up in the NPPES registry and type its ten digits, one NPI a row.",
        lambda rows, _: rows["npi"].notna()
        & ~npi.is_ten_digits(rows["npi"])
        & ~npi.is_scientific(rows["npi"])
        & ~npi.is_filler(rows["npi"])
        & ~rows["npi"].isin(CELL_ERRORS),
        firm=True,
    ),
    Rule(
        "value-too-long", "reject", None,
        "A value is longer than the application's table can hold.",
        "Shorten the value; nothing is ever cut on the way.",
        lambda rows, facts: _any_field(facts.capacity.too_long, rows, TABLE_FIELDS),
        firm=True,
    ),
    Rule(
        "value-unstorable", "reject", None,
        "A value has a character that the application's table cannot hold.",
        "Write the value without that character.",
        lambda rows, facts: _any_field(facts.capacity.unstorable, rows, TABLE_FIELDS),
        firm=True,
    ),
    Rule(
        "npi-check-digit", "warn", "npi",
        "The NPI's last digit does not fit the nine before it; one digit is probably mistyped.",
        "Look the NPI up in the NPPES registry and correct it.",
        lambda rows, _: npi.is_ten_digits(rows["npi"]) & ~npi.has_valid_check_digit(rows["npi"]),
    ),
    Rule(
        "npi-first-digit", "warn", "npi",
        "The NPI does not start with 1 or 2, as every NPI does.",
        "Look the NPI up in the NPPES registry and correct it.",
        lambda rows, _: npi.is_ten_digits(rows["npi"]) & ~npi.has_valid_first_digit(rows["npi"]),
    ),
    Rule(
        "npi-placeholder", "warn", "npi",
        "The NPI is an example or filler number, not one that was issued to a provider.",
        "Look the provider's own NPI up in the NPPES registry.",
        lambda rows, _: npi.is_placeholder(rows["npi"]),
    ),
    Rule(
        "term-date-unreadable", "warn", None,
        "The day on which this provider leaves, or has left, cannot be read.",
        "Write the day as 12/31/2025, or clear it where there is none.",
        lambda rows, _: _has_remark(rows, "term-date-unreadable"),
    ),
    Rule(
        "name-looks-converted", "warn", None,
        "A name reads like a day, a number or a truth value that a spreadsheet made of it.",
        "Format the column as text, type the name again and save the file.",
        lambda rows, _: _any_field(lambda cells, _name: is_converted(cells), rows, NAMES),
    ),
    Rule(
        "name-with-remark", "warn", None,
        "A name holds a mark of leaving, such as (TERMED), or is nobody's, such as VACANT or TBD.",
        "Write the name alone, say in a column who has left, and leave out rows of nobody.",
        lambda rows, _: _any_field(lambda cells, _name: has_mark(cells), rows, NAMES),
    ),
    *map(_registry_rule, REGISTRY_FINDINGS),
)  # fmt: skip

_own: dict[str, Rule] = {}


def known_rules() -> tuple[Rule, ...]:
    """The built-in rules and every own one that was added in this process."""
    return (*RULES, *_own.values())


def add_rule(rule: Rule) -> Rule:
    """Make an own rule known, so that layouts may name it and pages have its words; returns it.

    Whether it applies is a platform's matter. Raises UsageError where another rule has its code,
    and for a code that is not small letters and hyphens.
    """
    if not re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", rule.code):
        raise UsageError(f"{rule.code!r} cannot be a rule's code; write small letters and hyphens")
    taken = {one.code for one in RULES} | {one.code for one in DUPLICATE_REASONS}
    if rule.code in taken or _own.get(rule.code, rule) != rule:
        raise UsageError(f"there is a rule {rule.code!r} already; give this one another code")
    _own[rule.code] = rule
    return rule
