"""What the registry adds to reports: words beside a row, the share it confirms, pictures."""

import csv
import json
from dataclasses import replace

import pandas as pd
import pytest
from openpyxl import load_workbook

from provider_assets.providers.facts import BESIDE
from provider_assets.providers.roster import Asked
from provider_assets.reports.delimited import write_csv
from provider_assets.reports.files import write_report_files, write_return_files
from provider_assets.reports.index import write_index
from provider_assets.reports.pictures import registry_svg
from provider_assets.reports.return_file import RowActions, return_lines
from provider_assets.reports.tables import rejects_by_headers
from provider_assets.reports.told import Context
from provider_assets_tests.reports.sample import imported, sample

ASKED = Asked(7, 5, {"npi_registry": "2026-11-08", "exclusions": "2026-10-20"}, {})
HELD = ("Deactivated on 2024-03-01.", "QUIMBY, ADA, OH, 207Q00000X", "0.42", "2000100018, QUIMBY")
WORDS = (
    "Deactivated on 2024-03-01. The registry holds QUIMBY, ADA, OH, 207Q00000X (likeness 0.42). "
    "Did you mean 2000100018, QUIMBY?"
)


class Knows:
    """A registry that holds the same of every row."""

    def says(self, _code, rows):
        return pd.Series(False, index=rows.index)

    def beside(self, rows):
        return pd.DataFrame([HELD] * len(rows), index=rows.index, columns=list(BESIDE), dtype="str")

    def asked(self, _rows):
        return None


@pytest.fixture
def sifted():
    """A roster whose first invalid row is one that the registry found fault with."""
    made = sample()
    warned = {"npi-replaced": 1, "npi-check-digit": 2}
    made.outcome = replace(made.outcome, registry=ASKED, warnings=warned)
    made.invalid = made.invalid.assign(codes="npi-deactivated")
    return made


def written(sifted, folder):
    return write_report_files(
        folder, sifted.outcome, sifted.invalid, sifted.duplicates, sifted.clean,
        known=Context(registry=Knows()),
    )  # fmt: skip


def lines_of(path):
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_reject_workbook_says_beside_the_row_what_the_registry_holds(sifted, tmp_path):
    book = load_workbook(written(sifted, tmp_path).rejects)
    reasons = {
        sheet.title: [str(cell.value) for row in sheet.iter_rows(min_row=2) for cell in row]
        for sheet in book
    }
    held = "The registry holds this NPI as deactivated. (npi-deactivated) " + WORDS

    assert held in reasons["Errors"]
    assert not any("registry" in cell for cell in reasons["Duplicates"])


def test_reject_csv_says_the_same(sifted, tmp_path):
    [first, *_] = rejects_by_headers(sifted.outcome.source, sifted.invalid, sifted.duplicates)
    write_csv(tmp_path / "rejects.csv", first, Context(registry=Knows()))
    rows = lines_of(tmp_path / "rejects.csv")

    assert [row["Reason"].endswith(WORDS) for row in rows] == [
        "npi-deactivated" in row["Reason"] for row in rows
    ]
    assert any(row["Reason"].endswith(WORDS) for row in rows)


def test_page_tells_the_share_that_the_registry_confirms(sifted, tmp_path):
    page = written(sifted, tmp_path).report.read_text("utf-8")

    assert "5 of 7 rows confirmed (71.4%); npi_registry of 2026-11-08, exclusions of" in page
    assert "What the registry says: confirmed: 5, npi-replaced: 1" in page


def test_page_without_a_registry_does_not_speak_of_it(tmp_path):
    made = sample()
    files = write_report_files(tmp_path, made.outcome, made.invalid, made.duplicates, made.clean)

    assert "registry says" not in files.report.read_text("utf-8")
    assert "confirmed" not in files.report.read_text("utf-8")


def test_picture_counts_the_registrys_findings_alone(sifted):
    svg = registry_svg(sifted.outcome)

    assert "npi-replaced" in svg
    assert "npi-check-digit" not in svg


def test_index_shows_the_confirmed_share_by_source_and_day(tmp_path):
    day = imported(1).started.astimezone().strftime("%Y-%m-%d")
    page = write_index(tmp_path, [imported(1, registry=ASKED), imported(2)]).read_text("utf-8")
    plain = write_index(tmp_path, [imported(1)]).read_text("utf-8")

    assert f"Confirmed by the registry, by day: mercy (hospital_a): 71.4% on {day}" in page
    assert "Confirmed by the registry" not in plain


def test_return_file_names_the_registrys_day(sifted, tmp_path):
    lines = return_lines(
        sifted.outcome, sifted.invalid, sifted.duplicates, sifted.clean, RowActions()
    )
    path = write_return_files(tmp_path, sifted.outcome, lines)
    told = json.loads(path.with_suffix(".json").read_text("utf-8"))
    rows = lines_of(path)

    assert told["registry_date"] == "2026-11-08"
    assert {row["registry_date"] for row in told["rows"]} == {"2026-11-08"}
    assert {row["registry_date"] for row in rows} == {"2026-11-08"}
