"""Imports, traces and undos: what a person can see, and take back."""

import dataclasses

import pytest

from provider_assets.database.answers import note_answers
from provider_assets.database.history import (
    find_import,
    list_imports,
)
from provider_assets.database.questions.trace import trace
from provider_assets.database.recording import record_failure
from provider_assets.database.undoing.undo import undo
from provider_assets.errors import UsageError
from provider_assets_tests.database.rosters import (
    DAISY,
    GOOFY,
    MICKEY,
    MINNIE,
    execute,
    held,
    load,
    open_url,
    renamed,
    request,
)

NOBODY = "9999999999"


def test_history_of_a_database_without_tables_is_empty_and_makes_none(tmp_path):
    database = open_url(f"sqlite:///{tmp_path / 'p.db'}")
    assert list_imports(database) == []
    assert find_import(database, "0" * 64) is None
    assert trace(database, NOBODY) == type(trace(database, NOBODY))(NOBODY, (), (), {})
    assert not (tmp_path / "p.db").exists()


def test_imports_come_newest_first_and_as_many_as_asked_for(database_url):
    database = open_url(database_url)
    for name in ("north", "south", "east"):
        load(database, [MICKEY], name)
    record_failure(database, request("west"), "corrupt", "west.xlsx: broken")
    told = [(one.id, one.file, one.state) for one in list_imports(database)]
    assert told == [
        (4, "west.xlsx", "failed"),
        (3, "east.xlsx", "loaded"),
        (2, "south.xlsx", "loaded"),
        (1, "north.xlsx", "loaded"),
    ]
    assert [one.id for one in list_imports(database, limit=2)] == [4, 3]


def test_live_import_of_a_content_outlives_a_failure_after_it(database_url):
    database = open_url(database_url)
    record_failure(database, request("south"), "corrupt", "broken")
    load(database, [MINNIE], "south")
    record_failure(database, request("south", layout="x"), "database-transient", "lost")
    assert find_import(database, request("south").source.sha256) == list_imports(database)[1]
    assert find_import(database, request("north").source.sha256) is None


def test_file_that_is_refused_again_with_the_same_answer_keeps_one_row_that_is_as_of_now(
    database_url,
):
    database = open_url(database_url)
    first = record_failure(database, request("west", run_id="one"), "corrupt", "broken")
    before = list_imports(database)[0]
    note_answers(database, before.sha256, "one", None)
    assert record_failure(database, request("west", run_id="two"), "corrupt", "broken") == first
    (kept,) = list_imports(database)
    assert (kept.id, kept.run_id, kept.finished > before.finished) == (first, "two", True)
    assert record_failure(database, request("west"), "corrupt", "otherwise broken") == 2
    assert record_failure(database, request("west"), "corrupt", "broken") == 3
    load(database, [MICKEY], "west")
    assert record_failure(database, request("west"), "corrupt", "broken") == 5


def test_refusal_that_comes_again_is_the_newest_import(database_url):
    database = open_url(database_url)
    first = record_failure(database, request("west"), "corrupt", "broken")
    for name in ("south", "east"):
        load(database, [MICKEY], name)
    assert [one.id for one in list_imports(database, 2)] == [3, 2]
    record_failure(database, request("west"), "corrupt", "broken")
    assert [one.id for one in list_imports(database, 2)] == [first, 3]
    assert [one.id for one in list_imports(database)] == [first, 3, 2]


def test_roster_that_is_refused_again_owes_its_answer_again(database_url):
    database = open_url(database_url)
    for run in ("one", "two"):
        record_failure(database, request("west", run_id=run), "too-many-rejects", "half is wrong")
        assert list_imports(database)[0].owed
        note_answers(database, request("west").source.sha256, run, None)
    (kept,) = list_imports(database)
    assert not kept.owed


def test_file_whose_name_is_no_text_is_kept_with_replacement_characters(database_url):
    database = open_url(database_url)
    wanted = request("mercy")
    odd = dataclasses.replace(wanted.source, file="bad\udcff.xlsx", roster="bad\udcff-1")
    record_failure(database, dataclasses.replace(wanted, source=odd), "corrupt", "bad\udcff")
    assert list_imports(database)[0].file == "bad\ufffd.xlsx"


