"""The draft of a layout: why each column was chosen, and that the file loads under it."""

import pytest

from provider_assets.errors import FileCode, RosterError, UsageError
from provider_assets.reading.layouts import load_layouts
from provider_assets.reading.limits import ReadingLimits
from provider_assets.reading.suggest import suggest_layout
from provider_assets_tests.reading.files import npi, read, rows_of, write_text, write_xlsx

ONE, TWO, THREE = npi(1), npi(2), npi(3)


def _suggest(path):
    return suggest_layout(path, ReadingLimits(), load_layouts(None))


def _loads(path):
    draft = _suggest(path)
    frame = read(path, draft)
    return frame.source.layout, rows_of(frame), draft


def test_draft_finds_npi_and_names_by_what_stands_in_the_columns(tmp_path):
    rows = [
        ("Mercy", None, None, None, None),
        (),
        ("Caregiver", "Identifier", "Billing NPI", "SSN", "Clinic Site"),
        ("Mouse, Minnie", ONE, THREE, "000-00-0000", "North"),
        ("Duck, Zoë", TWO, THREE, "000-00-0001", "South"),
    ]
    path = write_xlsx(tmp_path / "Mercy 2026.xlsx", {"Providers": rows})
    layout, found, draft = _loads(path)
    assert layout == "mercy"
    assert found == [
        ("North", "Minnie", "Mouse", "Mouse, Minnie", ONE, 4),
        ("South", "Zoë", "Duck", "Duck, Zoë", TWO, 5),
    ]
    assert 'npi: ["Identifier"]  # column B: 2 of 2 values are valid NPIs' in draft
    assert 'full_name: ["Caregiver"]  # column A: 2 of 2 values read like Last, First' in draft
    assert (
        '# never read:\n#   "Billing NPI" (column C): 0 of 2 empty, such as ##########\n'
        '#   "SSN" (column D): 0 of 2 empty, such as ###-##-####\n'
    ) in draft


def test_draft_finds_headers_that_are_nearly_known(tmp_path):
    rows = [
        ("Provdr Lasst Name", "Provider Frist Name", "Npi Numbr", "Birthplace"),
        ("Mouse", "Minnie", ONE, "A"),
    ]
    _, found, draft = _loads(write_text(tmp_path / "roster.csv", rows))
    assert found == [(None, "Minnie", "Mouse", "Mouse, Minnie", ONE, 2)]
    assert 'full_name: "{last_name}, {first_name}"  # there is no column for the full na' in draft
    assert '# never read:\n#   "Birthplace" (column D): 0 of 1 empty, such as A\n' in draft


def test_draft_and_the_generic_layout_take_a_practice_before_a_type(tmp_path):
    rows = [
        ("NPI", "Name", "Practice Name", "Provider Type", "Action"),
        (ONE, "Mouse", "North", "MD", "Term"),
    ]
    path = write_text(tmp_path / "roster.csv", rows)
    assert rows_of(read(path)) == [("North", None, None, "Mouse", ONE, 2)]
    layout, found, _ = _loads(path)
    assert layout == "roster"
    assert found == [("North", None, None, "Mouse", ONE, 2)]
    assert list(read(path, _suggest(path)).rows["terminated"]) == [True]


def test_draft_of_a_file_that_a_layout_fits_is_that_layout(tmp_path):
    rows = [("NP", "NpFirstName", "NpLastName", "NPI", "Type"), ("M, M", "M", "M", ONE, "H")]
    draft = _suggest(write_text(tmp_path / "roster.csv", rows))
    assert draft.startswith("# 'roster.csv' fits this layout already.\nname: hospital_a\n")


@pytest.mark.parametrize("header", ["No: 1", 'say "NPI"', "#NPI: {x} [y]", "é \U0001f600", "a\nb"])
def test_draft_keeps_any_header_as_yaml(tmp_path, header):
    rows = [(header, "Name"), (ONE, "Mouse"), (TWO, "Duck")]
    _, found, _ = _loads(write_xlsx(tmp_path / "roster.xlsx", {"S": rows}))
    assert [row[4] for row in found] == [ONE, TWO]


def test_draft_takes_the_sheet_with_the_providers(tmp_path):
    sheets = {
        "Read me": [("Name", "Value"), ("made by", "x")],
        "Data": [("Id", "Who"), (ONE, "Mouse, Minnie")],
    }
    _, found, draft = _loads(write_xlsx(tmp_path / "roster.xlsx", sheets))
    assert [row[4] for row in found] == [ONE]
    assert 'sheet "Data", headers in row 1' in draft


