from pathlib import Path
from zipfile import ZipFile

import pytest
import python_calamine

from provider_assets_tests.reports.test_workbook import write_rows


@pytest.mark.parametrize(
    "value",
    ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1+1", "=HYPERLINK(\"http://x\")",
     "http://example.com", "007", "1e5", "TRUE", "#N/A", "{=1}"],
)  # fmt: skip
def test_cell_that_looks_like_more_than_text_stays_text(tmp_path: Path, value: str) -> None:
    path = tmp_path / "r.xlsx"
    cell = write_rows(path, {"last_name": value})["Errors"]["C2"]
    assert (cell.value, cell.data_type) == (value, "s")
    with ZipFile(path) as parts:
        xml = parts.read("xl/worksheets/sheet1.xml").decode()
        assert "<f>" not in xml
        assert "<hyperlink" not in xml
        assert not [name for name in parts.namelist() if "externalLink" in name]


@pytest.mark.parametrize(
    ("value", "read_back"),
    [
        ("MOU\x01SE", "MOU\ufffdSE"),
        ("MOU\uffffSE", "MOU\ufffdSE"),
        ("<r><t>MOUSE</t></r>", "<r><t>MOUSE</t></r> "),
        ("<r></row></r>", "<r></row></r> "),
        ("_x000D_", "_x000D_"),
        ("\r=1+1\r\n+1", "\n=1+1\n+1"),
        ("</t></is></c>", "</t></is></c>"),
        ("&amp;", "&amp;"),
        ("Ωμέγα 😀", "Ωμέγα 😀"),
    ],
)
def test_text_that_could_break_the_workbook_is_read_back(
    tmp_path: Path, value: str, read_back: str
) -> None:
    path = tmp_path / "r.xlsx"
    write_rows(path, {"last_name": value})
    rows = python_calamine.CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python()
    assert rows[1][2] == read_back


def test_value_longer_than_a_cell_can_be_is_cut_to_what_fits(tmp_path: Path) -> None:
    last = write_rows(tmp_path / "r.xlsx", {"last_name": "x" * 40_000, "codes": "value-too-long"})[
        "Errors"
    ]["C2"]
    assert last.value == "x" * 32_767
