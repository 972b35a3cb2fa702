"""Who left is reported or taken out, and comes back: single stories on the server and on SQLite."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from provider_assets.database.departures.approval import approve, dismiss, waiting_departures
from provider_assets.database.history import list_imports
from provider_assets.database.loading.load import load_providers
from provider_assets.database.loading.planning import plan_providers
from provider_assets.database.questions.confirmed import confirmed_providers, count_by_age
from provider_assets.database.questions.trace import trace
from provider_assets.database.undoing.undo import undo
from provider_assets.errors import UsageError
from provider_assets.providers.departures import DeparturePolicy
from provider_assets.providers.namesakes import name_words
from provider_assets_tests.database.departures import DELTA, FULL, asked, mentions, people, send
from provider_assets_tests.database.rosters import clean, execute, held, open_url, renamed

REPORT = DeparturePolicy(covers="full")
FOUR, THIRTY = people(0, 4), people(0, 30)


@pytest.fixture
def database(database_url):
    return open_url(database_url)


def told(result):
    done = result.departures
    return (done.departed, done.held, done.absent, done.spared, done.waiting)


def test_provider_who_left_by_word_goes_and_comes_back_by_undo(database):
    send(database, FOUR, "jan", DELTA)
    gone = send(database, FOUR[2:], "feb", DELTA, besides=mentions(left=[FOUR[0].npi]))
    assert (gone.rows.unchanged, told(gone)) == (2, (1, 0, 0, 0, False))
    assert held(database) == FOUR[1:]
    step = trace(database, FOUR[0].npi).steps[0]
    assert (step.record.id, step.action, step.sheet, step.row) == (2, "departed", "Sheet1", 90)
    assert undo(database, 2).returned == 1
    assert held(database) == FOUR


def test_trace_tells_origins_past_rows_that_only_name_the_provider(database, application_url):
    npi = FOUR[0].npi
    send(database, FOUR, "jan")
    send(database, FOUR[1:], "feb", REPORT, besides=mentions(named=[npi]))
    send(database, FOUR[1:3], "mar", REPORT)
    told_now = trace(database, npi)
    assert [step.action for step in told_now.steps] == ["absent", "named", "inserted"]
    assert {step.record.id for step in told_now.origins.values()} == {1}
    send(database, FOUR[1:], "apr")
    gone = trace(database, npi)
    assert (gone.held, gone.steps[0].action) == ((), "departed")
    assert gone.steps[0].replaced["full_name"] == FOUR[0].full_name
    again = f"INSERT INTO providerinfo (PROV_FULL_NM, PROV_NPI) VALUES ('By Hand', '{npi}')"
    execute(open_url(application_url), again)
    assert set(trace(database, npi).origins.values()) == {None}


def test_trace_tells_origins_past_a_roster_that_says_who_left_and_takes_nobody_out(database):
    first, second = FOUR[0], renamed(FOUR[0], "Quimby-Fern, Ada")
    send(database, [first], "jan", DELTA)
    send(database, [second], "feb", DELTA, on_existing="update")
    before = trace(database, first.npi)
    send(database, [], "mar", DeparturePolicy(), besides=mentions(left=[first.npi]))
    told_now = trace(database, first.npi)
    assert [step.action for step in told_now.steps] == ["held", "updated", "inserted"]
    assert told_now.steps[0].replaced is None
    origins = {name: step and step.record.id for name, step in told_now.origins.items()}
    assert origins == {**dict.fromkeys(first._fields, 1), "full_name": 2}
    assert (told_now.held, told_now.origins) == (before.held, before.origins)


def test_provider_who_left_by_word_stays_and_is_told_by_default(database):
    send(database, FOUR, "jan", DELTA)
    besides = mentions(left=[FOUR[0].npi, "9000009999"])
    kept = send(database, [], "feb", DeparturePolicy(), besides=besides)
    assert (told(kept), held(database)) == ((0, 1, 0, 0, False), FOUR)


def test_provider_whom_another_hospital_put_there_or_names_stays(database):
    send(database, FOUR[:2], "jan", DELTA)
    send(database, FOUR[2:], "its", DELTA, hospital="south", besides=mentions([FOUR[1].npi]))
    left = mentions(left=[one.npi for one in FOUR[1:]])
    kept = send(database, FOUR[:1], "feb", DELTA, besides=left)
    assert (told(kept), held(database)) == ((0, 1, 0, 1, False), FOUR)
    also = mentions(left=[FOUR[1].npi])
    gone = send(database, [], "its feb", DELTA, hospital="south", besides=also)
    assert (told(gone), held(database)) == ((1, 0, 0, 0, False), [FOUR[0], *FOUR[2:]])
    again = send(database, FOUR[:1], "mar", DELTA, besides=also)
    assert told(again) == (0, 0, 0, 0, False)


@pytest.mark.parametrize("second", ["word", "absence"])
@pytest.mark.parametrize(("first", "departs"), [(DELTA, 1), (DeparturePolicy(), 0)])
def test_provider_whom_both_hospitals_let_go_departs_with_the_second(
    database, first, departs, second
):
    send(database, FOUR, "jan", first)
    policy = FULL if second == "absence" else DELTA
    send(database, FOUR, "its", policy, hospital="south", on_existing="update")
    gone = mentions(left=[FOUR[0].npi])
    let_go = send(database, [], "feb", first, besides=gone)
    assert told(let_go) == (0, 1, 0, int(first is DELTA), False)
    besides = gone if second == "word" else mentions()
    wanted = asked("too", "south", policy, on_existing="update", rows=3, left=0)
    plan = plan_providers(database, clean(FOUR[1:]), wanted, besides)
    done = load_providers(database, clean(FOUR[1:]), wanted, besides)
    assert (plan.rows, plan.departures) == (done.rows, done.departures)
    stays = 1 - departs
    by = (0, stays) if second == "absence" else (stays, 0)
    assert told(done) == (departs, *by, stays, False)
    assert held(database) == FOUR[departs:]
    assert undo(database, 4).returned == departs
    assert held(database) == FOUR


def test_row_that_somebody_changed_since_is_spared(database, application_url):
    send(database, FOUR, "jan")
    change = f"UPDATE providerinfo SET PROV_FULL_NM = 'By Hand' WHERE PROV_NPI = '{FOUR[0].npi}'"
    execute(open_url(application_url), change)
    kept = send(database, FOUR[2:], "feb", besides=mentions())
    assert told(kept) == (1, 0, 1, 1, False)
    assert held(database) == [renamed(FOUR[0], "By Hand"), *FOUR[2:]]


def test_row_whose_other_columns_the_application_filled_is_spared(database, application_url):
    application = open_url(application_url)
    send(database, FOUR, "jan")
    execute(application, "ALTER TABLE providerinfo ADD COLUMN note VARCHAR(20)")
    execute(application, f"UPDATE providerinfo SET note = 'x' WHERE PROV_NPI = '{FOUR[0].npi}'")
    kept = send(database, FOUR[2:], "feb")
    assert (told(kept), held(database)) == ((1, 0, 1, 1, False), [FOUR[0], *FOUR[2:]])


def test_row_that_was_the_applications_own_is_never_taken_out(database, application_url):
    send(database, [], "none")
    execute(
        open_url(application_url),
        f"INSERT INTO providerinfo (PROV_FULL_NM, PROV_NPI) VALUES ('Own', '{FOUR[0].npi}')",
    )
    send(database, FOUR, "jan", on_existing="update")
    assert held(database) == FOUR
    kept = send(database, FOUR[1:], "feb", on_existing="update")
    assert (told(kept), held(database)) == ((0, 0, 1, 1, False), FOUR)


def test_row_that_came_back_by_hand_after_it_departed_stays(database, application_url):
    send(database, FOUR, "jan")
    send(database, FOUR[1:], "feb")
    columns = "ENTY_NM, PROV_FST_NM, PROV_LST_NM, PROV_FULL_NM, PROV_NPI"
    values = ", ".join(f"'{cell}'" for cell in FOUR[0])
    again = f"INSERT INTO providerinfo ({columns}) VALUES ({values})"
    execute(open_url(application_url), again)
    assert told(send(database, FOUR[1:], "mar")) == (0, 0, 0, 0, False)
    assert undo(database, 2).spared == (("", 0),)
    assert held(database) == FOUR


def test_absent_of_a_full_roster_depart_and_a_rejected_row_counts_as_present(database):
    send(database, FOUR, "jan")
    gone = send(database, FOUR[3:], "feb", besides=mentions(named=[FOUR[2].npi]))
    assert (told(gone), held(database)) == ((2, 0, 0, 0, False), FOUR[2:])
    assert list_imports(database)[0].rows.departed == 2


def test_provider_called_like_a_row_without_a_readable_npi_is_present(database):
    send(database, FOUR, "jan")
    besides = mentions(unreadable=["quimby0 ada0 MD"])
    assert told(send(database, FOUR[2:], "feb", besides=besides)) == (1, 0, 0, 0, False)
    assert held(database) == [FOUR[0], *FOUR[2:]]


@pytest.mark.parametrize("name", [FOUR[0].full_name, "Somebody Else"])
def test_provider_whose_npi_was_mistyped_by_one_digit_is_present(database, name):
    npi = FOUR[0].npi
    typed = renamed(FOUR[0], name)._replace(npi=npi[:4] + "7" + npi[5:])
    if name != FOUR[0].full_name:
        typed = typed._replace(first_name="Somebody", last_name="Else")
    stays = [FOUR[0]] if name == FOUR[0].full_name else []
    send(database, FOUR, "jan")
    wanted = asked("feb", "north", FULL, rows=4)
    plan = plan_providers(database, clean([typed, *FOUR[1:]]), wanted, mentions())
    done = load_providers(database, clean([typed, *FOUR[1:]]), wanted, mentions())
    assert (plan.rows, plan.departures) == (done.rows, done.departures)
    assert (done.departures.departed, done.departures.absent) == (1 - len(stays), 0)
    assert held(database) == sorted([*stays, typed, *FOUR[1:]], key=lambda one: one.npi)


def test_rejected_row_with_a_mistyped_npi_protects_whom_it_names(database):
    npi = FOUR[0].npi
    send(database, FOUR, "jan")
    besides = mentions(named=[typed := npi[:4] + "7" + npi[5:]])
    for rejected, departs in (({}, 1), ({typed: name_words(FOUR[0].full_name)}, 0)):
        wanted = asked("feb", "north", FULL, rows=4)
        said = replace(besides, rejected=rejected)
        plan = plan_providers(database, clean(FOUR[1:]), wanted, said)
        assert (plan.departures.departed, plan.departures.namesakes) == (departs, 1 - departs)
    done = load_providers(database, clean(FOUR[1:]), wanted, said)
    assert (plan.rows, plan.departures) == (done.rows, done.departures)
    assert held(database) == FOUR


def test_absent_are_only_reported_by_default(database):
    send(database, FOUR, "jan")
    kept = send(database, FOUR[3:], "feb", REPORT)
    assert (told(kept), held(database)) == ((0, 0, 3, 0, False), FOUR)
    assert waiting_departures(database) == []


def test_delta_takes_nobody_out(database):
    send(database, FOUR, "jan")
    assert told(send(database, FOUR[3:], "feb", DELTA)) == (0, 0, 0, 0, False)


@pytest.mark.parametrize("besides", [mentions(), mentions(unreadable=["Nobody Known"])])
def test_half_a_roster_takes_nobody_out_and_waits(database, besides):
    send(database, THIRTY, "jan")
    half = send(database, THIRTY[:15], "feb", besides=besides)
    assert told(half)[0::4] == (0, True)
    assert held(database) == THIRTY
    [waits] = waiting_departures(database)
    assert (waits.record.id, waits.absent, waits.of) == (2, 15, 30)
    assert list_imports(database)[0].departing == "waiting"


def test_approval_takes_out_who_is_still_absent_and_undo_brings_all_back(database):
    send(database, THIRTY, "jan")
    send(database, THIRTY[:15], "feb")
    send(database, THIRTY[15:16], "mar", DELTA)
    assert (approve(database, 2, dry_run=True).departed, held(database)) == (14, THIRTY)
    done = approve(database, 2)
    assert (done.done, done.departed, held(database)) == (True, 14, THIRTY[:16])
    assert approve(database, 2).reason == "its departures were approved before"
    assert waiting_departures(database) == []
    assert list_imports(database)[1].rows.departed == 14
    assert undo(database, 2).returned == 14
    assert held(database) == THIRTY


def test_retry_of_a_run_after_its_commit_tells_who_waits_and_what_was_removed(database):
    send(database, THIRTY, "jan")
    send(database, THIRTY[:15], "feb")
    first = send(database, THIRTY[:14], "feb", run_id="run-1", replay=True)
    assert (first.departures.waiting, first.departures.at_least) == (True, True)
    assert send(database, THIRTY[:14], "feb", run_id="run-1", replay=True) == first


def test_wrong_file_is_counted_no_further_than_its_limit_and_listed_in_full(database):
    send(database, THIRTY, "jan")
    told = send(database, THIRTY[:5], "feb").departures
    assert (told.absent, told.of, told.at_least) == (11, 30, True)
    assert [each.absent for each in waiting_departures(database)] == [25]


def test_limit_is_of_what_the_layout_owns_though_its_rosters_had_twice_as_many_rows(database):
    many = people(0, 300)
    send(database, many, "jan")
    send(database, many, "feb")
    told = send(database, many[20:], "mar").departures
    assert (told.absent, told.of, told.at_least) == (16, 300, True)


def test_dismissal_leaves_everybody_and_asks_no_more(database):
    send(database, THIRTY, "jan")
    send(database, THIRTY[:15], "feb")
    assert dismiss(database, 2, dry_run=True).done
    assert len(waiting_departures(database)) == 1
    assert dismiss(database, 2).done
    assert (waiting_departures(database), held(database)) == ([], THIRTY)
    assert not approve(database, 2).done
    assert held(database) == THIRTY


def test_newer_full_roster_overtakes_what_waits(database):
    send(database, THIRTY, "jan")
    send(database, THIRTY[:15], "feb")
    send(database, THIRTY[1:], "mar")
    assert waiting_departures(database) == []
    assert approve(database, 2).reason == (
        "import 3 is a newer full roster; who is missing there decides"
    )
    assert held(database) == THIRTY[1:]


def test_approval_of_an_unknown_import_is_refused(database):
    send(database, FOUR, "jan")
    with pytest.raises(UsageError, match="no import 7"):
        approve(database, 7)


def test_older_full_roster_takes_nobody_out_by_its_day_or_by_arrival(database):
    dated = replace(FULL, dated=True)
    send(database, FOUR, "jan", replace(dated, as_of="2026-01-01"))
    send(database, FOUR[:3], "mar", replace(dated, as_of="2026-03-01"))
    late = send(database, FOUR[1:3], "feb", replace(dated, as_of="2026-02-01"))
    assert (told(late), late.departures.older_than) == ((0, 0, 0, 0, False), 2)
    unknown = send(database, FOUR[1:2], "apr", dated)
    assert (told(unknown), unknown.departures.undated) == ((0, 0, 0, 0, False), True)
    again = send(database, FOUR[:3], "mar", replace(FULL, as_of=None), replay=True)
    assert (told(again), again.departures.older_than) == ((1, 0, 0, 0, False), 3)
    assert held(database) == FOUR[:3]


def test_replay_of_an_older_roster_brings_nobody_back_who_departed_since(database):
    send(database, FOUR, "jan")
    send(database, FOUR[1:], "feb")
    again = send(database, FOUR, "jan", replay=True)
    assert (again.rows.inserted, again.rows.unchanged) == (0, 4)
    assert again.departures.overtaken == 1
    assert held(database) == FOUR[1:]
    assert undo(database, 2).returned == 1
    assert held(database) == FOUR


def test_replay_keeps_an_approval(database):
    send(database, THIRTY, "jan")
    send(database, THIRTY[:15], "feb")
    approve(database, 2)
    again = send(database, THIRTY[:15], "feb", replay=True)
    assert (told(again), held(database)) == ((15, 0, 0, 0, False), THIRTY[:15])
    assert undo(database, again.import_id).returned == 15


def test_replay_under_a_policy_that_only_reports_brings_them_back(database):
    send(database, FOUR, "jan")
    send(database, FOUR[1:], "feb")
    again = send(database, FOUR[1:], "feb", REPORT)
    assert (told(again), held(database)) == ((0, 0, 1, 0, False), FOUR)


def test_plan_says_what_the_load_does_and_writes_nothing(database):
    send(database, FOUR, "jan")
    besides = mentions(left=[FOUR[0].npi])
    wanted = asked("feb", "north", FULL, rows=2)
    plan = plan_providers(database, clean(FOUR[2:]), wanted, besides)
    assert held(database) == FOUR
    done = load_providers(database, clean(FOUR[2:]), wanted, besides)
    assert (plan.rows, plan.departures) == (done.rows, done.departures)
    assert plan.rows.departed == 2


@pytest.mark.parametrize("values", ["old", "own"])
def test_plan_of_a_replay_reckons_with_what_the_replaced_import_gives_back(database, values):
    """The update of who is missing now is taken back first: the row is as jan made it."""
    changed = renamed(FOUR[0], "Quimby-Fern, Ada")
    feb = [changed if values == "old" else FOUR[0], *FOUR[1:]]
    send(database, FOUR, "jan")
    send(database, feb, "feb", on_existing="update")
    wanted = asked("feb", "north", FULL, rows=3, layout="mended", on_existing="update")
    plan = plan_providers(database, clean(FOUR[1:]), wanted, mentions())
    done = load_providers(database, clean(FOUR[1:]), wanted, mentions())
    assert (plan.rows, plan.departures) == (done.rows, done.departures)
    assert (told(done), held(database)) == ((1, 0, 0, 0, False), FOUR[1:])


def test_plan_of_a_replay_counts_nobody_whose_row_it_would_take_out(database, application_url):
    send(database, FOUR, "jan")
    execute(open_url(application_url), f"DELETE FROM providerinfo WHERE PROV_NPI = '{FOUR[0].npi}'")
    send(database, FOUR, "feb")
    wanted = asked("feb", "north", FULL, rows=3, layout="mended")
    plan = plan_providers(database, clean(FOUR[1:]), wanted, mentions())
    done = load_providers(database, clean(FOUR[1:]), wanted, mentions())
    assert (plan.rows, plan.removed) == (done.rows, done.removed)
    assert plan.departures == done.departures
    assert (plan.removed, told(done), held(database)) == (1, (0, 0, 0, 0, False), FOUR[1:])


def test_plan_of_a_replay_reckons_with_an_event_that_did_nothing_then(database):
    send(database, FOUR, "jan", DELTA)
    send(database, [renamed(FOUR[0], "Q.")], "feb", DELTA, on_existing="update")
    send(database, FOUR[:1], "its", DELTA, hospital="south", on_existing="update")
    gone = mentions(left=[FOUR[0].npi])
    send(database, [], "its too", DeparturePolicy(), hospital="south", besides=gone)
    wanted = asked("feb", "north", FULL, rows=3, layout="mended")
    plan = plan_providers(database, clean(FOUR[1:]), wanted, mentions())
    done = load_providers(database, clean(FOUR[1:]), wanted, mentions())
    assert (plan.rows, plan.departures) == (done.rows, done.departures)
    assert (done.departures.departed, held(database)) == (1, FOUR[1:])


def test_replay_that_names_again_who_left_by_it_spares_nothing(database):
    send(database, FOUR, "jan", DELTA)
    send(database, FOUR[1:], "feb", DELTA, besides=mentions(left=[FOUR[0].npi]))
    wanted = asked("feb", "north", DELTA, rows=4, layout="mended")
    plan = plan_providers(database, clean(FOUR), wanted, mentions())
    done = load_providers(database, clean(FOUR), wanted, mentions())
    assert (plan.rows, plan.kept) == (done.rows, done.kept)
    assert (done.rows.unchanged, done.kept, held(database)) == (4, 0, FOUR)


def test_rows_in_the_table_are_inserted_less_departed_less_undone(database):
    send(database, THIRTY, "jan")
    send(database, THIRTY[3:], "feb")
    send(database, people(2, 32), "mar")
    undo(database, 3)
    done = [one for one in list_imports(database) if one.state == "loaded"]
    assert sum(one.rows.inserted - one.rows.departed for one in done) == len(held(database)) == 27


def test_providers_are_confirmed_by_the_newest_roster_that_names_them(database):
    send(database, FOUR, "jan")
    send(database, FOUR[:1], "feb", DELTA, besides=mentions(present=[FOUR[1].npi]))
    its = mentions(present=[FOUR[2].npi], named=[FOUR[3].npi])
    send(database, [], "its", DELTA, hospital="south", besides=its)
    found = confirmed_providers(database)
    assert [(one.npi, one.import_id, one.layout, one.file) for one in found] == [
        (FOUR[0].npi, 2, "north", "feb.xlsx"),
        (FOUR[1].npi, 2, "north", "feb.xlsx"),
        (FOUR[2].npi, 3, "south", "its.xlsx"),
        (FOUR[3].npi, 1, "north", "jan.xlsx"),
    ]
    later = found[3].named + timedelta(days=90)
    assert count_by_age(found[3:], later) == {
        "under_60": 0, "from_60": 0, "from_75": 0, "from_90": 1,
    }  # fmt: skip
    assert count_by_age(found, datetime.now(UTC))["under_60"] == 4


def test_providers_are_confirmed_by_the_rosters_own_days(database):
    march, feb = (replace(DELTA, dated=True, as_of=f"2026-0{month}-01") for month in (3, 2))
    send(database, FOUR[:1], "mar", march)
    send(database, FOUR[:1], "feb", feb)
    [found] = confirmed_providers(database)
    assert (found.named.date().isoformat(), found.import_id) == ("2026-03-01", 1)


def test_settled_departures_no_longer_wait_where_they_are_kept(database):
    send(database, THIRTY, "jan")
    send(database, THIRTY[:15], "feb")
    approve(database, 2)
    kept = list_imports(database)[0].departures
    assert (kept.departed, kept.absent, kept.of, kept.waiting) == (15, 0, 30, False)
    send(database, THIRTY, "mar")
    send(database, THIRTY[:12], "apr")
    dismiss(database, 4)
    kept = list_imports(database)[0].departures
    assert (kept.departed, kept.absent, kept.waiting, kept.dismissed) == (0, 18, False, True)


def test_replay_keeps_a_dismissal(database):
    send(database, THIRTY, "jan")
    send(database, THIRTY[:15], "feb")
    dismiss(database, 2)
    wanted = asked("feb", "north", FULL, rows=15, layout="mended")
    plan = plan_providers(database, clean(THIRTY[:15]), wanted, mentions())
    again = load_providers(database, clean(THIRTY[:15]), wanted, mentions())
    assert (plan.rows, plan.departures.dismissed) == (again.rows, True)
    assert (told(again)[0], told(again)[4], held(database)) == (0, False, THIRTY)
    assert (waiting_departures(database), list_imports(database)[0].departing) == ([], "dismissed")
    third = send(database, THIRTY[:28], "feb", layout="third")
    assert (third.departures.departed, held(database)) == (0, THIRTY)


@pytest.mark.parametrize("besides", [mentions(), mentions(unreadable=["Nobody Known"])])
def test_dry_run_of_an_approval_says_what_it_does(database, application_url, besides):
    send(database, THIRTY, "jan")
    waits = send(database, THIRTY[:10], "feb", besides=besides)
    change = f"UPDATE providerinfo SET PROV_FULL_NM = 'By Hand' WHERE PROV_NPI = '{THIRTY[20].npi}'"
    execute(open_url(application_url), change)
    [listed] = waiting_departures(database)
    told = waits.departures.absent
    assert (told, listed.absent) == (11 if waits.departures.at_least else 20, 20)
    planned = approve(database, 2, dry_run=True)
    done = approve(database, 2)
    assert (planned.departed, planned.spared) == (done.departed, done.spared) == (19, 1)


def test_replay_confirms_nobody_anew(database):
    send(database, FOUR[:1], "jan")
    first = confirmed_providers(database)[0]
    send(database, FOUR[:1], "jan", replay=True)
    again = confirmed_providers(database)[0]
    assert (again.named, again.import_id) == (first.named, 2)
