"""Which layout a roster is read by, and what is said when there is none, or more than one."""

from datetime import date

import pytest

from provider_assets.errors import FileCode, RosterError
from provider_assets.reading.layouts import load_layouts
from provider_assets.reading.limits import ReadingLimits
from provider_assets.reading.roster import read_roster
from provider_assets_tests.reading.files import npi, read, rows_of, write_text, write_xlsx

ONE, TWO, THREE = npi(1), npi(2), npi(3)

MERCY = """
name: mercy
columns:
  npi: [NPI, Provider NPI]
  full_name: [Provider Name]
  first_name: [First]
  last_name: [Last]
  entity_name: [Practice]
derive: {full_name: "{last_name}, {first_name}"}
constants: {entity_name: "Mercy Hospital"}
terminations: {column: Action, values: [D, Term]}
rules: {npi-check-digit: reject}
on_existing: update
"""


def _read(tmp_path, rows, *layouts):
    return read(write_text(tmp_path / "roster.csv", rows), *layouts)


def _refused(tmp_path, rows, *layouts):
    with pytest.raises(RosterError) as raised:
        _read(tmp_path, rows, *layouts)
    return raised.value


@pytest.mark.parametrize(
    ("layout", "headers"),
    [
        ("hospital_a", ("NP", "NpFirstName", "NpLastName", "NPI", "Type")),
        ("hospital_a", ("np", "NP_FIRST_NAME", "* Np Last-Name", "NPI #", "\ufeffType:")),
        (
            "hospital_b",
            ("Provider Name", "Provider First Name", "Provider Last Name", "NPI", "CDO"),
        ),
        ("generic", ("Full Name", "First Name", "Last Name", "NPI", "Practice Name")),
    ],
)
def test_headers_decide_on_the_layout(tmp_path, layout, headers):
    frame = _read(tmp_path, [headers, ("Mouse, M", "Minnie", "Mouse", ONE, "Hero")])
    assert frame.source.layout == layout
    assert rows_of(frame) == [("Hero", "Minnie", "Mouse", "Mouse, M", ONE, 2)]


def test_layout_derives_and_fills_what_the_roster_lacks(tmp_path):
    rows = [("Provider NPI", "First", "Last"), (ONE, "Minnie", "Mouse"), (TWO, None, "Duck")]
    frame = _read(tmp_path, rows, MERCY)
    assert frame.source.layout == "mercy"
    assert rows_of(frame) == [
        ("Mercy Hospital", "Minnie", "Mouse", "Mouse, Minnie", ONE, 2),
        ("Mercy Hospital", None, "Duck", None, TWO, 3),
    ]


def test_layout_derives_nothing_where_the_column_is_there(tmp_path):
    headers = ("NPI", "Provider Name", "First", "Last", "Practice")
    rows = [headers, (ONE, None, "Minnie", "Mouse", None), (TWO, "Duck", "Donald", "Duck", "P")]
    assert rows_of(_read(tmp_path, rows, MERCY)) == [
        (None, "Minnie", "Mouse", None, ONE, 2),
        ("P", "Donald", "Duck", "Duck", TWO, 3),
    ]


def test_terminated_rows_are_told_by_value_compared_like_headers(tmp_path):
    rows = [
        ("NPI", "First", "Last", "Action"),
        (ONE, "Minnie", "Mouse", "d"),
        (TWO, "Donald", "Duck", " TERM "),
        (THREE, "Goofy", "Dog", "Add"),
        (npi(4), "Daisy", "Duck", None),
    ]
    frame = _read(tmp_path, rows, MERCY)
    assert list(frame.rows["terminated"]) == [True, True, False, False]
    column = frame.source.sheets[0].columns[3]
    assert (column.header, column.field, column.terminated_as) == ("Action", "termination", "D")


def test_layout_whose_termination_column_is_missing_says_so(tmp_path):
    frame = _read(tmp_path, [("NPI", "First", "Last"), (ONE, "Minnie", "Mouse")], MERCY)
    assert not frame.rows["terminated"].any()
    assert frame.source.notes == (
        "sheet 'roster' lacks the column that says who has left, so all its providers count as "
        "there",
    )


@pytest.mark.parametrize(
    ("day", "ended"),
    [
        ("2026-05-01", True),
        ("2026-05-02", False),
        ("5/1/2026", True),
        ("05/01/26", True),
        ("1-May-2026", True),
        ("46143", True),
        ("12/31/9999", False),
        ("n/a", False),
        ("", False),
    ],
)
def test_day_in_the_past_ends_a_provider(tmp_path, day, ended):
    rows = [("NPI", "Name", "Term Date"), (ONE, "Mouse", day)]
    path = write_text(tmp_path / "roster.csv", rows)
    frame = read_roster(
        path,
        roster="r",
        file=path.name,
        sha256="0" * 64,
        layouts=load_layouts(None),
        limits=ReadingLimits(),
        today=date(2026, 5, 2),
    )
    assert list(frame.rows["terminated"]) == [ended]


@pytest.mark.parametrize(
    "header",
    [
        "Billing NPI",
        "Group NPI",
        "Type 2 NPI",
        "Organization NPI",
        "Facility NPI",
        "Supervising Provider NPI",
        "Replacement NPI",
        "Referring NPI",
    ],
)
def test_npi_of_somebody_else_is_not_the_providers_unless_a_layout_says_so(tmp_path, header):
    rows = [(header, "Name"), (ONE, "Mouse")]
    error = _refused(tmp_path, rows)
    assert error.code == FileCode.NO_LAYOUT
    assert "lacks a column for npi" in error.message
    both = [(header, "NPI", "Name"), (ONE, TWO, "Mouse")]
    assert list(_read(tmp_path, both).rows["npi"]) == [TWO]
    told = f"name: told\ncolumns: {{npi: [{header}], full_name: [Name]}}"
    assert list(_read(tmp_path, rows, told).rows["npi"]) == [ONE]


