"""Workers that share no folder with anybody: from the bucket to the table, and back into it."""

import io
from pathlib import Path

import pytest
from openpyxl import load_workbook

from provider_assets_tests.e2e.fleet import fleet_at
from provider_assets_tests.e2e.rosters import npis, write_roster

ROOT = Path(__file__).parents[2]
MERCY = ROOT / "examples" / "rosters" / "mercy_general.xlsx"
TERMINATE = """mutation ($run: String!) {
  terminateRun(runId: $run, terminatePolicy: SAFE_TERMINATE) {__typename}
}"""

pytestmark = [pytest.mark.e2e, pytest.mark.mysql, pytest.mark.timeout(1200)]


@pytest.fixture(scope="module")
def fleet(tmp_path_factory, mysql_server):
    with fleet_at(tmp_path_factory.mktemp("fleet"), mysql_server) as fleet:
        yield fleet


def test_roster_goes_from_the_bucket_to_the_table_and_its_answers_back(fleet):
    fleet.send("mercy_general.xlsx", MERCY.read_bytes())
    fleet.wait("the roster is put away", lambda: not fleet.names("inbox"))
    assert fleet.query("SELECT COUNT(*) FROM providerinfo") == [(5,)]
    found = {folder: fleet.names(folder) for folder in ("rejects", "returns", "reports")}
    endings = {folder: [Path(name).suffix for name in names] for folder, names in found.items()}
    assert endings == {
        "rejects": [".xlsx", ".xlsx"], "returns": [".csv", ".json"], "reports": [".html"],
    }  # fmt: skip
    note = fleet.files("processed")["mercy_general.xlsx.txt"].decode()
    for path in (f"rejects/{found['rejects'][1]}", f"reports/{found['reports'][0]}"):
        assert f"See also:   {path}" in note


def test_another_roster_of_the_same_name_on_the_same_day_leaves_the_first_ones_answers(fleet):
    before = {folder: fleet.names(folder) for folder in ("returns", "reports")}
    for number in range(4):
        name = "mercy_general.csv"
        other = write_roster(fleet.folder / name, 100 + number, 2)
        fleet.send(name, other.read_bytes())
        fleet.wait("the roster is put away", lambda: not fleet.names("inbox"))
    after = {folder: fleet.names(folder) for folder in before}
    assert {folder: len(names) for folder, names in after.items()} == {"returns": 10, "reports": 5}
    workers = [worker for worker in fleet.workers if _has_worked(fleet, worker)]
    assert workers == list(fleet.workers)  # each of them wrote some


def test_corrected_rejects_come_back_and_both_reports_lead_to_each_other(fleet):
    (name,) = [name for name in fleet.names("rejects") if name.endswith("_rejects.xlsx")]
    book = load_workbook(io.BytesIO(fleet.files("rejects")[name]))
    sheet = book["Errors"]
    headers = [cell.value for cell in sheet[1]]
    sheet.cell(2, headers.index("NP") + 1).value = "Lightyear, Buzz"
    back = io.BytesIO()
    book.save(back)
    fleet.send("back.xlsx", back.getvalue())
    fleet.wait("the workbook is put away", lambda: not fleet.names("inbox"))
    pages = fleet.files("reports")
    (first,) = [page for name, page in pages.items() if b"sent again, corrected" in page]
    (second,) = [page for name, page in pages.items() if b"It corrects rows of import 1" in page]
    assert (b"back.xlsx" in first, b"mercy_general.xlsx" in second) == (True, True)


def test_worker_keeps_nothing_of_what_it_gave_back(fleet):
    for worker in fleet.workers:
        kept = [path for path in fleet.home(worker).rglob("*") if path.is_file()]
        assert not [path for path in kept if path.suffix in (".html", ".xlsx", ".csv", ".json")]


def test_run_that_is_terminated_in_the_ui_ends_and_frees_its_place(fleet):
    before = set(fleet.runs())
    many = [npi for number in range(900, 910) for npi in npis(number, 10_000)]
    fleet.send("long.csv", write_roster(fleet.folder / "long.csv", 0, taken=many).read_bytes())

    def works() -> str:
        started = [run for run, status in fleet.runs().items() if status == "STARTED"]
        return next((run for run in started if run not in before), "")

    run = fleet.wait("the run works", works)
    assert fleet.graphql(TERMINATE, run=run)["terminateRun"]["__typename"] == "TerminateRunSuccess"
    fleet.wait("the run has ended", lambda: fleet.runs()[run] in ("CANCELED", "FAILURE"), 120)
    assert fleet.runs()[run] == "CANCELED", fleet.logs()
    slots = f"SELECT COUNT(*) FROM concurrency_slots WHERE run_id = '{run}'"
    fleet.wait("its place is free", lambda: fleet.query(slots, fleet.dagster_url) == [(0,)], 60)
    # it is tried again, as everything that did not blame the file
    fleet.wait("the roster is put away", lambda: not fleet.names("inbox"), 400)
    assert fleet.query("SELECT state FROM provider_import WHERE file = 'long.csv'") == [("loaded",)]


def _has_worked(fleet, worker) -> bool:
    return "succeeded in" in (fleet.folder / f"{worker}.log").read_text()
