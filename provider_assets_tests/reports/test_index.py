from dataclasses import replace
from pathlib import Path

import pytest

from provider_assets.errors import FileCode
from provider_assets.moments import use_zone
from provider_assets.providers.roster import RowCounts
from provider_assets.reports.advice import ADVICE
from provider_assets.reports.families import family
from provider_assets.reports.files import write_report_files
from provider_assets.reports.index import write_index
from provider_assets_tests.reports.sample import imported, sample
from provider_assets_tests.reports.test_roster_page import HOSTILE, Page


def page_of(folder: Path, *imports: object, **limits: int) -> Page:
    return Page(write_index(folder, imports, **limits).read_text(encoding="utf-8"))  # type: ignore[arg-type]


def rows_of(page: Page, table: int) -> list[list[str]]:
    """The texts of a table's body, row by row."""
    tables: list[list[list[str]]] = []
    for path, text in page.texts:
        if path.endswith("thead/tr/th"):
            if text in {"Files named", "When"}:
                tables.append([])
        elif "tbody/tr/" in path:
            tables[-1].append([text])
    cells = [text for [text] in tables[table]]
    width = {0: 8, 1: 9}[table]
    return [cells[at : at + width] for at in range(0, len(cells), width)]


def test_index_lists_imports_the_newest_first(tmp_path: Path) -> None:
    page = page_of(
        tmp_path,
        imported(1),
        imported(2, file="north.xlsx", layout="hospital_b", state="failed",
                 rows=RowCounts(1_000, 600, 100, 300)),
    )  # fmt: skip
    assert [row[1:] for row in rows_of(page, 1)] == [
        ["north.xlsx", "hospital_b", "failed", "1,000", "0", "600", "100", "60.0%"],
        ["mercy.xlsx", "hospital_a", "loaded", "7", "5", "1", "1", "14.3%"],
    ]


def test_index_sums_up_each_source(tmp_path: Path) -> None:
    page = page_of(
        tmp_path,
        imported(1, file="Mercy_2025-05.xlsx"),
        imported(2, file="mercy 06.csv", state="failed", rows=RowCounts(3, 3, 0, 0)),
        imported(3, file="north.xlsx", rows=RowCounts()),
        imported(4, file="mercy.xlsx", layout="generic"),
    )
    assert [row[:-1] for row in rows_of(page, 0)] == [
        ["mercy", "hospital_a", "2", "1", "10", "4", "40.0%"],
        ["mercy", "generic", "1", "0", "7", "1", "14.3%"],
        ["north", "hospital_a", "1", "0", "0", "0", "–"],
    ]


def test_index_links_a_report_only_where_it_is(tmp_path: Path) -> None:
    outcome = sample().outcome
    files = write_report_files(tmp_path, outcome, *sample().frames)
    imports = (
        imported(0, roster=outcome.source.roster),
        imported(24, roster=outcome.source.roster),  # a replay on the next day
        imported(1),
    )
    links = [attrs["href"] for tag, attrs in page_of(files.report.parent, *imports).found
             if tag == "a"]  # fmt: skip
    assert links == [
        "mercy_2025-05-01.html",
        "../rejects/mercy_2025-05-01_rejects.xlsx",
        "../rejects/mercy_2025-05-01_filtered.xlsx",
    ]
    for each in files.all():
        each.unlink()
    page = page_of(files.report.parent, *imports)
    assert not [attrs for tag, attrs in page.found if tag == "a"]


def test_index_shows_no_more_than_the_newest(tmp_path: Path) -> None:
    page = page_of(tmp_path, *(imported(number) for number in range(12)), newest=5)
    assert "The newest 5 of 12 imports" in page.under("h2")
    assert len(rows_of(page, 1)) == 5
    assert rows_of(page, 0)[0][2] == "5"


def test_index_says_why_a_roster_failed(tmp_path: Path) -> None:
    error = ("no-layout", "mercy.xlsx: no layout fits.")
    page = page_of(tmp_path, imported(1, state="failed", rows=RowCounts(), error=error))
    told = [text for path, text in page.texts if path.endswith(("span", "code"))]
    assert told == ["mercy.xlsx: no layout fits.", "no-layout", ADVICE[FileCode.NO_LAYOUT]]


def test_index_counts_a_file_that_could_not_be_read_with_those_of_its_name(tmp_path: Path) -> None:
    unread = {"state": "failed", "layout": "", "rows": RowCounts(), "error": ("corrupt", "Broken.")}
    page = page_of(
        tmp_path,
        imported(1, file="mercy_05.xlsx"),
        imported(2, file="mercy_06.xlsx", **unread),
        imported(3, file="north.xlsx", **unread),
    )
    assert [row[:-1] for row in rows_of(page, 0)] == [
        ["mercy", "hospital_a", "2", "1", "7", "1", "14.3%"],
        ["north", "none", "1", "1", "0", "0", "–"],
    ]
    drawn = " ".join(text for path, text in page.texts if "svg" in path)
    assert "mercy (hospital_a)" in drawn
    assert "()" not in drawn


