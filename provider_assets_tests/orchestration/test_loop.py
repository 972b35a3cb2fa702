"""The sender's loop: what comes back is corrected and dropped again, until nothing comes back."""

from pathlib import Path

from openpyxl import load_workbook

from provider_assets_tests.rosters import npi, person, sample_rows, write_xlsx


def test_corrected_reject_workbook_loads_what_is_mended_and_returns_the_rest(home):
    rows = [*sample_rows(), person(20, npi="12345"), person(21, npi=None)]
    [first] = home.load(write_xlsx(home.root / "mercy.xlsx", rows))
    assert first["rows"] == {
        "read": 9,
        "invalid": 3,
        "duplicate": 1,
        "clean": 5,
        "inserted": 5,
        "updated": 0,
        "unchanged": 0,
        "departed": 0,
        "left": 0,
    }
    book = load_workbook(first["files"]["rejects"])
    errors = book["Errors"]
    headers = [cell.value for cell in errors[1]]
    assert headers == [
        *("Type", "NpFirstName", "NpLastName", "NP", "NPI"),
        *("Reason", "What to do", "Sheet", "Row"),
    ]
    by_row = {row[headers.index("Row")].value: row for row in errors.iter_rows(min_row=2)}
    by_row[8][headers.index("NP")].value = "Quimby, Ada6"
    by_row[9][headers.index("NPI")].value = npi(20)
    corrected = home.root / "mercy corrected.xlsx"
    book.save(corrected)

    [second] = home.load(corrected)
    assert second["layout"] == "hospital_a"
    assert second["rows"] == {
        "read": 4,
        "invalid": 1,
        "duplicate": 1,
        "clean": 2,
        "inserted": 2,
        "updated": 0,
        "unchanged": 0,
        "departed": 0,
        "left": 0,
    }
    assert second["reasons"] == {"npi-missing": 1, "duplicate-in-file": 1}
    assert [row[4] for row in home.table()] == [npi(n) for n in (1, 2, 3, 4, 5, 6, 20)]

    book = load_workbook(second["files"]["rejects"])
    book["Errors"].cell(2, headers.index("NPI") + 1).value = npi(21)
    del book["Duplicates"]
    last = home.root / "last.xlsx"
    book.save(last)
    [third] = home.load(last)
    assert third["rows"]["inserted"] == third["rows"]["read"] == 1
    assert third["files"]["rejects"] is None
    assert home.table()[-1] == ("HOSP", "Ada21", "Quimby", "Quimby, Ada21", npi(21))


def test_uncorrected_reject_workbook_comes_back_as_it_was(sqlite_home):
    [first] = sqlite_home.load(write_xlsx(sqlite_home.root / "mercy.xlsx", sample_rows()))
    again = sqlite_home.root / "again.xlsx"
    again.write_bytes(Path(first["files"]["rejects"]).read_bytes())
    sqlite_home.set(MAX_REJECT_RATE="1")
    [second] = sqlite_home.load(again)
    assert second["reasons"] == {"full-name-missing": 1, "duplicate-in-file": 1}
    assert second["rows"]["inserted"] == 0
    assert len(sqlite_home.table()) == 5


def test_corrected_workbook_of_a_refused_roster_loads_all_its_rows(sqlite_home):
    sqlite_home.set(MAX_REJECT_RATE="0.2")
    rows = [*(person(n) for n in range(1, 6)), person(2), person(6, full=None), person(7, npi="1")]
    [first] = sqlite_home.load(write_xlsx(sqlite_home.root / "mercy.xlsx", rows))
    assert (first["status"], first["error"]["code"]) == ("failed", "too-many-rejects")
    assert sqlite_home.table() == []
    book = load_workbook(first["files"]["rejects"])
    assert book.sheetnames == ["Errors", "Passed", "Duplicates"]
    passed = list(book["Passed"].iter_rows(min_row=2, values_only=True))
    assert [row[4:] for row in passed] == [
        (
            npi(n),
            "This row is right; it did not load because of the others.",
            "Nothing.",
            "Sheet1",
            n + 1,
        )
        for n in range(1, 6)
    ]
    errors = book["Errors"]
    errors["D2"], errors["E3"] = "Quimby, Ada6", npi(7)
    corrected = sqlite_home.root / "corrected.xlsx"
    book.save(corrected)

    [second] = sqlite_home.load(corrected)
    assert second["rows"] == {
        "read": 8,
        "invalid": 0,
        "duplicate": 1,
        "clean": 7,
        "inserted": 7,
        "updated": 0,
        "unchanged": 0,
        "departed": 0,
        "left": 0,
    }
    assert second["reasons"] == {"duplicate-in-file": 1}
    assert [row[4] for row in sqlite_home.table()] == [npi(n) for n in range(1, 8)]


def test_sheet_of_warnings_names_its_rows_and_is_not_read_again(sqlite_home):
    rows = [person(1), person(2, npi="2000000011"), person(3, full=None)]
    [first] = sqlite_home.load(write_xlsx(sqlite_home.root / "mercy.xlsx", rows))
    book = load_workbook(first["files"]["rejects"])
    assert book.sheetnames == ["Errors", "Warnings"]
    assert [row[-2:] for row in book["Warnings"].iter_rows(min_row=2, values_only=True)] == [
        ("Sheet1", 3)
    ]
    book["Errors"]["D2"] = "Quimby, Ada3"
    corrected = sqlite_home.root / "corrected.xlsx"
    book.save(corrected)
    [second] = sqlite_home.load(corrected)
    assert (second["rows"]["read"], second["rows"]["inserted"]) == (1, 1)
    assert second["notes"] == [
        "sheet 'Warnings' lists rows that loaded with a warning; it was left out: correct those in "
        "the roster itself"
    ]
