"""Headers and how they are compared; what a layout's fingerprint pins."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from provider_assets.providers.headers import canonical, match_places
from provider_assets.providers.layout import Layout
from provider_assets.reading.layouts import load_layouts

MERCY = {
    "name": "mercy",
    "columns": {"npi": ["NPI"], "full_name": ["Name"]},
    "terminations": {"column": "Action", "values": ["D"]},
    "constants": {"entity_name": "Mercy"},
}

SEEN = {
    "npi": """NPI, NPI #, NPI Number, npi_no, npi_num, npi_id, Provider NPI, prov_npi, PRVDR_NPI,
        National Provider Identifier, Rendering NPI, Rendering Provider NPI, Individual NPI,
        Indv NPI, Practitioner NPI, Physician NPI, Clinician NPI, Prescriber NPI, Attending NPI,
        Performing NPI, Servicing NPI, Type 1 NPI""",
    "first_name": """First Name, FirstName, fname, Given Name, Provider First Name, PROV_FST_NM,
        Practitioner First Name, Individual First Name, Physician First Name""",
    "last_name": """Last Name, LastName, lname, Surname, Family Name, Provider Last Name,
        Provider Last Name (Legal Name), PROV_LST_NM, Practitioner Last Name""",
    "full_name": """NP, Name, Full Name, Provider Name, Provider Full Name, Physician Name,
        Clinician Display Name, PROV_FULL_NM""",
    "entity_name": """Type, CDO, Entity Type, Provider Type, Practice Name, Group Name,
        Account Name, DBA Practice Name""",
}


@pytest.mark.parametrize(
    "header",
    [
        "NPI #",
        "npi",
        " N P I ",
        "NPI*",
        "\ufeffNPI:",
        "n_p_i",
        "N-P-I",
        "\u00a0NPI\u200b",
        "\uff2e\uff30\uff29",
    ],
)
def test_header_is_compared_without_what_people_add(header):
    assert canonical(header) == "npi"


@given(st.text(max_size=400))
def test_comparing_a_compared_header_changes_nothing(header):
    assert canonical(canonical(header)) == canonical(header)


@pytest.mark.parametrize(
    ("field", "header"),
    [(field, header.strip()) for field, listed in SEEN.items() for header in listed.split(",")],
)
def test_generic_layout_knows_the_headers_of_the_field(field, header):
    generic = next(one for one in load_layouts(None) if one.fallback)
    assert match_places({canonical(header): [3]}, generic.wanted).columns == {field: 3}


@pytest.mark.parametrize(
    "change",
    [
        {"columns": {"npi": ["NPI"], "full_name": ["Full Name"]}},
        {"optional": ["entity_name"]},
        {"derive": {"entity_name": "{full_name}"}},
        {"constants": {"entity_name": "Mercy West"}},
        {"terminations": {"column": "Action", "values": ["D", "T"]}},
        {"rules": {"npi-check-digit": "reject"}},
        {"on_existing": "update"},
        {"fallback": True},
    ],
)
def test_fingerprint_changes_with_whatever_decides_on_rows(change):
    assert Layout.model_validate(MERCY | change).fingerprint != _print()


@pytest.mark.parametrize(
    "change",
    [
        {"description": "new"},
        {"contact": "somebody@mercy.example"},
        {"columns": {"full_name": ["Name"], "npi": ["NPI"]}},
        {"rules": {"npi-check-digit": "warn"}},
    ],
)
def test_fingerprint_stays_where_nothing_decides_on_rows(change):
    assert Layout.model_validate(MERCY | change).fingerprint == _print()


def test_fingerprint_changes_with_a_rules_own_severity(monkeypatch):
    from provider_assets.providers import rules

    before = _print()
    monkeypatch.setattr(rules, "RULES", rules.RULES[:-1])
    assert _print() != before


def _print():
    return Layout.model_validate(MERCY).fingerprint


@pytest.mark.parametrize("contact", ["desk", "desk@", "call 555-0100", "mailto://"])
def test_contact_that_no_alert_could_reach_is_refused(contact):
    with pytest.raises(ValidationError, match="contact"):
        Layout.model_validate(MERCY | {"contact": contact})
