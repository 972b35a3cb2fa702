import pandas as pd

from provider_assets.providers.capacity import Capacity
from provider_assets.providers.frames import FIELDS, RAW, as_table, empty
from provider_assets.providers.npi import check_digit
from provider_assets.providers.sifting import find_clean, find_duplicates, find_invalid


def npi(number: int) -> str:
    nine = f"2{number:08d}"
    return nine + check_digit(nine)


def raw(*rows: tuple, terminated: tuple[int, ...] = ()) -> pd.DataFrame:
    """Rows of (entity, first, last, full, npi); the sheet is `S`, row numbers start at 2."""
    frame = pd.DataFrame(rows, columns=list(FIELDS)).astype("str")
    frame["sheet"] = pd.Series("S", index=frame.index, dtype="str")
    frame["row"] = range(2, 2 + len(rows))
    frame["terminated"] = [number in terminated for number in frame.index]
    frame.index.name = "position"
    as_table(frame[list(RAW)])
    return frame[list(RAW)]


def judge(rows, severities=None, held=None, on_existing="reject", capacity=None):
    severities = severities or {}
    invalid = find_invalid(rows, severities, capacity or Capacity())
    duplicates = find_duplicates(
        rows, invalid, empty(FIELDS) if held is None else held, on_existing
    )
    clean = find_clean(rows, invalid, duplicates, severities)
    as_table(invalid)
    as_table(duplicates)
    as_table(clean)
    assert clean["npi"].is_unique
    assert sorted([*invalid.index, *duplicates.index, *clean.index]) == list(rows.index)
    return (
        dict(zip(invalid["row"], invalid["codes"], strict=True)),
        dict(zip(duplicates["row"], duplicates["codes"], strict=True)),
        dict(zip(clean["row"], clean["warnings"], strict=True)),
    )


def test_clean_row_keeps_every_value():
    rows = raw(("HERO", "Ada", "Quimby", "Quimby, Ada", npi(1)))
    invalid = find_invalid(rows, {}, Capacity())
    duplicates = find_duplicates(rows, invalid, empty(FIELDS), "reject")
    clean = find_clean(rows, invalid, duplicates, {})
    assert clean.to_dict("records") == [
        {
            "entity_name": "HERO",
            "first_name": "Ada",
            "last_name": "Quimby",
            "full_name": "Quimby, Ada",
            "npi": npi(1),
            "sheet": "S",
            "row": 2,
            "warnings": "",
        }
    ]


def test_row_that_breaks_several_rules_carries_every_code():
    rows = raw(("HERO", "A", "B", None, None), ("#N/A", "A", "B", None, "12"), terminated=(1,))
    invalid, _, _ = judge(rows)
    assert invalid == {
        2: "full-name-missing npi-missing",
        3: "terminated cell-error full-name-missing npi-malformed",
    }


def test_npi_forms_are_each_told_by_their_own_code():
    rows = raw(
        ("", "A", "B", "B, A", "1.23457E+09"),
        ("", "A", "B", "B, A", "123456789"),
        ("", "A", "B", "B, A", "12345678901"),
        ("", "A", "B", "B, A", "12345O7893"),
        ("", "A", "B", "B, A", None),
        ("", "A", "B", "B, A", "#REF!"),
    )
    invalid, _, _ = judge(rows)
    assert invalid == {
        2: "npi-scientific",
        3: "npi-malformed",
        4: "npi-malformed",
        5: "npi-malformed",
        6: "npi-missing",
        7: "cell-error",
    }


def test_blank_npis_are_invalid_and_not_duplicates_of_each_other():
    rows = raw(("", "A", "B", "B, A", None), ("", "C", "D", "D, C", None))
    assert judge(rows) == ({2: "npi-missing", 3: "npi-missing"}, {}, {})


