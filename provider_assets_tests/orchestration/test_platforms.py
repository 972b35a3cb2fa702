"""Several platforms in one code location: tables, drop folders, layouts and rules of their own."""

from pathlib import Path
from shutil import copy

import pandas as pd
import pytest
from dagster import (
    AssetKey,
    DagsterInstance,
    Definitions,
    build_sensor_context,
)
from sqlalchemy import create_engine, inspect, text

from provider_assets import Layout, Rule, add_rule, build_definitions, load_settings
from provider_assets.errors import UsageError
from provider_assets.orchestration.configured import readable_database
from provider_assets.orchestration.platform import platform_called
from provider_assets.providers.facts import Facts
from provider_assets.providers.keys import roster_key
from provider_assets.reading.mailbox.intake import sha256_of
from provider_assets_tests.rosters import npi, person, write_xlsx

COLUMNS = "ENTY_NM, PROV_FST_NM, PROV_LST_NM, PROV_FULL_NM, PROV_NPI"


def _site_unknown(rows: pd.DataFrame, _facts: Facts) -> pd.Series:
    return rows["entity_name"].isna()


SITE_UNKNOWN = add_rule(
    Rule(
        "site-unknown", "warn", "entity_name", "The site is empty.", "Name the site.", _site_unknown
    )
)
EASTGATE = Layout(
    name="eastgate",
    columns={"npi": ["Doc ID"], "full_name": ["Clinician"], "entity_name": ["Site"]},
    constants={"first_name": "-"},
    rules={"site-unknown": "reject"},
)


@pytest.fixture
def instance():
    with DagsterInstance.ephemeral() as made:
        yield made


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def _platform(home, url, name, **given):
    settings = load_settings({}, None, home=home / name, database_url=url, settle_seconds=0)
    return build_definitions(settings=settings, key_prefix=name, table=f"{name}_people", **given)


def _load(definitions, instance, prefix, path):
    """Take a roster from the platform's inbox through its job; its partition."""
    inbox = path.parent / prefix / "drop" / "inbox"
    inbox.mkdir(parents=True, exist_ok=True)
    path = Path(copy(path, inbox))
    key = roster_key(path.name, sha256_of(path))
    instance.add_dynamic_partitions(f"{prefix}_rosters", [key])
    job = definitions.resolve_job_def(f"{prefix}_import_roster")
    config = {"path": str(path), "sha256": sha256_of(path)}
    run = job.execute_in_process(
        instance=instance,
        partition_key=key,
        run_config={"ops": {f"{prefix}__raw_providers": {"config": config}}},
        raise_on_error=False,
    )
    assert run.success
    return key


def _rows(url, table):
    engine = create_engine(url)
    with engine.connect() as connection:
        rows = connection.execute(text(f"SELECT {COLUMNS} FROM {table} ORDER BY PROV_NPI")).all()
    engine.dispose()
    return [tuple(row) for row in rows]


@pytest.mark.mysql
def test_two_platforms_in_one_database_keep_a_table_and_a_history_each(
    home, instance, application_url
):
    both = Definitions.merge(
        _platform(home, application_url, "east"), _platform(home, application_url, "west")
    )
    Definitions.validate_loadable(both)
    roster = write_xlsx(home / "mercy.xlsx", [person(1), person(2), person(2), person(3, full="")])
    one, two = (
        ("HOSP", f"Ada{number}", "Quimby", f"Quimby, Ada{number}", npi(number)) for number in (1, 2)
    )

    _load(both, instance, "east", roster)
    assert _rows(application_url, "east_people") == [one, two]
    _load(both, instance, "west", roster)
    assert _rows(application_url, "west_people") == [one, two]

    names = inspect(create_engine(application_url)).get_table_names()
    history = ("", "_import", "_import_row", "_import_version")
    assert sorted(names) == sorted(f"{n}_people{h}" for n in ("east", "west") for h in history)
    for name in ("east", "west"):
        assert (home / name / "drop" / "reports" / "index.html").is_file()
        made = instance.get_latest_materialization_event(AssetKey([name, "providerinfo_table"]))
        metadata = made.asset_materialization.metadata
        lineage = metadata["dagster/column_lineage"].column_lineage.deps_by_column
        assert {dep.asset_key for dep in lineage["PROV_NPI"]} == {
            AssetKey([name, "clean_providers"])
        }
        assert metadata["dagster/table_name"].value == f"{name}_people"


