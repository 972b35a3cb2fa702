import pandas as pd
import pytest

from provider_assets.providers.capacity import Capacity
from provider_assets.providers.facts import Facts
from provider_assets.providers.fields import TABLE_FIELDS
from provider_assets.providers.frames import RAW, as_table, empty
from provider_assets.providers.rules import RULES, Rule
from provider_assets.providers.sifting import find_clean, find_duplicates, find_invalid
from provider_assets_tests.rosters import npi, provider, raw_frame


def judge(rows, severities=None, held=None, on_existing="reject", capacity=None):
    severities = severities or {}
    facts = Facts(capacity or Capacity())
    invalid = find_invalid(rows, severities, facts)
    duplicates = find_duplicates(
        rows, invalid, empty(TABLE_FIELDS) if held is None else held, on_existing
    )
    clean = find_clean(rows, invalid, duplicates, severities, facts)
    as_table(invalid)
    as_table(duplicates)
    as_table(clean)
    assert clean["npi"].is_unique
    assert sorted([*invalid.index, *duplicates.index, *clean.index]) == list(rows.index)
    return (
        dict(zip(invalid["row"], invalid["codes"], strict=True)),
        dict(zip(duplicates["row"], duplicates["codes"], strict=True)),
        dict(zip(clean["row"], clean["warnings"], strict=True)),
    )


def test_clean_row_keeps_every_value():
    whole = provider(
        entity_name="HERO",
        first_name="Ada",
        last_name="Quimby",
        full_name="Quimby, Ada",
        middle_name="B.",
        suffix="JR",
        credential="MD",
        organization_name="Mercy Group",
        entity_type="1",
        npi=npi(1),
    )
    rows = raw_frame(whole)
    invalid = find_invalid(rows, {}, Facts())
    duplicates = find_duplicates(rows, invalid, empty(TABLE_FIELDS), "reject")
    clean = find_clean(rows, invalid, duplicates, {}, Facts())
    assert clean.to_dict("records") == [whole | {"sheet": "S", "row": 2, "warnings": ""}]


def test_row_that_breaks_several_rules_carries_every_code():
    rows = raw_frame(
        provider(entity_name="HERO", first_name="A", last_name="B", full_name=None, npi=None),
        provider(entity_name="#N/A", first_name="A", last_name="B", full_name=None, npi="12"),
        terminated=(1,),
    )
    invalid, _, _ = judge(rows)
    assert invalid == {
        2: "full-name-missing npi-missing",
        3: "terminated cell-error full-name-missing npi-malformed",
    }


def test_npi_forms_are_each_told_by_their_own_code():
    rows = raw_frame(
        provider(
            entity_name="", first_name="A", last_name="B", full_name="B, A", npi="1.23457E+09"
        ),
        provider(entity_name="", first_name="A", last_name="B", full_name="B, A", npi="123456789"),
        provider(
            entity_name="", first_name="A", last_name="B", full_name="B, A", npi="12345678901"
        ),
        provider(entity_name="", first_name="A", last_name="B", full_name="B, A", npi="12345O7893"),
        provider(entity_name="", first_name="A", last_name="B", full_name="B, A", npi=None),
        provider(entity_name="", first_name="A", last_name="B", full_name="B, A", npi="#REF!"),
    )
    invalid, _, _ = judge(rows)
    assert invalid == {
        2: "npi-scientific",
        3: "npi-malformed",
        4: "npi-malformed",
        5: "npi-malformed",
        6: "npi-missing",
        7: "cell-error",
    }


def test_blank_npis_are_invalid_and_not_duplicates_of_each_other():
    rows = raw_frame(
        provider(entity_name="", first_name="A", last_name="B", full_name="B, A", npi=None),
        provider(entity_name="", first_name="C", last_name="D", full_name="D, C", npi=None),
    )
    assert judge(rows) == ({2: "npi-missing", 3: "npi-missing"}, {}, {})


def test_wrong_check_digit_is_a_warning_unless_the_layout_rejects_it():
    rows = raw_frame(
        provider(entity_name="", first_name="A", last_name="B", full_name="B, A", npi="1234567890"),
        provider(entity_name="", first_name="C", last_name="D", full_name="D, C", npi="3456789012"),
    )
    assert judge(rows)[2] == {
        2: "npi-check-digit npi-placeholder",
        3: "npi-check-digit npi-first-digit",
    }
    invalid, _, clean = judge(rows, {"npi-check-digit": "reject", "npi-first-digit": "off"})
    assert invalid == {2: "npi-check-digit", 3: "npi-check-digit"}
    assert clean == {}