def test_index_puts_older_imports_on_pages_that_stay_while_their_imports_do(tmp_path: Path) -> None:
    imports = [imported(number, file=f"r{number}.xlsx") for number in range(1, 8)]
    write_index(tmp_path, imports, newest=3)
    names = {path.name for path in tmp_path.iterdir()}
    assert names == {"index.html", "index_1.html", "index_2.html"}
    listed = {name: _files(tmp_path / name) for name in sorted(names)}
    assert listed == {
        "index.html": ["r7.xlsx", "r6.xlsx", "r5.xlsx"],
        "index_1.html": ["r3.xlsx", "r2.xlsx", "r1.xlsx"],
        "index_2.html": ["r6.xlsx", "r5.xlsx", "r4.xlsx"],
    }
    links = {name: _pages(tmp_path / name) for name in sorted(names)}
    assert links == {
        "index.html": ["index_2.html"],
        "index_1.html": ["index_2.html"],
        "index_2.html": ["index.html", "index_1.html"],
    }
    before = {name: (tmp_path / name).stat().st_ino for name in names}
    imports[1] = replace(imports[1], state="undone")
    write_index(tmp_path, imports, newest=3)
    after = {name: (tmp_path / name).stat().st_ino for name in names}
    assert [name for name in sorted(names) if before[name] != after[name]] == [
        "index.html",
        "index_1.html",
    ]


def test_index_leads_from_page_to_page_when_another_comes_and_loses_links_that_went(
    tmp_path: Path,
) -> None:
    outcome = sample().outcome
    report = write_report_files(tmp_path, outcome, *sample().frames).report
    imports = [imported(0, roster=outcome.source.roster), *map(imported, range(1, 7))]
    first = report.parent / "index_1.html"

    write_index(report.parent, imports[:6], newest=3)
    assert (_pages(first)[-1], report.name in _pages(first)) == ("index.html", True)

    write_index(report.parent, imports, newest=3)
    assert (_pages(first)[-1], report.name in _pages(first)) == ("index_2.html", True)

    report.unlink()
    write_index(report.parent, imports, newest=3)
    assert (_pages(first)[-1], report.name in _pages(first)) == ("index_2.html", False)


def _files(path: Path) -> list[str]:
    return [row[1] for row in rows_of(Page(path.read_text(encoding="utf-8")), 1)]


def _pages(path: Path) -> list[str]:
    page = Page(path.read_text(encoding="utf-8"))
    return [attrs["href"] for tag, attrs in page.found if tag == "a"]


def test_index_says_its_times_with_their_zone(tmp_path: Path) -> None:
    use_zone("America/Chicago")
    try:
        page = page_of(tmp_path, imported(1))
    finally:
        use_zone("")
    assert rows_of(page, 1)[0][0] == "2025-05-01 08:00 CDT"


def test_index_of_no_imports_says_so(tmp_path: Path) -> None:
    assert "No roster has been loaded yet." in page_of(tmp_path).under("p")


def test_index_escapes_file_names(tmp_path: Path) -> None:
    page = page_of(tmp_path, replace(imported(1), file=HOSTILE, layout="x"))
    assert [tag for tag, _ in page.found if tag in {"script", "img"}] == ["script"]  # its own
    assert rows_of(page, 1)[0][1] == " ".join(HOSTILE.split())


def test_index_is_one_page_that_is_replaced(tmp_path: Path) -> None:
    write_index(tmp_path, [imported(1)])
    write_index(tmp_path, [imported(1), imported(2)])
    assert [path.name for path in tmp_path.iterdir()] == ["index.html"]


@pytest.mark.parametrize(
    ("file", "name"),
    [
        ("Mercy_2025-05.xlsx", "mercy"),
        ("mercy 06.csv", "mercy"),
        ("mercy_2025-05-01_rejects.xlsx", "mercy"),
        ("mercy_2025-05-01_rejects_2.csv", "mercy"),
        ("clinic 4.xlsx", "clinic 4"),
        ("Clinic 7 2025-5-1.xlsx", "clinic 7"),
        ("site12_20250501.csv", "site 12"),
        ("mercy may 5.csv", "mercy may"),
        ("mercy (2).csv", "mercy"),
        ("mercy Q1 2025.csv", "mercy q"),
        ("mercy 5 2025.csv", "mercy"),
        ("St. Mary's \u2013 providers.v2.xlsx", "st mary s providers v"),
        ("20250501.xlsx", "20250501"),
        ("Клиника.xlsx", "клиника"),
    ],
)
def test_family_is_what_the_files_of_a_source_have_in_common(file: str, name: str) -> None:
    assert family(file) == name


def test_index_leads_from_an_import_to_the_one_that_corrects_it_and_back(tmp_path: Path) -> None:
    imports = [imported(1), imported(2, mends=1), imported(3, mends=99)]
    text = write_index(tmp_path, imports).read_text(encoding="utf-8")
    first, second, third = (
        text.partition(f'<tr id="import-{number}"')[2].partition("</tr>")[0] for number in (1, 2, 3)
    )
    assert '<a href="#import-2">import 2</a>' in first
    assert '<a href="#import-1">import 1</a>' in second
    assert "corrects rows of import 99<" in third
