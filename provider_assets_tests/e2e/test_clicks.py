"""Each way in that the web UI has, by clicking: it ends well, and the next roster loads."""

import sqlite3
from contextlib import closing

import pytest

from provider_assets_tests.e2e.rosters import write_roster
from provider_assets_tests.e2e.running import Platform
from provider_assets_tests.e2e.test_web_ui import ROSTER, ask

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(900)]

RUNS = "{ runsOrError { ... on Runs { results { runId status } } } }"
STEPS = "{ runsOrError { ... on Runs { results { runId status stepStats { stepKey endTime } } } } }"
CHECK = "table_matches_import"
COUNT = "SELECT COUNT(*) FROM providerinfo"
JUDGED = """{ assetCheckExecutions(
    assetKey: {path: ["providerinfo_table"]}, checkName: "table_matches_import", limit: 1
) { evaluation { success metadataEntries { label ... on TextMetadataEntry { text } } } } }"""
LATEST = """{ assetNodeOrError(assetKey: {path: ["providerinfo_table"]}) {
    ... on AssetNode { assetMaterializations(limit: 1) { partition } } } }"""
STATES = "{ assetNodes { partitionStats { numFailed } } }"
ENDED = {"SUCCESS", "FAILURE", "CANCELED"}
ROWS = 3


@pytest.mark.parametrize("asset", ["raw_providers", "roster_report"])
def test_partition_is_materialized_from_an_assets_page(platform, page, asset):
    before = runs(platform)
    page.goto(f"{platform.url}/assets/{asset}?view=overview")
    page.get_by_role("button", name="Materialize").first.click()
    page.get_by_text("Select a partition or create one").click()
    # the page behind the dialog names the roster too, and the list may take a while to open
    page.locator(".bp5-portal").get_by_text(ROSTER).locator("visible=true").last.click()
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Launch").last.click()
    assert new_ones(platform, before) == ["SUCCESS"]
    next_roster_loads(platform)


def test_checks_of_an_asset_run_by_themselves(platform, page):
    before = runs(platform)
    page.goto(f"{platform.url}/assets/clean_providers?view=checks")
    page.get_by_role("button", name="Execute all").click()
    assert new_ones(platform, before) == ["SUCCESS"]
    next_roster_loads(platform)


def test_run_is_executed_again_from_its_page(platform, page):
    before = runs(platform)
    page.goto(f"{platform.url}/runs/{next(iter(before))}")
    page.get_by_role("button", name="Re-execute all").click()
    assert new_ones(platform, before) == ["SUCCESS"]
    next_roster_loads(platform)


def test_run_that_waits_to_write_is_terminated_from_its_page(platform, page):
    before = runs(platform)
    with closing(sqlite3.connect(platform.home / "providers.db")) as writer:
        writer.execute("BEGIN IMMEDIATE")
        write_roster(platform.drop / "inbox" / "ended.csv", 5000, ROWS)
        run = platform.wait("a run waits to write", lambda: writing(platform, before))
        page.goto(f"{platform.url}/runs/{run}")
        page.get_by_role("button", name="Terminate").click()
        page.get_by_role("dialog").get_by_role("button", name="Terminate").click()
        platform.wait("the run has ended", lambda: runs(platform)[run] == "CANCELED", 60)
    next_roster_loads(platform)
    # nobody blamed the file: it is tried again
    platform.wait("it is loaded", lambda: "processed/ended.csv" in platform.files("processed"))


def test_one_check_of_a_loaded_roster_runs_by_itself(platform, page):
    before = runs(platform)
    page.goto(f"{platform.url}/assets/providerinfo_table?view=checks&checkDetail={CHECK}")
    page.get_by_role("button", name="Execute").last.click()
    assert new_ones(platform, before) == ["SUCCESS"]
    page.reload()
    page.get_by_text("Passed").first.wait_for()
    judged = ask(platform, JUDGED)["assetCheckExecutions"][0]["evaluation"]
    assert judged["success"]
    last = ask(platform, LATEST)["assetNodeOrError"]["assetMaterializations"][0]["partition"]
    assert {"label": "roster", "text": last} in judged["metadataEntries"]


