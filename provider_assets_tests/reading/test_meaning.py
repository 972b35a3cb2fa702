"""What a roster's cells mean: NPIs among other things, remarks, organizations, names, headings."""

import pytest

from provider_assets.errors import FileCode, RosterError
from provider_assets.providers.facts import Facts
from provider_assets.providers.sifting import find_invalid
from provider_assets_tests.reading.files import npi, read, rows_of, write_text, write_xlsx

NAMES = ("NPI", "Last Name", "First Name")
OWN = "name: mercy\ncolumns: {npi: NPI, last_name: Last Name, first_name: First Name%s}\n"


def judged(frame):
    invalid = find_invalid(frame.rows, {}, Facts())
    return dict(zip(invalid["row"], invalid["codes"], strict=True))


def load(folder, rows, *layouts):
    return read(write_text(folder / "r.csv", rows), *layouts)


@pytest.mark.parametrize(
    "shown",
    [
        "{}", "NPI: {}", "NPI {}", "{} (Type 1)", "#{}", "{}.", "{}*", "{}-", "NPI#: {}", "({})",
        "{} / Lic. 12345", "Individual NPI {}", "{} (verified 11/25/2026)",
    ],
)  # fmt: skip
def test_one_npi_among_other_things_is_taken_out(tmp_path, shown):
    frame = load(tmp_path, [NAMES, (shown.format(npi(7)), "Roe", "Al")])
    assert judged(frame) == {}
    assert list(frame.rows["npi"]) == [npi(7)]


def test_npi_with_marks_between_its_digits_is_taken_out_and_said_once_a_column(tmp_path):
    number = npi(7)
    grouped = f"{number[0]},{number[1:4]},{number[4:7]},{number[7:]}"
    rows = [NAMES, (grouped, "Roe", "Al"), (f"NPI: {npi(8)}", "Roe", "Bo"), (npi(9), "Roe", "Cy")]
    frame = load(tmp_path, rows)
    assert list(frame.rows["npi"]) == [npi(7), npi(8), npi(9)]
    assert frame.source.notes == (
        "sheet 'r': in the column 'NPI' 2 cells hold more than the NPI, such as a label; the one "
        "NPI in it was taken",
    )


@pytest.mark.parametrize("cell", [f"{npi(1)} / {npi(2)}", f"{npi(1)}\n{npi(2)}", "555-123-4567"])
def test_two_npis_or_a_phone_in_a_cell_are_malformed(tmp_path, cell):
    rows = [NAMES, (cell, "Roe", "Al"), (npi(3), "Roe", "Bo")]
    assert judged(load(tmp_path, rows)) == {2: "npi-malformed"}


def test_example_of_a_template_is_left_out_where_rows_follow(tmp_path):
    example = ("1234567893", "Doe", "Jane")
    frame = load(tmp_path, [NAMES, example, (npi(1), "Roe", "Al")])
    assert list(frame.rows["row"]) == [3]
    assert frame.source.notes == (
        "sheet 'r': row 2 is the template's own example; it was left out",
    )
    assert list(load(tmp_path, [NAMES, example]).rows["row"]) == [2]
    person = ("1234567893", "Roe", "Al")
    assert list(load(tmp_path, [NAMES, person, (npi(1), "Roe", "Bo")]).rows["row"]) == [2, 3]


def test_remarks_under_a_small_table_are_no_rows_and_companies_are(tmp_path):
    rows = [
        ("NPI", "Provider Name", "Practice Name"),
        (npi(1), "Roe, Al", "North"),
        (None, None, "Made Up Lab"),
        (npi(2), "Roe, Bo", "North"),
        (None, None, "Made Up Clinic"),
        (),
        ("* Accepting new patients", None, None),
        (None, "Office hours: M-F 8-5", None),
        ("Phone 555-0100", None, None),
        ("Updated by front desk", None, None),
    ]
    frame = load(tmp_path, rows)
    missing = "full-name-missing npi-missing"
    assert judged(frame) == {3: missing, 5: missing}
    assert list(frame.rows["row"]) == [2, 3, 4, 5]
    assert frame.source.notes == (
        "sheet 'r': 4 rows from row 7 on: each is a remark under the table; they were left out",
    )


def test_remarks_under_a_table_without_any_npi_are_no_rows(tmp_path):
    rows = [
        ("NPI", "Provider Name", "Practice Name"),
        (None, "Roe, Al", "North"),
        ("pending", "Roe, Bo", "North"),
        (),
        ("* Accepting new patients", None, None),
        (None, "Office hours: M-F 8-5", None),
    ]
    frame = load(tmp_path, rows)
    assert judged(frame) == {2: "npi-missing", 3: "npi-missing"}
    assert list(frame.rows["row"]) == [2, 3]
    assert len(frame.source.notes) == 2


def test_organization_whose_entity_type_is_empty_loads_by_its_name(tmp_path):
    frame = load(tmp_path, [*MIXED, (None, npi(5), None, None, None, "Made Up Home")])
    assert judged(frame) == dict.fromkeys((4, 5), "full-name-missing")
    assert rows_of(frame)[4] == ("Made Up Home", None, None, "Made Up Home", npi(5), 6)
    # without a column that tells them apart it may as well be a person whose name is missing
    alone = load(tmp_path, [(*NAMES, "Organization Name"), (npi(5), None, None, "Made Up Home")])
    assert judged(alone) == {2: "full-name-missing"}


