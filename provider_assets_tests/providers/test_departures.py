"""What a roster's rows say of who left, and what a layout has done about it."""

import json

import pandas as pd
import pytest

from provider_assets.errors import UsageError
from provider_assets.providers.departures import (
    DeparturePolicy,
    Departures,
    day_in_name,
    find_departed,
    find_mentions,
)
from provider_assets.providers.namesakes import Namesakes, find_slips, name_words
from provider_assets.reading.layouts import parse_layout
from provider_assets_tests.reports.sample import rejected

LAYOUT = """
name: mercy
columns: {npi: [NPI], full_name: [Name]}
"""


@pytest.mark.parametrize(
    ("left", "read", "held", "of", "doubted"),
    [
        (10, 19, 10, 900, True),
        (10, 20, 10, 900, False),
        (9, 9, 9, 900, False),
        (9, 9, 9, 17, True),
        (9, 9, 9, 18, False),
        (2, 2, 2, 2, False),
    ],
)
def test_words_of_most_rows_are_doubted(left, read, held, of, doubted):
    assert DeparturePolicy().doubts_word(left, read, held, of) is doubted


def test_history_that_a_newer_version_wrote_can_be_read():
    told = Departures(absent=3, policy=DeparturePolicy(covers="full"))
    newer = json.loads(told.to_json())
    newer |= {"beyond": 1, "policy": {**newer["policy"], "grace": "30d"}}
    assert Departures.from_json(json.dumps(newer)) == told


ADA = {"first_name": "Ada", "last_name": "Quimby", "full_name": "Quimby, Ada"}


def test_names_of_rows_rejected_for_another_reason_are_kept_by_npi():
    rows = [
        {**ADA, "npi": "2000000002", "codes": "value-too-long"},
        {"npi": "2000000010", "codes": "terminated", "full_name": "Doe, Jo"},
        {"npi": "2000000028", "codes": "npi-check-digit", "full_name": "Fern, Al"},
        {"npi": "2000000036", "codes": "already-loaded", "full_name": "Moss, Bo"},
    ]
    told = find_mentions(rejected(*rows), rejected(), _npis(), rejected())
    assert told.rejected == {"2000000002": name_words(*ADA.values())}


def _npis(*npis: str) -> pd.Series:
    return pd.Series(npis, dtype="str")


def test_departed_are_those_of_whom_every_row_says_so():
    invalid = rejected(
        {"npi": "2000000002", "codes": "terminated"},
        {"npi": "2000000010", "codes": "terminated full-name-missing"},
        {"npi": "2000000010", "codes": "terminated"},
        {"npi": "2000000028", "codes": "terminated"},
        {"npi": "2000000036", "codes": "terminated"},
        {"npi": "2000000036", "codes": "full-name-missing"},
        {"npi": "2000000044", "codes": "terminated"},
        {"npi": "20000", "codes": "terminated npi-malformed"},
        {"npi": None, "codes": "terminated npi-missing"},
        {"npi": "2000000051", "codes": "npi-scientific"},
    )
    duplicates = rejected({"npi": "2000000044", "codes": "already-loaded"})
    found = find_departed(invalid, duplicates, _npis("2000000028"))
    assert list(zip(found["npi"], found["row"], strict=True)) == [
        ("2000000002", 2),
        ("2000000010", 3),
    ]


def test_mentions_are_every_readable_npi_once_and_the_names_without_one():
    invalid = rejected(
        {"npi": "2000000002", "codes": "terminated"},
        {"npi": "2000000010", "codes": "full-name-missing"},
        {"npi": "12", "codes": "npi-malformed", "full_name": "Mouse, Mickey"},
        {"npi": None, "codes": "npi-missing", "full_name": None, "first_name": None,
         "last_name": None},
    )  # fmt: skip
    duplicates = rejected(
        {"npi": "2000000010", "codes": "already-loaded"},
        {"npi": "2000000028", "codes": "duplicate-in-file"},
        {"npi": "2000000036", "codes": "already-loaded"},
        {"npi": "2000000044", "codes": "already-loaded-different"},
    )
    clean = _npis("2000000028")
    departed = find_departed(invalid, duplicates, clean)
    found = find_mentions(invalid, duplicates, clean, departed)
    assert list(zip(found.rows["npi"], found.rows["action"], strict=True)) == [
        ("2000000010", "present"),
        ("2000000036", "present"),
        ("2000000044", "named"),
        ("2000000002", "left"),
    ]
    assert set(found.unreadable) == {
        frozenset({"daisy", "duck", "mouse", "mickey"}),
        frozenset({"daisy", "duck"}),
    }


@pytest.mark.parametrize(
    ("name", "may"),
    [
        (("Mickey", "Mouse", "Mouse, Mickey MD"), True),
        (("MICKEY", "mouse", None), True),
        (("Minnie", "Mouse", "Mouse, Minnie"), False),
        ((None, None, None), False),
    ],
)
def test_name_without_an_npi_may_be_a_providers(name, may):
    assert Namesakes([name_words("Mouse,  mickey")]).may_be(name_words(*name)) is may


