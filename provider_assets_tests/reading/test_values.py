"""Values come out as they were meant, from every kind of cell."""

from datetime import date, datetime, time

import pytest

from provider_assets.providers.facts import Facts
from provider_assets.providers.sifting import find_invalid
from provider_assets_tests.reading.files import (
    npi,
    read,
    rows_of,
    write_text,
    write_xls,
    write_xlsb,
    write_xlsx,
)

HEADERS = ("NPI", "Name")
ONE = npi(1)


def _cells(tmp_path, rows, edit=None):
    path = write_xlsx(tmp_path / "roster.xlsx", {"S": [HEADERS, *rows]}, edit)
    return [(row[4], row[3]) for row in rows_of(read(path))]


def _codes(frame):
    return list(find_invalid(frame.rows, {}, Facts())["codes"])


@pytest.mark.parametrize(
    "written",
    [
        int(ONE),
        float(ONE),
        ONE,
        f"'{ONE}",
        f"\u2019{ONE}",
        f" {ONE} ",
        f"\u00a0{ONE}\u202f",
        f"\ufeff{ONE}",
        f"{ONE[:4]} {ONE[4:7]} {ONE[7:]}",
        f"{ONE}.0",
        f'="{ONE}"',
        "".join(chr(ord(digit) - ord("0") + ord("\uff10")) for digit in ONE),
    ],
)
def test_npi_in_each_disguise_is_ten_digits(tmp_path, written):
    def as_text(book):
        book["S"]["A2"].data_type = "s" if isinstance(written, str) else "n"

    assert _cells(tmp_path, [(written, "Mouse")], as_text) == [(ONE, "Mouse")]


@pytest.mark.parametrize("write", [write_xls, write_xlsb])
def test_npi_as_a_number_is_ten_digits_in_old_and_binary_workbooks(tmp_path, write):
    rows = [HEADERS, (int(ONE), "Mouse"), (float(npi(2)), "Duck")]
    frame = read(write(tmp_path / "roster.bin", rows))
    assert list(frame.rows["npi"]) == [ONE, npi(2)]


def test_npi_whose_digits_are_lost_is_scientific_and_says_how_to_mend_it(tmp_path):
    rows = [HEADERS, ("1.23457E+09", "Mouse"), ("1,5E+9", "Duck")]
    frame = read(write_text(tmp_path / "roster.csv", rows, ";"))
    assert list(frame.rows["npi"]) == ["1.23457E+09", "1,5E+9"]
    assert _codes(frame) == ["npi-scientific", "npi-scientific"]


def test_npi_in_scientific_notation_with_all_its_digits_is_read(tmp_path):
    frame = read(write_text(tmp_path / "r.csv", [HEADERS, (f"{ONE[0]}.{ONE[1:]}E+09", "Mouse")]))
    assert list(frame.rows["npi"]) == [ONE]


@pytest.mark.parametrize(
    "name", ["NA", "N/A", "None", "Null", "NULL", "nan", "NaN", "null", "-", "True North"]
)
@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_name_that_looks_missing_is_a_name(tmp_path, name, kind):
    rows = [HEADERS, (ONE, name)]
    path = tmp_path / f"roster.{kind}"
    write_text(path, rows) if kind == "csv" else write_xlsx(path, {"S": rows})
    assert [row[3] for row in rows_of(read(path))] == [name]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("  Mouse,\t Minnie \n", "Mouse, Minnie"),
        ("Mouse,\u00a0Minnie", "Mouse, Minnie"),
        ("Zoe\u0308", "Zoë"),
        ("\u200bMou\u200dse\ufeff", "Mouse"),
        ("O\u2019NEIL-van der Ää", "O\u2019NEIL-van der Ää"),
        ("\u200b \u00a0", None),
    ],
)
def test_name_is_cleaned_and_nothing_more(tmp_path, written, meant):
    assert _cells(tmp_path, [(ONE, written)]) == [(ONE, meant)]


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (date(2020, 5, 1), "2020-05-01"),
        (datetime.fromisoformat("2020-05-01T13:04:05"), "2020-05-01 13:04:05"),
        (time(13, 4, 5), "13:04:05"),
        (True, "TRUE"),
        (False, "FALSE"),
        (42, "42"),
        (42.0, "42"),
        (1.5, "1.5"),
        (0.1 + 0.2, "0.3"),
    ],
)
def test_cell_of_another_type_reads_as_people_see_it(tmp_path, value, shown):
    assert _cells(tmp_path, [(ONE, value)]) == [(ONE, shown)]


@pytest.mark.parametrize("error", ["#N/A", "#DIV/0!", "#REF!", "#VALUE!", "#NAME?", "#NUM!"])
def test_spreadsheet_error_stays_and_is_a_cell_error(tmp_path, error):
    def fail(book):
        book["S"]["B3"].data_type = "e"
        book["S"]["A4"].data_type = "e"

    rows = [HEADERS, (ONE, "Mouse"), (npi(2), error), (error, "Goofy")]
    frame = read(write_xlsx(tmp_path / "roster.xlsx", {"S": rows}, fail))
    assert [(row[4], row[3], row[5]) for row in rows_of(frame)] == [
        (ONE, "Mouse", 2),
        (npi(2), error, 3),
        (error, "Goofy", 4),
    ]
    assert _codes(frame) == ["cell-error", "cell-error"]


def test_formula_counts_with_the_value_that_was_saved(tmp_path):
    def formula(book):
        book["S"]["B2"] = '="Mouse"'

    assert _cells(tmp_path, [(ONE, "x"), (npi(2), "Duck")], formula) == [
        (ONE, None),
        (npi(2), "Duck"),
    ]
