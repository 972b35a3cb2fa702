"""Names as people write them against names as the registry holds them."""

import re
from pathlib import Path

import pytest

from benchmarks.names import THRESHOLDS, figures, judge, table
from provider_assets.registry.agreement import THRESHOLD, organizations_agree, people_agree
from provider_assets.registry.names import Name, organization, person, readings

DOCS = Path(__file__).parents[2] / "docs" / "registry.md"
AGREED = [
    # ours: last, first, middle; theirs: last, first, middle; the rule that tells
    (("Nuñez", "Esperanza", ""), ("NUNEZ", "ESPERANZA", ""), "equal"),
    (("O\u2019Dell Jr.", "Fionn, PA-C", ""), ("ODELL", "FIONN", "A"), "equal"),
    (("de la Cruz", "Ana", ""), ("DELACRUZ", "ANA", ""), "equal"),
    (("Mc Carthy", "Dr. Nora", "X"), ("MCCARTHY", "NORA", ""), "equal"),
    (("Müller", "Jörg", ""), ("MUELLER", "JOERG", ""), "alike"),
    (("Straße", "Åse", ""), ("STRASSE", "ASE", ""), "equal"),
    (("Łukasz", "Øyvind", ""), ("LUKASZ", "OYVIND", ""), "equal"),
    (("Garcia-Lopez", "Ana", ""), ("LOPEZ", "ANA", ""), "part"),
    (("Garcia", "Ana", ""), ("GARCIA LOPEZ", "ANA", ""), "part"),
    (("Quimby", "A.", ""), ("QUIMBY", "ADA", "R"), "initial"),
    (("Quimby", "Mary Ann", ""), ("QUIMBY", "MARYANN", ""), "equal"),
    (("Quimby", "Mary", "Ann"), ("QUIMBY", "MARYANN", ""), "equal"),
    (("Quimby", "Rose", "Ada"), ("QUIMBY", "ADA", "ROSE"), "swapped"),
    (("Quimby", "Rose", ""), ("QUIMBY", "ADA", "ROSE"), "swapped"),
    (("Quimby", "Bill", ""), ("QUIMBY", "WILLIAM", ""), "nickname"),
    (("Do", "Kim", ""), ("DO", "KIM", ""), "equal"),
    (("Ma", "Li, MD", ""), ("MA", "LI", ""), "equal"),
    (("Ada", "Quimby", ""), ("QUIMBY", "ADA", ""), "turned"),
    (
        ("Featherstonehaugh-Cholmondeley-Marjoribanks", "Ada", ""),
        ("FEATHERSTONEHAUGH CHOLMONDELEY MARJ", "ADA", ""),
        "cut",
    ),
    (("Quimbly", "Ada", ""), ("QUIMBY", "ADA", ""), "alike"),
]
DIFFERENT = [
    (("Okafor", "Bill", ""), ("QUIMBY", "WILLIAM", "")),
    (("Quimby", "Bruno", ""), ("QUIMBY", "ADA", "")),
    (("Okafor", "Ada", ""), ("QUIMBY", "ADA", "")),
    (("Quimby", "B.", ""), ("QUIMBY", "ADA", "")),
    (("Quimby", "Rose", "Bo"), ("QUIMBY", "ADA", "ROSE")),
    (("", "", ""), ("QUIMBY", "ADA", "")),
]


@pytest.mark.parametrize(("ours", "theirs", "how"), AGREED, ids=lambda one: str(one)[:40])
def test_names_of_one_person_agree_by_their_rule(ours, theirs, how):
    assert people_agree([person(*ours)], [person(*theirs)]).how == how


@pytest.mark.parametrize(("ours", "theirs"), DIFFERENT, ids=lambda one: str(one)[:40])
def test_names_of_two_people_differ(ours, theirs):
    agreed = people_agree([person(*ours)], [person(*theirs)])
    assert (agreed.how, agreed.holds) == ("differs", False)
    assert agreed.likeness < THRESHOLD


def test_former_name_of_the_registry_agrees():
    legal, former = person("OKAFOR", "ADA", "R"), person("QUIMBY", "ADA", "R")
    assert people_agree([person("Quimby", "Ada", "")], [legal, former]).how == "former"
    assert people_agree([person("Pell", "Ada", "")], [legal, former]).how == "differs"


@pytest.mark.parametrize(
    ("full", "expected"),
    [
        ("Quimby, Ada MD", [Name("QUIMBY", "ADA")]),
        ("Quimby Jr., Ada R., M.D.", [Name("QUIMBY", "ADA", "R")]),
        ("Dr. Ada Quimby, PA-C, FACP", [Name("QUIMBY", "ADA"), Name("ADA", "QUIMBY")]),
        ("Cher", [Name("CHER", "")]),
        ("Ana de la Cruz", [
            Name("CRUZ", "ANA", "DE LA"), Name("LA CRUZ", "ANA", "DE"), Name("DE LA CRUZ", "ANA"),
            Name("ANA", "DE", "LA CRUZ"),
        ]),
        ("", [Name("", "")]),
    ],
)  # fmt: skip
def test_full_name_has_the_readings_that_people_mean(full, expected):
    assert list(readings(full)) == expected


@pytest.mark.parametrize(
    ("ours", "theirs", "how"),
    [
        ("Clinic of Riverside, LLC", "THE CLINIC OF RIVERSIDE INC", "equal"),
        ("Smith & Jones Medical", "SMITH AND JONES MEDICAL PC", "equal"),
        ("Riverside Famly Clinic", "RIVERSIDE FAMILY CLINIC", "alike"),
        ("Riverside Clinic", "OAKDALE PHARMACY", "differs"),
    ],
)
def test_organizations_agree_without_their_legal_form(ours, theirs, how):
    assert organizations_agree(organization(ours), organization(theirs)).how == how


@pytest.fixture(scope="module")
def judged():
    return judge()


def test_threshold_is_the_one_with_the_best_balance(judged):
    def balance(threshold: float) -> float:
        precision, recall = figures(judged, threshold)
        return 2 * precision * recall / (precision + recall)

    assert max(THRESHOLDS, key=balance) == THRESHOLD


def test_docs_hold_the_figures_that_the_command_prints(judged):
    held = re.search(r"<!-- names -->\n(.*)\n<!-- /names -->", DOCS.read_text("utf-8"), re.DOTALL)
    assert held[1] == table(judged, THRESHOLD)
