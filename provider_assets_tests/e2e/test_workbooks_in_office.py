"""The workbooks as a spreadsheet program opens them: no formula lives, nothing is lost."""

from pathlib import Path

import openpyxl
import pytest

from provider_assets.reports.files import ReportLimits, write_report_files
from provider_assets_tests.e2e.office import convert
from provider_assets_tests.reports.sample import Sifted, raw

pytestmark = pytest.mark.e2e

HOSTILE = ["=1+1", "+1+1", "-1+1", "@SUM(1;1)", "=HYPERLINK(\"http://example.com\")", "\uff1d1+1",
           "<r><t>x</t></r>", "</is></c>", "0012", "1e5", "O'Neil"]  # fmt: skip
ROWS = [(None, value, value, f"{1234567890 + at}", value) for at, value in enumerate(HOSTILE)]


def cells_of(path: Path) -> list[list[object]]:
    """The roster's own cells but the NPI, below the header; a live formula is told as such."""
    sheet = openpyxl.load_workbook(path).worksheets[0]
    return [
        ["a formula" if sheet.cell(row, at).data_type == "f" else sheet.cell(row, at).value
         for at in (1, 2, 3, 5)]
        for row in range(2, sheet.max_row + 1)
    ]  # fmt: skip


@pytest.fixture
def sifted() -> Sifted:
    return Sifted(raw(ROWS))


def test_reject_workbook_opened_and_saved_again_says_the_same(
    tmp_path: Path, sifted: Sifted
) -> None:
    rejects = write_report_files(tmp_path, sifted.outcome, *sifted.frames).rejects
    assert rejects is not None
    saved = convert(rejects, "xlsx", tmp_path / "saved")
    assert [[str(cell).strip() for cell in row] for row in cells_of(saved)] == [
        ["None", value, value, value] for value in HOSTILE
    ]
    sheet = openpyxl.load_workbook(saved)["Errors"]
    assert sheet.auto_filter.ref == f"A1:I{len(HOSTILE) + 1}"
    assert {sheet.cell(row, 4).data_type for row in range(2, 13)} == {"s"}
    assert sheet["A2"].comment is not None


def test_csv_form_opened_in_a_spreadsheet_program_has_no_formula(
    tmp_path: Path, sifted: Sifted
) -> None:
    answer = write_report_files(tmp_path, sifted.outcome, *sifted.frames, ReportLimits(0, 0))
    assert answer.rejects is not None
    saved = convert(answer.rejects, "xlsx", tmp_path / "saved")
    shown = [row[1] for row in cells_of(saved)]
    assert [str(cell).lstrip("'") for cell in shown[:6]] == HOSTILE[:6]
    assert shown[6:8] + shown[10:] == ["<r><t>x</t></r>", "</is></c>", "O'Neil"]
