"""A frame of providers, written in any of the ways that rosters come, is read back equal."""

import tempfile
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from provider_assets.providers.cleaning import clean_text
from provider_assets_tests.reading.files import (
    HEADERS,
    npi,
    read,
    rows_of,
    write_text,
    write_xls,
    write_xlsx,
)

ANY_LETTERS = st.characters(exclude_categories=("Cs", "Cc", "Cn", "Co"), max_codepoint=0xFFFF)
WESTERN = st.characters(codec="cp1252", exclude_categories=("Cc",))


def _names(letters):
    names = st.text(letters, min_size=1, max_size=30).map(clean_text)
    # what starts like this, a writer takes for a formula, or for a mark that is none of the name
    return names.filter(lambda name: name is None or (name[0] not in "=+-@\"'" and '"' not in name))


def _people(letters):
    person = st.tuples(st.integers(0, 99_999_999).map(npi), *[_names(letters)] * 4)
    return st.lists(person, min_size=1, max_size=8)


def _expected(people):
    return [
        (entity, first, last, full, number, at)
        for at, (number, full, first, last, entity) in enumerate(people, 2)
    ]


def _read_back(people, write, name):
    with tempfile.TemporaryDirectory() as folder:
        return rows_of(read(write(Path(folder) / name, [HEADERS, *people])))


FEW = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True
)


@FEW
@given(
    people=_people(ANY_LETTERS),
    delimiter=st.sampled_from(",;\t|"),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
)
def test_text_in_unicode_comes_back_equal(people, delimiter, encoding):
    found = _read_back(people, lambda p, rows: write_text(p, rows, delimiter, encoding), "r.csv")
    assert found == _expected(people)


@FEW
@given(people=_people(WESTERN), delimiter=st.sampled_from(",;\t|"))
def test_text_in_windows_1252_comes_back_equal(people, delimiter):
    # enough of what is no UTF-8, so that the few bytes of a short file leave no doubt
    people = [(*people[0][:4], "Kö Ärzte ÀÉ"), *people[1:]]
    found = _read_back(people, lambda p, rows: write_text(p, rows, delimiter, "cp1252"), "r.csv")
    assert found == _expected(people)


@FEW
@given(people=_people(ANY_LETTERS), as_number=st.booleans())
def test_workbook_comes_back_equal(people, as_number):
    written = [(int(number), *rest) if as_number else (number, *rest) for number, *rest in people]
    found = _read_back(written, lambda p, rows: write_xlsx(p, {"S": rows}), "r.xlsx")
    assert found == _expected(people)


@FEW
@given(people=_people(ANY_LETTERS))
def test_old_workbook_comes_back_equal(people):
    assert _read_back(people, write_xls, "r.xls") == _expected(people)
