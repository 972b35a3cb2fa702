"""Disks that are full or read-only: told at once, and nothing is half done."""

import tempfile
from contextlib import nullcontext

import pytest
from sqlalchemy import event

from provider_assets.database.history import list_imports
from provider_assets.errors import TerminalDatabaseError
from provider_assets_tests.database.rosters import (
    MICKEY,
    MINNIE,
    held,
    load,
    npi_of,
    open_url,
    told,
    way_in,
)
from provider_assets_tests.disks import MAY_MOUNT, fill, small_disk
from provider_assets_tests.mysql.server import server_kind, start_server

# in megabytes, with room for what the server itself makes
SMALL = {"mariadb": 160, "mysql": 250}
SMALL_LOG = {
    "mariadb": "--innodb-log-file-size=4M",
    "mysql": "--innodb-redo-log-capacity=8M",
}


LEFT = 300_000
MANY = [(None, None, None, "x" * 255, npi_of(number)) for number in range(40_000)]
EARLIER = [(None, None, None, "y" * 255, npi_of(number)) for number in range(50_000, 56_000)]
# whoever may not mount a file system still has the server's and the file's own limits
DISKS = ["limit", *(["tmpfs"] if MAY_MOUNT else [])]


@pytest.mark.parametrize("way", DISKS)
def test_full_disk_of_the_server_is_terminal(way):
    options = [SMALL_LOG[server_kind()], "--innodb-data-file-path=ibdata1:12M:autoextend"]
    if way == "limit":
        options = ["--innodb-file-per-table=0", f"{options[1]}:max:40M"]
    disk = small_disk(SMALL[server_kind()]) if way == "tmpfs" else nullcontext()
    with disk as folder, start_server(options, private=True, within=folder) as server:
        database = open_url(server.create_schema().url)
        load(database, EARLIER, "north")  # enough to have written all of the server's log once
        if folder is not None:
            fill(folder, LEFT)
        with pytest.raises(TerminalDatabaseError, match="disk is full; make room") as caught:
            load(database, MANY, "south")
        told(caught.value, server.admin_url(), MANY[0])
        if folder is not None:
            (folder / "ballast").unlink()
        assert held(database) == sorted(EARLIER, key=lambda provider: provider[4])
        assert len(list_imports(database)) == 1


def test_full_disk_of_an_sqlite_file_is_terminal(sqlite_url):
    database = open_url(sqlite_url)
    load(database, [MICKEY], "north")

    @event.listens_for(database.engine, "connect")
    def limit(connection, _):
        connection.execute("PRAGMA max_page_count = 60")

    with pytest.raises(TerminalDatabaseError, match="the disk is full; make room"):
        load(database, MANY, "south")
    assert held(database) == [MICKEY]


@pytest.mark.parametrize("way", DISKS[1:])
def test_load_needs_no_room_for_temporary_files(way, mysql_url, monkeypatch):
    assert way == "tmpfs"
    database = open_url(mysql_url)
    with small_disk(SMALL[server_kind()]) as folder:
        fill(folder, LEFT)
        monkeypatch.setattr(tempfile, "tempdir", str(folder))
        assert load(database, MANY).staged_by == way_in(database)
        assert [left.name for left in folder.iterdir()] == ["ballast"]
    assert held(database) == MANY


def test_read_only_sqlite_file_is_terminal(sqlite_url):
    database = open_url(sqlite_url)
    load(database, [MICKEY])

    @event.listens_for(database.engine, "connect")
    def limit(connection, _):
        connection.execute("PRAGMA query_only = 1")

    with pytest.raises(TerminalDatabaseError, match="read-only; point the setting at"):
        load(database, [MINNIE], "south")
