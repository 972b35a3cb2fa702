"""The registry in Dagster: its assets, its sensor, and what a load keeps of it."""

import json
import os
from datetime import date, timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from dagster import (
    AssetKey,
    DagsterEventType,
    DagsterInstance,
    build_sensor_context,
    materialize,
)
from openpyxl import load_workbook

from provider_assets.orchestration.build import build_definitions
from provider_assets.orchestration.configured import today
from provider_assets.orchestration.registry.assets import REGISTRY_ASSETS
from provider_assets.orchestration.registry.sensor import look_at_registry
from provider_assets.orchestration.resources import Folders
from provider_assets.settings import process_settings
from provider_assets_tests.registry import files
from provider_assets_tests.registry.files import person
from provider_assets_tests.rosters import write_xlsx

ADA, BO = 2000100018, 2000100026
END = date(2026, 11, 8)
SPAN = "20050523-20261108"
FIRM = [files.organization(ADA, "CLINIC OF RIVERSIDE LLC")]
OLD = 1_000_000_000  # seconds since 1970: a file that nobody writes to any more


@pytest.fixture
def folder(sqlite_home, folder_of):
    """The drop folder's registry/."""
    return folder_of(sqlite_home)


def full(folder, days=10):
    """A monthly file of so many days ago."""
    entries = [person(ADA, "QUIMBY", "ADA"), files.deactivated(2000100042)]
    return settled(files.monthly(folder, entries, today() - timedelta(days=days)))


def settled(path):
    """The same file, not written to for long."""
    os.utime(path, (OLD, OLD))
    return path


def make(name, *paths):
    """Materialize one asset; the metadata of what it made, by asset."""
    config = {"ops": {name: {"config": {"files": [str(path) for path in paths]}}}}
    done = materialize(
        REGISTRY_ASSETS,
        selection=[AssetKey(name)],
        run_config=config if paths else None,
        resources={"folders": Folders()},
        raise_on_error=False,
    )
    failed = [
        event.step_failure_data.user_failure_data.description
        for event in done.all_events
        if event.is_step_failure
    ]
    made = [
        {key: value.value for key, value in event.materialization.metadata.items()}
        for event in done.get_asset_materialization_events()
    ]
    return made, failed


def test_asset_tells_snapshot_counts_size_and_hash(folder):
    path = full(folder)
    [made], failed = make("npi_registry", path)
    store = process_settings().registry / "npi_registry.arrow"

    assert failed == []
    assert made.pop("sha256") == sha256(path.read_bytes()).hexdigest()
    assert made == {
        "snapshot": (today() - timedelta(days=10)).isoformat(),
        "dagster/row_count": 2,
        "active": 1,
        "deactivated": 1,
        "individuals": 1,
        "organizations": 0,
        "size": store.stat().st_size,
        "files": [path.name],
        "notes": [],
    }


def test_asset_without_files_looks_into_the_folder_and_takes_the_full_file_first(folder):
    end = today() - timedelta(days=3)
    settled(files.weekly(folder, [person(BO, "OKAFOR", "BO", updated=f"{end:%m/%d/%Y}")], end))
    full(folder)
    settled(files.leie(folder, [{"NPI": str(ADA), "EXCLDATE": "20240120"}]))

    [made], failed = make("npi_registry")
    again = make("npi_registry")

    assert failed == []
    assert (made["dagster/row_count"], made["snapshot"]) == (3, end.isoformat())
    assert again == ([], [])  # nothing new: it is as fresh as it was
    assert make("npi_deactivations") == ([], [])
    [[excluded], _] = make("exclusions")
    assert (excluded["with_npi"], excluded["without_npi"]) == (1, 0)


def test_wrong_file_fails_the_run_with_its_sentence_and_keeps_the_store(folder):
    make("npi_registry", full(folder))
    store = process_settings().registry / "npi_registry.arrow"
    before = store.read_bytes()
    roster = write_xlsx(folder / "mercy.xlsx", [("HOSP", "Ada", "Quimby", "Quimby, Ada", str(ADA))])

    made, [sentence] = make("npi_registry", roster)

    assert made == []
    assert sentence.startswith("mercy.xlsx: has no column for NPI")
    assert sentence in (folder / "mercy.xlsx.txt").read_text()
    assert store.read_bytes() == before


def test_freshness_warns_after_45_days():
    graph = build_definitions().get_repository_def().asset_graph
    for definition in REGISTRY_ASSETS:
        policy = graph.get(definition.key).freshness_policy
        assert policy.warn_window.to_timedelta() == timedelta(days=45)


def look(folder, cursor=None):
    """One tick of the sensor."""
    context = build_sensor_context(cursor=cursor)
    told = look_at_registry(context, folder, process_settings())
    asked = [
        (request.asset_selection[0].path[-1], request.run_config) for request in told.run_requests
    ]
    return asked, told


