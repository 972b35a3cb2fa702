from dataclasses import replace

import pytest

from provider_assets.providers.departures import Departures
from provider_assets.providers.duplicates import DUPLICATE_REASONS
from provider_assets.providers.roster import RowCounts
from provider_assets.providers.rules import RULES
from provider_assets.reports.reasons import Reject, advice, list_rejects, reason, words_for
from provider_assets.reports.summary import markdown_summary, sentence
from provider_assets_tests.reports.sample import rejected, sample

# read, invalid, duplicate, clean, inserted, updated, unchanged
CASES = [
    ("loaded", (7, 1, 1, 5, 5, 0, 0),
     "5 of 7 rows loaded; 1 needs a correction, 1 repeats a provider at another place."),
    ("loaded", (7, 2, 0, 5, 5, 0, 0), "5 of 7 rows loaded; 2 need a correction."),
    ("loaded", (7, 0, 2, 5, 5, 0, 0), (
        "5 of 7 rows loaded; 1 is a duplicate, 1 repeats a provider at another place.")),
    ("loaded", (7, 7, 0, 0, 0, 0, 0), "0 of 7 rows loaded; 7 need a correction."),
    ("loaded", (1_234, 0, 0, 1_234, 1_234, 0, 0), "All 1,234 rows loaded."),
    ("loaded", (1, 0, 0, 1, 1, 0, 0), "The only row loaded."),
    ("loaded", (0, 0, 0, 0, 0, 0, 0), "The roster has no rows."),
    ("loaded", (9, 0, 0, 9, 2, 3, 4),
     "All 9 rows loaded. Of these: 2 new, 3 changed, 4 in the table already."),
    ("valid", (9, 1, 0, 8, 2, 6, 0),
     "8 of 9 rows would load; 1 needs a correction. Of these: 2 new, 6 would change."),
    ("already_loaded", (7, 1, 1, 5, 0, 0, 5),
     ("This roster was loaded before, and nothing was written now: "
     "5 of 7 rows are loaded; 1 needs a correction, 1 repeats a provider at another place.")),
    ("already_loaded", (1, 0, 0, 1, 0, 0, 1),
     "This roster was loaded before, and nothing was written now: The only row is loaded."),
]  # fmt: skip


@pytest.mark.parametrize(("status", "counts", "told"), CASES)
def test_sentence_tells_the_outcome_in_plain_words(
    status: str, counts: tuple[int, ...], told: str
) -> None:
    assert sentence(replace(sample().outcome, status=status, rows=RowCounts(*counts))) == told


@pytest.mark.parametrize(
    ("status", "counts", "kept_out", "told"),
    [
        ("loaded", (5, 0, 0, 5, 0, 0, 5), 1,
         "4 of 5 rows loaded; 1 is kept out by a newer roster. Of these: 4 in the table already. "
         "3 rows were not used: a newer roster decides about these providers."),
        ("valid", (3, 1, 0, 2, 0, 0, 2), 2,
         "0 of 3 rows would load; 1 needs a correction, 2 are kept out by a newer roster. "
         "3 rows would not be used: a newer roster decides about these providers."),
        ("already_loaded", (2, 0, 0, 2, 0, 0, 2), 1,
         "This roster was loaded before, and nothing was written now: "
         "1 of 2 rows is loaded; 1 is kept out by a newer roster."),
    ],
)  # fmt: skip
def test_row_that_a_newer_roster_keeps_out_is_not_said_to_be_loaded(
    status: str, counts: tuple[int, ...], kept_out: int, told: str
) -> None:
    departures = Departures(overtaken=3, kept_out=kept_out)
    outcome = replace(sample().outcome, status=status, rows=RowCounts(*counts))
    assert sentence(replace(outcome, departures=departures, reasons={})) == told


def test_sentence_of_a_failed_roster_tells_its_error() -> None:
    failed = replace(
        sample().outcome, status="failed", error=("empty", "mercy.xlsx: no rows; send it again")
    )
    assert sentence(failed) == "Nothing was loaded: mercy.xlsx: no rows; send it again."
    assert sentence(replace(failed, error=None)) == (
        "Nothing was loaded: The roster could not be loaded."
    )


def test_markdown_summary_counts_rows_reasons_and_warnings() -> None:
    repeated, empty, digit, first, filler = (
        words_for(code).sentence
        for code in (
            "duplicate-in-file",
            "full-name-missing",
            "npi-check-digit",
            "npi-first-digit",
            "npi-placeholder",
        )
    )
    assert markdown_summary(sample().outcome).splitlines() == [
        "5 of 7 rows loaded; 1 needs a correction, 1 repeats a provider at another place.",
        "",
        "| what | rows |",
        "|---|---:|",
        "| read | 7 |",
        "| invalid | 1 |",
        "| duplicate | 1 |",
        "| clean | 5 |",
        "| inserted | 5 |",
        "| updated | 0 |",
        "| unchanged | 0 |",
        "| departed | 0 |",
        "",
        "| why | code | rows |",
        "|---|---|---:|",
        f"| {repeated} | `duplicate-in-file` | 1 |",
        f"| {empty} | `full-name-missing` | 1 |",
        "",
        "| warning | code | rows |",
        "|---|---|---:|",
        f"| {digit} | `npi-check-digit` | 5 |",
        f"| {first} | `npi-first-digit` | 3 |",
        f"| {filler} | `npi-placeholder` | 1 |",
    ]


def test_markdown_summary_escapes_what_an_error_quotes() -> None:
    error = ("corrupt", "<img src=x>|[a](http://x)`*_\nmercy.xlsx")
    told = markdown_summary(replace(sample().outcome, status="failed", error=error))
    assert told.splitlines()[0] == (
        r"Nothing was loaded: \<img src=x\>\|\[a\](http://x)\`\*\_ mercy.xlsx."
    )


def test_every_code_has_words() -> None:
    codes = [rule.code for rule in RULES] + [one.code for one in DUPLICATE_REASONS]
    assert [words_for(code).sentence == code for code in codes] == [False] * len(codes)
    assert words_for("of-an-older-version").sentence == "of-an-older-version"


def test_several_codes_are_told_one_after_the_other_and_their_advice_once() -> None:
    assert reason("cell-error full-name-missing") == (
        "A cell holds a spreadsheet error such as #N/A. (cell-error) The full "
        "name is empty. (full-name-missing)"
    )
    assert advice("npi-check-digit npi-first-digit") == (
        "Look the NPI up in the NPPES registry and correct it."
    )


def test_list_of_rejects_is_in_the_rosters_order_and_carries_no_values() -> None:
    sifted = sample()
    same = "An earlier row of this roster has the same NPI and name; that row counts."
    both = [
        Reject("Sheet1", 7, "duplicate", ("duplicate-in-file",), same),
        Reject("Sheet1", 8, "invalid", ("full-name-missing",), "The full name is empty."),
    ]
    assert list_rejects(sifted.invalid, sifted.duplicates) == both
    assert list_rejects(sifted.invalid, sifted.duplicates, at_most=1) == both[:1]
    assert list_rejects(rejected(), rejected()) == []


def test_list_of_rejects_says_whether_two_npis_stand_in_a_cell() -> None:
    malformed = rejected(
        {"codes": "npi-malformed", "npi": "2000100018 / 2000100026"},
        {"codes": "npi-malformed", "npi": "20001"},
    )
    assert [one.message for one in list_rejects(malformed, rejected())] == [
        "More than one NPI stands in the cell.",
        "The NPI is not ten digits.",
    ]
