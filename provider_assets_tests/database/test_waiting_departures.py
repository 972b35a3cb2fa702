"""Departures that wait: what plan, load, replay and approval say of them is one and the same."""

from dataclasses import replace

import pytest
from sqlalchemy import event

from provider_assets.database.departures.approval import approve, dismiss, waiting_departures
from provider_assets.database.history import list_imports
from provider_assets.database.loading.load import load_providers
from provider_assets.database.loading.planning import plan_providers
from provider_assets.database.undoing.undo import undo
from provider_assets.providers.namesakes import name_words
from provider_assets_tests.database.departures import DELTA, FULL, asked, mentions, people, send
from provider_assets_tests.database.rosters import clean, held, open_url

MANY, THIRTY = people(0, 200), people(0, 30)
TWELVE = mentions(left=[one.npi for one in THIRTY[:12]])


@pytest.fixture
def database(database_url):
    return open_url(database_url)


def test_clean_row_with_a_mistyped_npi_counts_for_the_limit_in_plan_and_load(database):
    send(database, MANY, "jan")
    npi = MANY[0].npi
    roster = [MANY[0]._replace(npi=npi[:4] + "7" + npi[5:]), *MANY[11:]]
    wanted = asked("feb", "north", FULL, rows=len(roster))
    plan = plan_providers(database, clean(roster), wanted, mentions())
    done = load_providers(database, clean(roster), wanted, mentions())
    assert (plan.rows, plan.departures) == (done.rows, done.departures)
    assert (done.departures.departed, done.departures.namesakes) == (10, 1)


def test_dismissal_of_the_absent_outlives_words_that_wait(database):
    send(database, THIRTY, "jan")
    send(database, THIRTY[15:], "feb")
    dismiss(database, 2)
    options = {"on_existing": "update", "layout": "mended"}
    wanted = asked("feb", "north", FULL, rows=15, left=12, **options)
    waits = load_providers(database, clean(THIRTY[20:23]), wanted, TWELVE)
    assert (waits.departures.by_word, waits.departures.dismissed) == ("waiting", True)
    approve(database, waits.import_id)
    kept = list_imports(database)[0].departures
    assert (kept.departed, kept.dismissed, held(database)) == (12, True, THIRTY[12:])
    assert "and its rows that say left approved" in approve(database, waits.import_id).reason
    again = asked("feb", "north", FULL, rows=28, layout="third")
    plan = plan_providers(database, clean(THIRTY[14:]), again, mentions())
    done = load_providers(database, clean(THIRTY[14:]), again, mentions())
    assert plan.rows == done.rows
    assert (done.departures.waiting, done.departures.dismissed) == (False, True)
    assert held(database)[-18:] == THIRTY[12:]


def test_approval_of_far_too_many_takes_out_whom_another_hospital_has_let_go(database):
    send(database, THIRTY, "its", DELTA, hospital="south")
    send(database, people(30, 60), "jan")
    send(database, [*THIRTY, *people(30, 60)], "feb", on_existing="update")
    gone = mentions(left=[THIRTY[0].npi])
    send(database, [], "its feb", DELTA, hospital="south", besides=gone)
    waits = send(database, people(50, 60), "mar")
    assert waits.departures.at_least
    assert [one.absent for one in waiting_departures(database)] == [21]
    planned, done = approve(database, 5, dry_run=True), approve(database, 5)
    assert (planned.departed, planned.spared) == (done.departed, done.spared) == (21, 0)
    assert held(database) == [*THIRTY[1:], *people(50, 60)]


def test_approval_of_far_too_many_leaves_whom_a_rejected_row_may_mean(database):
    send(database, THIRTY, "jan")
    first, second = THIRTY[28].npi, THIRTY[29]
    slip = first[:4] + str((int(first[4]) + 1) % 10) + first[5:]
    rejected = {slip: name_words(THIRTY[28].full_name)}
    besides = mentions(named=[slip], unreadable=[f"{second.full_name} MD"])
    waits = send(database, THIRTY[:10], "feb", besides=replace(besides, rejected=rejected))
    assert (waits.departures.at_least, waits.departures.namesakes) == (True, 2)
    [listed] = waiting_departures(database)
    assert (listed.absent, listed.namesakes) == (18, (first, second.npi))
    planned, done = approve(database, 2, dry_run=True), approve(database, 2)
    assert (planned.departed, planned.spared) == (done.departed, done.spared) == (18, 0)
    assert held(database) == [*THIRTY[:10], *THIRTY[28:]]


def test_approval_of_words_says_nothing_of_absent_who_are_only_reported(database):
    send(database, THIRTY, "jan")
    policy = replace(FULL, absent="report")
    wanted = asked("feb", "north", policy, rows=22, left=12)
    load_providers(database, clean(THIRTY[17:27]), wanted, TWELVE)
    [waits] = waiting_departures(database)
    assert (waits.absent, waits.held) == (0, 12)
    planned, done = approve(database, 2, dry_run=True), approve(database, 2)
    assert (planned.departed, planned.spared) == (done.departed, done.spared) == (12, 0)
    assert list_imports(database)[0].departures.absent == 8


def test_dismissal_of_words_says_nothing_of_absent_who_are_only_reported(database):
    send(database, THIRTY, "jan")
    policy = replace(FULL, absent="report")
    wanted = asked("feb", "north", policy, rows=22, left=12)
    load_providers(database, clean(THIRTY[17:27]), wanted, TWELVE)
    assert dismiss(database, 2).spared == 12
    assert list_imports(database)[0].departures.absent == 8


@pytest.mark.parametrize("by_word", [True, False])
def test_row_that_somebody_deletes_meanwhile_does_not_depart_by_the_import(database, by_word):
    send(database, THIRTY, "jan")
    npis = [one.npi for one in THIRTY[:2]]
    besides = mentions(left=npis) if by_word else mentions()
    with database.connect() as connection:
        engine = connection.engine

    def delete_one(_, cursor, statement, *__):
        if (
            statement.startswith("UPDATE provider_import_row")
            and "old_" in statement.split("WHERE")[0]
        ):
            cursor.execute(f"DELETE FROM providerinfo WHERE PROV_NPI = '{npis[0]}'")

    event.listen(engine, "before_cursor_execute", delete_one)
    done = send(database, THIRTY[2:], "feb", besides=besides)
    event.remove(engine, "before_cursor_execute", delete_one)
    assert (done.rows.departed, held(database)) == (1, THIRTY[2:])
    assert undo(database, 2).returned == 1
    assert held(database) == THIRTY[1:]