def test_sensor_asks_for_one_run_an_asset_and_looks_at_each_file_once(folder):
    first, second = full(folder), settled(files.leie(folder, []))
    week = settled(files.weekly(folder, [person(BO, "OKAFOR", "BO")], today()))
    asked, told = look(folder)
    again, _ = look(folder, told.cursor)
    os.utime(second, (OLD + 60, OLD + 60))
    changed, _ = look(folder, told.cursor)

    assert asked == [
        ("exclusions", {"ops": {"exclusions": {"config": {"files": [str(second)]}}}}),
        ("npi_registry", {"ops": {"npi_registry": {"config": {"files": [str(week), str(first)]}}}}),
    ]  # fmt: skip
    assert again == []
    assert [asset for asset, _ in changed] == ["exclusions"]


def test_sensor_takes_an_unpacked_zip_as_one_file_and_again_when_its_other_names_come(folder):
    path = settled(files.write_nppes(folder / f"npidata_pfile_{SPAN}.csv", FIRM, END))
    for name in (f"npidata_pfile_{SPAN}_fileheader.csv", f"pl_pfile_{SPAN}.csv"):
        (folder / name).write_text("NPI")
        settled(folder / name)
    asked, told = look(folder)
    made, failed = make("npi_registry", path)
    others = folder / f"othername_pfile_{SPAN}.csv"
    others.write_text(files.others_text([(ADA, "RIVERSIDE URGENT CARE")]))
    growing, told = look(folder, told.cursor)
    settled(others)
    later, _ = look(folder, told.cursor)
    [again], _ = make("npi_registry", path)

    wanted = ("npi_registry", {"ops": {"npi_registry": {"config": {"files": [str(path)]}}}})
    assert (asked, growing, later) == ([wanted], [], [wanted])
    assert (made[0]["notes"], failed, again["notes"]) == (
        [f"{path.name}: no othername_pfile_….csv came with it, so that what organizations do "
         "business as is not known"], [], [],
    )  # fmt: skip


def test_sensor_waits_for_a_file_that_is_being_written(folder):
    path = full(folder)
    os.utime(path)
    asked, told = look(folder)
    os.utime(path, (OLD, OLD))

    assert asked == []
    assert [asset for asset, _ in look(folder, told.cursor)[0]] == ["npi_registry"]


def test_sensor_tells_of_a_file_that_is_none_once(folder):
    roster = folder / "mercy.csv"
    roster.write_text("Type,NpFirstName,NpLastName,NP,NPI\n")
    settled(roster)
    asked, told = look(folder)
    _, again = look(folder, told.cursor)

    assert asked == []
    assert told.skip_reason.skip_message.startswith("mercy.csv: is neither an NPPES file")
    assert again.skip_reason.skip_message == f"1 file in {folder}, none of them new"


def test_file_that_is_none_has_a_note_beside_it_until_it_is_replaced(folder):
    file = folder / "mercy.csv"
    file.write_text("Type,NpFirstName,NpLastName,NP,NPI\n")
    settled(file)
    _, told = look(folder)
    note = folder / "mercy.csv.txt"
    assert note.read_text().startswith(
        "mercy.csv was not taken in.\n\nmercy.csv: is neither an NPPES file"
    )
    settled(note)
    assert look(folder, told.cursor)[1].skip_reason.skip_message == (
        f"1 file in {folder}, none of them new"
    )
    settled(files.leie(folder, [{"NPI": str(ADA), "EXCLDATE": "20240120"}]).rename(file))
    assert [asset for asset, _ in look(folder, told.cursor)[0]] == ["exclusions"]
    assert not note.exists()


def test_sensor_without_the_folder_says_how_to_have_one(folder):
    folder.rmdir()
    asked, told = look(folder)

    assert asked == []
    assert told.skip_reason.skip_message.startswith(f"there is no {folder}; make it")
    assert not folder.exists()


ROWS = [
    ("HOSP", "Ada", "Quimby", "Quimby, Ada", str(ADA)),
    ("HOSP", "Celia", "Pell", "Pell, Celia", str(BO)),
]


def _registry_check(run_id):
    with DagsterInstance.from_config(str(process_settings().dagster_home)) as instance:
        records = instance.get_records_for_run(
            run_id, of_type=DagsterEventType.ASSET_CHECK_EVALUATION
        ).records
        [found] = [
            record.event_log_entry.dagster_event.asset_check_evaluation_data
            for record in records
            if record.event_log_entry.dagster_event.asset_check_evaluation_data.check_name
            == "registry_agrees"
        ]
    told = {name: value.value for name, value in found.metadata.items()}
    assert told.pop("roster").startswith("mercy-")
    return found.passed, told


