"""The web UI as a person sees it, in a real browser; its pictures are the documentation's.

Where PROVIDER_ASSETS_TEST_PICTURES is set, the pictures of docs/images are taken anew.
"""

import json
import os
import urllib.request

import pytest

from provider_assets_tests.e2e.conftest import USUAL
from provider_assets_tests.e2e.running import ROOT, Platform

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(600)]

ASSETS = (
    "raw_providers",
    "invalid_rows",
    "duplicate_rows",
    "clean_providers",
    "departed_providers",
    "providerinfo_table",
    "roster_report",
)
LINEAGE = {
    ("raw_providers", "invalid_rows"),
    ("raw_providers", "duplicate_rows"),
    ("raw_providers", "clean_providers"),
    ("raw_providers", "roster_report"),
    ("invalid_rows", "duplicate_rows"),
    ("invalid_rows", "clean_providers"),
    ("invalid_rows", "roster_report"),
    ("duplicate_rows", "clean_providers"),
    ("duplicate_rows", "roster_report"),
    ("clean_providers", "providerinfo_table"),
    ("raw_providers", "departed_providers"),
    ("invalid_rows", "departed_providers"),
    ("duplicate_rows", "departed_providers"),
    ("departed_providers", "providerinfo_table"),
    ("invalid_rows", "providerinfo_table"),
    ("duplicate_rows", "providerinfo_table"),
}
ROSTER = "mercy_general-1169a78871e1"
PICTURES = ("asset_graph", "checks", "index_page", "report_page", "roster_report")
IMAGES = ROOT / "docs" / "images"
WIDE = {"width": 2400, "height": 1600}
SIDEBAR, MARGIN = 240, 15
LAUNCH = """
mutation ($parameters: ExecutionParams!) {
  launchPipelineExecution(executionParams: $parameters) {
    __typename
    ... on LaunchRunSuccess { run { runId } }
    ... on PythonError { message }
    ... on RunConfigValidationInvalid { errors { message } }
  }
}
"""


@pytest.fixture
def pictures(tmp_path):
    """Where pictures go: to nobody, unless they are asked for."""
    return IMAGES if os.environ.get("PROVIDER_ASSETS_TEST_PICTURES") else tmp_path


def test_asset_graph_shows_the_seven_assets_and_their_lineage(platform, page, pictures):
    page.set_viewport_size(WIDE)
    page.goto(f"{platform.url}/assets/raw_providers?view=lineage&lineageScope=downstream")
    page.get_by_text("All", exact=True).click()
    nodes = [page.locator("foreignObject").filter(has_text=name).first for name in ASSETS]
    for node in nodes:
        node.wait_for()
    page.mouse.move(1300, 850)
    page.keyboard.down("Control")
    page.mouse.wheel(0, 60)  # a little farther away
    page.keyboard.up("Control")
    page.wait_for_timeout(4000)  # the graph glides into its place
    clip = around([node.bounding_box() for node in nodes])
    assert clip["x"] > SIDEBAR
    assert clip["x"] + clip["width"] <= WIDE["width"]
    assert clip["y"] + clip["height"] <= WIDE["height"]
    page.screenshot(path=str(pictures / "asset_graph.png"), clip=clip)
    page.set_viewport_size(USUAL)
    nodes = ask(platform, "{ assetNodes { assetKey { path } dependencyKeys { path } } }")
    assert {
        (above["path"][-1], node["assetKey"]["path"][-1])
        for node in nodes["assetNodes"]
        for above in node["dependencyKeys"]
    } == LINEAGE


def test_checks_of_a_loaded_roster_are_green_and_say_what_to_do(platform, page, pictures):
    page.goto(f"{platform.url}/assets/clean_providers?view=checks")
    for check in (
        "every_row_is_accounted_for",
        "npis_are_unique",
        "reject_rate_is_acceptable",
        "npi_check_digits_hold",
    ):
        page.get_by_text(check, exact=True).first.wait_for()
    page.get_by_text("report it as a defect").first.wait_for()
    assert page.get_by_text("Succeeded").count() >= 4
    page.screenshot(path=str(pictures / "checks.png"))


def test_roster_report_shows_its_summary_and_files_for_the_partition(platform, page, pictures):
    page.goto(f"{platform.url}/assets/roster_report?view=partitions&partition={ROSTER}")
    for name in ("summary", "report", "rejects"):
        page.get_by_text(name, exact=True).locator("visible=true").first.wait_for()
    page.get_by_text("mercy_general_").locator("visible=true").first.wait_for()
    page.screenshot(path=str(pictures / "roster_report.png"))


def test_pictures_of_the_documentation_are_there():
    assert sorted(path.stem for path in IMAGES.iterdir()) == sorted(PICTURES)


def test_partition_is_materialized_by_clicking(platform, page):
    before = len(runs(platform))
    page.goto(f"{platform.url}/locations/provider_assets/jobs/import_roster")
    page.get_by_role("button", name="Materialize all").click()
    page.get_by_text("Select a partition or create one").click()
    page.get_by_text(ROSTER).locator("visible=true").last.click()
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Launch").last.click()
    platform.wait("the run has succeeded", lambda: succeeded(platform) == before + 1)
    assert platform.query("SELECT COUNT(*) FROM providerinfo") == [(5,)]


def test_run_asked_for_over_graphql_finds_its_file_by_the_partition(platform):
    before = succeeded(platform)
    parameters = {
        "selector": {
            "repositoryLocationName": "provider_assets",
            "repositoryName": "__repository__",
            "pipelineName": "import_roster",
        },
        "mode": "default",
        "executionMetadata": {"tags": [{"key": "dagster/partition", "value": ROSTER}]},
    }
    answer = ask(platform, LAUNCH, {"parameters": parameters})["launchPipelineExecution"]
    assert answer["__typename"] == "LaunchRunSuccess", answer
    platform.wait("the run has succeeded", lambda: succeeded(platform) == before + 1)
    assert platform.query("SELECT COUNT(*) FROM providerinfo") == [(5,)]


def around(boxes: list[dict]) -> dict:
    """What a picture has to show so that all of these are whole in it."""
    left, top = (min(box[side] for box in boxes) - MARGIN for side in ("x", "y"))
    right = max(box["x"] + box["width"] for box in boxes) + MARGIN
    below = max(box["y"] + box["height"] for box in boxes) + MARGIN
    return {"x": left, "y": top, "width": right - left, "height": below - top}


def runs(platform: Platform) -> list[str]:
    found = ask(platform, "{ runsOrError { ... on Runs { results { status } } } }")
    return [run["status"] for run in found["runsOrError"]["results"]]


def succeeded(platform: Platform) -> int:
    statuses = runs(platform)
    assert not {"FAILURE", "CANCELED"} & set(statuses), statuses
    return statuses.count("SUCCESS")


def ask(platform: Platform, query: str, variables: dict | None = None) -> dict:
    body = json.dumps({"query": query, "variables": variables or {}}).encode()
    headers = {"Content-Type": "application/json"}
    request = urllib.request.Request(f"{platform.url}/graphql", body, headers)
    with urllib.request.urlopen(request, timeout=60) as answer:
        document = json.load(answer)
    assert "errors" not in document, document
    return document["data"]
