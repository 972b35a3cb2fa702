"""A column whose days contradict each other ends nobody by a day that has two readings."""

from datetime import date

import pytest

from provider_assets.providers.days import read_days
from provider_assets_tests.reading.files import write_text
from provider_assets_tests.reading.test_departures import HEADERS, judged, people

TWO_READINGS = "03/04/2021"


@pytest.mark.parametrize("month_first", ["12/31/2026", "12/25/2026", "12/31/9999"])
def test_days_of_two_readings_are_undecided_where_the_proofs_contradict(month_first):
    found = read_days([TWO_READINGS, "31/12/2026", month_first, "05/05/2021"])
    assert found.undecided == {TWO_READINGS} == found.unreadable
    assert found.days["31/12/2026"] == date(2026, 12, 31)
    assert found.days["05/05/2021"] == date(2021, 5, 5)
    assert found.days[month_first].month == 12


@pytest.mark.parametrize("proof", ["31/12/2026", "12/31/2026", "2026-12-31"])
def test_days_that_agree_are_read_as_they_prove(proof):
    found = read_days([TWO_READINGS, proof])
    assert (found.undecided, found.doubtful) == (frozenset(), 1)
    assert found.days[TWO_READINGS] == (date(2021, 4, 3) if proof[0] == "3" else date(2021, 3, 4))


@pytest.mark.parametrize("header", ["Term Date", "Inactive"])
def test_undecided_days_end_nobody_and_are_named(tmp_path, header):
    cells = [("31/12/2099",), ("12/31/2099",), (TWO_READINGS,), ("13/01/2020",)]
    path = write_text(tmp_path / "r.csv", [(*HEADERS, header), *people(*cells)])
    invalid, frame = judged(path)
    assert invalid == {("r", 5): "terminated"}
    assert frame.rows["remarks"].fillna("").tolist() == ["", "", "term-date-unreadable", ""]
    assert [note for note in frame.source.notes if "contradicts itself" in note] == [
        f"sheet 'r': the column {header!r} (D) contradicts itself: some of its days have the day "
        "first, and others the month; 1 day that can be read in two ways, such as 03/04/2021, ends "
        "nobody"
    ]


def test_undecided_day_of_coming_back_ends_nobody(tmp_path):
    headers = (*HEADERS, "NPI Deactivation Date", "NPI Reactivation Date")
    cells = [("2020-01-01", back) for back in ("31/12/2020", "12/31/2020", "03/04/2021", "")]
    path = write_text(tmp_path / "r.csv", [headers, *people(*cells)])
    invalid, frame = judged(path)
    assert invalid == {("r", 5): "terminated"}
    assert frame.rows["remarks"].fillna("").tolist()[2] == "term-date-unreadable"