@pytest.mark.parametrize(
    ("absent", "held", "too_many"),
    [
        (10, 20, False), (11, 20, True), (10, 200, False), (11, 200, True), (50, 1000, False),
        (51, 1000, True), (2, 2, False), (3, 5, True), (3, 6, False), (0, 0, False),
    ],
)  # fmt: skip
def test_absences_are_too_many_above_the_share_and_ten_or_above_half(absent, held, too_many):
    assert DeparturePolicy(covers="full").is_too_many(absent, held) is too_many


@pytest.mark.parametrize(
    ("name", "form", "day"),
    [
        ("mercy_2026-02-01.xlsx", "%Y-%m-%d", "2026-02-01"),
        ("mercy 02012026 final.csv", "%m%d%Y", "2026-02-01"),
        ("mercy_12026-02-01.xlsx", "%Y-%m-%d", None),
        ("mercy_2026-13-01 2026-02-03.xlsx", "%Y-%m-%d", "2026-02-03"),
        ("mercy.xlsx", "%Y-%m-%d", None),
        ("roster.26.02.01.csv", "%y.%m.%d", "2026-02-01"),
    ],
)
def test_day_in_a_name_is_found_in_its_form(name, form, day):
    assert day_in_name(name, form) == day


@pytest.mark.parametrize(
    "wrong",
    [
        "fallback: true\nroster: full",
        "fallback: true\non_terminated: delete",
        "absent: delete",
        "absent: perhaps",
        "roster: all",
        "absent_limit: 5",
        "absent_limit: 500%",
        'roster_date: "%Y"',
        'roster_date: "%Y-%m-%d %H"',
        'roster_date: "2026"',
    ],
)
def test_layout_that_could_take_out_wrongly_is_refused(wrong):
    with pytest.raises(UsageError) as refused:
        parse_layout(LAYOUT + wrong, "mercy.yaml")
    assert "mercy.yaml" in refused.value.message
    if "fallback" in wrong:
        assert "many senders" in refused.value.message


def test_layout_says_what_becomes_of_who_left():
    full = parse_layout(
        LAYOUT + 'roster: full\nabsent: delete\nabsent_limit: 2.5%\nroster_date: "%Y-%m-%d"',
        "mercy.yaml",
    )
    assert full.departures("delete", "m_2026-02-01.csv", returned=False) == DeparturePolicy(
        "full", "delete", 0.025, "delete", dated=True, as_of="2026-02-01"
    )
    assert full.departures("report", "m.csv", returned=True) == DeparturePolicy(
        "delta", "delete", 0.025, "report", dated=True, as_of=None
    )
    plain = parse_layout(LAYOUT, "mercy.yaml")
    assert full.fingerprint == plain.fingerprint
    assert plain.departures("report", "m.csv", returned=False) == DeparturePolicy()


def test_setting_does_not_delete_for_a_layout_of_many_senders():
    many = parse_layout(LAYOUT + "fallback: true", "mercy.yaml")
    assert many.departures("delete", "m.csv", returned=False).on_terminated == "report"


def test_departures_survive_being_written_down():
    told = Departures(1, 2, 3, 4, 5, waiting=True, older_than=6, policy=DeparturePolicy("full"))
    assert Departures.from_json(told.to_json()) == told
    assert Departures.from_json(None) == Departures()


def test_row_with_two_npis_in_its_cell_names_both_and_its_name():
    invalid = rejected(
        {"npi": "2000000010 / 2000000028", "codes": "npi-malformed", "full_name": "Mouse, Mickey",
         "first_name": None, "last_name": None},
        {"npi": "2000000028", "codes": "terminated"},
    )  # fmt: skip
    none = rejected().iloc[:0]
    departed = find_departed(invalid, none, _npis())
    found = find_mentions(invalid, none, _npis(), departed)
    assert departed.empty
    assert list(zip(found.rows["npi"], found.rows["action"], strict=True)) == [
        ("2000000010", "named"),
        ("2000000028", "named"),
    ]
    assert found.unreadable == (frozenset({"mouse", "mickey"}),)


@pytest.mark.parametrize(
    ("code", "doubted"),
    [
        ("npi-check-digit", True),
        ("full-name-missing npi-first-digit", True),
        ("duplicate-in-file-conflicting", True),
        ("already-loaded-different", True),
        ("duplicate-in-file", False),
        ("value-too-long", False),
    ],
)
def test_name_of_a_row_whose_npi_was_doubted_counts_as_present(code, doubted):
    row = {"npi": "2000000011", "codes": code, "full_name": "Mouse, Mickey"}
    invalid, none = rejected(row | {"first_name": None, "last_name": None}), rejected().iloc[:0]
    found = find_mentions(invalid, none, _npis(), none)
    assert found.unreadable == ((frozenset({"mouse", "mickey"}),) if doubted else ())


@pytest.mark.parametrize(
    ("listed", "found"),
    [("2000100019", True), ("2001000018", True), ("2000100081", True), ("2000100099", False)],
)
def test_npi_one_digit_or_one_swap_away_is_a_slip(listed, found):
    assert find_slips(["2000100018"], [listed]) == ({"2000100018": [listed]} if found else {})
