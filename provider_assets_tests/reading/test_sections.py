"""Nobody who left loads in silence, also under a heading within a sheet or a title above it."""

import tempfile
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from provider_assets.providers.ended_lists import judge_heading, judge_title
from provider_assets.providers.facts import Facts
from provider_assets.providers.frames import REJECTED, empty
from provider_assets.providers.sifting import find_invalid
from provider_assets.reports.tables import reject_tables
from provider_assets.reports.told import Context
from provider_assets.reports.workbook import write_reject_workbook
from provider_assets_tests.reading.files import npi, read, write_text, write_xlsx
from provider_assets_tests.reading.test_departures import HEADERS, judged, people

LEFT = (
    "Terminated Providers",
    "Termed as of 1/1",
    "No longer with us",
    "Terminated - Cardiology",
    "Left the practice",
    "Left",
    "Former providers",
    "Inactive",
    "Resigned/Retired",
    "Not currently active",
    "All terminated",
    "Please remove the following",
    "Deletes",
)
STAYS = ("Active Providers", "Active", "Current staff", "New providers", "Additions")
NAMES = ("Del Rosario", "Cruz, Del", "Drop, Sue", "Term, Jane", "Cancellieri, Ann", "Quimby")
OWN = (
    "name: mercy\ncolumns: {npi: NPI, last_name: Last Name, first_name: First Name}\n"
    "derive: {full_name: '{last_name}, {first_name}'}\n"
)


def test_rows_under_a_heading_have_left_until_the_next(tmp_path):
    one, two, three, four = people((), (), (), ())
    rows = [HEADERS, one, ("Terminated Providers",), two, three, ("Active Providers",), four]
    invalid, frame = judged(write_xlsx(tmp_path / "r.xlsx", {"S": rows}))
    assert invalid == {("S", 4): "terminated", ("S", 5): "terminated"}
    assert frame.rows["row"].tolist() == [2, 4, 5, 7]
    assert frame.source.notes == (
        "sheet 'S': rows 4\u20135 stand under 'Terminated Providers' (row 3): they are read as "
        "left",
        "sheet 'S': row 6 is a heading 'Active Providers', not a provider; it was left out",
    )


@settings(max_examples=20, deadline=None, derandomize=True)
@given(
    text=st.sampled_from(LEFT),
    shown=st.sampled_from([str.upper, str.lower, str.title, "** {} **".format, "{}:".format]),
    column=st.integers(0, 3),
    own=st.booleans(),
    beside=st.sampled_from(["", "3", "1/1/2021"]),
)
def test_no_form_of_heading_lets_those_below_it_load(text, shown, column, own, beside):
    cells = [""] * 4
    cells[column] = shown(text)
    cells[column - 1] = beside if column != 1 else ""  # what stands for an NPI is one
    rows = [(*HEADERS, "Notes"), *people(("",)), cells, *people(("",), ("",))]
    with tempfile.TemporaryDirectory() as folder:
        path = write_text(Path(folder) / "r.csv", rows)
        invalid, frame = judged(path, *[OWN] * own)
    assert invalid == {("r", 4): "terminated", ("r", 5): "terminated"}
    assert len(frame.rows) == 3


@pytest.mark.parametrize("text", STAYS)
def test_heading_for_those_who_stay_is_no_row_and_ends_the_others(tmp_path, text):
    one, two = people((), ())
    rows = [HEADERS, ("Terminated",), one, (text,), two]
    invalid, frame = judged(write_xlsx(tmp_path / "r.xlsx", {"S": rows}))
    assert invalid == {("S", 3): "terminated"}
    assert len(frame.rows) == 2


@pytest.mark.parametrize("name", NAMES)
def test_provider_of_whom_only_the_name_is_given_is_no_heading(tmp_path, name):
    rows = [("NPI", "Full Name"), ("", name), (npi(1), "Okafor, Ada")]
    invalid, frame = judged(write_text(tmp_path / "r.csv", rows))
    assert invalid == {("r", 2): "npi-missing"}
    assert frame.source.notes == ()


def test_row_with_an_npi_is_a_provider_whatever_the_name(tmp_path):
    rows = [("NPI", "Full Name"), (npi(1), "Terminated"), (npi(2), "Okafor, Ada")]
    assert judged(write_text(tmp_path / "r.csv", rows))[0] == {}


def test_status_alone_in_a_row_counts_for_rows_without_their_own(tmp_path):
    one, two, three = people(("",), ("Active",), ("",))
    rows = [(*HEADERS, "Status"), ("", "", "", "Inactive"), one, two, ("", "", "", "Active"), three]
    assert judged(write_text(tmp_path / "r.csv", rows))[0] == {("r", 3): "terminated"}


def test_heading_that_lists_others_too_is_only_named(tmp_path):
    rows = [HEADERS, ("Adds & Terms",), *people(())]
    invalid, frame = judged(write_xlsx(tmp_path / "r.xlsx", {"S": rows}))
    assert invalid == {("S", 2): "full-name-missing npi-malformed"}
    assert frame.source.notes == (
        "sheet 'S': row 2 'Adds & Terms' seems to list providers who have left; row 3 "
        "below it counts as the others do (see terminations: headings)",
    )


def test_title_above_the_headers_tells_it_of_all(tmp_path):
    rows = [("Mercy terminations 2026",), (), HEADERS, *people((), ())]
    assert judged(write_xlsx(tmp_path / "r.xlsx", {"S": rows}))[0] == {
        ("S", 4): "terminated",
        ("S", 5): "terminated",
    }


def test_title_that_speaks_of_others_too_is_only_named():
    for text in ("Adds and terminations", "Providers & terms", "Term Date", "See tab Terms"):
        assert judge_title(text) == "unsure"
    assert judge_heading("Long term care") is None


def test_layout_may_switch_headings_off(tmp_path):
    rows = [HEADERS, ("Terminated Providers",), *people(())]
    layout = OWN + "terminations: {headings: false}\n"
    invalid, _ = judged(write_xlsx(tmp_path / "r.xlsx", {"S": rows}), layout)
    assert invalid == {("S", 2): "full-name-missing npi-malformed"}


def test_reject_workbook_that_comes_back_reads_as_the_same(tmp_path):
    headers = (*HEADERS, "Status", "Term Date")
    told = [("Inactive 2/1", ""), ("Termed", ""), ("Active", "5/31/2020"), ("", "")]
    *rows, last = people(*told)
    sheets = {"S": [headers, *rows, ("No longer with us",), last]}
    frame = read(write_xlsx(tmp_path / "r.xlsx", sheets))
    invalid = find_invalid(frame.rows, {}, Facts())
    tables = reject_tables(frame.source, invalid, empty(REJECTED))
    path = tmp_path / "r_rejects.xlsx"
    write_reject_workbook(path, tables, Context(), 0, "0" * 64)
    again, back = judged(path)
    assert list(again.values()) == ["terminated"] * 4
    assert [row[3:5] for row in _cells(path)] == [("Status", "Term Date"), *told_back(told)]
    assert [row[7] for row in _cells(path)][1:] == ["S", "S", "S", "S > No longer with us"]
    assert back.rows["left_as"][:3].tolist() == frame.rows["left_as"][:3].tolist()


def told_back(told):
    """Of each row the cell that says it, and no other."""
    return [
        (status or None, None) if status != "Active" else (None, day or None)
        for status, day in told
    ]


def _cells(path):
    return list(openpyxl.load_workbook(path).active.values)
