"""A roster with a row for each finding, held against a registry of made-up people."""

from dataclasses import dataclass
from datetime import date

import pandas as pd
import pytest

from provider_assets.providers.facts import BESIDE, Facts
from provider_assets.providers.sifting import find_clean, find_duplicates, find_invalid
from provider_assets.registry.asked import ask_registry
from provider_assets.registry.loading import load_file
from provider_assets.registry.suggestions import near
from provider_assets_tests.registry import files
from provider_assets_tests.registry.files import person
from provider_assets_tests.rosters import raw_frame

TODAY = date(2026, 11, 25)
FULL = date(2026, 11, 8)
ADA, BO, CELIA, GONE = 2000100018, 2000100026, 2000100034, 2000100042
BACK, OLD, NEW, CLINIC, BAD = 2000100059, 2000100067, 2000100075, 2000100083, 2000100091
REPORTED, NOBODY, FORGIVEN = 2000200016, 2000200024, 2000200032
ENTRIES = (
    person(ADA, "QUIMBY", "ADA", middle="R"),
    person(BO, "OKAFOR", "BRUNO", other_last="VANCE", other_first="BRUNO"),
    person(CELIA, "VANTERPOOL", "CELIA", state="NY", taxonomy="363L00000X"),
    files.deactivated(GONE, "03/01/2024"),
    person(BACK, "NUNEZ", "ESPERANZA", deactivated="01/05/2020", reactivated="02/05/2020"),
    person(OLD, "ODELL", "FIONN", replacement=str(NEW)),
    person(NEW, "ODELL", "FIONN"),
    files.organization(CLINIC, "CLINIC OF RIVERSIDE LLC"),
    person(BAD, "ABARA", "GWEN"),
    person(REPORTED, "PELL", "JONAH"),
    person(FORGIVEN, "DIAZ", "IVY"),
)


@dataclass
class Registry:
    """A store of its own, and what the rules make of rows."""

    folder: object

    def judged(self, rows: list[dict], today: date = TODAY, rules: dict | None = None) -> list:
        """For each row the codes that reject it and those that it loads with."""
        raw, facts = raw_frame(*rows), Facts(registry=ask_registry(self.folder, today))
        invalid = find_invalid(raw, rules or {}, facts)
        duplicates = find_duplicates(raw, invalid, raw_frame(), "reject")
        clean = find_clean(raw, invalid, duplicates, rules or {}, facts)
        codes = pd.concat([invalid["codes"], duplicates["codes"], clean["warnings"]])
        return list(codes.sort_index())

    def beside(self, rows: list[dict], today: date = TODAY) -> list[tuple]:
        """What stands beside each row: details, registry, likeness, suggestion."""
        told = ask_registry(self.folder, today).beside(raw_frame(*rows))
        assert tuple(told.columns) == BESIDE
        return list(told.itertuples(index=False, name=None))


@pytest.fixture(scope="module")
def registry(tmp_path_factory):
    folder = tmp_path_factory.mktemp("files")
    excluded = [
        {"NPI": str(BAD), "LASTNAME": "ABARA", "EXCLTYPE": "1128a1", "EXCLDATE": "20240120"},
        {
            "NPI": str(FORGIVEN),
            "EXCLTYPE": "1128a1",
            "EXCLDATE": "20200120",
            "REINDATE": "20220101",
        },
        {"LASTNAME": "QUIMBY", "FIRSTNAME": "ADA", "DOB": "19700101", "EXCLDATE": "20240120"},
    ]
    for path in (
        files.monthly(folder, ENTRIES, FULL, others=[(CLINIC, "RIVERSIDE URGENT CARE")]),
        files.deactivations(folder, [(REPORTED, "11/03/2026"), (BACK, "01/05/2020")], FULL),
        files.leie(folder, excluded),
    ):
        load_file(path, folder / "registry", TODAY)
    return Registry(folder / "registry")


def row(npi: object, last: str = "", first: str = "", full: str = "", **more: str) -> dict:
    """A provider as a roster has it."""
    names = {"last_name": last or None, "first_name": first or None}
    return {"npi": str(npi), "full_name": full or f"{last}, {first}", **names, **more}


