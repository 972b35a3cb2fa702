"""Nobody who left loads in silence: columns, sheets and days that tell it, each read or named."""

from datetime import date
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from provider_assets.providers.ended_lists import judge_sheet
from provider_assets.providers.ended_values import says_left
from provider_assets.providers.endings import judge_header
from provider_assets.providers.facts import Facts
from provider_assets.providers.sifting import find_invalid
from provider_assets_tests.reading.files import npi, read, write_text, write_xlsx

PEOPLE = ("Quimby", "Okafor", "Vanterpool", "Halloway", "Nunez", "Abara")
HEADERS = ("NPI", "Last Name", "First Name")

TOLD = {
    "Status": ("Inactive", "Active"),
    "Provider Status": ("TERMED", "Current"),
    "PROV_STAT": ("Terminated", "A"),
    "Employment Status": ("Retired", "Full time"),
    "Active/Inactive": ("I", "A"),
    "Active": ("N", "Y"),
    "IsActive": ("False", "True"),
    "Active_Flag": ("0", "1"),
    "Active (Y/N)": ("No", "Yes"),
    "Action": ("D", "A"),
    "Transaction Type": ("Term", "Add"),
    "ChangeType": ("Delete", "Change"),
    "Add/Change/Term": ("T", "C"),
    "Still Employed": ("No", "Yes"),
    "No Longer Here": ("X", ""),
    "Termed": ("Yes", "No"),
    "Inactive": ("X", ""),
    "Deleted Flag": ("1", "0"),
    "End Date": ("1/1/2020", ""),
    "Provider Term Date": ("01012021", "12319999"),
    "Provider_Term_Date": ("2021-01-01T00:00:00", "2999-12-31"),
    "TERM_DT": ("20210101", "99991231"),
    "Date Terminated": ("Jan 2021", "n/a"),
    "NPI Deactivation Date": ("03/25/2019", ""),
    "Last Day Worked": ("31/12/2020", "present"),
}


def judged(path, *layouts):
    """Codes by row of the rows that do not load, and the sentences of the report."""
    frame = read(path, *layouts)
    invalid = find_invalid(frame.rows, {}, Facts())
    rows = zip(invalid["sheet"], invalid["row"], invalid["codes"], strict=True)
    return {(sheet, row): codes for sheet, row, codes in rows}, frame


def people(*cells):
    return [(npi(at), PEOPLE[at], "Ada", *more) for at, more in enumerate(cells)]


@pytest.mark.parametrize("header", TOLD)
def test_column_that_tells_who_left_is_read_without_a_layout_of_ones_own(tmp_path, header):
    left, stays = TOLD[header]
    rows = [(*HEADERS, header), *people((left,), (stays,))]
    invalid, frame = judged(write_text(tmp_path / "roster.csv", rows))
    assert invalid == {("roster", 2): "terminated"}
    assert frame.source.notes == ()


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_nobody_who_left_by_any_known_form_loads(data):
    header, value = data.draw(
        st.sampled_from([(header, left) for header, (left, _) in TOLD.items()])
    )
    shown = data.draw(st.sampled_from([str.upper, str.lower, lambda text: text.replace(" ", "_")]))
    judgement = judge_header(shown(header) if " " in header else header)
    assert judgement is not None
    assert judgement.sure
    if judgement.kind != "date":
        assert says_left(value, judgement.kind)


@pytest.mark.parametrize(
    "header",
    ["License End Date", "Clinic Status", "Malpractice Term Date", "Term_Date_of_Office"],
)
def test_column_of_something_else_that_ends_is_only_named(tmp_path, header):
    rows = [(*HEADERS, header), *people(("1/1/2020",), ("",))]
    invalid, frame = judged(write_text(tmp_path / "roster.csv", rows))
    assert invalid == {}
    assert len(frame.source.notes) == 1
    assert f"the column {header!r} (D) seems to say who has left" in frame.source.notes[0]


def test_own_layout_that_reads_no_end_names_the_columns_that_tell_one(tmp_path):
    rows = [(*HEADERS, "Status", "End Date"), *people(("Inactive", "1/1/2020"), ("Active", ""))]
    layout = (
        "name: mercy\ncolumns: {npi: NPI, last_name: Last Name, first_name: First Name}\n"
        "derive: {full_name: '{last_name}, {first_name}'}\n"
    )
    invalid, frame = judged(write_text(tmp_path / "roster.csv", rows), layout)
    assert invalid == {}
    assert frame.source.notes == (
        "sheet 'roster': the column 'Status' (D) seems to say who has left (1 row says so); "
        "the layout mercy does not read it (see terminations)",
        "sheet 'roster': the column 'End Date' (E) seems to say who has left (1 row says "
        "so); the layout mercy does not read it (see terminations)",
    )