def test_draft_holds_no_values(tmp_path):
    rows = [("Id", "Who"), (ONE, "Mouse, Minnie")]
    draft = _suggest(write_text(tmp_path / "roster.csv", rows))
    assert ONE not in draft
    assert "Minnie" not in draft


@pytest.mark.parametrize(
    ("rows", "code", "told"),
    [
        ([(ONE, "Mouse, Minnie")], FileCode.NO_LAYOUT, "looks like NPIs"),
        ([("Id", "City"), (ONE, "7")], FileCode.NO_LAYOUT, "looks like names"),
        ([], FileCode.EMPTY, "empty"),
    ],
)
def test_file_for_which_nothing_can_be_drafted_says_why(tmp_path, rows, code, told):
    with pytest.raises(RosterError) as raised:
        _suggest(write_text(tmp_path / "roster.csv", rows))
    assert raised.value.code == code
    assert told in raised.value.message
    assert ONE not in raised.value.message


def test_draft_of_what_is_no_file_is_refused(tmp_path):
    with pytest.raises(UsageError, match="cannot be read: no such file"):
        _suggest(tmp_path / "missing.csv")


def test_draft_names_a_header_that_stands_twice_by_its_heading_or_its_letter(tmp_path):
    under = [
        ("Provider Information", None, "Billing", None),
        ("NPI", "Provider Name", "NPI", "TIN"),
        (ONE, "Mouse", THREE, "1"),
    ]
    _, found, draft = _loads(write_xlsx(tmp_path / "under.xlsx", {"S": under}))
    assert found == [(None, None, None, "Mouse", ONE, 3)]
    assert '  npi: ["Provider Information > NPI"]  # column A: ' in draft
    twice = [("NPI", "NPI", "Name"), (ONE, TWO, "Mouse")]
    _, found, draft = _loads(write_xlsx(tmp_path / "twice.xlsx", {"S": twice}))
    assert found == [(None, None, None, "Mouse", ONE, 2)]
    assert '  npi: ["column A"]  # column A: ' in draft
    assert "other columns have the same header, make sure that it is this one" in draft


PEOPLE = (("Quimby", "Ada"), ("Okafor", "Bruno"), ("Pell", "Ines"))
GROUP = (npi(90), "Mercy Group")


@pytest.mark.parametrize(
    ("heads", "more", "entity"),
    [
        # merged downwards beside headings that span several
        ([("NPI", "Provider", None, "Practice"), (None, "Last Name", "First Name", "Name", "NPI")],
         GROUP[::-1], "Mercy Group"),
        ([("Provider ID", "Provider", None), (None, "Surname", "Forename")], (), None),
        # the same header under three headings, with a title above, a blank row between
        ([("Provider Information", None, None, "Group Information"),
          ("NPI", "Last", "First", "NPI", "Name")], GROUP, "Mercy Group"),
        ([("Mercy roster",), ("Provider Information", None, None, "Group Information"), (),
          ("NPI", "Last", "First", "NPI", "Name")], GROUP, "Mercy Group"),
        ([("Clinician", None, None, "Clinic"), ("ID", "Last", "First", "ID", "Name")], GROUP,
         "Mercy Group"),
    ],
)  # fmt: skip
def test_draft_for_headers_under_merged_headings_loads_whom_it_should(
    tmp_path, heads, more, entity
):
    rows = [(npi(at), last, first, *more) for at, (last, first) in enumerate(PEOPLE)]
    path = write_xlsx(tmp_path / "roster.xlsx", {"S": [*heads, *rows]})
    _, found, _ = _loads(path)
    assert found == [
        (entity, first, last, f"{last}, {first}", npi(at), len(heads) + at + 1)
        for at, (last, first) in enumerate(PEOPLE)
    ]


@pytest.mark.parametrize(
    ("file", "name"),
    [
        ("Mercy 2026-05-01.csv", "mercy"),
        ("mercy_roster_May_2026.csv", "mercy_roster"),
        ("05012026 Mercy.csv", "mercy"),
        ("mercy_05-01-26.csv", "mercy"),
        ("2026 Q1 Mercy.csv", "mercy"),
        ("2026-05-01.csv", "roster"),
        ("Maybury 24 hour clinic.csv", "maybury_24_hour_clinic"),
    ],
)
def test_draft_is_named_for_the_hospital_and_not_for_the_day(tmp_path, file, name):
    rows = [("Ident", "Who"), (ONE, "Mouse, Minnie"), (TWO, "Duck, Zoë")]
    layout, _, _ = _loads(write_text(tmp_path / file, rows))
    assert layout == name