MIXED = [
    ("Entity Type", *NAMES, "Middle", "Organization Name"),
    ("1", npi(1), "Roe", "Al", "B.", None),
    ("2", npi(2), None, None, None, "Made Up Lab"),
    ("1", npi(3), "Roe", None, None, "Their Group"),
    ("1", npi(4), None, None, None, "Their Group"),
]


def test_organizations_load_by_their_name_and_nobody_by_their_groups(tmp_path):
    frame = load(tmp_path, MIXED)
    assert judged(frame) == {4: "full-name-missing", 5: "full-name-missing"}
    assert rows_of(frame)[:2] == [
        (None, "Al", "Roe", "Roe, Al", npi(1), 2),
        ("Made Up Lab", None, None, "Made Up Lab", npi(2), 3),
    ]


def test_layout_says_which_names_load_and_parts_fall_away(tmp_path):
    columns = (
        ", middle_name: Middle, organization_name: Organization Name, entity_type: Entity Type"
    )
    own = OWN % columns + (
        'derive:\n  full_name: ["{last_name}, {first_name}[ {middle_name}]", '
        '"{organization_name}", "{last_name}"]\n  entity_name: "{organization_name}"\n'
    )
    rows = rows_of(load(tmp_path, [*MIXED, ("1", npi(5), "Poe", "Bo", None, None)], own))
    assert [(row[0], row[3]) for row in rows] == [
        (None, "Roe, Al B."),
        ("Made Up Lab", "Made Up Lab"),
        ("Their Group", "Roe"),
        ("Their Group", None),
        (None, "Poe, Bo"),
    ]
    assert judged(load(tmp_path, MIXED, own + "entity_types: [1]\n")) == {
        3: "organization-row",
        5: "full-name-missing",
    }


@pytest.mark.parametrize(
    ("header", "values"),
    [
        ("Entity Type", ("1", "2")),
        ("Entity Type", ("I", "O")),
        ("Type", ("Individual", "Organization")),
        ("Provider Type", ("MD", "NP")),
    ],
)
def test_type_is_never_the_practice(tmp_path, header, values):
    rows = [(*NAMES, header), *((npi(n), "Roe", "Al", v) for n, v in enumerate(values))]
    assert [row[0] for row in rows_of(load(tmp_path, rows))] == [None, None]


@pytest.mark.parametrize(
    "header",
    [
        "Organization Name", "Organization legal name", "Facility Name", "Clinic_Name", "ORG_NAME",
        "Group Legal Business Name", "Practice/Group Name", "DBA", "CompanyName", "Group Name",
    ],
)  # fmt: skip
def test_name_of_an_organization_is_the_practice_before_a_type(tmp_path, header):
    rows = [(*NAMES, "Type", header), (npi(1), "Roe", "Al", "HOSP", "North")]
    assert rows_of(load(tmp_path, rows)) == [("North", "Al", "Roe", "Roe, Al", npi(1), 2)]


@pytest.mark.parametrize(
    ("full", "first", "last"),
    [
        ("Roe, Al", "Al", "Roe"),
        ("Roe, Al B., MD", "Al", "Roe"),
        ("Al Roe", None, None),
        ("Made Up Clinic, LLC", None, None),
        ("Roe, Al, Poe", None, None),
    ],
)
def test_full_name_is_split_where_it_is_last_first_alone(tmp_path, full, first, last):
    rows = [("NPI", "Provider Name"), (npi(1), full)]
    assert rows_of(load(tmp_path, rows)) == [(None, first, last, full, npi(1), 2)]


GROUPS = [
    ("Provider Information", None, None, "Group Information", None, "Billing"),
    ("NPI", "Last Name", "First Name", "Name", "NPI", "NPI"),
    (npi(1), "Roe", "Al", "North", npi(8), npi(9)),
]


@pytest.mark.parametrize("named", ["Provider Information > NPI", "column A", "column a"])
def test_header_that_stands_thrice_is_named_by_its_heading_or_its_letter(tmp_path, named):
    own = (
        f"name: mercy\ncolumns: {{npi: '{named}', last_name: Last Name, first_name: First Name, "
        "entity_name: Group Information > Name}\n"
        "derive: {full_name: '{last_name}, {first_name}'}\n"
    )
    path = write_xlsx(tmp_path / "r.xlsx", {"S": GROUPS})
    frame = read(path, own)
    assert (frame.source.layout, rows_of(frame)) == (
        "mercy",
        [("North", "Al", "Roe", "Roe, Al", npi(1), 3)],
    )


def test_generic_takes_what_stands_under_another_heading_for_nobodys_own(tmp_path):
    frame = read(write_xlsx(tmp_path / "r.xlsx", {"S": GROUPS}))
    assert rows_of(frame) == [("North", "Al", "Roe", "Roe, Al", npi(1), 3)]


def test_refusal_shows_headers_only_and_the_nearest_lacks_the_fewest(tmp_path):
    rows = [("Who NPI", "Cred"), (npi(1), "MD"), (npi(2), "NP")]
    with pytest.raises(RosterError) as raised:
        load(tmp_path, rows)
    assert raised.value.code == FileCode.NO_LAYOUT
    assert "'NP'" not in raised.value.message
    assert "hospital_a" not in raised.value.message
