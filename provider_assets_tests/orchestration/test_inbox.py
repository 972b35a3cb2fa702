"""What becomes of a file, decided over history, runs and the clock alone."""

from dataclasses import replace

import pytest

from provider_assets.errors import FileCode
from provider_assets.orchestration.inbox.decision import (
    AtFault,
    Delivery,
    Loaded,
    RosterRun,
    Start,
    Wait,
    pause_after,
    reconcile,
)
from provider_assets.reading.mailbox.port import WaitingFile
from provider_assets_tests.orchestration.made_up import FAILED, LOADED, NOON, SHA

FILE = WaitingFile("inbox/mercy.xlsx", 10, 100, 100)
OTHER_FILE = WaitingFile("inbox/copy of mercy.xlsx", 10, 200, 200)
MERCY = Delivery(FILE, SHA, "mercy-3fa9c1d20b7e")
COPY = Delivery(OTHER_FILE, SHA, "copy_of_mercy-3fa9c1d20b7e")
NOW = NOON.timestamp()


def run(run_id="run-1", delivery=FILE, ended=NOW - 1, roster=MERCY.roster):
    return RosterRun(run_id, roster, delivery.token if delivery else None, ended)


def decide(*deliveries, history=(), runs=(), now=NOON):
    return reconcile(deliveries or (MERCY,), {SHA: history}, runs, now, first_pause=30)


def test_reconcile_of_a_file_nobody_knows_starts_it():
    assert decide() == [Start(MERCY, 1)]


def test_reconcile_of_a_loaded_content_puts_it_away_as_done_by_this_delivery():
    assert decide(history=[LOADED], runs=[run()]) == [Loaded(MERCY, LOADED, by_this=True)]


def test_reconcile_of_a_content_loaded_under_another_name_says_so():
    assert decide(COPY, history=[LOADED], runs=[run()]) == [Loaded(COPY, LOADED, by_this=False)]


@pytest.mark.parametrize(
    "owed",
    [
        replace(LOADED, owed=True),
        replace(
            FAILED, error=("too-many-rejects", "half of it is wrong"), owed=True, run_id="run-1"
        ),
    ],
)
def test_reconcile_of_a_roster_whose_sender_lacks_his_answers_tries_it_again(owed):
    assert decide(history=[owed], runs=[run()]) == [Wait(MERCY, "pausing", NOW + 29)]
    assert decide(history=[owed], runs=[run(ended=NOW - 31)]) == [Start(MERCY, 2)]
    assert decide(COPY, history=[owed], runs=[run()]) == [Start(COPY, 1)]


def test_reconcile_after_a_purge_of_all_runs_loads_nothing_twice():
    assert decide(history=[LOADED], runs=[]) == [Loaded(MERCY, LOADED, by_this=False)]


def test_reconcile_while_a_run_works_waits_even_where_the_rows_are_in():
    assert decide(history=[LOADED], runs=[run(ended=None)]) == [Wait(MERCY, "running")]


def test_reconcile_while_the_same_content_is_loaded_under_another_name_waits():
    going = run(ended=None, roster=COPY.roster, delivery=OTHER_FILE)
    assert decide(runs=[going]) == [Wait(MERCY, "running")]


def test_reconcile_of_two_files_of_one_content_starts_the_first():
    assert decide(MERCY, COPY) == [Start(MERCY, 1), Wait(COPY, "running")]


@pytest.mark.parametrize("code", sorted(set(FileCode) - {FileCode.CHANGED_WHILE_READING}))
def test_reconcile_of_a_file_at_fault_answers_it(code):
    record = replace(FAILED, error=(code.value, "…"))
    assert decide(history=[record], runs=[run()]) == [AtFault(MERCY, record)]


def test_reconcile_goes_by_the_newest_import_in_whatever_order_they_come():
    transient = replace(FAILED, id=9, error=("database-transient", "…"), run_id="run-2")
    runs = [run(), run("run-2", ended=NOW - 3600)]
    for history in ([FAILED, transient], [transient, FAILED]):
        assert decide(history=history, runs=runs) == [Wait(MERCY, "pausing", NOW - 1 + 60)]


def test_reconcile_of_a_content_that_the_history_does_not_name_starts_it():
    assert reconcile((MERCY,), {}, (), NOON, first_pause=30) == [Start(MERCY, 1)]


def test_reconcile_of_a_failed_file_dropped_again_tries_it_again():
    again = Delivery(replace(FILE, changed=300), SHA, MERCY.roster)
    assert decide(again, history=[FAILED], runs=[run()]) == [Start(again, 1)]


@pytest.mark.parametrize("code", ["changed-while-reading", "database-terminal", "check-failed"])
def test_reconcile_of_a_failure_that_is_not_the_files_pauses_then_tries_again(code):
    record = replace(FAILED, error=(code, "…"))
    failed = run(ended=NOW - 29)
    assert decide(history=[record], runs=[failed]) == [Wait(MERCY, "pausing", NOW + 1)]
    assert decide(history=[record], runs=[run(ended=NOW - 30)]) == [Start(MERCY, 2)]


def test_reconcile_of_runs_that_ended_without_a_word_pauses_longer_each_time():
    runs = [run("a", ended=NOW - 500), run("b", ended=NOW - 100), run("c", ended=NOW - 60)]
    assert decide(runs=runs) == [Wait(MERCY, "pausing", NOW + 60)]


def test_reconcile_of_an_undone_import_dropped_again_loads_it_again():
    assert decide(history=[replace(LOADED, state="undone")]) == [Start(MERCY, 1)]


def test_reconcile_of_a_replayed_import_sees_the_one_that_lives():
    newer = replace(LOADED, id=9)
    records = [newer, replace(LOADED, state="superseded")]
    assert decide(history=records) == [Loaded(MERCY, newer, by_this=False)]


def test_reconcile_with_a_failure_older_than_an_undo_does_not_answer_from_it():
    undone = replace(LOADED, id=9, state="undone")
    assert decide(history=[FAILED, undone], runs=[]) == [Start(MERCY, 1)]


def test_reconcile_of_another_delivery_does_not_wait_for_the_firsts_pause():
    again = Delivery(replace(FILE, changed=300), SHA, MERCY.roster)
    assert decide(again, runs=[run(ended=NOW)]) == [Start(again, 1)]


def test_pause_grows_to_an_hour_and_no_further():
    assert [pause_after(n, 30) for n in (1, 2, 3, 4, 7, 8, 1000)] == [
        30,
        60,
        120,
        240,
        1920,
        3600,
        3600,
    ]


def test_reconcile_of_two_contents_whose_hashes_begin_alike_starts_one_at_a_time():
    alike = Delivery(OTHER_FILE, SHA[:12] + "f" * 52, MERCY.roster)
    assert decide(MERCY, alike) == [Start(MERCY, 1), Wait(alike, "running")]
    assert decide(alike, history=[], runs=[run(ended=None)]) == [Wait(alike, "running")]
