"""The one connection that is kept between a roster's steps, and what becomes of a dead one."""

import pytest
from pydantic import SecretStr
from sqlalchemy import text

from provider_assets.database.engine import DatabaseAddress, open_database
from provider_assets.database.transaction import read, write

pytestmark = pytest.mark.mysql


def connection_id(connection):
    return connection.scalar(text("SELECT CONNECTION_ID()"))


@pytest.fixture
def database(mysql_url):
    opened = open_database(DatabaseAddress(SecretStr(mysql_url)))
    yield opened
    opened.engine.dispose()


def test_connection_is_used_again_by_the_next_step(database):
    assert read(database, connection_id) == write(database, connection_id)


def test_connection_that_the_server_ended_is_replaced(database, mysql_server):
    first = read(database, connection_id)
    mysql_server.execute(f"KILL {first}")

    assert read(database, connection_id) not in (None, first)


def test_connection_keeps_no_lock_and_no_transaction_for_the_next_step(database, mysql_server):
    write(database, lambda connection: connection.execute(text("SELECT 1")))
    held = read(database, connection_id)

    assert (
        mysql_server.execute(
            f"SELECT trx_id FROM information_schema.innodb_trx WHERE trx_mysql_thread_id = {held}"
        )
        == []
    )
    name = f"provider_assets.{database.engine.url.database}"
    assert mysql_server.execute(f"SELECT IS_USED_LOCK('{name}')") == [(None,)]
