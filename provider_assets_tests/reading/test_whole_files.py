"""Whole rosters as senders make them: each row is counted once, and nobody who left is clean."""

from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from provider_assets.providers.facts import Facts
from provider_assets.providers.fields import TABLE_FIELDS
from provider_assets.providers.frames import empty
from provider_assets.providers.sifting import find_clean, find_duplicates, find_invalid
from provider_assets_tests.reading.files import read, write_ods, write_text, write_xlsx
from provider_assets_tests.rosters import npi

LASTS = ("Quimby", "Okafor", "O'Dell", "Nuñez", "van der Berg", "St. John-Pell", "Null", "May")
# the headers of a roster, and which of NPI, last name, first name, both, and a type feed them
LAYOUTS = {
    "plain": {"NPI": "npi", "Last Name": "last", "First Name": "first"},
    "full": {"Practice Name": "site", "Provider Name": "full", "Provider NPI": "npi"},
    "parts": {"Last Name": "last", "First Name": "first", "Clinic Name": "site",
              "Individual NPI": "npi", "Credentials": "none"},
    "nppes": {"NPI": "npi", "Entity Type Code": "kind",
              "Provider Organization Name (Legal Business Name)": "none",
              "Provider Last Name (Legal Name)": "last", "Provider First Name": "first"},
    "medicare": {"Rndrng_NPI": "npi", "Rndrng_Prvdr_Last_Org_Name": "last",
                 "Rndrng_Prvdr_First_Name": "first", "Rndrng_Prvdr_Ent_Cd": "kind_letter"},
    "payments": {"Covered_Recipient_NPI": "npi", "Covered_Recipient_First_Name": "first",
                 "Covered_Recipient_Last_Name": "last"},
    "pecos": {"NPI": "npi", "LAST_NAME": "last", "FIRST_NAME": "first", "MDL_NAME": "none"},
}  # fmt: skip
# a column that tells who has left: what it says of one who did, and of one who did not
TOLD = {
    "Status": (("Inactive", "Termed", "RETIRED", "No longer here"), ("Active", "", "Full time")),
    "Active": (("N", "No", "FALSE", "0"), ("Y", "Yes", "1")),
    "Action": (("D", "Term", "Delete"), ("A", "Add", "Change", "")),
    "Term Date": (("1/1/2020", "2020-12-31", "20200101", "Jan 5, 2020"), ("", "12/31/9999")),
    "Inactive": (("X", "Yes"), ("", "No")),
}
FILLERS = ("", "N/A", "pending", "0000000000", "1111111111", "TBD")
FOOTNOTES = ("* accepting new patients", "Note: as of May", "Source: medical staff office.")


@dataclass(frozen=True)
class Row:
    """One row: whom it names, and what is to become of it."""

    number: int
    last: str
    fate: str  # clean, left, filler, nameless
    sites: int
    said: str
    filler: str


def _rows(header: str):
    left, stays = TOLD[header]
    fates = st.sampled_from(["clean", "clean", "left", "filler", "nameless"])
    one = st.builds(
        Row,
        number=st.integers(0, 10**6),
        last=st.sampled_from(LASTS),
        fate=fates,
        sites=st.sampled_from([1, 1, 1, 2, 3]),
        said=st.nothing() | st.sampled_from(stays),
        filler=st.sampled_from(FILLERS),
    )
    row = one.flatmap(
        lambda row: (
            st.sampled_from(left).map(
                lambda said: Row(row.number, row.last, row.fate, row.sites, said, row.filler)
            )
            if row.fate == "left"
            else st.just(row)
        )
    )
    return st.lists(row, min_size=1, max_size=8, unique_by=lambda row: row.number)


def _cells(layout: str, row: Row) -> list[str]:
    nameless = row.fate == "nameless"
    first = "Ada"
    told = {
        "npi": row.filler if row.fate == "filler" else npi(row.number),
        "last": "" if nameless else row.last,
        "first": "" if nameless else first,
        "full": "" if nameless else f"{row.last}, {first}",
        "site": "Mercy North",
        "kind": "1",
        "kind_letter": "I",
        "none": "",
    }
    return [told[what] for what in LAYOUTS[layout].values()]


@st.composite
def rosters(draw):
    layout = draw(st.sampled_from(sorted(LAYOUTS)))
    header = draw(st.sampled_from(sorted(TOLD)))
    rows = draw(_rows(header))
    lines = [[*_cells(layout, row), row.said] for row in rows for _ in range(row.sites)]
    title = draw(st.sampled_from([[], [["Mercy Hospital"]], [["Mercy Hospital"], []]]))
    tail = draw(st.lists(st.sampled_from(FOOTNOTES), max_size=2))
    if all(row.fate == "filler" for row in rows):
        tail = []  # what stands below no NPI at all may be anything
    headers = [*LAYOUTS[layout], header]
    table = [*title, headers, *lines, *([[], *([note] for note in tail)] if tail else [])]
    return rows, table, draw(st.sampled_from(["csv", "txt", "xlsx", "ods"]))


def _write(path: Path, table) -> Path:
    if path.suffix == ".xlsx":
        return write_xlsx(path, {"Roster": [[cell or None for cell in row] for row in table]})
    if path.suffix == ".ods":
        return write_ods(path, table)
    return write_text(path, table, "|" if path.suffix == ".txt" else ",")


@settings(
    max_examples=25,
    derandomize=True,
    phases=(Phase.generate,),  # a roster is small, and each reading is a process
    suppress_health_check=list(HealthCheck),
)
@given(rosters())
def test_every_row_of_a_roster_ends_in_one_place_and_nobody_who_left_is_clean(roster):
    rows, table, kind = roster
    with TemporaryDirectory() as folder:
        raw = read(_write(Path(folder) / f"roster.{kind}", table)).rows
    invalid = find_invalid(raw, {}, Facts())
    duplicates = find_duplicates(raw, invalid, empty(TABLE_FIELDS), "reject")
    clean = find_clean(raw, invalid, duplicates, {}, Facts())

    right = [row for row in rows if row.fate == "clean"]
    wrong = {"left": "terminated", "filler": "npi-missing", "nameless": "full-name-missing"}
    assert len(raw) == sum(row.sites for row in rows)
    assert sorted(code for codes in invalid["codes"] for code in codes.split()) == sorted(
        wrong[row.fate] for row in rows for _ in range(row.sites) if row.fate != "clean"
    )
    assert list(duplicates["npi"]) == [
        npi(row.number) for row in right for _ in range(row.sites - 1)
    ]
    assert list(duplicates["codes"]) == ["duplicate-in-file"] * len(duplicates)
    assert list(zip(clean["npi"], clean["last_name"], strict=True)) == [
        (npi(row.number), row.last) for row in right
    ]