def test_trace_tells_where_each_value_came_from_and_what_it_replaced(database_url):
    database = open_url(database_url)
    load(database, [GOOFY, MICKEY], "north", run_id="run-1")
    load(database, [renamed(MICKEY, "Mouse, M.")], "south", on_existing="update", run_id="run-2")
    load(database, [renamed(MICKEY, "Mouse, M.")], "east", on_existing="update")
    told = trace(database, MICKEY[4])
    fields = ("entity_name", "first_name", "last_name", "full_name", "npi")
    now = dict(zip(fields, renamed(MICKEY, "Mouse, M."), strict=True))
    before = dict(zip(fields, MICKEY, strict=True))
    assert told.held == (now,)
    assert [
        (step.record.file, step.sheet, step.row, step.action, step.values) for step in told.steps
    ] == [
        ("east.xlsx", "Sheet1", 2, "unchanged", now),
        ("south.xlsx", "Sheet1", 2, "updated", now),
        ("north.xlsx", "Sheet1", 3, "inserted", before),
    ]
    replaced = {name: value for name, value in before.items() if name != "npi"}
    assert [step.replaced for step in told.steps] == [None, replaced, None]
    assert {name: step.record.run_id for name, step in told.origins.items()} == {
        "entity_name": "run-1",
        "first_name": "run-1",
        "last_name": "run-1",
        "full_name": "run-2",
        "npi": "run-1",
    }


def test_trace_after_an_undone_replay_tells_whose_the_value_was_before(database_url):
    database = open_url(database_url)
    load(database, [MICKEY], "north")
    load(database, [renamed(MICKEY, "x")], "south", on_existing="update")
    load(database, [renamed(MICKEY, "y")], "south", layout="mended", on_existing="update")
    undo(database, 3)
    told = trace(database, MICKEY[4])
    assert told.held[0]["full_name"] == MICKEY[3]
    assert {name: step.record.id for name, step in told.origins.items()} == dict.fromkeys(
        told.origins, 1
    )


def test_trace_after_a_replay_that_drops_the_row_tells_whose_the_value_was_before(database_url):
    database = open_url(database_url)
    load(database, [MICKEY], "north")
    load(database, [renamed(MICKEY, "x")], "south", on_existing="update")
    load(database, [MINNIE], "south", layout="mended", on_existing="update")
    assert trace(database, MICKEY[4]).origins["full_name"].record.id == 1


def test_trace_of_a_row_that_an_undo_spared_still_names_its_import(database_url, application_url):
    database = open_url(database_url)
    load(database, [MICKEY])
    execute(open_url(application_url), "UPDATE providerinfo SET PROV_FULL_NM = 'Theirs'")
    undo(database, 1)
    origins = trace(database, MICKEY[4]).origins
    assert origins["full_name"] is None
    assert origins["first_name"].record.state == "undone"


def test_trace_of_a_value_that_somebody_else_wrote_has_no_origin(database_url, application_url):
    database = open_url(database_url)
    load(database, [MICKEY])
    execute(open_url(application_url), "UPDATE providerinfo SET PROV_FULL_NM = 'Theirs'")
    origins = trace(database, MICKEY[4]).origins
    assert origins["full_name"] is None
    assert origins["first_name"].record.id == 1


def test_trace_of_an_unknown_npi_is_an_empty_story(database_url):
    database = open_url(database_url)
    load(database, [MICKEY])
    told = trace(database, NOBODY)
    assert (told.held, told.steps, told.origins) == ((), (), {})


def test_trace_after_an_undo_tells_the_value_that_came_back(database_url):
    database = open_url(database_url)
    load(database, [MICKEY], "north")
    load(database, [renamed(MICKEY, "x")], "south", on_existing="update")
    undo(database, 2)
    told = trace(database, MICKEY[4])
    assert told.origins["full_name"].record.id == 1
    assert [(step.record.id, step.record.state) for step in told.steps] == [
        (2, "undone"),
        (1, "loaded"),
    ]


def test_undo_takes_inserted_rows_out_and_puts_old_values_back(database_url):
    database = open_url(database_url)
    load(database, [MICKEY, GOOFY], "north")
    load(database, [renamed(MICKEY, "x"), MINNIE], "south", on_existing="update")
    dry = undo(database, 2, dry_run=True)
    assert (dry.done, dry.removed, dry.restored, dry.spared) == (True, 1, 1, ())
    assert held(database) == [renamed(MICKEY, "x"), MINNIE, GOOFY]
    done = undo(database, 2)
    assert dataclasses.replace(done, record=dry.record) == dry
    assert held(database) == [MICKEY, GOOFY]
    assert [one.state for one in list_imports(database)] == ["undone", "loaded"]