def test_wrong_check_digit_is_a_warning_unless_the_layout_rejects_it():
    rows = raw(("", "A", "B", "B, A", "1234567890"), ("", "C", "D", "D, C", "3456789012"))
    assert judge(rows)[2] == {2: "npi-check-digit", 3: "npi-check-digit npi-first-digit"}
    invalid, _, clean = judge(rows, {"npi-check-digit": "reject", "npi-first-digit": "off"})
    assert invalid == {2: "npi-check-digit", 3: "npi-check-digit"}
    assert clean == {}


def test_placeholder_npi_is_a_warning():
    assert judge(raw(("", "A", "B", "B, A", "1234567893")))[2] == {2: "npi-placeholder"}


def test_repeated_npi_keeps_the_first_valid_row():
    rows = raw(
        ("", "A", "B", None, npi(1)),
        ("", "A", "B", "B, A", npi(1)),
        ("", "A", "B", "b, a", npi(1)),
        ("", "X", "Y", "Y, X", npi(1)),
    )
    assert judge(rows) == (
        {2: "full-name-missing"},
        {4: "duplicate-in-file", 5: "duplicate-in-file-conflicting"},
        {3: ""},
    )


def test_npi_that_the_table_holds_is_a_duplicate_under_reject_and_clean_under_update():
    rows = raw(
        ("H", "A", "B", "B, A", npi(1)),
        ("H", None, "D", "D, C", npi(2)),
        ("H", "E", "F", "F, E", npi(3)),
    )
    held = pd.DataFrame(
        [("H", "A", "B", "B, A", npi(1)), ("H", "C", "D", "D, C", npi(2))], columns=list(FIELDS)
    ).astype("str")
    assert judge(rows, held=held) == (
        {},
        {2: "already-loaded", 3: "already-loaded-different"},
        {4: ""},
    )
    assert judge(rows, held=held, on_existing="update") == ({}, {}, {2: "", 3: "", 4: ""})


def test_empty_and_missing_values_in_the_table_are_equal():
    rows = raw((None, "A", "B", "B, A", npi(1)))
    held = pd.DataFrame([("", "A", "B", "B, A", npi(1))], columns=list(FIELDS)).astype("str")
    assert judge(rows, held=held)[1] == {2: "already-loaded"}


def test_value_that_the_table_cannot_hold_is_told_and_never_cut():
    capacity = Capacity({"first_name": 3}, {"last_name": "latin-1", "full_name": "bmp"})
    rows = raw(
        ("", "Abcd", "B", "B, A", npi(1)),
        ("", "Abc", "Šimek", "B, A", npi(2)),
        ("", "Abc", "Müller", "B 😀", npi(3)),
        ("", "Abc", "Müller", "Šimek", npi(4)),
    )
    invalid, _, clean = judge(rows, capacity=capacity)
    assert invalid == {2: "value-too-long", 3: "value-unstorable", 4: "value-unstorable"}
    assert clean == {5: ""}


def test_roster_without_rows_gives_three_empty_frames():
    assert judge(empty(RAW)) == ({}, {}, {})


def test_clean_rows_are_the_same_when_the_raw_frame_is_consumed():
    rows = raw(
        ("HERO", "Ada", "Quimby", "Quimby, Ada", npi(1)),
        ("HERO", "Bo", "Quimby", None, npi(2)),
        ("VILL", "Ada", "Quimby", "Quimby, Ada", npi(1)),
        ("VILL", None, "Roe", "Roe, Cy", npi(3)),
    )
    invalid = find_invalid(rows, {}, Capacity())
    duplicates = find_duplicates(rows, invalid, empty(FIELDS), "reject")
    before = rows.copy()

    clean = find_clean(rows, invalid, duplicates, {})
    pd.testing.assert_frame_equal(rows, before)
    consumed = find_clean(rows, invalid, duplicates, {}, consume=True)

    pd.testing.assert_frame_equal(consumed, clean)
    assert list(clean["row"]) == [2, 5]
    assert list(rows.columns) == []
