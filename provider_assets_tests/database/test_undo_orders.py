"""Imports undone in any order leave the same table: whom a roster in force names stays."""

from itertools import permutations

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from provider_assets.database.prepare import prepare
from provider_assets.database.questions.trace import trace
from provider_assets.database.undoing.undo import undo
from provider_assets_tests.database.departures import DELTA, mentions, people, send
from provider_assets_tests.database.machine import TABLES
from provider_assets_tests.database.rosters import (
    Provider,
    execute,
    held,
    is_sqlite,
    npi_of,
    open_url,
    renamed,
)

ONE, TWO, THREE, FOUR, NINE = people(0, 5)
ITS = renamed(ONE, "Quimby-Fern, Ada")
NPIS = tuple(npi_of(number) for number in range(4))
ROSTER = st.dictionaries(st.sampled_from(NPIS), st.sampled_from(("Ann", "ann", "Ánn")), max_size=4)
LOADS = st.lists(st.tuples(st.sampled_from(("reject", "update")), ROSTER), min_size=3, max_size=5)


@pytest.fixture
def database(database_url):
    return open_url(database_url)


def empty(database):
    how = "DELETE FROM" if is_sqlite(database) else "TRUNCATE TABLE"
    execute(database, *(f"{how} {table}" for table in TABLES))


def undo_all(database, numbers):
    for number in numbers:
        assert undo(database, number, dry_run=True) == undo(database, number)


@pytest.mark.parametrize("order", [(1, 3), (3, 1)])
def test_row_that_a_later_import_changed_stays_where_a_roster_between_names_it(database, order):
    mine = [ONE, TWO, THREE]
    send(database, mine, "alpha", hospital="alpha", on_existing="update")
    send(database, [*mine, FOUR], "beta", hospital="beta", on_existing="update")
    send(database, [ITS, NINE], "gamma", DELTA, hospital="gamma", on_existing="update")
    undo_all(database, order)
    assert held(database) == [*mine, FOUR]
    assert {step.record.id for step in trace(database, ONE.npi).origins.values()} == {2}
    undo_all(database, [2])
    assert held(database) == []


@pytest.mark.parametrize("order", [(1, 3), (3, 1)])
def test_month_between_two_that_are_undone_has_all_it_names(database, order):
    send(database, [ONE, TWO, FOUR], "jan", on_existing="update")
    send(database, [ONE, TWO, FOUR], "feb", on_existing="update")
    send(database, [ITS, FOUR], "mar", on_existing="update", besides=mentions(left=[TWO.npi]))
    undo_all(database, order)
    assert held(database) == [ONE, TWO, FOUR]
    undo_all(database, [2])
    assert held(database) == []


@pytest.mark.parametrize("order", [(1, 3), (3, 1)])
def test_row_that_a_roster_between_had_as_a_duplicate_stays_though_others_are_undone(
    database, order
):
    send(database, [ONE], "jan", DELTA, hospital="a")
    send(database, [THREE], "its", DELTA, hospital="b", besides=mentions(present=[ONE.npi]))
    send(database, [ITS], "new", DELTA, hospital="c", on_existing="update")
    undo_all(database, order)
    assert held(database) == [ONE, THREE]
    undo_all(database, [2])
    assert held(database) == []


@pytest.mark.parametrize("order", [(1, 3), (3, 1)])
def test_values_go_back_to_those_of_an_equal_update_between(database, order):
    send(database, [ONE], "jan", DELTA, hospital="a")
    send(database, [ITS], "its", DELTA, hospital="b", on_existing="update")
    send(database, [ITS], "same", DELTA, hospital="c", on_existing="update")
    send(database, [renamed(ONE, "Q.")], "new", DELTA, hospital="d", on_existing="update")
    undo_all(database, [one + 1 for one in order])
    assert held(database) == [ITS]
    undo_all(database, [3])
    assert held(database) == [ONE]


def test_update_that_would_find_its_own_values_leaves_the_row_to_the_roster_between(database):
    send(database, [ONE], "jan", DELTA, hospital="a")
    send(database, [ITS], "its", DELTA, hospital="b")
    send(database, [ITS], "same", DELTA, hospital="c", on_existing="update")
    undo_all(database, [1])
    assert held(database) == [ITS]
    assert {step.record.id for step in trace(database, ONE.npi).origins.values()} == {2}
    undo_all(database, [3, 2])
    assert held(database) == []


def test_undo_says_of_each_row_why_it_stays_and_whose_replay_would_bring_one_back(
    database, application_url
):
    send(database, [ONE, TWO, THREE, FOUR], "jan", DELTA, hospital="a")
    send(database, [ONE], "its", DELTA, hospital="b", on_existing="update")
    send(database, [], "feb", DELTA, hospital="a", besides=mentions(left=[TWO.npi]))
    send(database, [], "c", DELTA, hospital="c", besides=mentions(named=[FOUR.npi]))
    execute(open_url(application_url), f"DELETE FROM providerinfo WHERE PROV_NPI = '{THREE.npi}'")
    dry, told = undo(database, 1, dry_run=True), undo(database, 1)
    assert dry == told
    assert [(one.npi, one.row, one.why, one.by) for one in told.stays] == [
        (ONE.npi, 2, "named", 2),
        (TWO.npi, 3, "left", 3),
        (THREE.npi, 4, "changed", None),
    ]
    assert (told.removed, told.named_by) == (1, (4,))


@settings(
    max_examples=12,
    deadline=None,
    derandomize=True,
    phases=(Phase.generate,),
    suppress_health_check=list(HealthCheck),
)
@given(
    loads=LOADS,
    which=st.lists(st.integers(0, 4), min_size=2, max_size=3, unique=True),
)
def test_every_order_of_undoing_two_or_three_imports_gives_the_same_table(
    database_url, application_url, loads, which
):
    database, application = open_url(database_url), open_url(application_url)
    prepare(database)
    numbers = sorted({place % len(loads) + 1 for place in which})
    found = []
    for order in permutations(numbers):
        empty(application)
        for number, (on_existing, roster) in enumerate(loads, 1):
            bring(database, f"roster {number}", on_existing, roster)
        undo_all(database, order)
        found.append((order, held(database)))
    assert [table for _, table in found] == [found[0][1]] * len(found), found


def bring(database, name, on_existing, roster):
    """Load as the sifting would hand it over: what the table has is no clean row to a `reject`."""
    there = {one.npi: one.full_name for one in held(database)} if name != "roster 1" else {}
    known = set(roster) & set(there) if on_existing == "reject" else set()
    same = sorted(npi for npi in known if roster[npi] == there[npi])
    besides = mentions(named=sorted(known - set(same)), present=same)
    clean = [Provider(None, None, None, name, npi) for npi, name in roster.items()]
    fresh = [one for one in clean if one.npi not in known]
    send(database, fresh, name, DELTA, hospital=name, on_existing=on_existing, besides=besides)
