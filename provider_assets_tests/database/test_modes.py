"""Servers that somebody else set up: other modes, other defaults, stricter rules."""

import pytest

from provider_assets.database.undoing.undo import undo
from provider_assets_tests.database.rosters import (
    DAISY,
    GOOFY,
    MICKEY,
    MINNIE,
    held,
    load,
    open_url,
    renamed,
)
from provider_assets_tests.mysql.server import server_kind, set_globally, start_server

MODES = (
    "",
    "ANSI",
    "ANSI_QUOTES",
    "NO_BACKSLASH_ESCAPES",
    "PAD_CHAR_TO_FULL_LENGTH",
    "TRADITIONAL",
    "NO_AUTO_VALUE_ON_ZERO,IGNORE_SPACE,HIGH_NOT_PRECEDENCE,PIPES_AS_CONCAT",
    "ANSI,NO_BACKSLASH_ESCAPES,PAD_CHAR_TO_FULL_LENGTH,NO_ENGINE_SUBSTITUTION,TRADITIONAL",
)
TROUBLE = ("Back\\slash", 'Quo"te', "It's", "Trailing\\", MINNIE[4])


def live_through(url):
    """Everything that a load does, from no table at all on."""
    database = open_url(url)
    assert load(database, [MICKEY, TROUBLE, GOOFY]).rows.inserted == 3
    assert held(database) == [MICKEY, TROUBLE, GOOFY]
    mended = [renamed(MICKEY, "M"), DAISY]
    again = load(database, mended, layout="mended")
    assert (again.rows.inserted, again.rows.updated, again.removed) == (1, 1, 2)
    update = load(database, [renamed(DAISY, "D")], "south", on_existing="update")
    assert held(database) == [renamed(MICKEY, "M"), renamed(DAISY, "D")]
    taken = undo(database, update.import_id)
    assert (taken.restored, held(database)) == (1, mended)
    assert (undo(database, again.import_id).removed, held(database)) == (2, [])


@pytest.mark.mysql
@pytest.mark.parametrize("mode", MODES)
def test_server_of_any_sql_mode_is_loaded_into(mode, mysql_server, mysql_url):
    with set_globally(mysql_server, sql_mode=mode):
        live_through(mysql_url)


@pytest.mark.mysql
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("sql_require_primary_key", 1),
        ("innodb_force_primary_key", 1),
        ("sql_generate_invisible_primary_key", 1),
        ("innodb_strict_mode", 0),
        ("sql_safe_updates", 1),
        ("max_join_size", 10),
        ("collation_server", "latin1_german1_ci"),
        ("default_storage_engine", "MyISAM"),
    ],
)
def test_server_with_rules_of_its_own_is_loaded_into(name, value, mysql_server):
    known = mysql_server.execute(f"SHOW GLOBAL VARIABLES LIKE '{name}'")
    with set_globally(mysql_server, **({name: value} if known else {})):
        live_through(mysql_server.create_schema().url)


@pytest.mark.mysql
@pytest.mark.slow
def test_server_of_small_letters_with_a_binary_log_is_loaded_into():
    options = ["--lower-case-table-names=1", "--log-bin", "--server-id=1", "--binlog-format=ROW"]
    if server_kind() == "mysql":
        options += ["--gtid-mode=ON", "--enforce-gtid-consistency=ON"]
    with start_server(options, private=True) as server:
        live_through(server.create_schema().url)
