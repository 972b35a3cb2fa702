from pathlib import Path

import openpyxl
import pytest

from provider_assets.providers.frames import CLEAN, REJECTED, empty
from provider_assets.providers.roster import RosterOutcome, RowCounts
from provider_assets.reports import files
from provider_assets.reports.files import (
    ReportFiles,
    ReportLimits,
    write_report_files,
    write_return_files,
)
from provider_assets.reports.return_file import RowActions, return_lines
from provider_assets_tests.reports.sample import SAMPLE_ROWS, Sifted, raw, sample, sheet, source


def listed(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def written(folder: Path, sifted: Sifted, limits: ReportLimits | None = None) -> ReportFiles:
    return write_report_files(folder, sifted.outcome, *sifted.frames, limits)


def test_sample_roster_gives_back_its_files(tmp_path: Path) -> None:
    assert written(tmp_path, sample()) == ReportFiles(
        rejects=tmp_path / "rejects" / "mercy_2025-05-01_rejects.xlsx",
        filtered=tmp_path / "rejects" / "mercy_2025-05-01_filtered.xlsx",
        report=tmp_path / "reports" / "mercy_2025-05-01.html",
    )
    assert listed(tmp_path) == [
        "rejects/mercy_2025-05-01_filtered.xlsx",
        "rejects/mercy_2025-05-01_rejects.xlsx",
        "reports/.names/mercy_2025-05-01",
        "reports/mercy_2025-05-01.html",
    ]


def test_return_files_share_the_rosters_name_and_the_page_links_them(tmp_path: Path) -> None:
    one = sample()
    lines = return_lines(one.outcome, *one.frames, RowActions())
    assert write_return_files(tmp_path, one.outcome, lines) == (
        tmp_path / "returns" / "mercy_2025-05-01.csv"
    )
    page = written(tmp_path, one).report.read_text(encoding="utf-8")
    assert 'href="../returns/mercy_2025-05-01.csv"' in page
    assert listed(tmp_path)[-2:] == [
        "returns/mercy_2025-05-01.csv",
        "returns/mercy_2025-05-01.json",
    ]


def test_roster_without_rejects_leaves_no_reject_workbook(tmp_path: Path) -> None:
    good = Sifted(raw(SAMPLE_ROWS[:5]))
    assert written(tmp_path, good).rejects is None
    assert not list((tmp_path / "rejects").glob("*_rejects*"))


def test_same_roster_again_replaces_its_files_and_removes_what_is_no_more(tmp_path: Path) -> None:
    written(tmp_path, sample(), ReportLimits(rejects_per_workbook=0, filtered_per_workbook=0))
    again = written(tmp_path, Sifted(raw(SAMPLE_ROWS[:5])))
    assert listed(tmp_path) == [
        "rejects/mercy_2025-05-01_filtered.xlsx",
        "reports/.names/mercy_2025-05-01",
        "reports/mercy_2025-05-01.html",
    ]
    assert "All 5 rows loaded." in again.report.read_text(encoding="utf-8")


def test_other_roster_of_the_same_name_and_day_overwrites_nothing(tmp_path: Path) -> None:
    first = written(tmp_path, sample())
    before = first.report.read_bytes()
    other = Sifted(raw(SAMPLE_ROWS[6:]), source(roster="mercy-aaaaaaaaaaaa"))
    assert written(tmp_path, other) == ReportFiles(
        rejects=tmp_path / "rejects" / "mercy-aaaaaaaaaaaa_2025-05-01_rejects.xlsx",
        filtered=None,
        report=tmp_path / "reports" / "mercy-aaaaaaaaaaaa_2025-05-01.html",
    )
    assert first.report.read_bytes() == before
    assert first.rejects is not None
    assert first.rejects.exists()


def test_rejects_past_the_limit_become_a_csv_file_and_the_page_says_so(tmp_path: Path) -> None:
    answer = written(tmp_path, sample(), ReportLimits(rejects_per_workbook=1))
    assert answer.rejects == tmp_path / "rejects" / "mercy_2025-05-01_rejects.csv"
    assert answer.filtered == tmp_path / "rejects" / "mercy_2025-05-01_filtered.xlsx"
    assert "too many rows for a workbook" in answer.report.read_text(encoding="utf-8")


def test_filtered_rows_past_the_limit_become_a_csv_file(tmp_path: Path) -> None:
    answer = written(tmp_path, sample(), ReportLimits(filtered_per_workbook=4))
    assert answer.filtered == tmp_path / "rejects" / "mercy_2025-05-01_filtered.csv"
    lines = answer.filtered.read_text(encoding="utf-8-sig").splitlines()
    assert lines[0] == '"NP","NpFirstName","NpLastName","NPI","Type"'
    assert len(lines) == 6


def test_csv_of_sheets_with_other_headers_has_a_part_for_each(tmp_path: Path) -> None:
    other = (("NPI No", "npi"), ("Provider", "full_name"))
    rows = raw(SAMPLE_ROWS)
    rows.loc[[3, 4, 6], "sheet"] = "South"
    both = Sifted(rows, source(sheet("Sheet1"), sheet("South", other)))
    answer = written(tmp_path, both, ReportLimits(0, 0))
    assert answer.more == (
        tmp_path / "rejects" / "mercy_2025-05-01_rejects_2.csv",
        tmp_path / "rejects" / "mercy_2025-05-01_filtered_2.csv",
    )
    assert answer.more[1].read_text(encoding="utf-8-sig") == (
        '"NPI No","Provider"\n'
        '"4567890123","JASMINE, PRINCESS"\n'
        '"5678901234","HOOK, CAPTAIN"\n'
    )  # fmt: skip
    again = written(tmp_path, both)
    assert listed(tmp_path / "rejects") == [
        "mercy_2025-05-01_filtered.xlsx",
        "mercy_2025-05-01_rejects.xlsx",
    ]
    assert again.filtered is not None
    assert openpyxl.load_workbook(again.filtered).sheetnames == ["Sheet1", "South"]


def test_roster_that_could_not_be_read_gets_a_page_alone(tmp_path: Path) -> None:
    outcome = RosterOutcome(
        source(),
        "failed",
        RowCounts(),
        error=("no-layout", "mercy.xlsx: no layout has its headers."),
        started="2025-05-01T12:00:00+00:00",
    )
    answer = write_report_files(tmp_path, outcome, empty(REJECTED), empty(REJECTED), empty(CLEAN))
    assert (answer.rejects, answer.filtered) == (None, None)
    page = answer.report.read_text(encoding="utf-8")
    assert "Nothing was loaded: mercy.xlsx: no layout has its headers." in page


def test_file_is_never_seen_half_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    good = written(tmp_path, sample())
    assert good.rejects is not None
    before = good.rejects.read_bytes()

    def broken(path: Path, *_: object) -> None:
        path.write_bytes(b"half a workbook")
        raise OSError("no space left on device")

    monkeypatch.setattr(files, "write_reject_workbook", broken)
    with pytest.raises(OSError, match="no space left"):
        written(tmp_path, sample())
    assert good.rejects.read_bytes() == before
    assert not list(tmp_path.rglob("*.tmp*"))


def test_files_can_be_read_by_the_people_they_are_for(tmp_path: Path) -> None:
    answer = written(tmp_path, sample())
    plain = tmp_path / "plain"
    plain.touch()
    mode = plain.stat().st_mode
    assert [path.stat().st_mode for path in (answer.rejects, answer.report) if path] == [mode] * 2
