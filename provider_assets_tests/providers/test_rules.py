"""Every rule over frames of any values and nulls, for each character set that a column may have."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from provider_assets.database.dialects.mysql.charsets import CODECS, SAFE_CODEC
from provider_assets.providers.capacity import Capacity
from provider_assets.providers.facts import Facts
from provider_assets.providers.fields import FIELDS, LENGTHS, TABLE_FIELDS
from provider_assets.providers.frames import as_table
from provider_assets.providers.rules import RULES
from provider_assets.providers.sifting import find_invalid
from provider_assets_tests.rosters import npi, provider, raw_frame

ENCODINGS = sorted({*CODECS.values(), SAFE_CODEC})
CELLS = st.none() | st.sampled_from(
    ("Ada", "Nuñez", "Łódź", "王", "😀", "#N/A", "1.2E+09", "x" * 300, npi(1), "1234567890")
)
ROWS = st.lists(st.fixed_dictionaries(dict.fromkeys(FIELDS, CELLS)), min_size=1, max_size=4)


def facts(encoding):
    """A table whose every column has this character set; empty means that it holds all."""
    encodings = dict.fromkeys(TABLE_FIELDS, encoding) if encoding else {}
    return Facts(Capacity(LENGTHS, encodings))


@settings(max_examples=40, deadline=None, derandomize=True)
@given(ROWS, st.sampled_from(ENCODINGS))
def test_rules_over_nulls_in_any_column_say_yes_or_no_of_each_row(rows, encoding):
    frame = raw_frame(*(provider(**row) for row in rows))
    for rule in RULES:
        broken = rule.test(frame, facts(encoding))
        assert broken.index.equals(frame.index), rule.code
        assert broken.dtype == bool, rule.code


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_row_that_lacks_a_field_breaks_only_the_rule_that_asks_for_it(encoding):
    whole = dict.fromkeys(FIELDS, "Ada") | {"npi": npi(1), "entity_type": None}
    rows = raw_frame(*(provider(**whole | {name: None}) for name in FIELDS))
    invalid = find_invalid(rows, {}, facts(encoding))
    as_table(invalid)
    told = {FIELDS[position]: codes for position, codes in invalid["codes"].items()}
    assert told == {"full_name": "full-name-missing", "npi": "npi-missing"}


@pytest.mark.parametrize("encoding", [one for one in ENCODINGS if one])
def test_value_beyond_the_character_set_is_told_beside_cells_that_are_missing(encoding):
    rows = raw_frame(provider(), provider(entity_name=None, last_name="😀"))
    invalid = find_invalid(rows, {}, facts(encoding))
    expected = {} if encoding == "gb18030" else {1: "value-unstorable"}
    assert invalid["codes"].to_dict() == expected


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ('Aba, William "Bill"', ""),
        ("O'Brien", ""),
        ('"', "quote-unmatched"),
        ('Pat"', "quote-unmatched"),
        ('Quimby, Ada \\Addy\\" M"', "quote-unmatched"),
        ('Aba, William "Bill" M"D', "quote-unmatched"),
    ],
)
@pytest.mark.parametrize("field", ["entity_name", "first_name", "full_name"])
def test_half_a_pair_of_quotation_marks_does_not_load(field, value, code):
    rows = raw_frame(provider(), provider(**{"npi": npi(2), field: value}))
    assert find_invalid(rows, {}, facts(None))["codes"].to_dict() == ({1: code} if code else {})