def test_placeholder_npi_is_a_warning():
    assert judge(
        raw_frame(
            provider(
                entity_name="", first_name="A", last_name="B", full_name="B, A", npi="1234567893"
            )
        )
    )[2] == {2: "npi-placeholder"}


def test_repeated_npi_keeps_the_first_valid_row():
    rows = raw_frame(
        provider(entity_name="", first_name="A", last_name="B", full_name=None, npi=npi(1)),
        provider(entity_name="", first_name="A", last_name="B", full_name="B, A", npi=npi(1)),
        provider(entity_name="", first_name="A", last_name="B", full_name="b, a", npi=npi(1)),
        provider(entity_name="", first_name="X", last_name="Y", full_name="Y, X", npi=npi(1)),
    )
    assert judge(rows) == (
        {2: "full-name-missing"},
        {4: "duplicate-in-file", 5: "duplicate-in-file-conflicting"},
        {3: ""},
    )


def test_npi_that_the_table_holds_is_a_duplicate_under_reject_and_clean_under_update():
    rows = raw_frame(
        provider(entity_name="H", first_name="A", last_name="B", full_name="B, A", npi=npi(1)),
        provider(entity_name="H", first_name=None, last_name="D", full_name="D, C", npi=npi(2)),
        provider(entity_name="H", first_name="E", last_name="F", full_name="F, E", npi=npi(3)),
    )
    held = pd.DataFrame(
        [
            provider(entity_name="H", first_name="A", last_name="B", full_name="B, A", npi=npi(1)),
            provider(entity_name="H", first_name="C", last_name="D", full_name="D, C", npi=npi(2)),
        ],
        columns=list(TABLE_FIELDS),
    ).astype("str")
    assert judge(rows, held=held) == (
        {},
        {2: "already-loaded", 3: "already-loaded-different"},
        {4: ""},
    )
    assert judge(rows, held=held, on_existing="update") == ({}, {}, {2: "", 3: "", 4: ""})


def test_npi_that_is_repeated_and_held_too_is_told_by_the_roster_s_own_rows():
    same = {"entity_name": "H", "first_name": "A", "last_name": "B", "npi": npi(1)}
    rows = raw_frame(
        provider(full_name="B, A", **same),
        provider(full_name="B, A", **same),
        provider(full_name="C, A", **same),
    )
    held = pd.DataFrame([provider(full_name="B, A", **same)], columns=list(TABLE_FIELDS)).astype(
        "str"
    )
    assert judge(rows, held=held)[1] == {
        2: "already-loaded",
        3: "duplicate-in-file",
        4: "duplicate-in-file-conflicting",
    }


def test_empty_and_missing_values_in_the_table_are_equal():
    rows = raw_frame(
        provider(entity_name=None, first_name="A", last_name="B", full_name="B, A", npi=npi(1))
    )
    held = pd.DataFrame(
        [provider(entity_name="", first_name="A", last_name="B", full_name="B, A", npi=npi(1))],
        columns=list(TABLE_FIELDS),
    ).astype("str")
    assert judge(rows, held=held)[1] == {2: "already-loaded"}


def test_value_that_the_table_cannot_hold_is_told_and_never_cut():
    capacity = Capacity({"first_name": 3}, {"last_name": "latin-1", "full_name": "bmp"})
    rows = raw_frame(
        provider(entity_name="", first_name="Abcd", last_name="B", full_name="B, A", npi=npi(1)),
        provider(entity_name="", first_name="Abc", last_name="Šimek", full_name="B, A", npi=npi(2)),
        provider(
            entity_name="", first_name="Abc", last_name="Müller", full_name="B 😀", npi=npi(3)
        ),
        provider(
            entity_name="", first_name="Abc", last_name="Müller", full_name="Šimek", npi=npi(4)
        ),
    )
    invalid, _, clean = judge(rows, capacity=capacity)
    assert invalid == {2: "value-too-long", 3: "value-unstorable", 4: "value-unstorable"}
    assert clean == {5: ""}


def test_roster_without_rows_gives_three_empty_frames():
    assert judge(empty(RAW)) == ({}, {}, {})