EACH = [
    (row(ADA, "Quimby", "Ada"), "", ("", "QUIMBY, ADA R, OH, 207Q00000X", "1.00", "")),
    (
        row(NOBODY, "Thorvald", "Ines"), "npi-not-in-registry",
        ("The registry's snapshot is of 2026-11-08.", "", "", ""),
    ),
    (row(GONE, "Doe", "Jo"), "npi-deactivated", ("Deactivated on 2024-03-01.", "", "", "")),
    (
        row(REPORTED, "Pell", "Jonah"), "npi-deactivated",
        ("Deactivated on 2026-11-03.", "PELL, JONAH, OH, 207Q00000X", "1.00", ""),
    ),
    (row(BACK, "Nuñez", "Esperanza"), "",
     ("", "NUNEZ, ESPERANZA, OH, 207Q00000X", "1.00", "")),
    (
        row(OLD, "O'Dell", "Fionn"), "npi-replaced",
        ("The new NPI is 2000100075.", "ODELL, FIONN, OH, 207Q00000X", "1.00", ""),
    ),
    (
        row(CLINIC, "Quimby", "Ada"), "npi-is-organization",
        ("", "CLINIC OF RIVERSIDE LLC, OH, 261QP2300X", "", ""),
    ),
    (
        row(ADA, full="Riverside Clinic", organization_name="Riverside Clinic"),
        "npi-is-individual", ("", "QUIMBY, ADA R, OH, 207Q00000X", "", ""),
    ),
    (row(CLINIC, full="Clinic of Riverside, LLC"), "",
     ("", "CLINIC OF RIVERSIDE LLC, OH, 261QP2300X", "1.00", "")),
    (row(CLINIC, full="Riverside Urgent Care"), "",
     ("", "CLINIC OF RIVERSIDE LLC, OH, 261QP2300X", "1.00", "")),
    (
        row(CLINIC, full="Okafor Imaging", entity_type="2"), "name-differs-from-registry",
        ("", "CLINIC OF RIVERSIDE LLC, OH, 261QP2300X", "0.52", ""),
    ),
    (
        row(CELIA, "Quimby", "Celia"), "name-differs-from-registry",
        ("", "VANTERPOOL, CELIA, NY, 363L00000X", "0.00", ""),
    ),
    (row(BO, "Vance", "Bruno"), "", ("", "OKAFOR, BRUNO, OH, 207Q00000X", "1.00", "")),
    (
        row(BAD, "Abara", "Gwen"), "provider-excluded",
        ("Excluded since 2024-01-20 (1128a1), by OIG's list of 2024-01-20.",
         "ABARA, GWEN, OH, 207Q00000X", "1.00", ""),
    ),
    (row(FORGIVEN, "Diaz", "Ivy"), "", ("", "DIAZ, IVY, OH, 207Q00000X", "1.00", "")),
]  # fmt: skip


@pytest.mark.parametrize(("given", "codes", "shown"), EACH, ids=lambda one: str(one)[:50])
def test_row_gets_its_finding_and_what_is_held_beside_it(registry, given, codes, shown):
    assert registry.judged([given]) == [codes]
    assert registry.beside([given]) == [shown]


def test_rows_of_a_roster_are_judged_each_for_itself(registry):
    rows, found = [], {}
    for given, codes, _ in EACH:
        if given["npi"] not in found:
            rows.append(given)
            found[given["npi"]] = codes
    assert registry.judged(rows) == list(found.values())


def test_name_alone_never_makes_an_exclusion(registry):
    assert registry.judged([row(ADA, "Quimby", "Ada")]) == [""]


@pytest.mark.parametrize(
    ("today", "codes"), [(date(2026, 12, 23), "npi-not-in-registry"), (date(2026, 12, 24), "")]
)
def test_old_snapshot_is_silent_about_what_it_lacks(registry, today, codes):
    assert registry.judged([row(NOBODY, "Thorvald", "Ines")], today) == [codes]
    assert registry.judged([row(GONE, "Doe", "Jo")], today) == ["npi-deactivated"]


def test_layout_makes_a_finding_reject_or_switches_it_off(registry):
    rows = [row(BAD, "Abara", "Gwen"), row(OLD, "O'Dell", "Fionn")]
    rules = {"provider-excluded": "reject", "npi-replaced": "off"}
    raw, facts = raw_frame(*rows), Facts(registry=ask_registry(registry.folder, TODAY))
    invalid = find_invalid(raw, rules, facts)

    assert list(invalid["codes"]) == ["provider-excluded"]
    assert registry.judged(rows, rules=rules) == ["provider-excluded", ""]


@pytest.mark.parametrize(
    ("typed", "codes"),
    [
        ("2000100017", "npi-check-digit"),  # a digit changed
        ("2000010018", "npi-check-digit"),  # two digits swapped
        ("200010018", "npi-malformed"),  # a digit lost
        ("20001000018", "npi-malformed"),  # a digit added
        ("2OOO1OOO18", "npi-malformed"),  # letters for digits
    ],
)
def test_mistyped_npi_is_told_with_the_one_that_was_meant(registry, typed, codes):
    given = row(typed, "Quimby", "Ada")
    assert registry.judged([given]) == [codes]
    assert registry.beside([given]) == [("", "", "", "2000100018, QUIMBY, ADA, OH")]


def test_suggestion_needs_a_name_that_fits(registry):
    assert registry.beside([row("2000010018", "Okafor", "Bruno")]) == [("", "", "", "")]


def test_issued_number_of_a_stranger_is_not_in_the_way_of_a_suggestion(registry):
    # 2000100042 is valid and nobody's in the registry but deactivated: nothing is suggested for it
    assert registry.beside([row(GONE, "Quimby", "Ada")])[0][3] == ""


def test_near_numbers_are_valid_and_one_slip_away():
    found = near("2000100018")
    assert all(len(str(npi)) == 10 for npi in found)
    assert 2000100018 not in found
    assert 2000100018 in near("2000010018")
    assert near("abc") == near("12") == near("") == []


def test_registry_that_is_not_set_up_says_nothing(tmp_path):
    given = [row(NOBODY, "Thorvald", "Ines"), row(GONE, "Doe", "Jo")]
    assert Registry(tmp_path).judged(given) == ["", ""]
    assert Registry(tmp_path).beside(given) == [("", "", "", "")] * 2


def test_deactivation_report_alone_says_what_it_knows(tmp_path):
    path = files.deactivations(tmp_path, [(GONE, "11/03/2026")], FULL)
    load_file(path, tmp_path / "registry", TODAY)
    alone = Registry(tmp_path / "registry")

    assert alone.judged([row(GONE, "Doe", "Jo"), row(NOBODY, "Thorvald", "Ines")]) == [
        "npi-deactivated", "",
    ]  # fmt: skip
    assert alone.beside([row(GONE, "Doe", "Jo")]) == [("Deactivated on 2026-11-03.", "", "", "")]
