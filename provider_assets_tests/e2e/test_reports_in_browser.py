"""The report and the index as people see them: a real browser, small and large, light and dark."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from provider_assets.providers.roster import RowCounts
from provider_assets.reports.files import write_report_files
from provider_assets.reports.index import write_index
from provider_assets_tests.e2e.browser import chromium, write_screenshot
from provider_assets_tests.e2e.running import ROOT
from provider_assets_tests.reports.sample import (
    SAMPLE_HEADERS,
    SAMPLE_ROWS,
    Sifted,
    imported,
    raw,
    sheet,
    source,
)

pytestmark = pytest.mark.e2e

SIZES = {"phone": (390, 844), "desktop": (1280, 900)}
SCRIPT = "<script>document.title='run'</script>"
LONG = "W" * 90
PICTURES = "PROVIDER_ASSETS_TEST_PICTURES"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as one:
        yield one


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A report with hostile and long values, and an index that links it."""
    drop = tmp_path_factory.mktemp("drop")
    rows = [*SAMPLE_ROWS, (None, SCRIPT, LONG, "12", f"<img src=//example.com/x>{LONG}")]
    headers = [*SAMPLE_HEADERS[:4], (f"{SCRIPT} {LONG}", "entity_name")]
    origin = source(sheet(SCRIPT, headers), file=f"{SCRIPT}{LONG}.xlsx")
    sifted = Sifted(raw(rows, headers, name=SCRIPT), origin)
    report = write_report_files(drop, sifted.outcome, *sifted.frames).report
    many = [imported(n, rows=RowCounts(90, n % 9, n % 4, 90)) for n in range(40)]
    error = ("no-layout", f"mercy_2025.xlsx: no layout fits. {'Add its headers to one. ' * 5}")
    many += [imported(50, id=50, state="failed", layout="", rows=RowCounts(), error=error)]
    many += [imported(51, id=51, layout="a_layout_of_one_hospitals_own_with_a_long_name")]
    odd = imported(0, id=41, roster=origin.roster, file=origin.file)
    return {"report": report, "index": write_index(report.parent, [*many, odd])}


