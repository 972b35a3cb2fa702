"""The grants of docs/security.md are enough, block by block, and each withholds what it says."""

import pytest

from provider_assets.database.history import list_imports
from provider_assets.database.loading.planning import plan_providers
from provider_assets.database.prepare import prepare, read_capacity
from provider_assets.database.questions.diagnosis import diagnose
from provider_assets.database.questions.trace import trace
from provider_assets.database.undoing.undo import undo
from provider_assets.errors import TerminalDatabaseError
from provider_assets.providers.roster import RowCounts
from provider_assets_tests.database.rosters import (
    DAISY,
    GOOFY,
    MICKEY,
    MINNIE,
    clean,
    held,
    load,
    open_url,
    renamed,
    request,
)
from provider_assets_tests.mysql import grants


@pytest.fixture
def users(mysql_server):
    """Databases of one prepared schema, each opened by a user with some blocks."""
    schema = mysql_server.create_schema(["loader", "set-up"])
    prepare(open_url(schema.url))

    def open_as(*blocks):
        return open_url(mysql_server.create_user(schema.name, blocks))

    return open_as


def test_document_has_the_blocks_that_the_tests_use():
    assert sorted(grants.blocks()) == ["loader", "read", "set-up", "undo"]
    assert not any(".* TO" in line for lines in grants.blocks().values() for line in lines)


def test_loader_may_load_update_and_replay(users):
    loader = users("loader")
    load(loader, [MICKEY, GOOFY], "north")
    load(loader, [renamed(MICKEY, "x"), MINNIE], "south", on_existing="update")
    load(loader, [renamed(MICKEY, "y"), MINNIE], "south", on_existing="update", layout="mended")
    assert held(loader) == [renamed(MICKEY, "y"), MINNIE, GOOFY]
    assert plan_providers(loader, clean([DAISY]), request("east", rows=1)).rows.inserted == 1
    assert trace(loader, MICKEY[4]).origins["full_name"].record.id == 3


def test_loader_may_not_take_rows_out(users):
    loader = users("loader")
    load(loader, [MICKEY, GOOFY])
    for take_out in (
        lambda: undo(loader, 1),
        lambda: load(loader, [MICKEY], layout="mended"),
    ):
        with pytest.raises(TerminalDatabaseError, match="DELETE command denied"):
            take_out()
    assert held(loader) == [MICKEY, GOOFY]
    assert [one.state for one in list_imports(loader)] == ["loaded"]


def test_loader_with_undo_may_take_rows_out(users):
    both = users("loader", "undo")
    load(both, [MICKEY, GOOFY])
    load(both, [MICKEY], layout="mended")
    assert held(both) == [MICKEY]
    assert undo(both, 2).removed == 1
    assert held(both) == []


def test_reader_may_look_plan_and_dry_run_and_nothing_else(users):
    load(users("loader"), [MICKEY, GOOFY])
    reader = users("read")
    assert [one.id for one in list_imports(reader)] == [1]
    assert undo(reader, 1, dry_run=True).removed == 2
    plan = plan_providers(reader, clean([MICKEY, DAISY]), request("south", rows=2))
    assert plan.rows == RowCounts(read=2, clean=2, inserted=1, unchanged=1)
    assert read_capacity(reader).lengths["full_name"] == 255
    for write in (lambda: load(reader, [DAISY], "south"), lambda: undo(reader, 1)):
        with pytest.raises(TerminalDatabaseError, match="command denied"):
            write()
    assert held(reader) == [MICKEY, GOOFY]


def test_doctor_tells_which_right_is_missing(users):
    def told(*blocks):
        findings = diagnose(users(*blocks))
        return {one.message.partition(":")[0]: one.level for one in findings}

    assert told("loader", "undo")["enough for undo and replays"] == "ok"
    assert told("loader")["not enough for undo and replays"] == "note"
    assert told("loader")["enough for loads"] == "ok"
    assert told("read")["not enough for loads"] == "error"
    assert told("read")["not enough for the history"] == "error"


def test_table_is_untouched_by_doctor(users):
    database = users("loader", "undo")
    load(database, [MICKEY])
    diagnose(database)
    assert held(database) == [MICKEY]