@pytest.mark.parametrize("dry_run", [True, False])
def test_import_is_taken_back_from_the_launchpad_and_the_run_says_what_it_did(
    platform, page, dry_run
):
    write_roster(platform.drop / "inbox" / f"undo{dry_run}.csv", 3000 + dry_run, ROWS)
    name = f"undo{dry_run}.csv"
    platform.wait("it is loaded", lambda: f"processed/{name}" in platform.files("processed"))
    [(number,)] = platform.query(f"SELECT id FROM provider_import WHERE file = '{name}'")
    before, held = runs(platform), platform.query(COUNT)
    page.goto(f"{platform.url}/locations/provider_assets/jobs/undo_import/playground")
    page.get_by_text("dry_run").first.wait_for()  # the scaffold: what a person may set
    config = f"ops: {{take_back: {{config: {{import_id: {number}, dry_run: {dry_run}}}}}}}".lower()
    page.evaluate("text => document.querySelector('.CodeMirror').CodeMirror.setValue(text)", config)
    page.get_by_role("button", name="Launch Run").click()
    assert new_ones(platform, before) == ["SUCCESS"]
    would = "would be" if dry_run else "were"
    page.get_by_text(f"rows that {would} removed").locator("visible=true").first.wait_for()
    gone = 0 if dry_run else ROWS
    assert platform.query(COUNT) == [(held[0][0] - gone,)]


def test_launch_without_a_partition_says_to_choose_a_roster(platform, page):
    before = runs(platform)
    page.goto(f"{platform.url}/locations/provider_assets/jobs/import_roster/playground")
    page.get_by_text("replay").first.wait_for()
    assert "io_manager" not in page.locator(".CodeMirror").first.inner_text()
    page.get_by_role("button", name="Launch Run").click()
    page.get_by_role("button", name="Confirm").click()  # Dagster asks whether that is meant
    assert new_ones(platform, before) == ["FAILURE"]
    page.get_by_text("choose a roster: every run works on one partition").first.wait_for()
    next_roster_loads(platform)


def test_refused_files_are_answered_on_their_runs_pages_and_leave_no_red(platform, page):
    before = runs(platform)
    bad = platform.drop / "inbox" / "bad.csv"
    write_roster(bad, 4000, 4, ["abc"] * 4)
    (platform.drop / "inbox" / "letter.pdf").write_bytes(b"%PDF-1.7 a letter")
    refused = {"failed/bad.csv", "failed/letter.pdf"}
    platform.wait("both are answered", lambda: refused <= set(platform.files("failed")))
    assert new_ones(platform, before) == ["FAILURE", "FAILURE"]
    told = ""
    for run in set(runs(platform)) - set(before):
        page.goto(f"{platform.url}/runs/{run}")
        page.get_by_text("RUN_FAILURE").first.wait_for()
        page.get_by_text("what to do").first.wait_for()
        page.get_by_text("index.html").first.wait_for()
        told += page.locator("body").inner_text()
        assert "Stack Trace" not in told
    assert "4 of 4 rows are invalid (100%)" in told
    assert "this is a PDF document, not a spreadsheet" in told
    states = ask(platform, STATES)["assetNodes"]
    assert [one["partitionStats"]["numFailed"] for one in states if one["partitionStats"]] == [
        0
    ] * 7
    next_roster_loads(platform)


def runs(platform: Platform) -> dict[str, str]:
    """The status of each run, the newest first."""
    found = ask(platform, RUNS)["runsOrError"]["results"]
    return {run["runId"]: run["status"] for run in found}


def new_ones(platform: Platform, before: dict[str, str]) -> list[str]:
    """How the runs ended that came since, as soon as there are some and all have ended."""

    def ended() -> list[str]:
        since = [status for run, status in runs(platform).items() if run not in before]
        return since if set(since) <= ENDED else []

    return platform.wait("a run has ended", ended, 180)


def writing(platform: Platform, before: dict[str, str]) -> str | None:
    """The run that is in the step that writes to the table."""
    for run in ask(platform, STEPS)["runsOrError"]["results"]:
        at = {step["stepKey"] for step in run["stepStats"] if step["endTime"] is None}
        if run["runId"] not in before and "providerinfo_table" in at:
            return str(run["runId"])
    return None


def next_roster_loads(platform: Platform) -> None:
    """Drop one more roster; it is in the table once, and moved."""
    number = len(platform.files("processed"))
    name = f"next{number}.csv"
    write_roster(platform.drop / "inbox" / name, 1000 + number, ROWS)
    platform.wait("it is loaded", lambda: f"processed/{name}" in platform.files("processed"))
    loaded = f"SELECT rows_inserted FROM provider_import WHERE file = '{name}'"
    assert platform.query(loaded) == [(ROWS,)]
