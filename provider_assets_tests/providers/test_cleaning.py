"""Values as they were meant: the reference of each, and whole columns that do the same."""

import unicodedata

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from provider_assets.providers import cleaning

TEXTS = st.text(max_size=40) | st.text(st.characters(min_codepoint=0x20, max_codepoint=0x2FF))
ODD = st.text(alphabet=" \t\n\u00a0\u200b\ufeff\u0301eéE.0123456789+-,'\u2019=\"", max_size=20)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("Mouse", "Mouse"),
        ("  Mouse,   Minnie ", "Mouse, Minnie"),
        ("e\u0301", "\u00e9"),
        ("\ufb01", "\ufb01"),
        ("a\x00b\x85c", "a b c"),
        ("\u00ad\u200b", None),
        ("", None),
    ],
)
def test_text_is_cleaned_and_nothing_more(text, meant):
    assert cleaning.clean_text(text) == meant


@given(TEXTS | ODD)
def test_cleaning_a_text_again_changes_nothing(text):
    once = cleaning.clean_text(text)
    assert once is None or cleaning.clean_text(once) == once


@given(TEXTS | ODD)
def test_cleaning_a_text_loses_no_letter(text):
    def letters(value):
        return [c for c in unicodedata.normalize("NFC", value) if c.isalnum()]

    assert letters(cleaning.clean_text(text) or "") == letters(
        "".join(c for c in text if c not in cleaning.ZERO_WIDTH)
    )


@given(TEXTS | ODD)
def test_cleaning_an_npi_again_changes_nothing(text):
    once = cleaning.clean_npi(text)
    assert once is None or cleaning.clean_npi(once) == once


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("1234567893", "1234567893"),
        ("1234567893.0", "1234567893"),
        ("1234567893,00", "1234567893"),
        ("1234567893.5", "1234567893.5"),
        ("'1234567893", "1234567893"),
        ('="1234567893"', "1234567893"),
        (" 123 456\u00a07893 ", "1234567893"),
        ("1.234567893E+09", "1234567893"),
        ("1.234567893E9", "1234567893"),
        ("1.23457E+09", "1.23457E+09"),
        ("1E+9", "1E+9"),
        ("1.2345678935E+09", "1.2345678935E+09"),
        ("0012345678", "0012345678"),
        ("NPI 1234567893", "1234567893"),
        ("#N/A", "#N/A"),
        ("'", None),
        ("t\u00a8", "\u1e97"),
        ("'=\"1234567893.0\"'", "1234567893"),
        (" ", None),
    ],
)
def test_npi_is_taken_out_of_what_stands_around_it(text, meant):
    assert cleaning.clean_npi(text) == meant


@given(st.lists(st.none() | TEXTS | ODD, max_size=20))
def test_whole_columns_are_cleaned_like_single_values(values):
    cells = pa.array(values, pa.string())
    for whole, single in (
        (cleaning.clean_texts, cleaning.clean_text),
        (cleaning.clean_npis, cleaning.clean_npi),
    ):
        expected = [None if value is None else single(value) for value in values]
        assert whole(cells).to_pylist() == expected


def test_columns_in_a_slice_are_cleaned_in_their_places():
    cells = pa.array(["x", " a ", None, "b", " c"]).slice(1)
    assert cleaning.clean_texts(cells).to_pylist() == ["a", None, "b", "c"]
