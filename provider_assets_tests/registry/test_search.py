"""Looking a provider up by name."""

from datetime import date

import pytest

from provider_assets.registry.loading import load_file
from provider_assets.registry.reference import open_reference
from provider_assets.registry.search import search
from provider_assets_tests.registry import files
from provider_assets_tests.registry.files import person

TODAY = date(2026, 11, 25)
ENTRIES = (
    person(2000100018, "QUIMBY", "ADA", middle="R"),
    person(2000100026, "QUIMBY", "BRUNO"),
    person(2000100034, "VANTERPOOL-QUIMBY", "ADA", state="NY"),
    person(2000100042, "OKAFOR", "ADA", other_last="QUIMBY", other_first="ADA", state="TX"),
    person(2000100059, "QUIMBLY", "ADA", state="NY"),
    person(2000100067, "PELL", "ADA"),
    files.organization(2000100075, "QUIMBY FAMILY CLINIC LLC"),
    files.deactivated(2000100083),
)

OTHERS = [(2000100075, "RIVERSIDE URGENT CARE"), (2000100075, "THE LITTLE HEALTH HOUSE")]


@pytest.fixture(scope="module")
def reference(tmp_path_factory):
    folder = tmp_path_factory.mktemp("files")
    path = files.monthly(folder, ENTRIES, date(2026, 11, 8), others=OTHERS)
    load_file(path, folder / "registry", TODAY)
    return open_reference(folder / "registry", TODAY)


@pytest.mark.parametrize("name", ["Quimby, Ada", "Ada Quimby", "dr. ada QUIMBY, MD"])
def test_person_is_found_however_the_name_is_written(reference, name):
    told = [(one.npi, one.likeness) for one in search(reference, name)]
    assert told[:3] == [("2000100042", 1.0), ("2000100018", 1.0), ("2000100034", 1.0)]
    assert told[3][0] == "2000100059"
    assert 0.9 < told[3][1] < 1
    assert "2000100067" not in [npi for npi, _ in told]


def test_state_narrows_and_the_entry_is_whole(reference):
    [one, other] = search(reference, "Quimby, Ada", "ny")
    assert (one.npi, other.npi) == ("2000100034", "2000100059")
    assert (one.kind, one.name, one.first, one.state, one.taxonomy, one.deactivated) == (
        1, "VANTERPOOL-QUIMBY", "ADA", "NY", "207Q00000X", None,
    )  # fmt: skip


def test_organization_is_found_without_its_legal_form(reference):
    [one] = [one for one in search(reference, "Quimby Family Clinic") if one.kind == 2]
    assert (one.npi, one.likeness) == ("2000100075", 1.0)


@pytest.mark.parametrize("name", ["Riverside Urgent Care", "Little Health House, Inc."])
def test_organization_is_found_by_what_it_does_business_as(reference, name):
    [one] = search(reference, name)
    assert (one.npi, one.name, one.former, one.likeness) == (
        "2000100075", "QUIMBY FAMILY CLINIC LLC",
        "RIVERSIDE URGENT CARE; THE LITTLE HEALTH HOUSE", 1.0,
    )  # fmt: skip


@pytest.mark.parametrize("name", ["Zzyzx, Qqq", "X", "(", "[A-Z]+", ".*"])
def test_name_that_nobody_has_finds_nobody(reference, name):
    assert search(reference, name) == []
