"""The one transaction: what a load writes, what a repeated and a mended one do."""

import sqlite3
import subprocess
import sys
from dataclasses import replace

import pytest
from sqlalchemy import text

from provider_assets.database.history import find_import, list_imports
from provider_assets.database.loading import load as load_module
from provider_assets.database.loading.load import load_providers
from provider_assets.database.loading.planning import plan_providers
from provider_assets.database.prepare import prepare
from provider_assets.database.recording import record_failure
from provider_assets.providers.roster import RowCounts
from provider_assets_tests.database.rosters import (
    DAISY,
    GOOFY,
    MICKEY,
    MINNIE,
    clean,
    execute,
    held,
    load,
    open_url,
    renamed,
    request,
    way_in,
)


def _imports(database):
    return [(one.id, one.state, one.rows) for one in list_imports(database)]


def test_load_into_nothing_makes_the_table_and_keeps_the_counts(database_url):
    database = open_url(database_url)
    wanted = replace(
        request("mercy", run_id="run-1"),
        rows=RowCounts(read=7, invalid=3, duplicate=2, clean=2),
        reasons={"npi-missing": 3},
        warnings={"npi-check-digit": 2},
    )
    result = load_providers(database, clean([MICKEY, GOOFY]), wanted)
    counts = RowCounts(7, 3, 2, 2, inserted=2, updated=0, unchanged=0)
    assert (result.import_id, result.rows, result.already_loaded) == (1, counts, False)
    assert result.staged_by == way_in(database)
    assert held(database) == [MICKEY, GOOFY]
    record = find_import(database, wanted.source.sha256)
    assert record is not None
    assert record.finished >= record.started == wanted.started
    assert (record.roster, record.file, record.sha256, record.layout, record.fingerprint) == (
        wanted.source.roster,
        "mercy.xlsx",
        wanted.source.sha256,
        "hospital_a",
        "first",
    )
    assert (record.on_existing, record.state, record.run_id, record.error) == (
        "reject",
        "loaded",
        "run-1",
        None,
    )
    assert (record.rows, record.reasons, record.warnings) == (
        counts,
        {"npi-missing": 3},
        {"npi-check-digit": 2},
    )


def test_load_again_changes_nothing_and_says_so(database_url):
    database = open_url(database_url)
    load(database, [MICKEY, GOOFY])
    before = _imports(database)
    again = load(database, [MICKEY, GOOFY])
    assert (again.import_id, again.already_loaded) == (1, True)
    assert again.rows == RowCounts(read=2, clean=2, unchanged=2)
    assert (held(database), _imports(database)) == ([MICKEY, GOOFY], before)


def test_load_of_the_same_content_under_another_name_is_the_same_import(database_url):
    database = open_url(database_url)
    load(database, [MICKEY])
    wanted = request("mercy", rows=1)
    other = replace(wanted, source=replace(wanted.source, roster="copy-x", file="copy.xlsx"))
    assert load_providers(database, clean([MICKEY]), other).already_loaded


def test_retry_of_a_run_after_its_commit_tells_what_the_run_did(database_url):
    database = open_url(database_url)
    load(database, [MICKEY, GOOFY], run_id="run-1", on_existing="update", replay=True)
    again = load(database, [MICKEY, GOOFY], run_id="run-1", on_existing="update", replay=True)
    assert (again.import_id, again.already_loaded) == (1, False)
    assert again.rows == RowCounts(read=2, clean=2, inserted=2)


def test_load_under_reject_leaves_what_somebody_else_put_there_meanwhile(database_url):
    database = open_url(database_url)
    load(database, [MICKEY], "north")
    result = load(database, [renamed(MICKEY, "Another"), MINNIE], "south")
    assert result.rows == RowCounts(read=2, clean=2, inserted=1, unchanged=1)
    assert held(database) == [MICKEY, MINNIE]


def test_load_under_update_changes_only_what_differs(database_url):
    database = open_url(database_url)
    load(database, [MICKEY, MINNIE, GOOFY], "north")
    accent = renamed(MINNIE, "Mouse, Minniè")
    result = load(database, [MICKEY, accent, DAISY], "south", on_existing="update")
    assert result.rows == RowCounts(read=3, clean=3, inserted=1, updated=1, unchanged=1)
    assert held(database) == [MICKEY, accent, GOOFY, DAISY]


