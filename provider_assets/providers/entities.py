"""Individuals and organizations: how a roster says which of them a row is. Pure text.

NPPES' entity types: 1 is an individual, 2 an organization (45 CFR 162.402 ff.).
"""

from collections.abc import Collection

from provider_assets.providers.persons import is_credentials
from provider_assets.providers.words import word_set, words

INDIVIDUAL, ORGANIZATION = "1", "2"
_INDIVIDUAL = word_set("1 01 i ind indiv individual individuals person practitioner npi1 solo")
_ORGANIZATION = word_set("2 02 o organization organizations facility group institution org2 npi2")


def entity_type(text: str) -> str | None:
    """`1` for what says individual, `2` for organization, None for anything else.

    Words such as `Type 1`, `NPI-2`, `Entity` and `Provider` beside it do not matter.
    """
    told = {word for word in words(text) if word not in ("type", "npi", "entity", "provider")}
    if told and told <= _INDIVIDUAL:
        return INDIVIDUAL
    if told and told <= _ORGANIZATION:
        return ORGANIZATION
    return None


def field_of(values: Collection[str]) -> str | None:
    """Which field a column of these values is, whatever its header says of a practice.

    `entity_type` where all are codes or words for individual and organization, `credential` where
    most are degrees; None for anything else.
    """
    if values and all(entity_type(value) for value in values):
        return "entity_type"
    if sum(is_credentials(value) for value in values) * 2 > len(values):
        return "credential"
    return None
