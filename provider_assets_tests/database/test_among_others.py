"""Undo in any order, and rosters that come late: what the others say stays."""

from dataclasses import replace

import pytest

from provider_assets.database.departures.approval import waiting_departures
from provider_assets.database.history import list_imports
from provider_assets.database.loading.load import load_providers
from provider_assets.database.loading.planning import plan_providers
from provider_assets.database.questions.actions import other_actions, overtaken_rows
from provider_assets.database.undoing.undo import undo
from provider_assets.providers.departures import DeparturePolicy
from provider_assets.providers.fields import TABLE_COLUMNS
from provider_assets_tests.database.departures import DELTA, FULL, asked, mentions, people, send
from provider_assets_tests.database.rosters import clean, execute, held, open_url, renamed

FOUR = people(0, 4)
ADA, ITS = FOUR[0], renamed(FOUR[0], "Quimby-Fern, Ada")
DATED = replace(FULL, dated=True)
REPORT = DeparturePolicy()
JAN, FEB, MAR = (replace(DATED, as_of=f"2026-0{month}-01") for month in (1, 2, 3))


@pytest.fixture
def database(database_url):
    return open_url(database_url)


def told(done):
    return (done.removed, done.restored, len(done.spared), done.returned)


@pytest.mark.parametrize("way", ["unchanged", "already loaded"])
def test_undo_leaves_a_row_that_another_hospital_has_too_and_its_undo_takes_it(database, way):
    send(database, FOUR[:2], "jan", DELTA)
    if way == "unchanged":
        send(database, [ADA], "its", DELTA, hospital="south", on_existing="update")
    else:
        send(database, [], "its", DELTA, hospital="south", besides=mentions(present=[ADA.npi]))
    assert undo(database, 1, dry_run=True) == (done := undo(database, 1))
    assert (told(done), held(database)) == ((1, 0, 1, 0), [ADA])
    assert (told(undo(database, 2)), held(database)) == ((1, 0, 0, 0), [])


def test_undo_takes_a_row_that_another_hospital_only_rejected(database):
    send(database, [ADA], "jan", DELTA)
    send(database, [], "its", DELTA, hospital="south", besides=mentions(named=[ADA.npi]))
    assert (told(undo(database, 1)), held(database)) == ((1, 0, 0, 0), [])


@pytest.mark.parametrize(("policy", "hint"), [(DELTA, (2,)), (FULL, ())])
def test_undo_promises_nothing_of_a_roster_that_a_newer_full_one_overtook(database, policy, hint):
    send(database, [ADA], "jan")
    send(database, [], "its", DELTA, hospital="south", besides=mentions(named=[ADA.npi]))
    send(database, FOUR[1:], "too", policy, hospital="south")
    assert undo(database, 1, dry_run=True).named_by == hint
    assert (undo(database, 1).removed, held(database)) == (1, FOUR[1:])


@pytest.mark.parametrize(("hospital", "hint"), [("south", ()), ("east", (2,))])
def test_undo_promises_nothing_of_a_roster_whose_hospital_has_said_left_since(
    database, hospital, hint
):
    send(database, [ADA], "jan")
    send(database, [], "its", DELTA, hospital="south", besides=mentions(named=[ADA.npi]))
    left = mentions(left=[ADA.npi])
    send(database, [], "gone", REPORT, hospital=hospital, besides=left)
    assert undo(database, 1, dry_run=True).named_by == hint
    assert (undo(database, 1).removed, held(database)) == (1, [])
    replayed = send(
        database, [ADA], "its", DELTA, hospital="south", on_existing="update", layout="mended"
    )
    assert (replayed.rows.inserted, held(database)) == ((1, [ADA]) if hint else (0, []))


@pytest.mark.parametrize("way", ["by word", "by silence", "by hand"])
def test_undo_says_of_a_departure_that_it_went_to_a_later_roster(database, application_url, way):
    many = people(100, 120)
    send(database, [ADA, *many], "jan", FULL)
    send(database, many, "feb", FULL)
    if way == "by hand":
        execute(
            open_url(application_url),
            f"INSERT INTO providerinfo (PROV_FULL_NM, PROV_NPI) VALUES ('By Hand', '{ADA.npi}')",
        )
    elif way == "by word":
        send(database, many[:15], "mar", DELTA, besides=mentions(left=[ADA.npi]))
    else:
        send(database, many, "mar", FULL)
    assert undo(database, 2, dry_run=True) == (done := undo(database, 2))
    why = ("changed", None) if way == "by hand" else ("left", 3)
    assert [(one.npi, one.why, one.by) for one in done.stays] == [(ADA.npi, *why)]


def test_undo_says_changed_of_a_row_that_was_changed_by_hand_though_others_name_it(
    database, application_url
):
    send(database, [ADA], "jan", DELTA)
    send(database, [], "its", DELTA, hospital="south", besides=mentions(named=[ADA.npi]))
    execute(open_url(application_url), "UPDATE providerinfo SET PROV_FULL_NM = 'By Hand'")
    assert [(one.why, one.by) for one in undo(database, 1).stays] == [("changed", None)]