def test_most_specific_layout_wins(tmp_path):
    narrow = "name: narrow\ncolumns: {npi: [NPI], full_name: [Name]}"
    wide = "name: wide\ncolumns: {npi: [NPI], full_name: [Name], entity_name: [City]}"
    rows = [("NPI", "Name", "City"), (ONE, "Mouse", "Here")]
    assert _read(tmp_path, rows, narrow, wide).source.layout == "wide"
    assert _read(tmp_path, rows, narrow).source.layout == "narrow"


def test_layouts_that_fit_equally_well_are_ambiguous_and_named(tmp_path):
    one = "name: one\ncolumns: {npi: [NPI], full_name: [Name]}"
    two = "name: two\ncolumns: {npi: [NPI], full_name: [Name, Title]}"
    error = _refused(tmp_path, [("NPI", "Name"), (ONE, "Mouse")], one, two)
    assert error.code == FileCode.AMBIGUOUS_LAYOUT
    assert "the layouts one and two fit sheet 'roster' equally well" in error.message


def test_sheets_of_two_layouts_are_ambiguous(tmp_path):
    a = [("NP", "NpFirstName", "NpLastName", "NPI", "Type"), ("M, M", "M", "M", ONE, "H")]
    b = [
        ("Provider Name", "Provider First Name", "Provider Last Name", "NPI", "CDO"),
        ("D, D", "D", "D", TWO, "C"),
    ]
    with pytest.raises(RosterError) as raised:
        read(write_xlsx(tmp_path / "roster.xlsx", {"A": a, "B": b}))
    assert raised.value.code == FileCode.AMBIGUOUS_LAYOUT


def test_sheet_that_only_the_fallback_fits_is_left_out_beside_a_layouts_own(tmp_path):
    a = [("NP", "NpFirstName", "NpLastName", "NPI", "Type"), ("M, M", "M", "M", ONE, "H")]
    rest = [("NPI", "Name"), (TWO, "Duck")]
    frame = read(write_xlsx(tmp_path / "roster.xlsx", {"Gone": rest, "A": a}))
    assert list(frame.rows["npi"]) == [ONE]
    assert frame.source.notes == (
        "sheet 'Gone' fits generic, not the layout hospital_a of the others; it was left out",
    )


@pytest.mark.parametrize(
    ("headers", "columns"),
    [
        (("NPI", "Name", "NPI"), "'NPI' (A) and 'NPI' (C) could each be the npi"),
        (("NPI", "Name", "npi_no"), "'NPI' (A) and 'npi_no' (C) could each be the npi"),
        (("NPI", "Name", "First Name", "Fname"), "'First Name' (C) and 'Fname' (D) could each be"),
    ],
)
def test_two_columns_for_one_field_are_refused(tmp_path, headers, columns):
    error = _refused(tmp_path, [headers, (ONE, "Mouse", TWO, "x")[: len(headers)]])
    assert error.code == FileCode.DUPLICATE_COLUMN
    assert columns in error.message


def test_no_layout_names_the_nearest_what_it_lacks_and_what_was_found(tmp_path):
    error = _refused(tmp_path, [("NPI", "First", "City"), (ONE, "Minnie", "Here")], MERCY)
    assert error.code == FileCode.NO_LAYOUT
    assert error.message == (
        "'roster.csv': no layout fits; the nearest is generic, which lacks a column for full_name "
        "(such as Full Name). Sheet 'roster' has in row 1: NPI, First, City. Rename "
        "the headers, or write a layout with them (`provider-assets layouts "
        "suggest FILE` drafts it)"
    )


@pytest.mark.parametrize("rows", [[(ONE, "Minnie Mouse")], [("a", "b"), (ONE, "Minnie Mouse")]])
def test_no_layout_shows_no_values_where_there_are_no_headers(tmp_path, rows):
    error = _refused(tmp_path, rows)
    assert error.code == FileCode.NO_LAYOUT
    assert ONE not in error.message
    assert "Minnie" not in error.message


@pytest.mark.parametrize(
    "row", [("First Name", ONE, "1980-01-01"), ("First Name", "Okafor", "NP"), ("NP", "Bruno", "x")]
)
def test_row_that_may_be_of_people_is_never_shown(tmp_path, row):
    error = _refused(tmp_path, [row, ("a", "b", "c")])
    assert error.message == (
        "'roster.csv': no row has the headers of a roster (such as NPI, Last Name, First Name); "
        "put headers above the rows, or write a layout for the ones that it has "
        "(`provider-assets layouts suggest FILE` drafts it)"
    )


@pytest.mark.parametrize(
    "row",
    [
        ("Okafor", "NPI", "Riverside Clinic", "First Street", "Quimby Center"),
        ("Okafor Clinic", "NPI", "Quimby Street", "Bruno First"),
    ],
)
def test_row_of_practices_and_streets_is_never_shown(tmp_path, row):
    error = _refused(tmp_path, [row, ("a", "b", "c")])
    assert error.message.startswith("'roster.csv': no row has the headers of a roster (such as")


def test_cell_that_is_no_header_is_counted_and_not_shown_among_headers(tmp_path):
    error = _refused(tmp_path, [("NPI", "First", "Okafor Clinic", "City", "Quimby"), (ONE, "x")])
    assert "has in row 1: NPI, First, City and 2 more. Rename" in error.message