def test_layout_may_list_columns_days_and_sheets(tmp_path):
    layout = (
        "name: mercy\ncolumns: {npi: NPI, last_name: Last Name, first_name: First Name}\n"
        "derive: {full_name: '{last_name}, {first_name}'}\n"
        "terminations:\n  - {column: Standing, values: [Gone]}\n  - {column: Here, values: [N]}\n"
        "  - {date_column: Until}\n  - {sheets: [Old ones]}\n"
    )
    headers = (*HEADERS, "Standing", "Here", "Until")
    stays = ("", "Y", "1/1/2999")
    now = [headers, *people(("gone", "Y", ""), ("", "n", ""), ("", "Y", "5/1/2020"), stays)]
    path = write_xlsx(tmp_path / "r.xlsx", {"Now": now, "Old Ones": [headers, *people(stays)]})
    invalid, _ = judged(path, layout)
    assert invalid == {
        ("Now", 2): "terminated",
        ("Now", 3): "terminated",
        ("Now", 4): "terminated",
        ("Old Ones", 2): "terminated",
    }


@pytest.mark.parametrize(
    ("name", "ended"),
    [
        ("Terms", True),
        ("Terminations", True),
        ("Deletes", True),
        ("Termed Providers 2026", True),
        ("Inactive", True),
        ("Adds", False),
        ("Active", False),
        ("Providers", False),
    ],
)
def test_sheet_named_for_those_who_left_is_read_so(tmp_path, name, ended):
    sheets = {"Updates": [HEADERS, *people(())], name: [HEADERS, *people((), ())]}
    invalid, _ = judged(write_xlsx(tmp_path / "roster.xlsx", sheets))
    assert invalid == ({(name, 2): "terminated", (name, 3): "terminated"} if ended else {})


def test_sheet_that_lists_others_too_is_only_named(tmp_path):
    path = write_xlsx(tmp_path / "roster.xlsx", {"Adds & Terms": [HEADERS, *people(())]})
    invalid, frame = judged(path)
    assert invalid == {}
    assert frame.source.notes == (
        "sheet 'Adds & Terms' seems to list providers who have left; the layout generic "
        "does not read it so, and its rows count as the others do (see terminations: sheets)",
    )


def test_deactivated_npi_that_came_back_is_there(tmp_path):
    headers = (*HEADERS, "NPI Deactivation Date", "NPI Reactivation Date")
    cells = [("01/05/2015", ""), ("01/05/2015", "03/01/2016"), ("01/05/2015", "03/01/2014")]
    invalid, _ = judged(write_text(tmp_path / "r.csv", [headers, *people(*cells)]))
    assert invalid == {("r", 2): "terminated", ("r", 4): "terminated"}


def test_rejects_of_a_sheet_of_terms_that_come_back_have_still_left(tmp_path):
    headers = (*HEADERS, "Reason", "What to do", "Sheet", "Row")
    rows = [headers, *people(("x", "y", "Terms", "2"), ("x", "y", "Adds", "2"))]
    invalid, _ = judged(write_text(tmp_path / "r_rejects.csv", rows))
    assert invalid == {("r_rejects", 2): "terminated"}


def test_term_day_that_nobody_can_read_is_a_warning_on_its_row(tmp_path):
    rows = [(*HEADERS, "Term Date"), *people(("soon",), ("13/13/2020",), ("N/A",), ("",))]
    invalid, frame = judged(write_text(tmp_path / "r.csv", rows))
    assert invalid == {}
    assert list(frame.rows["remarks"].fillna("")) == ["term-date-unreadable"] * 2 + [""] * 2