def test_undo_leaves_values_that_a_newer_roster_has_too(database):
    send(database, [ADA], "jan", DELTA, on_existing="update")
    send(database, [ITS], "feb", DELTA, on_existing="update")
    send(database, [ITS], "mar", DELTA, on_existing="update")
    assert (told(undo(database, 2)), held(database)) == ((0, 0, 1, 0), [ITS])
    assert (told(undo(database, 3)), held(database)) == ((0, 1, 0, 0), [ADA])


@pytest.mark.parametrize("order", [(1, 2), (2, 1)])
def test_update_and_what_it_found_are_undone_in_any_order(database, order):
    send(database, [ADA], "jan", DELTA)
    send(database, [ITS], "its", DELTA, hospital="south", on_existing="update")
    for number in order:
        undo(database, number)
    assert held(database) == []


@pytest.mark.parametrize("order", [(1, 2), (2, 1)])
def test_row_and_its_departure_are_undone_in_any_order(database, order):
    send(database, [ADA], "jan", DELTA)
    send(database, [], "feb", DELTA, besides=mentions(left=[ADA.npi]))
    for number in order:
        undo(database, number)
    assert held(database) == []


@pytest.mark.parametrize("order", [(2, 3), (3, 2)])
def test_departure_and_a_later_arrival_are_undone_in_any_order(database, order):
    send(database, [ADA], "jan", DELTA)
    send(database, [], "feb", DELTA, besides=mentions(left=[ADA.npi]))
    send(database, [ITS], "its", DELTA, hospital="south")
    for number in order:
        undo(database, number)
    assert held(database) == [ADA]


@pytest.mark.parametrize("policy", [DELTA, FULL])
def test_undo_brings_nobody_back_who_left_by_a_later_roster_too(database, policy):
    left = mentions(left=[ADA.npi] if policy is DELTA else [])
    send(database, FOUR, "jan", DELTA)
    send(database, FOUR[1:], "feb", policy, besides=left)
    send(database, FOUR[1:], "mar", policy, besides=left)
    assert undo(database, 2, dry_run=True) == (done := undo(database, 2))
    assert (told(done), held(database)) == ((0, 0, 1, 0), FOUR[1:])
    assert list_imports(database)[0].rows.departed == 1
    assert (told(undo(database, 3)), held(database)) == ((0, 0, 0, 1), FOUR)


def test_undo_brings_back_who_is_missing_in_a_roster_with_an_unreadable_npi(database):
    send(database, FOUR, "jan", DELTA)
    send(database, FOUR[1:], "feb")
    send(database, FOUR[1:], "mar", besides=mentions(unreadable=["Nobody Known"]))
    assert (told(undo(database, 2)), held(database)) == ((0, 0, 0, 1), FOUR)


def test_replay_leaves_a_row_that_it_no_longer_yields_and_another_roster_has(database):
    send(database, FOUR[:2], "jan", DELTA)
    send(database, [ADA], "its", DELTA, hospital="south", on_existing="update")
    again = send(database, [], "jan", DELTA, layout="mended")
    assert (again.removed, again.kept, held(database)) == (1, 1, [ADA])
    assert (told(undo(database, 2)), held(database)) == ((1, 0, 0, 0), [])


def test_replay_does_not_put_older_values_over_newer_ones(database):
    send(database, [ADA], "jan", DELTA, on_existing="update")
    send(database, [ITS], "feb", DELTA, on_existing="update")
    wanted = asked("jan", "north", DELTA, on_existing="update", layout="mended", rows=1)
    mended = clean([renamed(ADA, "Quimby, A.")])
    plan = plan_providers(database, mended, wanted)
    done = load_providers(database, mended, wanted)
    assert plan.rows == done.rows
    assert (done.rows.unchanged, held(database)) == (1, [ITS])
    assert (told(undo(database, 2)), held(database)) == ((0, 1, 0, 0), [renamed(ADA, "Quimby, A.")])


def test_older_dated_roster_neither_changes_nor_brings_back_whom_a_newer_one_told_of(database):
    send(database, FOUR[:3], "jan", JAN, on_existing="update")
    send(database, [ITS, FOUR[1]], "mar", MAR, on_existing="update")
    late = [ADA, FOUR[2], FOUR[3]]
    wanted = asked("feb", "north", FEB, on_existing="update", rows=3)
    plan = plan_providers(database, clean(late), wanted)
    done = load_providers(database, clean(late), wanted, mentions())
    assert (plan.rows, plan.departures) == (done.rows, done.departures)
    assert (done.rows.unchanged, done.departures.overtaken) == (3, 3)
    assert held(database) == [ITS, FOUR[1]]
    assert done.departures.kept_out == 2
    away = dict.fromkeys((FOUR[2].npi, FOUR[3].npi), "overtaken")
    assert overtaken_rows(database, done.import_id) == away
    assert other_actions(database, done.import_id, "unchanged") == away


