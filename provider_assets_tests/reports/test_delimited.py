import csv
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from provider_assets.providers.cleaning import clean_text, clean_texts
from provider_assets.providers.frames import REJECTED, empty
from provider_assets.providers.returned import check_of
from provider_assets.reports.delimited import disarm, write_csv
from provider_assets.reports.tables import (
    clean_by_headers,
    rejects_by_headers,
)
from provider_assets.reports.told import Context, kept_places
from provider_assets_tests.reports.sample import rejected, sample, sheet, source

CHECKED = check_of(
    "duplicate-in-file",
    [
        ("NP", "MOUSE, MINNIE"), ("NpFirstName", "MINNIE"), ("NpLastName", "MOUSE"),
        ("NPI", "3456789012"), ("Type", "HERO"),
    ],
)  # fmt: skip
BOM = b"\xef\xbb\xbf"


def written(path: Path, *rows: dict[str, object]) -> list[list[str]]:
    """What a CSV reader finds in the file of these rejected rows."""
    table = rejects_by_headers(source(), rejected(*rows), empty(REJECTED))[0]
    write_csv(path, table, Context())
    frame = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig", header=None)
    return frame.to_numpy().tolist()


def test_filtered_csv_of_the_sample_roster_holds_the_rows_that_load(tmp_path: Path) -> None:
    sifted = sample()
    path = tmp_path / "f.csv"
    [table] = clean_by_headers(sifted.outcome.source, sifted.clean)
    write_csv(path, table)
    assert path.read_bytes() == BOM + (
        b'"NP","NpFirstName","NpLastName","NPI","Type"\n'
        b'"MOUSE, MICKEY","MICKEY","MOUSE","1234567890","HERO"\n'
        b'"DUCK, DONALD","DONALD","DUCK","2345678901","HERO"\n'
        b'"MOUSE, MINNIE","MINNIE","MOUSE","3456789012","HERO"\n'
        b'"JASMINE, PRINCESS","PRINCESS","JASMINE","4567890123","HERO"\n'
        b'"HOOK, CAPTAIN","CAPTAIN","HOOK","5678901234","VILL"\n'
    )


def test_reject_csv_of_the_sample_roster_holds_both_kinds_in_its_order(tmp_path: Path) -> None:
    sifted = sample()
    path = tmp_path / "r.csv"
    [table] = rejects_by_headers(sifted.outcome.source, sifted.invalid, sifted.duplicates)
    write_csv(path, table, Context(kept_places(sifted.duplicates, sifted.clean)))
    assert path.read_text(encoding="utf-8-sig") == (
        '"NP","NpFirstName","NpLastName","NPI","Type","Reason","What to do","Sheet","Row",'
        '"Check"\n'
        '"MOUSE, MINNIE","MINNIE","MOUSE","3456789012","HERO",'
        '"An earlier row of this roster has the same NPI and name; that row '
        'counts. (duplicate-in-file) The earlier row: Sheet1, row 4.",'
        '"Nothing: the provider is listed at another place, too.",'
        f'"Sheet1","7","{CHECKED}"\n'
        ',"BUZZ","LIGHTYEAR","6789012345","HERO",'
        '"The full name is empty. (full-name-missing)",'
        '"Fill in the provider\'s full name.","Sheet1","8",""\n'
    )


@pytest.mark.parametrize(
    "value",
    ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1+1", "\r=1", "\n=1", "  =1+1", "\u00a0=1", "\uff1d1+1",
     "\uff20x", "\uff0d1", "\uff0b1"],
)  # fmt: skip
def test_formula_in_a_csv_cell_gets_an_apostrophe_before_it(tmp_path: Path, value: str) -> None:
    path = tmp_path / "r.csv"
    table = rejects_by_headers(source(), rejected({"last_name": value}), empty(REJECTED))[0]
    write_csv(path, table, Context())
    with path.open(encoding="utf-8-sig", newline="") as stream:
        assert list(csv.reader(stream))[1][2] == f"'{value}"


@pytest.mark.parametrize("value", ["O'Neil", "Smith-Jones", "a=b", "1-2", "x@example.com", '"q"'])
def test_name_that_is_no_formula_stands_in_the_csv_as_it_is(tmp_path: Path, value: str) -> None:
    assert written(tmp_path / "r.csv", {"last_name": value})[1][2] == value


def test_character_that_breaks_readers_is_replaced_in_the_csv(tmp_path: Path) -> None:
    assert written(tmp_path / "r.csv", {"last_name": "MOU\x00SE"})[1][2] == "MOU\ufffdSE"


def test_header_that_is_a_formula_is_disarmed_in_the_csv(tmp_path: Path) -> None:
    headers = (("=NPI", "npi"), ("Name", "full_name"))
    [table] = rejects_by_headers(source(sheet("Sheet1", headers)), rejected({}), empty(REJECTED))
    write_csv(tmp_path / "r.csv", table, Context())
    first = (tmp_path / "r.csv").read_text(encoding="utf-8-sig").splitlines()[0]
    assert first.startswith('"\'=NPI","Name"')


@given(st.text(alphabet="=+-@'\uff1d\u00a0 \tab\u00e9"))
def test_text_that_was_disarmed_is_read_back_as_it_was(text: str) -> None:
    cleaned = clean_text(text)
    if cleaned is not None:
        [disarmed] = disarm(pa.chunked_array([[cleaned]])).to_pylist()
        assert clean_text(disarmed) == cleaned
        assert clean_texts(pa.array([disarmed])).to_pylist() == [cleaned]


@pytest.mark.parametrize(
    ("cell", "safe"),
    [
        ("x;=1+1;y", "x;'=1+1;y"),
        ("x; =1+1", "x; '=1+1"),
        (";=1", ";'=1"),
        ("=1;+2", "'=1;'+2"),
        ("Surgery; Vascular", "Surgery; Vascular"),
        ("a-b;c=d", "a-b;c=d"),
    ],
)
def test_cell_that_a_program_would_part_holds_no_formula_within(cell, safe):
    assert disarm(pa.chunked_array([[cell]])).to_pylist() == [safe]