def test_platform_goes_by_its_own_layouts_and_rules_and_the_other_does_not(
    home, instance, sqlite_url
):
    both = Definitions.merge(
        _platform(home, sqlite_url, "east", layouts=[EASTGATE], rules=[SITE_UNKNOWN]),
        _platform(home, sqlite_url, "west"),
    )
    rows = [(npi(1), "Abara, Gwen", "Eastgate"), (npi(2), "Pell, Jonah", None)]
    roster = write_xlsx(home / "east.xlsx", rows, headers=("Doc ID", "Clinician", "Site"))
    _load(both, instance, "east", roster)
    assert _rows(sqlite_url, "east_people") == [("Eastgate", "-", None, "Abara, Gwen", npi(1))]
    page = next((home / "east" / "drop" / "reports").glob("east*.html")).read_text()
    assert "The site is empty." in page

    known = write_xlsx(home / "west.xlsx", [person(5, entity=None)])
    _load(both, instance, "west", known)
    assert _rows(sqlite_url, "west_people") == [
        (None, "Ada5", "Quimby", "Quimby, Ada5", npi(5)),
    ]


def test_sensors_of_two_platforms_take_the_same_roster_from_a_drop_folder_each(
    home, instance, sqlite_url
):
    both = Definitions.merge(
        _platform(home, sqlite_url, "east"), _platform(home, sqlite_url, "west")
    )
    repository = both.get_repository_def()
    roster = write_xlsx(home / "mercy.xlsx", [person(1)])
    for name in ("east", "west"):
        inbox = home / name / "drop" / "inbox"
        inbox.mkdir(parents=True)
        (inbox / "mercy.xlsx").write_bytes(roster.read_bytes())
        sensor = repository.get_sensor_def(f"{name}_drop_folder_sensor")
        cursor = None
        for _ in range(3):
            context = build_sensor_context(
                instance,
                cursor=cursor,
                repository_def=repository,
                resources={f"{name}_folders": both.resources[f"{name}_folders"]},
            )
            tick = sensor.evaluate_tick(context)
            cursor = tick.cursor
            if tick.run_requests:
                break
        (request,) = tick.run_requests
        assert request.tags["provider_assets/platform"] == name
        (added,) = tick.dynamic_partitions_requests
        assert added.partitions_def_name == f"{name}_rosters"
        config = request.run_config["ops"][f"{name}__raw_providers"]["config"]
        assert config["path"] == str(inbox / "mercy.xlsx")


def test_settings_of_a_platform_are_not_those_of_the_process(home, sqlite_url, monkeypatch):
    monkeypatch.setenv("PROVIDER_ASSETS_HOME", str(home / "elsewhere"))
    _platform(home, sqlite_url, "east")
    east = platform_called("east")
    assert east.settings.home == home / "east"
    assert readable_database(east).address.table == "east_people"


@pytest.mark.parametrize(
    "wrong", [{"key_prefix": "a-b"}, {"table": "x; DROP TABLE y"}, {"table": ""}]
)
def test_wrong_prefix_or_table_is_refused_in_a_sentence(wrong):
    with pytest.raises(UsageError, match="cannot be part of a key prefix or a table's name"):
        build_definitions(**wrong)


@pytest.mark.parametrize("code", ["npi-missing", "already-loaded", "Site Unknown"])
def test_own_rule_with_a_code_that_is_taken_or_unusable_is_refused(code):
    rule = Rule(code, "warn", None, "Odd.", "Look.", _site_unknown)
    with pytest.raises(UsageError, match="code"):
        build_definitions(rules=[rule])