@pytest.fixture(scope="module", params=["light", "dark"])
def scheme(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module", params=list(SIZES))
def size(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module", params=["report", "index"])
def opened(
    request: pytest.FixtureRequest,
    browser: Browser,
    pages: dict[str, Path],
    size: str,
    scheme: str,
) -> Iterator[tuple[Page, list[str]]]:
    """The page, and what it asked for and complained about while it opened."""
    width, height = SIZES[size]
    context = browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme="dark" if scheme == "dark" else "light",
    )
    page = context.new_page()
    heard: list[str] = []
    page.on("request", lambda asked: heard.append(asked.url))
    page.on("console", lambda told: heard.append(told.text))
    page.on("pageerror", lambda error: heard.append(str(error)))
    page.goto(pages[request.param].as_uri())
    yield page, heard
    context.close()


def test_page_opens_without_asking_running_or_complaining(
    opened: tuple[Page, list[str]],
) -> None:
    page, heard = opened
    assert heard == [page.url]
    assert page.title() != "run"
    assert page.get_by_text(SCRIPT).count() >= 1
    assert page.locator("main script, main img").count() == 0


def test_page_fits_its_width(opened: tuple[Page, list[str]], size: str) -> None:
    page, _ = opened
    assert page.evaluate("document.documentElement.scrollWidth") <= SIZES[size][0]


def test_tables_of_the_index_are_whole_on_a_desktop(
    browser: Browser, pages: dict[str, Path]
) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.goto(pages["index"].as_uri())
    cut = "every => every.map(one => one.scrollWidth - one.clientWidth)"
    assert page.locator(".scroll").evaluate_all(cut) == [0, 0]
    page.close()


PAPER = 718  # the pixels of A4 between margins of a centimetre


def test_tables_of_the_index_are_whole_on_paper(browser: Browser, pages: dict[str, Path]) -> None:
    page = browser.new_page(viewport={"width": PAPER, "height": 1123})
    page.emulate_media(media="print")
    page.goto(pages["index"].as_uri())
    cut = "every => every.map(one => one.scrollWidth - one.clientWidth)"
    assert page.locator(".scroll").evaluate_all(cut) == [0, 0]
    page.close()


def test_tables_that_are_wider_than_a_phone_say_so(
    browser: Browser, pages: dict[str, Path]
) -> None:
    said = "every => every.map(one => getComputedStyle(one, '::before').content)"
    page = browser.new_page(viewport={"width": 390, "height": 844})
    page.goto(pages["index"].as_uri())
    told = page.locator(".scroll").evaluate_all(said)
    assert [each.startswith('"Scroll sideways') for each in told] == [True, True]
    page.set_viewport_size({"width": 1280, "height": 900})
    assert page.locator(".scroll").evaluate_all(said) == ["none", "none"]
    page.close()


@pytest.mark.parametrize("refused", [0, 9])
def test_pictures_of_the_index_hold_all_that_is_drawn(
    browser: Browser, tmp_path: Path, refused: int
) -> None:
    failed = imported(9, state="failed", rows=RowCounts(9, 0, 0, refused), error=("empty", "No."))
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.goto(write_index(tmp_path, [imported(1), failed]).as_uri())
    outside = """every => every.flatMap(svg => [...svg.querySelectorAll('text')].filter(one =>
        one.getBoundingClientRect().bottom > svg.getBoundingClientRect().bottom ||
        one.getBoundingClientRect().right > svg.getBoundingClientRect().right
    ).map(one => one.textContent))"""
    assert page.locator("svg").evaluate_all(outside) == []
    page.close()


def test_page_is_dark_where_that_is_wanted(opened: tuple[Page, list[str]], scheme: str) -> None:
    page, _ = opened
    colours = page.evaluate(
        "[document.body, document.querySelector('svg .background')].map((one, at) =>"
        " getComputedStyle(one)[at ? 'fill' : 'backgroundColor'])"
    )
    brightness = [max(map(int, colour[4:-1].split(", "))) for colour in colours]
    assert [value < 64 for value in brightness] == [scheme == "dark"] * 2


def test_page_has_no_accessibility_finding(opened: tuple[Page, list[str]]) -> None:
    page, _ = opened
    found = Axe().run(page).response["violations"]
    told = [(one["id"], one["impact"], [n["html"] for n in one["nodes"]]) for one in found]
    assert told == []


def test_page_prints_in_black_on_white(opened: tuple[Page, list[str]]) -> None:
    page, _ = opened
    page.emulate_media(media="print")
    colours = page.evaluate("(s => [s.color, s.backgroundColor])(getComputedStyle(document.body))")
    page.emulate_media(media="screen")
    assert colours == ["rgb(0, 0, 0)", "rgb(255, 255, 255)"]


def test_pages_of_the_demo_show_what_the_documentation_pictures(
    browser: Browser, tmp_path: Path
) -> None:
    """Where PROVIDER_ASSETS_TEST_PICTURES is set, these pictures of docs/images are taken again."""
    folder = ROOT / "docs" / "images" if os.environ.get(PICTURES) else tmp_path
    subprocess.run(
        [sys.executable, "-m", "provider_assets", "--home", str(tmp_path / "demo"), "demo"],
        cwd=tmp_path,
        env={name: os.environ[name] for name in ("PATH", "HOME")} | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        check=True,
    )
    [drop] = (path.parent for path in tmp_path.rglob("reports"))
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    for name, file, told in (
        ("report_page", next((drop / "reports").glob("mercy_general_*.html")), "What to do now"),
        ("index_page", drop / "reports" / "index.html", "riverside_clinics.xlsx"),
    ):
        page.goto(file.as_uri())
        assert page.get_by_text(told, exact=True).count() >= 1
        write_screenshot(folder, name, page.screenshot())
    page.close()


def test_index_leads_to_the_report_and_the_report_to_its_workbook(
    browser: Browser, pages: dict[str, Path]
) -> None:
    page = browser.new_page()
    page.goto(pages["index"].as_uri())
    page.get_by_role("link").first.click()
    page.wait_for_url(pages["report"].as_uri())
    with page.expect_download() as download:
        page.get_by_role("link", name="rejects.xlsx").click()
    assert download.value.suggested_filename == "mercy_2025-05-01_rejects.xlsx"
    page.close()


def test_index_filters_and_sorts_without_a_server(browser: Browser, pages: dict[str, Path]) -> None:
    page = browser.new_page()
    page.goto(pages["index"].as_uri())
    rows = page.locator("#imports tbody tr:visible")
    every = rows.count()
    page.fill("input[name=text]", "no roster is called this")
    assert (rows.count(), page.locator("#filter output").inner_text()) == (
        0,
        f"0 of {every} imports",
    )
    page.fill("input[name=text]", "")
    cells = page.locator("#imports tbody td:nth-child(7)")
    read = page.locator("#imports").get_by_role("button", name="To correct")
    read.click()
    counts = [int(text) for text in cells.all_inner_texts()]
    assert counts == sorted(counts)
    read.click()
    counts = [int(text) for text in cells.all_inner_texts()]
    assert counts == sorted(counts, reverse=True)
    page.close()


def test_index_without_script_shows_every_import_and_no_dead_control(
    browser: Browser, pages: dict[str, Path]
) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(pages["index"].as_uri())
    assert page.locator("#imports tbody tr:visible").count() == 43
    assert page.locator("button:visible, #filter:visible").count() == 0
    context.close()
