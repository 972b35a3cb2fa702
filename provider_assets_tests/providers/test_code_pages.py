"""The pages on codes and layouts hold what there is, in the same words, and nothing else."""

import re
from pathlib import Path

import pytest

from provider_assets.errors import FileCode
from provider_assets.providers.departures import (
    STILL_HELD,
    STILL_HELD_ADVICE,
    STILL_HELD_SENTENCE,
)
from provider_assets.providers.duplicates import DUPLICATE_REASONS
from provider_assets.providers.layout import Layout, Terminations
from provider_assets.providers.rules import RULES
from provider_assets.reading.layouts import load_layouts, parse_layout

DOCS = Path(__file__).parents[2] / "docs"
CODES = (DOCS / "reject_codes.md").read_text(encoding="utf-8")
LAYOUTS = (DOCS / "layouts.md").read_text(encoding="utf-8")


def _section(title):
    return CODES.split(f"## {title}\n")[1].split("\n## ")[0]


def _listed(title):
    return re.findall(r"^\| `([a-z-]+)` \|", _section(title), flags=re.MULTILINE)


@pytest.mark.parametrize(
    ("title", "codes"),
    [
        ("Rows that do not load", [one.code for one in RULES if one.severity == "reject"]),
        ("Rows that load with a warning", [one.code for one in RULES if one.severity == "warn"]),
        ("Rows that are duplicates", [one.code for one in DUPLICATE_REASONS]),
        ("People who left and are still there", [STILL_HELD]),
        ("Rosters that do not load", [one.value for one in FileCode]),
    ],
)
def test_section_lists_each_code_once_and_no_other(title, codes):
    assert _listed(title) == codes


@pytest.mark.parametrize("one", [*RULES, *DUPLICATE_REASONS], ids=lambda one: one.code)
def test_page_says_of_a_code_what_the_reports_say(one):
    assert f"| `{one.code}` | {one.sentence} | {one.advice} |" in CODES


def test_page_says_of_who_is_still_held_what_the_reports_say():
    assert f"| `{STILL_HELD}` | {STILL_HELD_SENTENCE} | {STILL_HELD_ADVICE} |" in CODES


def test_every_key_of_a_layout_is_explained_and_no_other():
    keys = LAYOUTS.partition("## Every key")[2].partition("\n## ")[0]
    listed = re.findall(r"^\| `([a-z_]+)` \|", keys, flags=re.MULTILINE)
    assert listed == list(Layout.model_fields)
    for key in Terminations.model_fields:
        assert f"`{key}`" in LAYOUTS


def test_example_on_the_page_is_a_layout_with_every_key():
    example = re.search(r"```yaml\n(.*?)```", LAYOUTS, flags=re.DOTALL)[1]
    layout = parse_layout(example, "docs/layouts.md")
    assert layout.model_fields_set == set(Layout.model_fields)
    used = set().union(*(one.model_fields_set for one in layout.terminations))
    assert used == set(Terminations.model_fields)


def test_built_in_layouts_are_named_on_the_page():
    for layout in load_layouts(None):
        assert f"`{layout.name}`" in LAYOUTS


def test_page_names_each_rejecting_rule_that_a_layout_may_soften():
    above = _section("Rows that do not load").partition("| code |")[0]
    soft = {one.code for one in RULES if one.severity == "reject" and not one.firm}
    assert set(re.findall(r"`([a-z-]+)`", above)) == soft