def test_load_under_update_sees_a_blank_more_and_another_case(database_url):
    database = open_url(database_url)
    load(database, [MICKEY, MINNIE], "north")
    changed = [renamed(MICKEY, f"{MICKEY[3]} "), renamed(MINNIE, MINNIE[3].upper())]
    result = load(database, changed, "south", on_existing="update")
    assert result.rows.updated == 2
    assert held(database) == changed


def test_replay_under_reject_leaves_what_the_roster_never_put_there(database_url):
    database = open_url(database_url)
    load(database, [MICKEY], "north")
    load(database, [MICKEY], "south")
    result = load(database, [renamed(MICKEY, "Mended")], "south", layout="mended")
    assert result.rows.unchanged == 1
    assert held(database) == [MICKEY]


def test_replay_of_a_mended_layout_brings_the_table_to_what_the_roster_yields(database_url):
    database = open_url(database_url)
    load(database, [MICKEY, MINNIE, GOOFY])
    mended = [renamed(MICKEY, "Mickey Mouse"), GOOFY, DAISY]
    plan = plan_providers(database, clean(mended), request("mercy", layout="mended", rows=3))
    result = load(database, mended, layout="mended")
    assert result.rows == RowCounts(read=3, clean=3, inserted=1, updated=1, unchanged=1)
    assert (result.removed, result.kept) == (1, 0)
    assert (plan.rows, plan.removed, plan.kept) == (result.rows, 1, 0)
    assert held(database) == [mended[0], GOOFY, DAISY]
    states = [(one.id, one.state) for one in list_imports(database)]
    assert states == [(2, "loaded"), (1, "superseded")]


def test_replay_spares_rows_that_changed_since(database_url, application_url):
    database = open_url(database_url)
    load(database, [MICKEY, MINNIE, GOOFY])
    application = open_url(application_url)
    for npi in (MICKEY[4], MINNIE[4]):
        execute(
            application,
            f"UPDATE providerinfo SET PROV_FULL_NM = 'Theirs' WHERE PROV_NPI = '{npi}'",
        )
    result = load(database, [renamed(MICKEY, "Ours")], layout="mended")
    assert (result.rows.unchanged, result.removed, result.kept) == (1, 1, 1)
    assert held(database) == [renamed(MICKEY, "Theirs"), renamed(MINNIE, "Theirs")]


def test_replay_that_is_asked_for_puts_back_what_the_table_lacks(database_url, application_url):
    database = open_url(database_url)
    load(database, [MICKEY, MINNIE])
    execute(open_url(application_url), f"DELETE FROM providerinfo WHERE PROV_NPI = '{MICKEY[4]}'")
    assert load(database, [MICKEY, MINNIE]).already_loaded
    result = load(database, [MICKEY, MINNIE], replay=True)
    assert result.rows == RowCounts(read=2, clean=2, inserted=1, unchanged=1)
    assert held(database) == [MICKEY, MINNIE]


def test_load_of_no_rows_is_an_import_too(database_url):
    database = open_url(database_url)
    result = load(database, [])
    assert (result.import_id, result.rows) == (1, RowCounts())
    assert load(database, []).already_loaded


def test_load_that_fails_late_leaves_nothing(database_url, monkeypatch):
    database = open_url(database_url)
    load(database, [MICKEY], "north")
    before = (held(database), _imports(database))

    def fail(*_):
        raise RuntimeError("power cut")

    monkeypatch.setattr(load_module.recording, "close_import", fail)
    with pytest.raises(RuntimeError, match="power cut"):
        load(database, [renamed(MICKEY, "x"), MINNIE], "south", on_existing="update")
    assert (held(database), _imports(database)) == before


