from dataclasses import replace
from io import StringIO

from rich.console import Console

from provider_assets.providers.roster import RowCounts
from provider_assets.reports.annotations import (
    explanation,
    github_annotations,
    outcomes_table,
    plan,
)
from provider_assets.reports.reasons import list_rejects
from provider_assets_tests.reports.sample import sample, source


def test_annotations_of_the_sample_roster_name_each_reject_and_warning() -> None:
    sifted = sample()
    rejects = list_rejects(sifted.invalid, sifted.duplicates)
    assert list(github_annotations(sifted.outcome, rejects, "in/mercy.xlsx")) == [
        (
            "::notice file=in/mercy.xlsx,line=7,title=duplicate-in-file::Sheet1, row 7: An "
            "earlier row of this roster has the same NPI and name; that row counts."
        ),
        (
            "::error file=in/mercy.xlsx,line=8,title=full-name-missing::"
            "Sheet1, row 8: The full name is empty. Fill in the provider's full name."
        ),
        (
            "::warning file=in/mercy.xlsx,title=npi-check-digit::5 rows that load: The NPI's "
            "last digit does not fit the nine before it; one digit is probably mistyped."
        ),
        (
            "::warning file=in/mercy.xlsx,title=npi-first-digit::3 rows that load: The NPI does "
            "not start with 1 or 2, as every NPI does."
        ),
        (
            "::warning file=in/mercy.xlsx,title=npi-placeholder::1 row that loads: The NPI is an "
            "example or filler number, not one that was issued to a provider."
        ),
        (
            "::notice file=in/mercy.xlsx,title=provider_assets::"
            "5 of 7 rows loaded; 1 needs a correction, 1 repeats a provider at another place."
        ),
    ]


def test_annotation_cannot_be_broken_out_of_by_a_file_name() -> None:
    origin = source(file="a,line=9::x\n::set-env name=X::y%.xlsx")
    failed = replace(
        sample().outcome, source=origin, status="failed", error=("corrupt", "50%\n::error::x")
    )
    assert next(iter(github_annotations(failed, []))) == (
        "::error file=a%2Cline=9%3A%3Ax%0A%3A%3Aset-env name=X%3A%3Ay%25.xlsx,title=corrupt::"
        "50%25%0A::error::x"
    )


def test_plan_tells_what_a_load_would_do() -> None:
    valid = replace(sample().outcome, rows=RowCounts(1_037, 10, 2, 1_025, 120, 5, 900))
    assert plan(valid) == "would insert 120, update 5, leave 900, reject 11, 1 at other places"


def test_table_of_outcomes_shows_a_file_name_as_it_is_and_nothing_that_steers() -> None:
    outcome = replace(sample().outcome, source=source(file="[bold]mercy[/bold]\x1b[2J.xlsx"))
    stream = StringIO()
    Console(file=stream, width=100, no_color=True).print(outcomes_table([outcome, outcome]))
    row = ["[bold]mercy[/bold]\\x1b[2J.xlsx", "loaded", "7", "1", "1", "5"]
    assert [line.split() for line in stream.getvalue().splitlines()] == [
        ["roster", "status", "read", "invalid", "duplicate", "inserted"], row, row,
    ]  # fmt: skip


def test_explanation_of_a_plan_tells_what_would_happen_and_why() -> None:
    assert explanation(replace(sample().outcome, status="valid", warnings={})) == [
        "would insert 5, update 0, leave 0, reject 1, 1 at other places",
        (
            "1 duplicate-in-file: An earlier row of this roster has the same NPI and name; that "
            "row counts."
        ),
        "1 full-name-missing: The full name is empty.",
        "sheet 'Sheet1', headers in row 1, 0 rows:",
        "  A NP feeds full_name: 0 empty",
        "  B NpFirstName feeds first_name: 0 empty",
        "  C NpLastName feeds last_name: 0 empty",
        "  D NPI feeds npi: 0 empty",
        "  E Type feeds entity_name: 0 empty",
    ]