def test_clean_rows_are_the_same_when_the_raw_frame_is_consumed():
    rows = raw_frame(
        provider(
            entity_name="HERO",
            first_name="Ada",
            last_name="Quimby",
            full_name="Quimby, Ada",
            npi=npi(1),
        ),
        provider(
            entity_name="HERO", first_name="Bo", last_name="Quimby", full_name=None, npi=npi(2)
        ),
        provider(
            entity_name="VILL",
            first_name="Ada",
            last_name="Quimby",
            full_name="Quimby, Ada",
            npi=npi(1),
        ),
        provider(
            entity_name="VILL", first_name=None, last_name="Roe", full_name="Roe, Cy", npi=npi(3)
        ),
    )
    invalid = find_invalid(rows, {}, Facts())
    duplicates = find_duplicates(rows, invalid, empty(TABLE_FIELDS), "reject")
    before = rows.copy()

    clean = find_clean(rows, invalid, duplicates, {}, Facts())
    pd.testing.assert_frame_equal(rows, before)
    consumed = find_clean(rows, invalid, duplicates, {}, Facts(), consume=True)

    pd.testing.assert_frame_equal(consumed, clean)
    assert list(clean["row"]) == [2, 5]
    assert list(rows.columns) == []


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
@pytest.mark.parametrize("severity", ["warn", "off"])
def test_frame_keeps_its_contract_under_whatever_a_layout_may_say_of_a_rule(rule, severity):
    if severity not in rule.allowed:
        severity = "reject"
    rows = raw_frame(
        provider(full_name=None, npi=npi(1)),
        provider(npi=None),
        provider(npi="12"),
        provider(npi="1.2E+09"),
        provider(npi="#N/A"),
        provider(full_name="#REF!", npi=npi(2)),
        provider(npi="9876543210"),
        provider(npi=npi(3)),
        terminated=(7,),
    )
    invalid, _, clean = judge(rows, {rule.code: severity})
    assert set(invalid) == {2, 3, 4, 5, 6, 7, 9}
    assert set(clean) == {8}


def test_rule_that_warns_is_told_what_the_table_can_hold(monkeypatch):
    rule = Rule(
        "name-wide", "warn", "full_name", "It is wide.", "Nothing.",
        lambda rows, facts: facts.capacity.too_long(rows["full_name"], "full_name"),
    )  # fmt: skip
    monkeypatch.setattr("provider_assets.providers.sifting.RULES", (rule,))
    rows = raw_frame(provider(full_name="Abc", npi=npi(1)), provider(full_name="Ab", npi=npi(2)))
    assert judge(rows, capacity=Capacity({"full_name": 2}))[2] == {2: "name-wide", 3: ""}


@pytest.mark.parametrize(
    ("other", "code"),
    [
        ("QUIMBY, ADA", "duplicate-in-file"),
        ("Quimby, Ada Q.", "duplicate-in-file"),
        ("Dr. Ada Quimby, MD", "duplicate-in-file"),
        ("Quimby, A.", "duplicate-in-file"),
        ("Quimby, Bea", "duplicate-in-file-conflicting"),
        ("Okafor, Ada", "duplicate-in-file-conflicting"),
        ("Quimby, Ada Jr", "duplicate-in-file"),
        ("Quimby", "duplicate-in-file-conflicting"),
    ],
)
def test_same_person_at_another_place_is_told_from_another_person(other, code):
    rows = raw_frame(provider(full_name="Quimby, Ada", npi=npi(1)), provider(full_name=other))
    assert judge(rows) == ({}, {3: code}, {2: ""})


@pytest.mark.parametrize(
    "filler",
    ["0000000000", "9999999999", "N/A", "pending", "None", "TBD", "Applied for", "--", "0"],
)
def test_filler_in_the_place_of_an_npi_is_a_missing_one_and_nobodys_duplicate(filler):
    rows = raw_frame(
        provider(full_name="Quimby, Ada", npi=filler),
        provider(full_name="Okafor, Bruno", npi=filler),
        provider(full_name="Pell, Ines", npi=npi(3)),
    )
    assert judge(rows) == ({2: "npi-missing", 3: "npi-missing"}, {}, {4: ""})


@pytest.mark.parametrize("typed", ["1234567890", "9876543210"])
def test_number_typed_along_the_keys_loads_once_and_is_a_filler_on_several_rows(typed):
    once = raw_frame(provider(full_name="Quimby, Ada", npi=typed))
    assert "npi-placeholder" in judge(once)[2][2].split()
    twice = raw_frame(
        provider(full_name="Quimby, Ada", npi=typed), provider(full_name="Pell, Ines", npi=typed)
    )
    assert judge(twice) == ({2: "npi-missing", 3: "npi-missing"}, {}, {})
