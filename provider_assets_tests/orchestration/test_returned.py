"""A reject workbook that comes back: as it was, corrected, or saved by another program."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from openpyxl.workbook import Workbook

from provider_assets_tests.e2e.office import convert
from provider_assets_tests.rosters import npi, person, write_xlsx

ROWS = [
    person(1),
    person(2),
    person(2, first="Bruno", last="Okafor", full="Okafor, Bruno"),  # another person's NPI
    person(1, entity="CLINIC"),  # at another place
    person(3, full=None),
]
LOADED = [tuple(person(1)), tuple(person(2))]


@pytest.fixture
def rejects(sqlite_home) -> Path:
    """The reject workbook of a roster that was loaded, where rosters update the table."""
    sqlite_home.set(ON_EXISTING="update")
    [result] = sqlite_home.load(write_xlsx(sqlite_home.root / "mercy.xlsx", ROWS))
    assert sqlite_home.table() == LOADED
    return Path(result["files"]["rejects"])


def edited(workbook: Path, change: Callable[[Workbook], object]) -> Path:
    book = openpyxl.load_workbook(workbook)
    change(book)
    saved = workbook.parent.parent.parent.parent / "corrected.xlsx"
    book.save(saved)
    return saved


def told(result: dict) -> list[tuple]:
    return [(one["sheet"], one["row"], one["codes"]) for one in result["rejects"]]


UNCHANGED = [
    ("Errors", 2, ["full-name-missing"]),
    ("Duplicates", 2, ["duplicate-in-file-conflicting"]),
    ("Duplicates", 3, ["duplicate-in-file"]),
]


@pytest.mark.parametrize("ending", ["", "openpyxl", "xlsx", "xls", "ods", "fods"])
def test_reject_workbook_dropped_back_unchanged_does_nothing(sqlite_home, rejects, ending):
    back = sqlite_home.root / f"any name.{ending or 'xlsx'}"
    if ending == "openpyxl":
        back = edited(rejects, id)
    elif ending:
        saved = convert(rejects, ending, sqlite_home.root / "saved")
        shutil.copyfile(saved, back)
    else:
        shutil.copyfile(rejects, back)
    [result] = sqlite_home.load(back)
    assert told(result) == UNCHANGED
    assert result["rows"]["clean"] == 0
    assert sqlite_home.table() == LOADED


def test_corrected_row_of_the_duplicates_loads_and_the_others_do_nothing(sqlite_home, rejects):
    def correct(book: Workbook) -> None:
        book["Duplicates"]["E2"] = npi(4)
        book["Errors"]["D2"] = "Quimby, Ada3"

    [result] = sqlite_home.load(edited(rejects, correct))
    assert told(result) == UNCHANGED[2:]
    assert sqlite_home.table() == [
        *LOADED,
        tuple(person(3)),
        ("HOSP", "Bruno", "Okafor", "Okafor, Bruno", npi(4)),
    ]


def test_import_of_a_reject_workbook_names_the_one_that_it_mends_and_the_reports_link(
    sqlite_home, rejects
):
    back = edited(rejects, lambda book: book["Errors"].__setitem__("D2", "Quimby, Ada3"))
    planned = json.loads(sqlite_home.call("validate", "--json", back).stdout)
    [result] = sqlite_home.load(back)
    [again] = sqlite_home.load(back)
    listed = json.loads(sqlite_home.call("imports", "--json").stdout)
    assert [each["mends"] for each in (*planned, result, again)] == [1, 1, 1]
    assert [(each["id"], each["mends"]) for each in listed] == [(2, 1), (1, None)]
    folder = sqlite_home.root / "var/drop/reports"
    [earlier] = folder.glob("mercy_*.html")
    later = Path(result["files"]["report"])
    assert f'href="{earlier.name}"><bdi>mercy.xlsx</bdi>' in later.read_text()
    assert f'href="{later.name}"><bdi>corrected.xlsx</bdi>' in earlier.read_text()


def test_comment_beside_a_row_or_columns_in_another_order_do_not_correct_it(sqlite_home, rejects):
    def comment(book: Workbook) -> None:
        sheet = book["Duplicates"]
        sheet.insert_cols(1)
        sheet["A1"] = "What we say"
        sheet["A2"] = "this is right"
        sheet.move_range("B1:B3", cols=20)

    [result] = sqlite_home.load(edited(rejects, comment))
    assert told(result) == UNCHANGED
    assert sqlite_home.table() == LOADED


def test_duplicates_without_the_column_check_do_nothing_and_that_is_told(sqlite_home, rejects):
    def strike(book: Workbook) -> None:
        sheet = book["Duplicates"]
        assert sheet["J1"].value == "Check"
        sheet.delete_cols(10)
        sheet["E2"] = npi(4)

    [result] = sqlite_home.load(edited(rejects, strike))
    assert told(result) == UNCHANGED
    assert [note for note in result["notes"] if "Check" in note] == [
        "sheet 'Duplicates': 2 rows repeat an earlier one, and the column 'Check' is gone, which "
        "shows whether they were corrected; they were left out: correct them in the roster itself"
    ]
    assert sqlite_home.table() == LOADED


def test_duplicates_without_any_column_of_ours_are_left_out_by_the_stamp(sqlite_home, rejects):
    def strike(book: Workbook) -> None:
        for sheet in book:
            sheet.delete_cols(6, 9)

    [result] = sqlite_home.load(edited(rejects, strike))
    assert told(result) == UNCHANGED[:1]
    assert result["notes"][-1:] == [
        "sheet 'Duplicates' lists rows that repeat an earlier one, and the columns that we added "
        "are gone; it was left out: correct those in the roster itself"
    ]
    assert sqlite_home.table() == LOADED


def test_rows_of_a_stranger_that_only_look_checked_count_as_any_others(sqlite_home):
    rows = [(*person(1), "x", "x", "S", 2, "duplicate-in-file 0123456789ab")]
    headers = ("Type", "NpFirstName", "NpLastName", "NP", "NPI")
    ours = ("Reason", "What to do", "Sheet", "Row", "Check")
    path = write_xlsx(sqlite_home.root / "r.xlsx", rows, (*headers, *ours), "Duplicates")
    [result] = sqlite_home.load(path)
    assert result["rows"]["inserted"] == 1


def test_workbook_that_holds_only_warnings_is_refused_in_words_that_fit(sqlite_home):
    headers = ("Type", "NpFirstName", "NpLastName", "NP", "NPI")
    ours = ("Reason", "What to do", "Sheet", "Row")
    rows = [(*person(1), "x", "x", "S", 2)]
    path = write_xlsx(sqlite_home.root / "r.xlsx", rows, (*headers, *ours), "Warnings")
    [result] = sqlite_home.load(path)
    assert result["error"] == {
        "code": "empty",
        "message": "'r.xlsx': sheet 'Warnings' lists rows that loaded with a warning; it was left "
        "out: correct those in the roster itself",
    }


FULL = (
    "name: hospital_a\nroster: full\nabsent: delete\non_existing: update\n"
    "columns: {npi: NPI, full_name: NP, first_name: NpFirstName, last_name: NpLastName, "
    "entity_name: Type}\n"
)


def test_workbook_of_ours_under_another_name_takes_nobody_out_and_says_so(sqlite_home):
    folder = sqlite_home.root / "layouts"
    folder.mkdir()
    (folder / "hospital_a.yaml").write_text(FULL)
    sqlite_home.set(LAYOUTS=str(folder))
    [first] = sqlite_home.load(write_xlsx(sqlite_home.root / "mercy.xlsx", ROWS))

    def shorten(book: Workbook) -> None:
        book.active.delete_rows(3)  # the second provider

    [result] = sqlite_home.load(edited(Path(first["files"]["filtered"]), shorten))
    assert (result["rows"]["departed"], result["departures"]["absent"]) == (0, 0)
    assert result["notes"][-1].startswith("this workbook was made here")
    assert sqlite_home.table() == LOADED


AGED = FULL + (
    "on_terminated: delete\noptional: [first_name, last_name, entity_name]\n"
    "terminations: {column: Status, values: [Term]}\n"
)
HEADERS = ("Type", "NpFirstName", "NpLastName", "NP", "NPI", "Status")


def of_two_months(home, dates: tuple[str, str]) -> list[dict]:
    """January without a name, and with one who left; in February all are there."""
    january = [person(1), person(2, full=None), [*person(3), "Term"], person(4)]
    february = [person(1), person(2, entity="NEW"), person(3, entity="NEW"), person(4)]
    files = [
        write_xlsx(home.root / f"mercy{day}.xlsx", [*rows], HEADERS)
        for day, rows in zip(dates, (january, february), strict=True)
    ]
    return home.load(*files)


@pytest.mark.parametrize("dated", ["", 'roster_date: "%Y-%m-%d"\n'], ids=["undated", "dated"])
@pytest.mark.parametrize("corrected", [False, True])
def test_reject_workbook_is_as_old_as_its_roster_under_any_name(sqlite_home, dated, corrected):
    folder = sqlite_home.root / "layouts"
    folder.mkdir()
    (folder / "hospital_a.yaml").write_text(AGED + dated)
    sqlite_home.set(LAYOUTS=str(folder), MAX_REJECT_RATE="0.9")
    first, _ = of_two_months(sqlite_home, ("_2026-01-01", "_2026-02-01"))
    held = sqlite_home.table()
    assert len(held) == 4

    def correct(book: Workbook) -> None:
        if corrected:
            book["Errors"]["D2"] = "Quimby, Ada2"

    back = edited(Path(first["files"]["rejects"]), correct)
    [planned] = json.loads(sqlite_home.call("validate", "--json", back).stdout)
    [result] = sqlite_home.load(back)
    assert result["mends"] == 1
    assert sqlite_home.table() == held
    for told_of in (planned, result):
        assert told_of["rows"]["departed"] == 0
        assert told_of["departures"]["overtaken"] == int(corrected)
    sqlite_home.call("undo", "3")
    assert sqlite_home.table() == held
    sqlite_home.load(back, "--replay")
    assert sqlite_home.table() == held


def test_second_correction_of_a_row_counts(sqlite_home, rejects):
    for entity in ("ONE", "TWO", "THREE"):

        def correct(book: Workbook, entity: str = entity) -> None:
            book["Errors"]["D2"] = "Quimby, Ada3"
            book["Errors"]["A2"] = entity

        sqlite_home.load(edited(rejects, correct))
        assert sqlite_home.table() == [*LOADED, tuple(person(3, entity=entity))]
