"""What the application holds of a provider, beside the row that says otherwise."""

import pandas as pd
import pytest

from provider_assets.providers.fields import TABLE_FIELDS
from provider_assets.reports.held import differing, held_of, held_words
from provider_assets_tests.reports.sample import rejected

HEADERS = {"last_name": "NpLastName", "full_name": "NP", "npi": "NPI"}
DIFFERENT = "already-loaded-different"


def table(*rows: tuple[str | None, ...]) -> pd.DataFrame:
    """The application's rows, in the order of `fields.TABLE_FIELDS`."""
    return pd.DataFrame(list(rows), columns=list(TABLE_FIELDS)).astype("str")


HELD = table(
    ("HERO", "DAISY", "DRAKE\u202e\n", "DRAKE, DAISY", "2000100018"),
    ("VILL", None, "DUCK", "DUCK, DAISY", "2000100026"),
    ("HERO", "DAISY", "DUCK", "DUCK, DAISY", "2000100034"),
    ("HERO", "OTHER", "ROW", "OF THE SAME", "2000100018"),
)
ROWS = rejected(
    {"npi": "2000100018", "codes": DIFFERENT},
    {"npi": "2000100026", "codes": DIFFERENT},
    {"npi": "2000100034", "codes": DIFFERENT},
    {"npi": "2000100018", "codes": "duplicate-in-file"},
    {"npi": "2000100042", "codes": DIFFERENT},
)


@pytest.mark.parametrize(
    ("values", "told"),
    [
        (
            True,
            [
                "The application holds NpLastName: DRAKE\\u202e\\n; NP: DRAKE, DAISY.",
                "The application holds entity name: VILL; first name: (empty).",
                "", "", "",
            ],
        ),
        (False, ["Other values: NpLastName; NP.", "Other values: entity name; first name.",
                 "", "", ""]),
    ],
)  # fmt: skip
def test_words_name_what_differs_by_the_rosters_headers(values: bool, told: list[str]) -> None:
    assert held_words(ROWS, held_of(HELD, values=values), HEADERS) == told


def test_only_rows_that_differ_are_asked_about() -> None:
    assert list(differing(ROWS)) == ["2000100018", "2000100026", "2000100034", "2000100042"]
