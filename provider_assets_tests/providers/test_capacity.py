"""What a column holds to the last character: one text, one codec."""

import pandas as pd
import pytest

from provider_assets.providers.capacity import Capacity
from provider_assets.providers.check_digit import is_valid


@pytest.mark.parametrize(
    ("encoding", "text", "fits"),
    [
        ("bmp", "a\uffff", True),
        ("bmp", "a\U00010000", False),
        ("shift_jis", "\u30a2", True),
        ("shift_jis", "\u203e", False),  # Python's codec has it, the server's does not
        ("latin-1", "\u203e", False),
        ("latin-1", "\xe9", True),
        ("utf-8", "\u203e", True),
    ],
)
def test_column_holds_what_its_character_set_has(encoding, text, fits):
    cells = pd.Series([text, "plain", None], dtype="str")
    told = Capacity(encodings={"last_name": encoding}).unstorable(cells, "last_name")
    assert told.tolist() == [not fits, False, False]


@pytest.mark.parametrize(
    "text",
    [
        "2000000010",
        "200000001",
        "20000000100",
        "\u0662000000010",
        "200000001\u0660",
        "2000000OIO",
        "",
    ],
)
def test_npi_is_valid_as_ten_ascii_digits_alone(text):
    assert is_valid(text) == (text == "2000000010")
