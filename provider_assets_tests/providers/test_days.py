"""Days, in the ways that people write them."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provider_assets.providers.days import read_day


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2020-05-01", date(2020, 5, 1)),
        ("2020-05-01 00:00:00", date(2020, 5, 1)),
        ("2020-05-01T13:04:05Z", date(2020, 5, 1)),
        ("5/1/2020", date(2020, 5, 1)),
        ("05/01/20", date(2020, 5, 1)),
        ("5/1/2020 1:04 PM", date(2020, 5, 1)),
        ("20200501", date(2020, 5, 1)),
        ("1-May-2020", date(2020, 5, 1)),
        ("May 1, 2020", date(2020, 5, 1)),
        ("43952", date(2020, 5, 1)),
        ("43952.0", date(2020, 5, 1)),
        ("May 1 2020", date(2020, 5, 1)),
        ("1 september 2020", date(2020, 9, 1)),
        ("05.01.2020", date(2020, 5, 1)),
        ("12/31/9999", date(9999, 12, 31)),
        ("12/31/98", date(1998, 12, 31)),
        ("12/31/99", None),
        ("31/12/2020", date(2020, 12, 31)),
        ("1-Foo-2020", None),
        ("00000", None),
        ("9" * 10_000, None),
        ("2020", None),
        ("active", None),
        ("", None),
    ],
)
def test_day_is_read_in_the_ways_people_write_it(text, day):
    assert read_day(text) == day


@given(st.dates(min_value=date(1970, 1, 1), max_value=date(2068, 12, 31)))
def test_day_in_any_form_is_the_same_day(day):
    slashes = f"{day.month}/{day.day}/"
    forms = [day.isoformat(), f"{slashes}{day.year}", f"{slashes}{day:%y}", f"{day:%d-%b-%Y}"]
    forms += [f"{day:%B %d, %Y}", f"{day:%Y%m%d}", str((day - date(1899, 12, 30)).days)]
    assert [read_day(form) for form in forms] == [day] * len(forms)


@given(st.text(max_size=60))
def test_any_text_is_a_day_or_none(text):
    assert read_day(text) is None or isinstance(read_day(text), date)
