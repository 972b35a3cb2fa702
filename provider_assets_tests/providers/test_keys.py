"""A roster's key, whatever its file is called."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provider_assets.providers.keys import (
    ALL_DIGITS,
    digits_of_hash,
    digits_of_key,
    is_key_of,
    roster_key,
)

HASH = "0123456789abcdef" * 4


@pytest.mark.parametrize(
    ("name", "stem"),
    [
        ("mercy.xlsx", "mercy"),
        ("Mercy April (final).XLSX", "Mercy-April-final"),
        ("Zürich Ärzte.csv", "Zurich-Arzte"),
        ("a\nb.xlsx", "a-b"),
        ("../../etc/passwd", "passwd"),
        ("C:\\rosters\\mercy.xlsx", "mercy"),
        ("a.b/c.d/mercy.2026.xlsx", "mercy.2026"),
        ("-.X-mercy-X.-.csv", "X-mercy-X"),
        ("\U0001f600.xlsx", "roster"),
        ("", "roster"),
        ("...", "roster"),
        ("x" * 250 + ".xlsx", "x" * 80),
    ],
)
def test_roster_key_is_the_stem_and_the_hash(name, stem):
    assert roster_key(name, HASH) == f"{stem}-0123456789ab"


@given(st.text(max_size=300))
def test_roster_key_of_any_name_is_safe(name):
    assert re.fullmatch(r"[A-Za-z0-9_.-]{1,80}-[0-9a-f]{12}", roster_key(name, HASH))


@given(st.text(max_size=300))
def test_key_and_hash_find_each_other_by_their_digits(name):
    assert digits_of_key(roster_key(name, HASH)) == digits_of_hash(HASH) == "0123456789ab"


@pytest.mark.parametrize(
    ("key", "is_its"),
    [
        (f"mercy-{HASH[:12]}", True),
        (f"mercy-{HASH}", True),
        (f"mercy-{HASH[:13]}", False),
        (f"mercy-{HASH[::-1]}", False),
        (f"other-{HASH[:12]}", False),
    ],
)
def test_key_is_that_of_a_file_by_its_name_and_content_short_or_whole(key, is_its):
    assert is_key_of(key, "mercy.xlsx", HASH) is is_its
    assert len(HASH) == ALL_DIGITS