def test_load_keeps_what_the_registry_was_asked_and_the_check_warns(home, folder_of):
    path = full(folder_of(home))
    assert home.call("registry", "load", path).status == 0
    [result] = home.load(write_xlsx(home.root / "mercy.xlsx", ROWS))
    day = (today() - timedelta(days=10)).isoformat()
    kept = {
        "rows": 2,
        "confirmed": 1,
        "snapshots": {"npi_registry": day},
        "sha256": {"npi_registry": sha256(path.read_bytes()).hexdigest()},
    }

    assert (result["status"], result["rows"]["clean"]) == ("loaded", 2)
    assert result["warnings"] == {"npi-not-in-registry": 1}
    assert result["registry"] == kept
    [record] = json.loads(home.call("imports", "--json").stdout)
    assert record["registry"] == kept
    assert _registry_check(result["run_id"]) == (
        False,
        {"npi-not-in-registry": 1, "asked": 2, "confirmed": 1, "snapshot of npi_registry": day},
    )


def test_load_without_a_registry_says_nothing(sqlite_home):
    [result] = sqlite_home.load(write_xlsx(sqlite_home.root / "mercy.xlsx", ROWS))

    assert (result["status"], result["warnings"], result["registry"]) == ("loaded", {}, None)
    assert _registry_check(result["run_id"]) == (True, {})


def test_newer_snapshot_makes_no_other_roster(sqlite_home, folder_of):
    folder = folder_of(sqlite_home)
    sqlite_home.call("registry", "load", full(folder))
    path = write_xlsx(sqlite_home.root / "mercy.xlsx", ROWS)
    [first] = sqlite_home.load(path)
    week = files.weekly(folder, [person(BO, "PELL", "CELIA")], today())
    sqlite_home.call("registry", "load", week)
    [again] = sqlite_home.load(path)

    assert (first["status"], again["status"]) == ("loaded", "already_loaded")
    assert again["registry"] == first["registry"]


def test_layout_that_rejects_what_is_not_held_keeps_the_row_out(sqlite_home, folder_of):
    sqlite_home.call("registry", "load", full(folder_of(sqlite_home)))
    layouts = sqlite_home.root / "layouts"
    layouts.mkdir()
    (layouts / "strict.yaml").write_text(
        "name: strict\ncolumns: {npi: NPI, full_name: Strict Name}\n"
        "rules: {npi-not-in-registry: reject}\n"
    )
    sqlite_home.set(LAYOUTS=str(layouts))
    rows = [("Quimby, Ada", str(ADA)), ("Pell, Celia", str(BO))]
    path = write_xlsx(sqlite_home.root / "mercy.xlsx", rows, headers=("Strict Name", "NPI"))
    [result] = sqlite_home.load(path)

    assert result["reasons"] == {"npi-not-in-registry": 1}
    assert [row[4] for row in sqlite_home.table()] == [str(ADA)]


@pytest.fixture
def folder_of():
    """Makes the registry's folder of a home."""

    def make_folder(home):
        found = home.root / "var" / "drop" / "registry"
        found.mkdir(parents=True)
        return found

    return make_folder


def test_warnings_sheet_says_beside_the_row_what_the_registry_holds(sqlite_home, folder_of):
    sqlite_home.call("registry", "load", full(folder_of(sqlite_home)))
    rows = [
        ("HOSP", "Celia", "Pell", "Pell, Celia", str(ADA)),
        ("HOSP", "Ada", "Quimby", "Quimby, Ada", "2000010018"),
        ("HOSP", "Ines", "Thorvald", None, str(BO)),
    ]
    [result] = sqlite_home.load(write_xlsx(sqlite_home.root / "mercy.xlsx", rows))
    sheet = load_workbook(result["files"]["rejects"])["Warnings"]
    told = {row[4].value: row[5].value for row in sheet.iter_rows(min_row=2)}

    assert result["warnings"] == {"name-differs-from-registry": 1, "npi-check-digit": 1}
    assert told[str(ADA)].endswith(
        "The registry holds QUIMBY, ADA, OH, 207Q00000X (likeness 0.00)."
    )
    assert told["2000010018"].endswith("Did you mean 2000100018, QUIMBY, ADA, OH?")


def test_roster_that_loads_whole_gives_back_what_the_registry_finds_fault_with(
    sqlite_home, folder_of
):
    sqlite_home.call("registry", "load", full(folder_of(sqlite_home)))
    [result] = sqlite_home.load(write_xlsx(sqlite_home.root / "mercy.xlsx", ROWS))
    book = load_workbook(result["files"]["rejects"])
    page = Path(result["files"]["report"]).read_text("utf-8")

    assert result["reasons"] == {}
    assert book.sheetnames == ["Warnings"]
    assert [row[4].value for row in book["Warnings"].iter_rows(min_row=2)] == [str(BO)]
    assert "lists the rows that the registry disagrees with" in page
