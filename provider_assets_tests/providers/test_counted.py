"""How many of something: the noun and the verb agree with the number."""

import pytest

from provider_assets.providers.counted import counted


@pytest.mark.parametrize(
    ("count", "told"),
    [(0, "0 rows are"), (1, "1 row is"), (2, "2 rows are"), (1234, "1,234 rows are")],
)
def test_count_noun_and_verb_agree(count, told):
    assert counted(count, "row", "is", "are") == told
    assert counted(count, "row") == told.rpartition(" ")[0]
