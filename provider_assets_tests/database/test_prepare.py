"""The tables are made, upgraded, left alone, or refused."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text

from provider_assets.database import prepare as prepare_module
from provider_assets.database.history import list_imports
from provider_assets.database.prepare import MIGRATIONS, REVISION, VERSION_TABLE, prepare
from provider_assets.database.questions.overview import imports_of
from provider_assets.database.questions.trace import trace
from provider_assets.database.tables import ADDED, metadata
from provider_assets.errors import TerminalDatabaseError
from provider_assets_tests.database.rosters import MICKEY, execute, held, is_sqlite, load, open_url

TABLES = {"provider_import", "provider_import_row", "provider_import_version", "providerinfo"}

NEXT = f"{int(REVISION) + 1:04}"


def _tables(database):
    with database.connect() as connection:
        return set(inspect(connection).get_table_names())


def test_prepare_on_nothing_makes_the_tables_that_the_statements_name(database_url):
    database = open_url(database_url)
    prepare(database)
    assert _tables(database) == TABLES
    with database.connect() as connection:
        looked = inspect(connection)
        for table in metadata.tables.values():
            found = {column["name"] for column in looked.get_columns(table.name)}
            assert found == set(table.columns.keys())
        assert looked.has_index("provider_import", "provider_import_sha256")
        assert looked.has_index("provider_import", "provider_import_finished")
        assert looked.has_index("provider_import_row", "provider_import_row_npi")


def test_providerinfo_that_we_make_is_keyed_by_npi_and_holds_the_longest_names(mysql_url):
    database = open_url(mysql_url)
    prepare(database)
    with database.connect() as connection:
        made = connection.execute(text("SHOW CREATE TABLE providerinfo")).one()[1]
    assert [line.strip() for line in made.splitlines()[1:-1]] == [
        "`ENTY_NM` varchar(200) DEFAULT NULL,",
        "`PROV_FST_NM` varchar(100) DEFAULT NULL,",
        "`PROV_LST_NM` varchar(100) DEFAULT NULL,",
        "`PROV_FULL_NM` varchar(255) NOT NULL,",
        "`PROV_NPI` char(10) NOT NULL,",
        "PRIMARY KEY (`PROV_NPI`)",
    ]
    assert "ENGINE=InnoDB" in made
    assert "utf8mb4" in made.splitlines()[-1]


def test_prepare_again_writes_nothing(database_url, monkeypatch):
    database = open_url(database_url)
    prepare(database)
    load(database, [MICKEY])
    monkeypatch.setattr(prepare_module, "write", lambda *_: pytest.fail("it wrote"))
    prepare(database)
    assert held(database) == [MICKEY]


def test_prepare_where_all_is_ready_does_not_import_alembic(tmp_path):
    url = f"sqlite:///{tmp_path / 'p.db'}"
    prepare(open_url(url))
    program = (
        "import sys; from provider_assets_tests.database.rosters import open_url, load, MICKEY\n"
        f"load(open_url({url!r}), [MICKEY]); print('alembic' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout == "False\n"


def test_prepare_leaves_the_applications_table_as_it_stands(database_url, application_url):
    columns = "ENTY_NM TEXT, PROV_FST_NM TEXT, PROV_LST_NM TEXT, PROV_FULL_NM TEXT, PROV_NPI TEXT"
    execute(open_url(application_url), f"CREATE TABLE providerinfo ({columns}, phone TEXT)")
    database = open_url(database_url)
    prepare(database)
    with database.connect() as connection:
        found = [column["name"] for column in inspect(connection).get_columns("providerinfo")]
    assert found == [*(part.split()[0] for part in columns.split(", ")), "phone"]


@pytest.mark.parametrize("left", ["a table", "a table without its index", "all but the version"])
def test_prepare_that_died_half_way_is_taken_up_again(left, database_url, application_url):
    database, application = open_url(database_url), open_url(application_url)
    prepare(database)
    execute(application, f"DROP TABLE {VERSION_TABLE}")
    if left != "all but the version":
        execute(application, "DROP TABLE provider_import_row")
    if left == "a table without its index":
        on = "" if is_sqlite(database) else " ON provider_import"
        execute(application, f"DROP INDEX provider_import_sha256{on}")
    prepare(database)
    assert load(database, [MICKEY]).rows.inserted == 1
    with database.connect() as connection:
        assert inspect(connection).has_index("provider_import", "provider_import_sha256")
    assert _tables(database) == TABLES


def test_prepare_by_eight_at_once_makes_the_tables_once(database_url):
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: prepare(open_url(database_url)), range(8)))
    database = open_url(database_url)
    assert _tables(database) == TABLES
    with database.connect() as connection:
        versions = connection.scalars(text(f"SELECT version_num FROM {VERSION_TABLE}")).all()
    assert versions == [REVISION]


def test_history_of_a_newer_version_is_refused_and_left(database_url, application_url):
    database = open_url(database_url)
    load(database, [MICKEY])
    execute(open_url(application_url), f"UPDATE {VERSION_TABLE} SET version_num = '9999'")
    with pytest.raises(TerminalDatabaseError, match="a newer provider-assets has upgraded"):
        load(database, [MICKEY], layout="mended")
    assert held(database) == [MICKEY]


def test_history_is_upgraded_and_kept_when_a_new_version_brings_a_migration(
    database_url, tmp_path, monkeypatch
):
    database = open_url(database_url)
    load(database, [MICKEY])
    folder = tmp_path / "migrations"
    _copy_with_another(folder)
    monkeypatch.setattr(prepare_module, "MIGRATIONS", folder)
    monkeypatch.setattr(prepare_module, "REVISION", NEXT)
    prepare(database)
    with database.connect() as connection:
        rows = connection.execute(text("SELECT id, state, remark FROM provider_import")).all()
        versions = connection.scalars(text(f"SELECT version_num FROM {VERSION_TABLE}")).all()
    assert [tuple(row) for row in rows] == [(1, "loaded", None)]
    assert versions == [NEXT]


def _copy_with_another(folder):
    (folder / "versions").mkdir(parents=True)
    for file in MIGRATIONS.rglob("*.py"):
        (folder / file.relative_to(MIGRATIONS)).write_text(file.read_text())
    (folder / "versions" / f"{NEXT}_remark.py").write_text(
        "import sqlalchemy as sa\nfrom alembic import op\n"
        f"revision, down_revision = '{NEXT}', '{REVISION}'\n"
        "def upgrade():\n"
        "    op.add_column('provider_import', sa.Column('remark', sa.Text()))\n"
    )


def test_newest_migration_is_the_one_that_the_code_asks_for():
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    script = ScriptDirectory.from_config(config)
    assert script.get_heads() == [REVISION]
    assert Path(script.dir) == MIGRATIONS


def test_history_of_the_first_version_is_read_as_it_is_and_upgraded_by_the_next_load(
    database_url, application_url
):
    load(open_url(database_url), [MICKEY])
    owner = open_url(application_url)
    for name in ADDED:
        execute(owner, f"ALTER TABLE provider_import DROP COLUMN {name}")
    execute(owner, f"UPDATE {VERSION_TABLE} SET version_num = '0001'")
    database = open_url(database_url)

    [before] = list_imports(database)
    [found] = imports_of(database, [before.sha256])[before.sha256]
    traced = trace(database, MICKEY.npi)
    prepare(database)
    [after] = list_imports(database)

    assert before == found == replace(after, arrived=None)
    assert after.arrived == after.id
    assert [step.record for step in traced.steps] == [before]
    assert (before.state, before.registry) == ("loaded", None)
    with database.connect() as connection:
        assert connection.scalar(text(f"SELECT version_num FROM {VERSION_TABLE}")) == REVISION
