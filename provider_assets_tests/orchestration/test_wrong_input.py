"""Wrong input: one clear sentence each, the exit status of the contract, nothing written."""

import json
import os
import socket
from shutil import rmtree

import pytest
from sqlalchemy import create_engine, inspect, text

from provider_assets_tests.rosters import person, sample_rows, write_xlsx


@pytest.fixture
def sqlite_home(sqlite_home):
    """A home in which nothing was laid out yet."""
    rmtree(sqlite_home.root / "var")
    return sqlite_home


def _nothing_written(home) -> bool:
    return not (home.root / "var").exists()


def test_load_of_a_path_that_is_not_there_is_wrong_use(sqlite_home):
    called = sqlite_home.call("load", "nowhere.xlsx")
    assert (called.status, called.stdout) == (2, "")
    assert called.stderr == "error: nowhere.xlsx does not exist\n"
    assert _nothing_written(sqlite_home)


def test_load_of_a_folder_without_rosters_is_wrong_use(sqlite_home):
    folder = sqlite_home.root / "empty"
    folder.mkdir()
    (folder / "~$lock.xlsx").touch()
    (folder / ".hidden.csv").touch()
    called = sqlite_home.call("load", "empty")
    assert (called.status, called.stdout) == (2, "")
    assert called.stderr == "error: empty is a folder without rosters\n"
    assert _nothing_written(sqlite_home)


def test_load_follows_no_link(sqlite_home):
    write_xlsx(sqlite_home.root / "real.xlsx", [person(1)])
    (sqlite_home.root / "link.xlsx").symlink_to("real.xlsx")
    called = sqlite_home.call("load", "link.xlsx")
    assert called.status == 2
    assert "link.xlsx is a link, which is not followed" in called.stderr


@pytest.mark.parametrize("command", ["load", "validate"])
def test_what_a_folder_holds_beside_rosters_is_named(sqlite_home, command):
    folder = sqlite_home.root / "rosters"
    (folder / "more").mkdir(parents=True)
    write_xlsx(folder / "real.xlsx", [person(1)])
    (folder / "link.xlsx").symlink_to("real.xlsx")
    os.mkfifo(folder / "pipe.csv")
    (folder / "~$real.xlsx").touch()
    called = sqlite_home.call(command, "rosters")
    assert called.status == 0
    what = " was skipped: it is "
    named = dict(line.split(what) for line in called.stderr.splitlines() if what in line)
    assert named == {
        "rosters/link.xlsx": "a link, which is not followed; name the file itself",
        "rosters/more": "a folder in a folder; name it, too, to take what is in it",
        "rosters/pipe.csv": "no file",
    }


def test_unknown_setting_value_is_wrong_use(sqlite_home):
    sqlite_home.set(ON_EXISTING="overwrite")
    called = sqlite_home.call("load", write_xlsx(sqlite_home.root / "r.xlsx", [person(1)]))
    assert (called.status, called.stdout) == (2, "")
    assert called.stderr == (
        "error: settings: PROVIDER_ASSETS_ON_EXISTING: input should be 'reject' or 'update', "
        "and it is 'overwrite'\n"
    )
    assert _nothing_written(sqlite_home)


def test_unusable_database_url_is_wrong_use_and_keeps_its_password(sqlite_home):
    sqlite_home.set(DATABASE_URL="postgresql://loader:s3cret@127.0.0.1/app")
    called = sqlite_home.call("load", write_xlsx(sqlite_home.root / "r.xlsx", [person(1)]))
    assert called.status == 2
    assert "the database URL cannot be used" in called.stderr
    assert "s3cret" not in called.stdout + called.stderr


def test_database_that_does_not_answer_is_told_with_host_and_port(sqlite_home):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    sqlite_home.set(
        DATABASE_URL=f"mysql+pymysql://loader:s3cret@127.0.0.1:{port}/app", DATABASE_TRIES="1"
    )
    roster = write_xlsx(sqlite_home.root / "r.xlsx", [person(1)])
    called = sqlite_home.call("load", "--json", roster)
    [result] = json.loads(called.stdout)
    assert called.status == 1
    assert result["status"] == "failed"
    assert result["error"]["code"] == "database-transient"
    assert f"127.0.0.1:{port}: the server cannot be reached" in result["error"]["message"]
    assert "s3cret" not in called.stdout + called.stderr
    assert list((sqlite_home.root / "var" / "storage").rglob("*")) == []


def test_table_with_other_columns_is_one_error_that_names_every_difference(home):
    engine = create_engine(home.database_url)
    if engine.dialect.name != "sqlite":
        engine = create_engine(home.database_url)
    with engine.begin() as connection:
        connection.execute(
            text("CREATE TABLE providerinfo (ENTY_NM VARCHAR(50), PROV_NPI VARCHAR(10), X INT)")
        )
    called = home.call("load", "--json", write_xlsx(home.root / "r.xlsx", [person(1)]))
    [result] = json.loads(called.stdout)
    assert called.status == 1
    assert result["error"]["code"] == "database-terminal"
    for column in ("PROV_FST_NM", "PROV_LST_NM", "PROV_FULL_NM"):
        assert column in result["error"]["message"]
    assert inspect(engine).get_table_names() == ["providerinfo"]
    engine.dispose()


def test_undo_of_an_import_that_is_not_there_is_wrong_use(sqlite_home):
    called = sqlite_home.call("undo", "7")
    assert called.status == 2
    assert "there is no import 7" in called.stderr
    assert _nothing_written(sqlite_home)


def test_layout_with_an_unknown_key_is_wrong_use_that_names_file_and_key(sqlite_home):
    folder = sqlite_home.root / "layouts"
    folder.mkdir()
    (folder / "mercy.yaml").write_text("name: mercy\ncolumnz: {npi: [NPI]}\n")
    sqlite_home.set(LAYOUTS=str(folder))
    called = sqlite_home.call("layouts", "list")
    assert called.status == 2
    assert "mercy.yaml" in called.stderr
    assert "columnz" in called.stderr


def test_load_beside_an_empty_layout_file_is_wrong_use_and_says_so_once(sqlite_home):
    folder = sqlite_home.root / "layouts"
    folder.mkdir()
    (folder / "new.yaml").touch()
    sqlite_home.set(LAYOUTS=str(folder))
    rosters = [write_xlsx(sqlite_home.root / name, [person(1)]) for name in ("a.xlsx", "b.xlsx")]
    for command in ("load", "validate"):
        called = sqlite_home.call(command, *rosters)
        assert (called.status, called.stdout) == (2, "")
        assert called.stderr == (
            "error: layouts: new.yaml: is empty; delete it, or write a layout into it "
            "(`provider-assets layouts suggest FILE` drafts one)\n"
        )


@pytest.mark.parametrize(
    "command",
    [
        ("undo",),
        ("undo", "--dry-run"),
        ("departures", "approve"),
        ("departures", "dismiss"),
    ],
)
def test_number_that_no_import_can_have_is_one_sentence(sqlite_home, command):
    sqlite_home.load(write_xlsx(sqlite_home.root / "mercy.xlsx", sample_rows()))
    for number in (2**63 - 1, 2**63, 10**30):
        told = sqlite_home.call(*command, number)
        assert (told.status, told.stdout) == (2, "")
        assert f"there is no import {number}" in told.stderr


def test_limit_beyond_every_number_lists_all(sqlite_home):
    sqlite_home.load(write_xlsx(sqlite_home.root / "mercy.xlsx", sample_rows()))
    listed = json.loads(sqlite_home.call("imports", "--json", "--limit", 10**30).stdout)
    assert [one["file"] for one in listed] == ["mercy.xlsx"]