def test_rows_that_somebody_deletes_later_were_not_overtaken(database):
    send(database, FOUR, "jan")
    send(database, FOUR[:3], "feb")
    late = send(database, FOUR, "jan", replay=True, layout="mended").import_id
    npi_column = TABLE_COLUMNS["npi"]
    execute(database, f"DELETE FROM providerinfo WHERE {npi_column} = '{FOUR[0].npi}'")
    send(database, FOUR[2:3], "mar")
    assert held(database) == [FOUR[2]]
    assert overtaken_rows(database, late) == {FOUR[3].npi: "overtaken"}
    assert other_actions(database, late, "unchanged") == {FOUR[3].npi: "overtaken"}


def test_row_that_is_back_in_the_table_is_overtaken_no_more(database):
    send(database, FOUR, "jan")
    send(database, FOUR[:3], "feb")
    late = send(database, FOUR, "jan", replay=True, layout="mended").import_id
    assert overtaken_rows(database, late) == {FOUR[3].npi: "overtaken"}
    undo(database, 2)
    assert held(database) == FOUR
    assert overtaken_rows(database, late) == {}
    assert other_actions(database, late, "unchanged") == {FOUR[3].npi: "overtaken"}


@pytest.mark.parametrize("undone", [True, False])
def test_older_dated_roster_leaves_whom_a_newer_one_let_go_and_another_hospital_brought_back(
    database, undone
):
    send(database, FOUR, "jan", JAN, on_existing="update")
    send(database, FOUR[1:], "mar", MAR, on_existing="update")
    if undone:  # the departure then did nothing, and is no event
        undo(database, 1)
    send(database, [ITS], "its", DELTA, hospital="south", on_existing="update")
    wanted = asked("feb", "north", FEB, on_existing="update", rows=1)
    plan = plan_providers(database, clean([ADA]), wanted)
    done = load_providers(database, clean([ADA]), wanted, mentions())
    assert (plan.rows, plan.departures) == (done.rows, done.departures)
    assert (done.departures.overtaken, held(database)[0]) == (1, ITS)


def test_older_roster_updates_whom_a_wrong_newer_one_lacks(database):
    many = people(0, 30)
    send(database, many, "jan", JAN, on_existing="update")
    send(database, many[20:], "mar", MAR, on_existing="update")
    late = send(database, [ITS], "feb", FEB, on_existing="update")
    assert (late.rows.updated, held(database)[0]) == (1, ITS)


def test_file_loaded_again_after_an_undo_brings_nobody_back_who_left_since(database):
    send(database, FOUR, "jan")
    send(database, FOUR[1:], "feb")
    undo(database, 1)
    again = send(database, FOUR, "jan")
    assert (again.departures.overtaken, held(database)) == (4, FOUR[1:])
    assert again.departures.kept_out == 1


def test_older_full_roster_of_another_hospital_hides_nobody_whom_its_newest_names(database):
    send(database, FOUR, "jan")
    send(database, FOUR[:1], "its mar", MAR, hospital="south", on_existing="update")
    send(database, FOUR[1:2], "its feb", FEB, hospital="south", on_existing="update")
    gone = send(database, FOUR[2:], "feb")
    assert (gone.departures.departed, held(database)) == (1, [FOUR[0], *FOUR[2:]])


def test_limit_counts_what_is_the_hospitals_now(database):
    mine = people(0, 300)
    send(database, mine, "jan")
    other = [renamed(one, "Other") for one in mine[40:]]
    send(database, other, "its", DELTA, hospital="south", on_existing="update")
    few = send(database, mine[15:40], "feb")
    assert (few.departures.of, few.departures.waiting) == (40, True)
    assert [one.absent for one in waiting_departures(database)] == [15]


def test_rows_in_the_table_are_those_put_less_those_taken_out_less_those_undone(database):
    everybody = people(0, 30)
    loads = [
        send(database, everybody, "jan"),
        send(database, everybody[3:], "feb"),
        send(database, [*everybody[2:28], *people(30, 33)], "mar"),
        send(database, everybody[20:25], "its", DELTA, hospital="south", on_existing="update"),
    ]
    undone = [undo(database, number) for number in (2, 1)]
    put = sum(one.rows.inserted - one.rows.departed for one in loads)
    back = sum(one.returned - one.removed for one in undone)
    assert len(held(database)) == put + back


def test_policy_that_only_reports_claims_no_departure(database):
    send(database, FOUR, "jan", DELTA)
    send(database, FOUR[1:], "feb")
    send(database, FOUR[1:], "mar", DeparturePolicy(covers="full"))
    assert (told(undo(database, 2)), held(database)) == ((0, 0, 0, 1), FOUR)