@pytest.mark.parametrize(
    ("other", "ended", "order"), [("31/12/2020", False, "day"), ("12/31/2020", True, "month")]
)
def test_days_of_two_readings_are_read_as_their_column_and_said(tmp_path, other, ended, order):
    rows = [(*HEADERS, "Term Date"), *people(("03/12/2026",), (other,))]
    path = write_text(tmp_path / "r.csv", rows)
    frame = read(path, today=date(2026, 6, 1))
    assert list(frame.rows["terminated"]) == [ended, True]
    assert frame.source.notes == (
        "sheet 'r': the column 'Term Date' (D): days that can be read in two ways, such as "
        f"03/04/2021, were read with the {order} first",
    )


@pytest.mark.parametrize(
    ("header", "value", "shown"),
    [
        ("Status", "Moved upstate", "Aaaaa aaaaaaa"),
        ("Action", "X", "X"),
        ("Active", "maybe", "aaaaa"),
        ("Termed", "see Dr. Okafor", "aaa Aa. Aaaaaa"),
    ],
)
def test_word_that_nobody_knows_is_told_once_a_column_and_never_shown(
    tmp_path, header, value, shown
):
    rows = [(*HEADERS, header), *people((value,), ("",), (value,))]
    invalid, frame = judged(write_text(tmp_path / "r.csv", rows))
    assert invalid == {}
    assert frame.source.notes == (
        f"sheet 'r': the column {header!r} (D): 2 rows have a word that does not say clearly "
        f"whether somebody has left, such as {shown!r}; they count as still there (see "
        "terminations)",
    )


def test_word_for_leaving_that_the_layout_does_not_list_is_told(tmp_path):
    layout = (
        "name: mercy\ncolumns: {npi: NPI, last_name: Last Name, first_name: First Name}\n"
        "derive: {full_name: '{last_name}, {first_name}'}\n"
        "terminations: {column: Action, values: [D]}\n"
    )
    rows = [(*HEADERS, "Action"), *people(("D",), ("Terminated",), ("A",), ("Update",))]
    invalid, frame = judged(write_text(tmp_path / "r.csv", rows), layout)
    assert invalid == {("r", 2): "terminated"}
    assert [note.partition(": ")[2] for note in frame.source.notes] == [
        "the column 'Action' (D): 1 row has a word that does not say clearly whether somebody "
        "has left, such as 'Aaaaaaaaaa'; it counts as still there (see terminations)"
    ]


@pytest.mark.parametrize("header", TOLD)
def test_words_for_being_there_are_known(tmp_path, header):
    stays = {
        "Status": ("Active", "Full Time", "Not terminated", "Pending", "n/a", "-"),
        "Action": ("A", "Add", "U", "Update", "No change", "C"),
    }
    values = stays.get(header, (TOLD[header][1],) * 6)
    rows = [(*HEADERS, header), *people(*((value,) for value in values))]
    assert judged(write_text(tmp_path / "r.csv", rows))[1].source.notes == ()


def test_words_for_leaving_are_told_from_their_opposites():
    kinds = ("status", "action")
    left = ("Termed", "terminated - voluntary", "No longer with group", "Not active", "Resigned")
    stays = ("Active", "Not terminated", "Long term", "Reactivated", "Pending termination", "")
    assert all(says_left(value, kind) for value, kind in product(left, kinds))
    assert not any(says_left(value, kind) for value, kind in product(stays, kinds))
    assert judge_sheet("Full roster") is None


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        (("Inactive 2/1", ""), "Status\x1fInactive 2/1"),
        (("Termed", "2020-01-01"), "Status\x1fTermed"),
        (("Active", "1/31/2020"), "Term Date\x1f1/31/2020"),  # the day says it, not the word
        (("Active", ""), None),
        (("left for " + "x" * 100, ""), None),  # a remark on somebody
    ],
)
def test_own_word_of_who_left_is_kept_with_the_column_that_says_it(tmp_path, cells, said):
    rows = [(*HEADERS, "Status", "Term Date"), *people(cells, ("Deceased", ""))]
    kept = read(write_text(tmp_path / "r.csv", rows), today=date(2026, 5, 1)).rows["left_as"]
    assert kept.astype(object).where(kept.notna(), None).tolist() == [said, "Status\x1fDeceased"]


def test_own_word_is_a_day_of_one_reading(tmp_path):
    rows = [(*HEADERS, "Term Date"), *people(("31/12/2019",), ("03/04/2026",))]
    kept = read(write_text(tmp_path / "r.csv", rows), today=date(2026, 5, 1)).rows["left_as"]
    assert kept.tolist() == ["Term Date\x1f2019-12-31", "Term Date\x1f2026-04-03"]
