"""What stands in Dagster: the names that people rely on, and what each materialization tells."""

import subprocess
import sys
from pathlib import Path

import pytest
from dagster import AssetKey, DagsterEventType, DagsterInstance

from provider_assets.orchestration.build import build_definitions
from provider_assets.settings import process_settings
from provider_assets_tests.rosters import sample_rows, write_xlsx

ROOT = Path(__file__).parents[2]
ASSETS = {
    "raw_providers",
    "invalid_rows",
    "duplicate_rows",
    "clean_providers",
    "departed_providers",
    "providerinfo_table",
    "roster_report",
}


REGISTRY = {"npi_registry", "npi_deactivations", "exclusions"}


@pytest.fixture(scope="module")
def repository():
    return build_definitions().get_repository_def()


def test_definitions_validate_with_dagsters_own_command(tmp_path):
    dagster = Path(sys.executable).with_name("dagster")
    ran = subprocess.run(
        [dagster, "definitions", "validate", "-w", ROOT / "workspace.yaml"],
        cwd=tmp_path,
        env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin", "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    assert "All code locations passed validation" in ran.stderr + ran.stdout


def test_assets_are_the_six_of_a_roster_and_the_three_of_the_registry(repository):
    graph = repository.asset_graph
    assert {key.path[-1] for key in graph.materializable_asset_keys} == ASSETS | REGISTRY
    for name in ASSETS:
        assert graph.get(AssetKey(name)).partitions_def.name == "rosters"
    for name in REGISTRY:
        node = graph.get(AssetKey(name))
        assert (node.partitions_def, node.group_name, node.parent_keys) == (None, "delivery", set())


@pytest.mark.parametrize(
    ("asset", "parents"),
    [
        ("raw_providers", set()),
        ("invalid_rows", {"raw_providers"}),
        ("duplicate_rows", {"raw_providers", "invalid_rows"}),
        ("clean_providers", {"raw_providers", "invalid_rows", "duplicate_rows"}),
        ("departed_providers", {"raw_providers", "invalid_rows", "duplicate_rows"}),
        (
            "providerinfo_table",
            {"clean_providers", "departed_providers", "invalid_rows", "duplicate_rows"},
        ),
        ("roster_report", {"raw_providers", "invalid_rows", "duplicate_rows"}),
    ],
)
def test_asset_hangs_on_its_parents(repository, asset, parents):
    node = repository.asset_graph.get(AssetKey(asset))
    assert {key.path[-1] for key in node.parent_keys} == parents


def test_assets_and_checks_explain_themselves(repository):
    for name in ASSETS:
        node = repository.asset_graph.get(AssetKey(name))
        assert len(node.description) > 60, name
        assert node.group_name in ("delivery", "judgement"), name
        assert node.kinds, name
        assert node.owners, name
    for key in repository.asset_graph.asset_check_keys:
        assert "If this fails" in repository.asset_graph.get_check_spec(key).description or (
            key.name == "npi_check_digits_hold"
        )


def test_checks_are_the_eight_and_three_of_them_block(repository):
    graph = repository.asset_graph
    blocking = {key.name: graph.get_check_spec(key).blocking for key in graph.asset_check_keys}
    assert blocking == {
        "every_row_is_accounted_for": True,
        "npis_are_unique": True,
        "reject_rate_is_acceptable": True,
        "npi_check_digits_hold": False,
        "registry_agrees": False,
        "table_matches_import": False,
        "table_npis_are_unique": False,
        "table_names_are_present": False,
        "departures_are_settled": False,
        "providers_are_confirmed": False,
    }


def test_sensors_that_send_alerts_look_less_often_than_the_one_at_the_inbox(repository):
    every = {one.name: one.minimum_interval_seconds for one in repository.sensor_defs}
    assert every["drop_folder_sensor"] == 2
    assert (every["alert_on_failure"], every["alert_on_checks"]) == (10, 10)


def test_job_sensor_and_resources_bear_their_names(repository):
    assert "import_roster" in {job.name for job in repository.get_all_jobs()}
    sensor = repository.get_sensor_def("drop_folder_sensor")
    assert sensor.default_status.value == "RUNNING"
    assert {"mysql_io_manager", "frame_io_manager"} <= set(repository.get_top_level_resources())


def settable(field, path=""):
    """Every value that a person may set in a part of a job's config: (its path, its hover text)."""
    fields = getattr(field.config_type, "fields", None)
    if fields is None:
        return [(path, field.description)]
    return [each for name, one in fields.items() for each in settable(one, f"{path}.{name}")]


@pytest.mark.parametrize(
    ("job", "values"),
    [
        ("import_roster", {"path", "sha256", "replay"}),
        ("undo_import", {"import_id", "dry_run"}),
        ("decide_departures", {"import_id", "dismiss", "dry_run"}),
    ],
)
def test_launchpad_explains_every_value_that_a_person_may_set(repository, job, values):
    ops = repository.get_job(job).run_config_schema.config_type.fields["ops"].config_type.fields
    found = [
        (path, text)
        for op in ops.values()
        if "config" in op.config_type.fields
        for path, text in settable(op.config_type.fields["config"])
    ]
    ours = {path.strip("."): text for path, text in found if path}
    assert set(ours) == values
    assert all(text and text.endswith(".") and len(text) > 30 for text in ours.values()), ours


def test_assets_that_write_do_so_under_a_pool(repository):
    pools = {
        key.path[-1]: repository.asset_graph.get(key).pools
        for key in repository.asset_graph.materializable_asset_keys
    }
    assert {name for name, pool in pools.items() if pool} == {"providerinfo_table"} | REGISTRY
    assert pools["providerinfo_table"] == {"providerinfo_write"}
    assert all(pools[name] == {"registry_write"} for name in REGISTRY)


def _metadata(instance: DagsterInstance, run_id: str) -> dict[str, dict]:
    records = instance.get_records_for_run(run_id, of_type=DagsterEventType.ASSET_MATERIALIZATION)
    found = {}
    for record in records.records:
        event = record.event_log_entry.dagster_event.step_materialization_data.materialization
        found[event.asset_key.path[-1]] = {
            name: value.value for name, value in event.metadata.items()
        }
    return found


def test_every_materialization_tells_counts_columns_lineage_and_places(sqlite_home):
    [result] = sqlite_home.load(write_xlsx(sqlite_home.root / "mercy.xlsx", sample_rows()))
    with DagsterInstance.from_config(str(process_settings().dagster_home)) as instance:
        told = _metadata(instance, result["run_id"])
    assert set(told) == ASSETS
    counts = {name: meta.get("dagster/partition_row_count") for name, meta in told.items()}
    assert counts == {
        "raw_providers": 7,
        "invalid_rows": 1,
        "duplicate_rows": 1,
        "clean_providers": 5,
        "departed_providers": 0,
        "providerinfo_table": 5,
        "roster_report": None,
    }
    assert told["invalid_rows"]["reasons"] == {"full-name-missing": 1}
    raw, table = told["raw_providers"], told["providerinfo_table"]
    headers = {
        name: [dep.column_name for dep in deps]
        for name, deps in raw["dagster/column_lineage"].deps_by_column.items()
    }
    assert headers == {
        "entity_name": ["Type"],
        "first_name": ["NpFirstName"],
        "last_name": ["NpLastName"],
        "full_name": ["NP"],
        "npi": ["NPI"],
    }
    assert raw["dagster/uri"].startswith("file://")
    assert (
        Path(raw["dagster/uri"].removeprefix("file://")).read_bytes()
        == (sqlite_home.root / "mercy.xlsx").read_bytes()
    )
    columns = [column.name for column in table["dagster/column_schema"].columns]
    assert columns == ["ENTY_NM", "PROV_FST_NM", "PROV_LST_NM", "PROV_FULL_NM", "PROV_NPI"]
    upstream = table["dagster/column_lineage"].deps_by_column["PROV_NPI"]
    assert [(dep.asset_key.path[-1], dep.column_name) for dep in upstream] == [
        ("clean_providers", "npi")
    ]
    assert table["dagster/table_name"] == "providerinfo"
    assert (table["inserted"], table["status"]) == (5, "loaded")
    assert "| full" not in told["roster_report"]["summary"]
    assert "`full-name-missing`" in told["roster_report"]["summary"]
