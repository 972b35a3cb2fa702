"""The return file: a line for each row, whatever became of it, in the published form."""

import csv
import json
from dataclasses import replace
from pathlib import Path

import jsonschema
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from provider_assets.providers.frames import FIELDS
from provider_assets.reports.return_file import (
    COLUMNS,
    OUTCOMES,
    RowActions,
    return_lines,
    write_return_csv,
    write_return_json,
)
from provider_assets_tests.reports.sample import SAMPLE_ROWS, Sifted, raw, sample

SCHEMA = json.loads(
    (Path(__file__).parents[2] / "docs" / "return_file.schema.json").read_text(encoding="utf-8")
)


def returned(folder: Path, sifted: Sifted, actions: RowActions | None = None):
    """The return file of a judged roster: the lines of the CSV, and the JSON document."""
    lines = return_lines(sifted.outcome, *sifted.frames, actions or RowActions())
    write_return_csv(folder / "r.csv", lines, sifted.outcome)
    write_return_json(folder / "r.json", lines, sifted.outcome)
    document = json.loads((folder / "r.json").read_text(encoding="utf-8"))
    jsonschema.validate(document, SCHEMA)
    with (folder / "r.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.reader(stream)), document


def told(document: dict) -> list[tuple]:
    return [(one["row"], one["key"], one["outcome"], one["codes"]) for one in document["rows"]]


def test_return_file_of_the_sample_has_a_line_for_each_row_in_order(tmp_path):
    lines, document = returned(tmp_path, sample())
    odd = ["npi-check-digit"]
    assert told(document) == [
        (2, "1234567890", "loaded", sample().clean["warnings"].iloc[0].split()),
        (3, "2345678901", "loaded", odd),
        (4, "3456789012", "loaded", [*odd, "npi-first-digit"]),
        (5, "4567890123", "loaded", [*odd, "npi-first-digit"]),
        (6, "5678901234", "loaded", [*odd, "npi-first-digit"]),
        (7, "3456789012", "repeated", ["duplicate-in-file"]),
        (8, "6789012345", "rejected", ["full-name-missing"]),
    ]
    assert {name: document[name] for name in ("version", "status", "import", "registry_date")} == {
        "version": 1,
        "status": "loaded",
        "import": 1,
        "registry_date": None,
    }
    assert lines[0] == list(COLUMNS)
    assert lines[7] == [
        "Sheet1", "8", "6789012345", "rejected", "full-name-missing", "The full name is empty.",
        "1", "",
    ]  # fmt: skip
    assert [line[:5] for line in lines[1:]] == [
        ["Sheet1", str(row), key, outcome, " ".join(codes)]
        for row, key, outcome, codes in told(document)
    ]


def test_return_file_tells_what_the_load_did_about_each_row(tmp_path):
    rows = raw(SAMPLE_ROWS[:5])
    rows.loc[3:4, "terminated"] = True
    actions = RowActions(
        "unchanged",
        {
            "1234567890": "updated",
            "2345678901": "inserted",
            "3456789012": "overtaken",
            "4567890123": "departed",
            "5678901234": "held",
        },
    )
    _, document = returned(tmp_path, Sifted(rows), actions)
    assert [(outcome, codes[0]) for _, _, outcome, codes in told(document)] == [
        ("updated", "npi-check-digit"),
        ("loaded", "npi-check-digit"),
        ("overtaken", "npi-check-digit"),
        ("departed", "terminated"),
        ("left", "terminated"),
    ]


def test_return_file_says_the_rosters_own_word_for_who_left(tmp_path):
    rows = raw(SAMPLE_ROWS[:1])
    rows["terminated"], rows["left_as"] = True, "Status\x1fInactive 2/1"
    _, document = returned(tmp_path, Sifted(rows))
    assert document["rows"][0]["sentences"] == [
        "The roster says that this provider has left. It says: 'Inactive 2/1'."
    ]


def test_return_file_of_a_refused_roster_says_of_every_row_that_it_did_not_load(tmp_path):
    refused = sample()
    error = ("too-many-rejects", "mercy.xlsx: 4 of 7 rows are invalid")
    refused.outcome = replace(refused.outcome, status="failed", error=error, import_id=None)
    lines, document = returned(tmp_path, refused)
    assert {one["outcome"] for one in document["rows"]} == {"rejected", "repeated"}
    assert document["rows"][1] == {
        "sheet": "Sheet1",
        "row": 3,
        "key": "2345678901",
        "outcome": "rejected",
        "codes": ["too-many-rejects", "npi-check-digit"],
        "sentences": [
            "The roster was refused as a whole, and this row with it.",
            "The NPI's last digit does not fit the nine before it; one digit is probably mistyped.",
        ],
        "import": None,
        "registry_date": None,
    }
    assert lines[2][6:] == ["", ""]


def test_return_file_says_what_the_table_held_already(tmp_path):
    rows = raw(SAMPLE_ROWS[:2])
    held = rows[list(FIELDS)].copy()
    held.loc[1, "full_name"] = "DRAKE, DONALD"
    _, document = returned(tmp_path, Sifted(rows, held=held))
    assert told(document) == [
        (2, "1234567890", "duplicate", ["already-loaded"]),
        (3, "2345678901", "duplicate", ["already-loaded-different"]),
    ]


def test_return_file_holds_no_formula_and_no_line_break(tmp_path):
    rows = raw([("A", "A", "A", '=cmd|" /C calc"!A1\n@x', "HERO"), ("B", "B", "B", None, "HERO")])
    lines, document = returned(tmp_path, Sifted(rows))
    assert len((tmp_path / "r.csv").read_text(encoding="utf-8").splitlines()) == 3
    assert [line[2] for line in lines[1:]] == ['\'=cmd|" /C calc"!A1 @x', ""]
    assert [one["key"] for one in document["rows"]] == ['=cmd|" /C calc"!A1\n@x', None]


def test_return_file_says_whether_two_npis_stand_in_a_cell(tmp_path):
    rows = raw([("A", "A", "A", "2000100018 / 2000100026", "H"), ("B", "B", "B", "20001", "H")])
    lines, document = returned(tmp_path, Sifted(rows))
    sentences = ["More than one NPI stands in the cell.", "The NPI is not ten digits."]
    assert [line[COLUMNS.index("sentences")] for line in lines[1:]] == sentences
    assert [one["sentences"] for one in document["rows"]] == [[text] for text in sentences]


NPIS = st.sampled_from(["2000000002", "2000000010", "2000000028", "12", None, '"', "2e9", "=1"])
ROWS = st.lists(st.tuples(st.sampled_from(["Ann", None, "Ánn"]), NPIS, st.booleans()), max_size=12)


@settings(deadline=None, max_examples=40)
@given(rows=ROWS, failed=st.booleans())
def test_return_file_of_any_roster_has_as_many_lines_as_rows_were_read(
    tmp_path_factory, rows, failed
):
    frame = raw([(name, None, None, npi, None) for name, npi, _ in rows])
    frame["terminated"] = pd.Series([left for _, _, left in rows], dtype="bool")
    sifted = Sifted(frame, status="failed" if failed else "loaded")
    folder = tmp_path_factory.mktemp("returns")
    lines, document = returned(folder, sifted)
    assert [one["row"] for one in document["rows"]] == list(range(2, len(rows) + 2))
    assert len(lines) == len(rows) + 1
    loads = 0 if failed else len(sifted.clean)
    assert [one["outcome"] for one in document["rows"]].count("loaded") == loads
    assert {one["outcome"] for one in document["rows"]} <= set(OUTCOMES)


def test_schema_names_the_outcomes_and_columns_that_there_are():
    row = SCHEMA["properties"]["rows"]["items"]
    assert tuple(row["required"]) == tuple(row["properties"]) == COLUMNS
    assert tuple(row["properties"]["outcome"]["enum"]) == OUTCOMES