def test_undo_spares_rows_that_changed_since_and_lists_their_places(database_url, application_url):
    database = open_url(database_url)
    load(database, [MICKEY, MINNIE, DAISY], "north")
    execute(
        open_url(application_url),
        f"UPDATE providerinfo SET PROV_FST_NM = 'mickey' WHERE PROV_NPI = '{MICKEY[4]}'",
        f"DELETE FROM providerinfo WHERE PROV_NPI = '{DAISY[4]}'",
    )
    for dry_run in (True, False):
        result = undo(database, 1, dry_run=dry_run)
        assert (result.removed, result.spared) == (1, (("Sheet1", 2), ("Sheet1", 4)))
    assert held(database) == [(MICKEY[0], "mickey", *MICKEY[2:])]


def test_undo_spares_a_row_whose_own_columns_the_application_has_filled(
    database_url, application_url
):
    application = open_url(application_url)
    execute(
        application,
        "CREATE TABLE providerinfo (ENTY_NM TEXT, PROV_FST_NM TEXT, PROV_LST_NM TEXT, "
        "PROV_FULL_NM TEXT, PROV_NPI VARCHAR(10), phone VARCHAR(20), fax VARCHAR(20))",
    )
    database = open_url(database_url)
    load(database, [MICKEY, MINNIE])
    execute(application, f"UPDATE providerinfo SET phone = '1' WHERE PROV_NPI = '{MICKEY[4]}'")
    assert undo(database, 1).spared == (("Sheet1", 2),)
    assert held(database) == [MICKEY]


def test_undo_on_a_server_spares_a_row_whose_default_was_changed(mysql_schema):
    application = open_url(mysql_schema.admin_url)
    execute(
        application,
        "CREATE TABLE providerinfo (ENTY_NM TEXT, PROV_FST_NM TEXT, PROV_LST_NM TEXT, "
        "PROV_FULL_NM TEXT, PROV_NPI VARCHAR(10), active INT NOT NULL DEFAULT 1)",
    )
    database = open_url(mysql_schema.url)
    load(database, [MICKEY, MINNIE])
    execute(application, f"UPDATE providerinfo SET active = 0 WHERE PROV_NPI = '{MICKEY[4]}'")
    assert undo(database, 1).spared == (("Sheet1", 2),)
    assert held(database) == [MICKEY]


def test_undo_spares_a_row_that_a_later_import_wrote_to_the_same_values(
    database_url, application_url
):
    database = open_url(database_url)
    load(database, [MICKEY], "north")
    execute(open_url(application_url), "DELETE FROM providerinfo")
    load(database, [MICKEY], "south")
    assert undo(database, 1).spared == (("Sheet1", 2),)
    assert held(database) == [MICKEY]
    assert undo(database, 2).removed == 1
    assert held(database) == []


def test_undo_of_the_older_first_and_the_newer_then_leaves_nothing_of_either(database_url):
    database = open_url(database_url)
    load(database, [MICKEY], "north")
    load(database, [renamed(MICKEY, "x")], "south", on_existing="update")
    assert undo(database, 1).spared == (("Sheet1", 2),)
    assert undo(database, 2).removed == 1
    assert held(database) == []


def test_undo_twice_does_nothing_and_says_why(database_url):
    database = open_url(database_url)
    load(database, [MICKEY], "north")
    undo(database, 1)
    again = undo(database, 1)
    assert (again.done, again.reason, again.removed) == (False, "it was undone before", 0)


def test_undo_of_a_failed_import_does_nothing_and_says_why(database_url):
    database = open_url(database_url)
    record_failure(database, request("mercy"), "corrupt", "broken")
    told = undo(database, 1)
    assert (told.done, told.reason) == (False, "it failed and put nothing into the table")


def test_undo_of_a_replayed_import_points_to_its_successor(database_url):
    database = open_url(database_url)
    load(database, [MICKEY])
    load(database, [MICKEY], layout="mended")
    told = undo(database, 1)
    assert (told.done, told.reason) == (False, "import 2 took its place; undo that one")
    assert undo(database, 2).removed == 1
    assert held(database) == []


def test_undo_of_what_never_was_is_a_wrong_use(database_url):
    database = open_url(database_url)
    for dry_run in (True, False):
        with pytest.raises(UsageError, match="there is no import 7"):
            undo(database, 7, dry_run=dry_run)


def test_undone_roster_may_be_loaded_again(database_url):
    database = open_url(database_url)
    load(database, [MICKEY])
    undo(database, 1)
    again = load(database, [MICKEY])
    assert (again.import_id, again.already_loaded, again.rows.inserted) == (2, False, 1)
    assert held(database) == [MICKEY]
