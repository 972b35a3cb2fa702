"""What the numbers of a server mean in words: where, what, and what to do, and no value."""

import pytest
from sqlalchemy import text

from provider_assets.database.history import list_imports
from provider_assets.database.questions.diagnosis import diagnose
from provider_assets.database.questions.trace import trace
from provider_assets.database.transaction import read
from provider_assets.database.undoing.undo import undo
from provider_assets.errors import TerminalDatabaseError
from provider_assets_tests.database.rosters import (
    MICKEY,
    MINNIE,
    execute,
    held,
    load,
    npi_of,
    open_url,
)
from provider_assets_tests.mysql.server import start_server


def _fails(database, statement):
    with pytest.raises(TerminalDatabaseError) as caught:
        read(database, lambda connection: connection.execute(text(statement)))
    assert "topsecret" not in caught.value.message
    return caught.value.message


@pytest.mark.parametrize(
    ("number", "told"),
    [
        (1064, "the server does not understand a statement; MySQL 8.0 and MariaDB 10.6 are"),
        (3750, "the server wants a primary key in every table (sql_require_primary_key)"),
        (1041, "the server's disk is full; make room"),
        (1665, "binlog_format is STATEMENT; set it to MIXED or ROW"),
        (1644, "a constraint or trigger of the table refused a row"),
        (1999, "the database failed; see what its own log says of this number"),
    ],
)
@pytest.mark.mysql
def test_number_that_a_server_sends_is_told_in_words(number, told, mysql_url):
    message = _fails(
        open_url(mysql_url),
        f"SIGNAL SQLSTATE '45000' SET MYSQL_ERRNO = {number}, MESSAGE_TEXT = 'topsecret'",
    )
    assert told in message
    assert f"error {number}" in message


@pytest.mark.mysql
def test_statement_that_no_server_knows_is_told_with_the_oldest_that_do(mysql_url):
    message = _fails(open_url(mysql_url), "SELECT 'topsecret' FRM nowhere")
    assert (
        "MySQL 8.0 and MariaDB 10.6 are the oldest that do: see `provider-assets doctor`" in message
    )


@pytest.mark.parametrize("gone", ["provider_import", "provider_import_row"])
def test_history_of_which_a_table_is_gone_refuses_with_a_sentence(
    gone, database_url, application_url
):
    database = open_url(database_url)
    load(database, [MICKEY])
    execute(open_url(application_url), f"DROP TABLE {gone}")
    works = (
        lambda: load(database, [MINNIE], "south"),
        lambda: trace(database, MICKEY.npi),
        lambda: undo(database, 1),
        *([lambda: list_imports(database)] if gone == "provider_import" else []),
    )
    for work in works:
        with pytest.raises(TerminalDatabaseError) as caught:
            work()
        assert "a table or column is not as expected; run `provider-assets doctor`" in str(
            caught.value
        )
        assert gone in caught.value.message
    assert held(database) == [MICKEY]
    [told] = [one for one in diagnose(database) if one.subject == "history"]
    assert told.advice.startswith("bring it back from a backup, or begin a new history: DROP TABLE")


def test_table_of_another_name_is_named_where_it_cannot_work(application_url):
    execute(open_url(application_url), "CREATE TABLE clinicians (PROV_NPI CHAR(10) PRIMARY KEY)")
    database = open_url(application_url, table="clinicians")
    with pytest.raises(TerminalDatabaseError) as caught:
        load(database, [MICKEY])
    assert caught.value.message.startswith("the table clinicians cannot work: ")
    assert str(caught.value) == caught.value.message
    told = [one for one in diagnose(database) if one.level == "error"]
    assert {one.subject for one in told} == {"clinicians"}
    assert [one for one in told if "providerinfo" in f"{one.message}{one.advice}"] == []


def test_row_that_is_larger_than_the_servers_packet_is_told_with_its_place():
    options = ["--local-infile=0", "--max-allowed-packet=65536"]
    with start_server(options, private=True) as server:
        schema = server.create_schema()
        names = "ENTY_NM TEXT, PROV_FST_NM TEXT, PROV_LST_NM TEXT, PROV_FULL_NM TEXT"
        columns = f"{names}, PROV_NPI CHAR(10) PRIMARY KEY"
        execute(open_url(schema.admin_url), f"CREATE TABLE providerinfo ({columns})")
        database = open_url(schema.url)
        fits = MINNIE._replace(entity_name="'" * 20_000)
        with pytest.raises(TerminalDatabaseError) as caught:
            load(database, [MICKEY, fits, MICKEY._replace(npi=npi_of(7), entity_name="'" * 40_000)])
        assert "Sheet1, row 4 is 80" in caught.value.message
        assert "takes 65536 at once; raise its max_allowed_packet" in caught.value.message
        assert "'" * 4 not in caught.value.message
        assert list_imports(database) == []
        load(database, [MICKEY, fits])
        assert held(database) == [MICKEY, fits]
