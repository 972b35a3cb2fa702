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