def test_failure_is_kept_and_does_not_stand_in_a_later_loads_way(database_url):
    database = open_url(database_url)
    record_failure(database, request("mercy"), "no-layout", "mercy.xlsx: no layout fits")
    assert load(database, [MICKEY]).rows.inserted == 1
    first, second = list_imports(database)
    assert (first.state, second.state) == ("loaded", "failed")
    assert second.error == ("no-layout", "mercy.xlsx: no layout fits")


def test_plan_writes_nothing_and_makes_no_sqlite_file(tmp_path):
    file = tmp_path / "not yet.db"
    plan = plan_providers(open_url(f"sqlite:///{file}"), clean([MICKEY]), request("mercy", rows=1))
    assert plan.rows == RowCounts(read=1, clean=1, inserted=1)
    assert not file.exists()


def test_plan_by_a_user_who_may_only_read_is_enough(mysql_server, mysql_schema):
    load(open_url(mysql_schema.url), [MICKEY])
    reader = open_url(mysql_server.create_user(mysql_schema.name, ["read"]))
    plan = plan_providers(reader, clean([MICKEY, MINNIE]), request("south", rows=2))
    assert plan.rows == RowCounts(read=2, clean=2, inserted=1, unchanged=1)


def test_sqlite_file_is_written_in_wal_mode(tmp_path):
    file = tmp_path / "p.db"
    load(open_url(f"sqlite:///{file}"), [MICKEY])
    with sqlite3.connect(file) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    connection.close()


def test_content_cannot_be_live_twice_even_without_the_lock(database_url, application_url):
    database = open_url(database_url)
    load(database, [MICKEY])
    columns = (
        "roster, file, sha256, live_sha256, kind, size, layout, fingerprint, on_existing, state, "
        "rows_read, rows_invalid, rows_duplicate, rows_clean, rows_inserted, rows_updated, "
        "rows_unchanged, rows_removed, rows_kept, reasons, warnings, staged_by, started, finished"
    )
    with pytest.raises(Exception, match=r"(?i)unique|duplicate"):
        execute(
            open_url(application_url),
            f"INSERT INTO provider_import ({columns}) SELECT {columns} FROM provider_import",
        )


def test_load_survives_two_deaths_of_its_connection(mysql_server, mysql_url, monkeypatch):
    database = open_url(mysql_url, tries=5)
    prepare(database)
    classify, deaths = load_module.classify, []

    def classify_and_die(connection, *arguments):
        overtaken = classify(connection, *arguments)
        if len(deaths) < 2:
            deaths.append(connection.scalar(text("SELECT CONNECTION_ID()")))
            mysql_server.execute(f"KILL {deaths[-1]}")
        return overtaken

    monkeypatch.setattr(load_module, "classify", classify_and_die)
    result = load(database, [MICKEY, GOOFY])
    assert len(set(deaths)) == 2
    assert (result.rows.inserted, held(database)) == (2, [MICKEY, GOOFY])
    assert len(list_imports(database)) == 1


# as a field behind the NPI would have it
REORDERED = """
import sys
from provider_assets.providers import fields
for name in ("PROVIDER", "FIELDS", "TABLE_FIELDS", "VALUE_FIELDS", "REQUIRED"):
    setattr(fields, name, getattr(fields, name)[::-1])
fields.TABLE_COLUMNS = {name: fields.TABLE_COLUMNS[name] for name in fields.TABLE_FIELDS}
fields.RAW = (*fields.FIELDS, *fields.RAW[len(fields.FIELDS) :])
from provider_assets.database.undoing.undo import undo
from provider_assets_tests.database.rosters import Provider, held, load, open_url
database = open_url(sys.argv[1])
one = Provider(entity_name="C", first_name="Mickey", full_name="Mouse, M.", npi="9000000001")
changed = one._replace(first_name="Mick", last_name="Mouse")
load(database, [one])
assert held(database) == [one], held(database)
result = load(database, [changed], "south", on_existing="update")
assert held(database) == [changed], held(database)
assert undo(database, result.import_id).restored == 1
assert held(database) == [one], held(database)
"""


def test_value_goes_into_its_own_column_whatever_the_order_of_the_fields(database_url):
    ran = subprocess.run(
        [sys.executable, "-c", REORDERED, database_url], capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr
