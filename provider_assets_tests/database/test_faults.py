"""Every fault for real: told in one sentence, tried again where it may pass, no value in it."""

import threading
import time

import pytest
from sqlalchemy import text
from sqlalchemy.engine import make_url

from provider_assets.database import load as load_module
from provider_assets.database.dialects.mysql.locking import lock_name
from provider_assets.database.faults import LockedError
from provider_assets.database.held import held_providers
from provider_assets.database.history import list_imports
from provider_assets.database.prepare import prepare
from provider_assets.database.transaction import read, write
from provider_assets.errors import (
    TerminalDatabaseError,
    TransientDatabaseError,
)
from provider_assets_tests.database.rosters import (
    GOOFY,
    MICKEY,
    MINNIE,
    clean,
    execute,
    held,
    load,
    npi_of,
    open_url,
    renamed,
    told,
)
from provider_assets_tests.mysql.server import start_server


def test_connection_that_dies_every_time_is_transient_after_the_last_try(
    mysql_server, mysql_url, monkeypatch
):
    database = open_url(mysql_url, tries=2)
    prepare(database)
    tries = []

    def die(connection, *_):
        tries.append(connection.scalar(text("SELECT CONNECTION_ID()")))
        mysql_server.execute(f"KILL {tries[-1]}")
        connection.execute(text("SELECT 1"))

    monkeypatch.setattr(load_module, "classify", die)
    with pytest.raises(TransientDatabaseError) as caught:
        load(database, [MICKEY])
    assert len(tries) == 2
    assert "the connection was lost" in told(caught.value, mysql_url, MICKEY)
    assert (held(database), list_imports(database)) == ([], [])


def test_server_that_is_down_is_transient_and_named_by_host_and_port():
    database = open_url("mysql+pymysql://me:topsecret@127.0.0.1:1/app", tries=2)
    with pytest.raises(TransientDatabaseError) as caught:
        load(database, [MICKEY])
    message = told(caught.value, "mysql+pymysql://me:topsecret@x", MICKEY)
    assert message.startswith('schema "app" at 127.0.0.1:1: the server cannot be reached')


def test_wrong_password_is_terminal(mysql_server):
    url = mysql_server.admin.set(password="guessed", database="x")
    database = open_url(url.render_as_string(hide_password=False))
    with pytest.raises(TerminalDatabaseError, match="the server refused the user") as caught:
        prepare(database)
    told(caught.value, "x://y:guessed@z")


def test_missing_schema_is_terminal(mysql_server):
    database = open_url(mysql_server.admin_url("pa_nowhere"))
    with pytest.raises(TerminalDatabaseError, match="the schema does not exist; create it"):
        prepare(database)


def test_deadlock_with_the_application_is_tried_again(mysql_schema, monkeypatch):
    database = open_url(mysql_schema.url, tries=5)
    load(database, [MICKEY, MINNIE], "north")
    execute(open_url(mysql_schema.admin_url), "CREATE TABLE busy (number INT)")
    _make_deadlocks(open_url(mysql_schema.admin_url), monkeypatch)
    changed = [renamed(MICKEY, "Ours"), renamed(MINNIE, "Ours")]
    result = load(database, changed, "south", on_existing="update")
    assert result.rows.updated == 2
    assert held(database) == changed


def _make_deadlocks(application, monkeypatch):
    """Once, the application takes MINNIE, then wants MICKEY, while the load goes the other way."""
    classify, seen = load_module.classify, []
    took, over = threading.Event(), threading.Event()

    def other_way():
        with application.engine.connect() as connection:
            # the server gives way to whoever changed more, and that must not be the load
            connection.execute(text("INSERT INTO busy VALUES " + ", ".join(["(1)"] * 5000)))
            connection.execute(_touch("x", MINNIE))
            took.set()
            time.sleep(0.3)
            try:
                connection.execute(_touch("x", MICKEY))
            finally:
                connection.rollback()
                over.set()

    def classify_crosswise(connection, *arguments):
        if not seen:
            seen.append(1)
            thread = threading.Thread(target=other_way)
            thread.start()
            took.wait(10)
            connection.execute(_touch("PROV_FULL_NM", MICKEY))
            try:
                connection.execute(_touch("PROV_FULL_NM", MINNIE))
            finally:
                thread.join()
        classify(connection, *arguments)

    monkeypatch.setattr(load_module, "classify", classify_crosswise)


def _touch(value, provider):
    value = "PROV_FULL_NM" if value == "PROV_FULL_NM" else f"'{value}'"
    return text(f"UPDATE providerinfo SET PROV_FST_NM = {value} WHERE PROV_NPI = '{provider[4]}'")


def test_lock_wait_for_the_applications_row_is_transient(mysql_schema):
    database = open_url(mysql_schema.url, lock_wait_seconds=1, tries=2)
    load(database, [MICKEY], "north")
    application = open_url(mysql_schema.admin_url)
    with application.engine.connect() as connection:
        connection.execute(_touch("theirs", MICKEY))
        with pytest.raises(TransientDatabaseError) as caught:
            load(database, [renamed(MICKEY, "Ours")], "south", on_existing="update")
        connection.rollback()
    message = told(caught.value, mysql_schema.url, MICKEY)
    assert "another transaction held a lock for too long (error 1205)" in message
    assert held(database) == [MICKEY]


def test_lock_that_another_load_holds_is_told_with_its_connection(mysql_schema):
    database = open_url(mysql_schema.url, lock_wait_seconds=1, tries=5)
    load(database, [MICKEY], "north")

    def try_meanwhile(connection):
        holder = connection.scalar(text("SELECT CONNECTION_ID()"))
        started = time.monotonic()
        with pytest.raises(LockedError) as caught:
            load(database, [MINNIE], "south")
        assert time.monotonic() - started < 4  # waiting was the trying again
        name = lock_name(database.engine.url.database)
        assert caught.value.message == (
            f'{database.place}: waited 1 s for the lock "{name}", which '
            f"connection {holder} holds; wait for that load, or look at it with SHOW PROCESSLIST"
        )

    write(database, try_meanwhile)
    assert load(database, [MINNIE], "south").rows.inserted == 1


def test_lock_of_one_schema_does_not_hold_another(mysql_server):
    one, other = (open_url(mysql_server.create_schema().url) for _ in range(2))
    write(one, lambda _: load(other, [MICKEY]))
    assert held(other) == [MICKEY]


def test_lock_name_of_the_longest_schema_is_one_that_the_server_takes(mysql_server):
    name = "s" * 64
    mysql_server.execute(f"CREATE DATABASE {name}")
    try:
        assert write(open_url(mysql_server.admin_url(name)), lambda _: 7) == 7
    finally:
        mysql_server.execute(f"DROP DATABASE {name}")


def test_sqlite_file_that_another_process_holds_istold(sqlite_url):
    database = open_url(sqlite_url, lock_wait_seconds=1)
    load(database, [MICKEY], "north")
    with database.connect(writing=True) as connection:
        connection.execute(text("SELECT 1"))
        with pytest.raises(LockedError, match="another process held the file for too long"):
            load(database, [MINNIE], "south")
        assert held(database) == [MICKEY]  # who reads is not held up


def test_missing_rights_are_terminal_and_point_to_the_grants(mysql_server, mysql_schema):
    prepare(open_url(mysql_schema.url))
    reader = mysql_server.create_user(mysql_schema.name, ["read"])
    with pytest.raises(TerminalDatabaseError) as caught:
        load(open_url(reader), [MICKEY])
    message = told(caught.value, reader, MICKEY)
    assert "the user lacks a right; docs/security.md has the GRANTs" in message
    assert "INSERT command denied to this user for table" in message
    assert make_url(reader).username not in message
    assert "127.0.0.1'" not in message


@pytest.mark.mysql
def test_user_who_has_to_use_tls_or_lacks_the_schema_is_told_without_a_name(mysql_server):
    schema = mysql_server.create_schema()
    user = make_url(schema.url).username
    elsewhere = make_url(schema.url).set(database="nowhere")
    with pytest.raises(
        TerminalDatabaseError, match="the user lacks a right to the schema, or"
    ) as one:
        prepare(open_url(elsewhere.render_as_string(hide_password=False)))
    mysql_server.execute(f"ALTER USER '{user}'@'%' REQUIRE SSL")
    with pytest.raises(TerminalDatabaseError, match="whether it has to use TLS") as other:
        prepare(open_url(f"{schema.url}?ssl_disabled=true"))
    for caught in (one, other):
        assert user not in caught.value.message
        assert "'127.0.0.1'" not in caught.value.message


