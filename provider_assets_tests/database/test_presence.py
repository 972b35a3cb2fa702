"""A process is known to the server while it lives, on whichever machine it runs."""

import subprocess
import sys
import time

import pytest
import sqlalchemy as sa
from pydantic import SecretStr

from provider_assets.database import presence
from provider_assets.database.engine import DatabaseAddress, open_database
from provider_assets.database.presence import is_present, present

HOLDER = """
import sys
from pydantic import SecretStr
from provider_assets.database.engine import DatabaseAddress, open_database
from provider_assets.database.presence import present
with present(open_database(DatabaseAddress(SecretStr(sys.argv[1]))), "run") as known:
    print(known, flush=True)
    sys.stdin.read()
"""


def _database(url):
    return open_database(DatabaseAddress(SecretStr(url)))


def _until(condition, seconds=15.0):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.05)


@pytest.mark.mysql
def test_process_is_present_until_it_is_killed(mysql_url):
    database = _database(mysql_url)
    assert is_present(database, "run") is False
    command = [sys.executable, "-c", HOLDER, mysql_url]
    with subprocess.Popen(command, stdin=-1, stdout=-1) as worker:
        assert worker.stdout.readline() == b"True\n"
        assert is_present(database, "run") is True
        assert is_present(database, "other") is False
        worker.kill()
    _until(lambda: is_present(database, "run") is False)


@pytest.mark.mysql
def test_name_is_let_go_at_the_end_of_the_block(mysql_url):
    database = _database(mysql_url)
    with present(database, "run") as known:
        assert known
        assert is_present(database, "run")
    assert is_present(database, "run") is False


@pytest.mark.mysql
def test_process_whose_connection_was_cut_says_its_name_again(mysql_schema, monkeypatch):
    monkeypatch.setattr(presence, "SECONDS", 0.2)
    database = _database(mysql_schema.url)
    with present(database, "run"):
        with sa.create_engine(mysql_schema.admin_url).connect() as admin:
            held = admin.scalar(sa.text("SELECT IS_USED_LOCK('run')"))
            admin.execute(sa.text(f"KILL {held}"))
            _until(lambda: admin.scalar(sa.text("SELECT IS_USED_LOCK('run')")) not in (None, held))
        assert is_present(database, "run")


def test_database_in_a_file_does_not_know_who_lives(sqlite_url):
    database = _database(sqlite_url)
    with present(database, "run") as known:
        assert not known
        assert is_present(database, "run") is None
