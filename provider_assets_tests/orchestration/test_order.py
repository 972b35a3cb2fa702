"""In which order rosters go where several processes share them: as they were named."""

import random

import pytest

from provider_assets.orchestration.command.jobs import FROM, jobs_for
from provider_assets.orchestration.command.order import Asked, Order


def test_roster_may_be_judged_when_all_before_it_are_loaded_and_write_when_they_are_done():
    order = Order(["a", "b", "c"])
    assert [order.next(()) for _ in range(4)] == [0, 1, 2, None]
    assert [order.may(asked, 0) for asked in Asked] == [True, True]
    assert [order.may(asked, 1) for asked in Asked] == [False, False]
    order.loaded(1)
    order.loaded(0)
    assert [order.may(asked, 2) for asked in Asked] == [True, False]
    order.done(1)
    assert not order.may(Asked.WRITE, 2)
    order.done(0)
    assert order.may(Asked.WRITE, 2)
    assert not order.finished
    order.done(2)
    assert order.finished


def test_roster_of_the_same_content_waits_until_its_like_is_done():
    order = Order(["a", "a", "", ""])
    assert order.next(()) == 0
    assert order.next([0]) is None
    order.done(0)
    assert order.next(()) == 1
    assert [order.next([1]), order.next([1, 2])] == [2, 3]


def test_roster_that_is_given_back_is_the_next():
    order = Order(["a", "b", "c"])
    assert [order.next(()), order.next(())] == [0, 1]
    order.give_back(0)
    assert [order.next(()), order.next(()), order.next(())] == [0, 2, None]


@pytest.mark.parametrize("seed", range(200))
def test_processes_in_any_order_and_dying_come_to_the_end_and_write_in_turn(seed):
    """Each process does one thing at a time, in an order of chance; one in ten steps kills it."""
    chance = random.Random(seed)
    count = chance.randint(1, 12)
    order = Order([chance.choice("abcdefgh") for _ in range(count)])
    at: list[int | None] = [None] * chance.randint(1, 4)
    stage = [0] * len(at)
    judged, written = [], []
    for _ in range(2_000):
        if order.finished:
            break
        who = chance.randrange(len(at))
        number = at[who]
        if number is None:
            at[who], stage[who] = order.next([one for one in at if one is not None]), 0
        elif chance.random() < 0.1 or stage[who] == 3:
            order.done(number)
            at[who] = None
        elif stage[who] == 0 and order.may(Asked.JUDGE, number):
            judged.append(number)
            stage[who] = 1
        elif stage[who] == 1 and order.may(Asked.WRITE, number):
            written.append(number)
            stage[who] = 2
        elif stage[who] == 2:
            order.loaded(number)
            stage[who] = 3
    assert order.finished
    assert judged == sorted(judged)
    assert written == sorted(written)


def test_processes_are_as_many_as_help(monkeypatch):
    monkeypatch.setattr("provider_assets.orchestration.command.jobs._processors", lambda: 2)
    assert [jobs_for(FROM - 1, None), jobs_for(FROM, None)] == [1, 2]
    assert [jobs_for(100, 1), jobs_for(100, 7), jobs_for(3, 7)] == [1, 7, 3]
    monkeypatch.setattr("provider_assets.orchestration.command.jobs._processors", lambda: 64)
    assert jobs_for(100, None) == 3