def test_empty_schema_without_the_right_to_create_is_terminal(mysql_server):
    schema = mysql_server.create_schema(blocks=[])
    with pytest.raises(TerminalDatabaseError, match="the user lacks a right"):
        load(open_url(schema.url), [MICKEY])


def test_trigger_of_the_application_that_refuses_is_terminal(mysql_schema):
    database, application = open_url(mysql_schema.url), open_url(mysql_schema.admin_url)
    prepare(database)
    execute(
        application,
        "CREATE TRIGGER refuse BEFORE INSERT ON providerinfo FOR EACH ROW "
        "SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'no Mickey here'",
    )
    with pytest.raises(TerminalDatabaseError, match="a constraint or trigger") as caught:
        load(database, [MICKEY])
    told(caught.value, mysql_schema.url, MICKEY)


def test_same_npi_from_another_writer_in_the_middle_is_found_on_the_next_try(
    mysql_schema, monkeypatch
):
    database, application = open_url(mysql_schema.url), open_url(mysql_schema.admin_url)
    prepare(database)
    apply, seen = load_module.apply, []

    def apply_late(*arguments):
        if not seen:
            seen.append(1)
            execute(
                application,
                "INSERT INTO providerinfo (PROV_FULL_NM, PROV_NPI) "
                f"VALUES ('Theirs', '{MICKEY[4]}')",
            )
        return apply(*arguments)

    monkeypatch.setattr(load_module, "apply", apply_late)
    result = load(database, [MICKEY, GOOFY])
    assert (result.rows.inserted, result.rows.unchanged) == (1, 1)
    assert held(database) == [(None, None, None, "Theirs", MICKEY[4]), GOOFY]


def test_server_that_is_read_only_is_terminal():
    with start_server(["--read-only=1"], private=True) as server:
        schema = server.create_schema()
        with pytest.raises(TerminalDatabaseError, match="read-only; point the setting at"):
            load(open_url(schema.url), [MICKEY])


def test_small_packets_of_a_server_take_many_rows_in_as_many_parts_as_that_needs():
    with start_server(["--max-allowed-packet=65536", "--local-infile=0"], private=True) as server:
        database = open_url(server.create_schema().url)
        providers = [(None, None, None, "x" * 200, npi_of(number)) for number in range(400)]
        assert load(database, providers).staged_by == "insert"
        assert held(database) == providers


def test_file_that_is_no_database_is_terminal(tmp_path):
    file = tmp_path / "p.db"
    file.write_bytes(b"PK\x03\x04 a workbook, by mistake" * 100)
    with pytest.raises(TerminalDatabaseError, match="not an SQLite database"):
        read(open_url(f"sqlite:///{file}"), lambda c: c.scalar(text("SELECT * FROM x")))


def test_logs_of_loads_that_fail_and_succeed_hold_no_value_and_no_password(
    mysql_server, mysql_schema, caplog, capfd, monkeypatch
):
    caplog.set_level("DEBUG")
    for name in ("sqlalchemy.engine", "sqlalchemy.pool", "pymysql", "alembic"):
        caplog.set_level("DEBUG", logger=name)
    monkeypatch.setattr(
        "provider_assets.database.dialects.mysql.load_data.may_load_data", lambda _: False
    )
    database = open_url(mysql_schema.url)
    load(database, [MICKEY, GOOFY], "north")
    load(database, [renamed(MICKEY, "Planted")], "south", on_existing="update")
    reader = mysql_server.create_user(mysql_schema.name, ["read"])
    with pytest.raises(TerminalDatabaseError):
        load(open_url(reader), [MINNIE], "east")
    assert len(held_providers(database, clean([MICKEY, GOOFY])["npi"], "0" * 64)) == 2
    shown = caplog.text + "".join(capfd.readouterr())
    assert "INSERT INTO provider_import_row" in shown  # the log did speak
    password = mysql_schema.url.rpartition("@")[0].rpartition(":")[2]
    planted = [*MICKEY, *MINNIE, "Planted", GOOFY[4], password]
    assert not [value for value in planted if value in shown]
