"""A name with a mark of leaving in it, or that is nobody's, never loads in silence."""

import pandas as pd
import pytest

from provider_assets.providers.facts import Facts
from provider_assets.providers.remarked_names import has_mark
from provider_assets.providers.rules import RULES
from provider_assets_tests.reading.files import npi, read, write_text

MARKED = (
    "Quimby (TERMED)",
    "Quimby, Ada - retired",
    "Quimby [left]",
    "Quimby *term*",
    "Quimby Ada TERMINATED",
    "Quimby, Ada (no longer here)",
    "Quimby / Inactive",
    "Quimby, Ada (deceased 2/1)",
    "VACANT",
    "TBD",
    "TBD, TBD",
    "Vacant Position",
    "To be determined",
)
NAMES = (
    "Quimby, Ada",
    "Left, John",
    "Drop, Sue",
    "Term, Jane",
    "Smith-Left, Ann",
    "Gone, Li",
    "Quimby, Ada (Ann)",
    "Former, Al",
    "Tba-Nkosi, Zola",
    "Vacanti, Joe",
    "O'Retired, Pat",
    "Inactivo, Luz",
)


@pytest.mark.parametrize(("names", "marked"), [(MARKED, True), (NAMES, False)])
def test_marks_are_told_from_names(names, marked):
    told = has_mark(pd.Series([*names, None], dtype="str")).tolist()
    assert dict(zip(names, told, strict=False)) == dict.fromkeys(names, marked)
    assert told[-1] is False


def test_row_of_such_a_name_carries_the_warning(tmp_path):
    rows = [("NPI", "Full Name"), (npi(1), "Quimby, Ada (TERMED)"), (npi(2), "Okafor, Ada")]
    frame = read(write_text(tmp_path / "r.csv", rows))
    [rule] = [one for one in RULES if one.code == "name-with-remark"]
    assert rule.severity == "warn"
    assert rule.test(frame.rows, Facts()).tolist() == [True, False]
