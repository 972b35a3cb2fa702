"""Columns of reasons, names of sheets, and words that say two things: each is read or named."""

from itertools import product

import pytest

from provider_assets.providers.ended_lists import judge_sheet
from provider_assets.providers.ended_values import is_known, says_left
from provider_assets.providers.endings import judge_header
from provider_assets_tests.reading.files import write_text
from provider_assets_tests.reading.test_departures import HEADERS, judged, people


@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("Term Reason", "Moved away"),
        ("Reason for Leaving", "Moved away"),
        ("Termination Reason", "Moved away"),
        ("Separation Type", "Voluntary"),
        ("Still with group?", "No"),
    ],
)
def test_column_that_looks_like_leaving_is_named(tmp_path, header, value):
    path = write_text(tmp_path / "r.csv", [(*HEADERS, header), *people((value,), ("",), ("",))])
    invalid, frame = judged(path)
    [note] = frame.source.notes
    assert (invalid, f"{header!r} (D) seems to say who has left (1 row" in note) == (
        {},
        True,
    )


def test_reasons_of_those_who_are_known_to_have_left_are_not_named(tmp_path):
    rows = [(*HEADERS, "Status", "Term Reason"), *people(("Termed", "Moved"), ("Active", "n/a"))]
    invalid, frame = judged(write_text(tmp_path / "r.csv", rows))
    assert (invalid, frame.source.notes) == ({("r", 2): "terminated"}, ())


@pytest.mark.parametrize(
    "header", ["Reason", "Length of Term", "License Termination Reason", "Former Name"]
)
def test_column_of_something_else_is_not_named(header):
    assert judge_header(header) is None


@pytest.mark.parametrize(
    ("header", "word"),
    [("Status/Remarks", "Inactive"), ("Term Date / Remarks", "1/2/2020"), ("Active? Memo", "No")],
)
def test_column_that_says_who_left_and_holds_remarks_too_is_gone_by(tmp_path, header, word):
    path = write_text(tmp_path / "r.csv", [(*HEADERS, header), *people((word,), ("",))])
    invalid, _ = judged(path)
    assert invalid == {("r", 2): "terminated"}


@pytest.mark.parametrize(
    ("header", "remark"),
    [
        ("Comments", "Retired 3/1"),
        ("Provider Notes", "Dr. Quimby has left"),
        ("Remarks", "No longer with us"),
        ("Comment", "left the practice in May"),
        ("Notes", "not active at Main St"),
        ("Notes", "Left 3/1/2025"),
        ("Notes", "Inactive as of 3/1"),
        ("Notes", "removed from roster 3/1"),
        ("Comments", "Please delete from our directory"),
        ("Employment", "Left"),
        ("Staff Membership", "Resigned"),
    ],
)
def test_remark_that_says_who_left_ends_nobody_and_is_named(tmp_path, header, remark):
    path = write_text(tmp_path / "r.csv", [(*HEADERS, header), *people((remark,), ("",))])
    invalid, frame = judged(path)
    [note] = frame.source.notes
    assert (invalid, f"{header!r} (D) seems to say who has left (1 row" in note) == (
        {},
        True,
    )
    assert remark not in note


@pytest.mark.parametrize(
    "remark",
    [
        "left a message for the office",
        "left us a voicemail",
        "has not left the practice",
        "panel closed",
        "not retired",
        "dropped off forms",
        "moved",
        "never resigned",
        "Termed - rehired",
        "Termed location only",
        "no longer accepting new patients",
        "do not remove from the roster",
        "address removed from directory",
        "contract term 12 months",
    ],
)
def test_remark_about_something_else_is_not_named(tmp_path, remark):
    rows = [(*HEADERS, "Comments"), *people((remark,), ("",))]
    _, frame = judged(write_text(tmp_path / "r.csv", rows))
    assert (frame.source.notes, frame.source.sheets[0].passed_over) == ((), ())


@pytest.mark.parametrize(
    "name",
    [
        "Not Active",
        "Non-Active",
        "NonActive",
        "Not_Active",
        "Former",
        "Former Providers",
        "Offboarded",
        "Providers Leaving",
        "No Longer Here",
        "No_Longer_Here",
    ],
)
def test_sheet_of_leavers_is_known_by_its_name(name):
    judged_as = judge_sheet(name)
    assert judged_as is not None
    assert judged_as.sure


UNCLEAR = ("Termed - rehired", "Delete location only", "Term loc", "Add/Term", "Active/Inactive")


@pytest.mark.parametrize("header", ["Status", "Action"])
@pytest.mark.parametrize("word", UNCLEAR)
def test_word_that_says_two_things_ends_nobody_and_is_named(tmp_path, header, word):
    rows = [(*HEADERS, header), *people((word,), ("Active",))]
    invalid, frame = judged(write_text(tmp_path / "r.csv", rows))
    [note] = frame.source.notes
    assert (invalid, "1 row has a word that does not say clearly" in note) == ({}, True)


def test_words_that_say_one_thing_stay_known():
    left = ("Termed, not rehired", "Terminated - ineligible for rehire", "No longer active")
    left += ("Left practice", "Offboarded", "Former")
    for word, kind in product(left, ("status", "action")):
        assert says_left(word, kind)
        assert is_known(word, kind)
