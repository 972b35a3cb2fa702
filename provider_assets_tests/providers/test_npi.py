"""The NPI's check digit and first digit, and what counts as a placeholder."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from provider_assets.providers import npi
from provider_assets.providers.check_digit import is_valid

VALID = (
    *("1234567893", "1993999998", "1558598797", "1003000126", "1245319599", "1679576722"),
    *("1588667638", "1932106788", "1111111112", "1000000004", "2000000002", "1999999992"),
)
WRONG = (
    *("1234567890", "1234567897", "1111111111", "2222222222", "9999999999", "0000000000"),
    "9876543210",
)
NINES = st.from_regex(r"[12][0-9]{8}", fullmatch=True)


def _told(test, *values):
    return list(test(pd.Series(list(values), dtype="str")))


def test_check_digit_holds_for_known_npis():
    assert _told(npi.has_valid_check_digit, *VALID) == [True] * len(VALID)
    assert _told(npi.has_valid_check_digit, *WRONG) == [False] * len(WRONG)


def test_check_digit_of_what_is_no_npi_is_wrong():
    values = ("123456789", "12345678931", "123456789x", "", " 1234567893", None)
    assert _told(npi.has_valid_check_digit, *values) == [False] * len(values)


@given(NINES, st.integers(0, 9), st.integers(1, 9))
def test_any_changed_digit_is_caught(nine, place, change):
    good = nine + npi.check_digit(nine)
    digit = str((int(good[place]) + change) % 10)
    wrong = good[:place] + digit + good[place + 1 :]
    assert _told(npi.has_valid_check_digit, good, wrong) == [True, False]
    assert (is_valid(good), is_valid(wrong)) == (True, False)


@given(NINES, st.integers(0, 8))
def test_swapped_neighbours_are_caught_but_for_09_and_90(nine, place):
    good = nine + npi.check_digit(nine)
    pair = good[place : place + 2]
    swapped = good[:place] + pair[::-1] + good[place + 2 :]
    unseen = pair[0] == pair[1] or pair in ("09", "90")
    assert _told(npi.has_valid_check_digit, swapped) == [unseen]


@given(st.text(max_size=12))
def test_one_text_and_a_column_are_judged_alike(text):
    assert _told(npi.has_valid_check_digit, text) == [is_valid(text)]


@pytest.mark.parametrize("nine", ["12345678", "1234567890", "12345678x", "", "\uff11" * 9])
def test_check_digit_of_other_than_nine_digits_is_refused(nine):
    with pytest.raises(ValueError, match="nine digits"):
        npi.check_digit(nine)


def test_first_digit_is_one_or_two():
    values = ("1234567893", "2000000002", "3456789012", "0000000006", None)
    assert _told(npi.has_valid_first_digit, *values) == [True, True, False, False, False]


def test_scientific_notation_is_told():
    values = ("1.23457E+09", "1,5e9", "1E+9", "1234567893", "E+09", "12.3E+08", None)
    assert _told(npi.is_scientific, *values) == [True, True, True, False, False, False, False]


def test_placeholders_are_told():
    assert _told(npi.is_placeholder, "1234567893", "1558598797", None) == [True, False, False]
