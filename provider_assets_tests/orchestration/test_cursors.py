"""What a tick leaves to the next one comes back; what nobody can read is a fresh start."""

import json

import pytest

from provider_assets.orchestration.cursors import read_cursor
from provider_assets.orchestration.inbox.cursor import Cursor

LEFT = Cursor({"/inbox/a.csv": "@1764334951.250", "/inbox/b.csv": "0a" * 32}, "told", "met")


def test_cursor_of_the_inbox_comes_back():
    assert Cursor.from_text(LEFT.to_text()) == LEFT


@pytest.mark.parametrize("text", [None, "", "{", "3", '["looks"]', '"looks"'])
def test_cursor_that_nobody_can_read_is_a_fresh_start(text):
    assert read_cursor(text) == {}
    assert Cursor.from_text(text) == Cursor()


def test_cursor_of_another_form_keeps_what_can_be_read():
    assert Cursor.from_text('{"looks": 3, "told": "told"}') == Cursor(told="told")


@pytest.mark.parametrize("look", ["@x", "@", "@nan", 7, None, ["@1"], "0a", "0A" * 32, ""])
def test_look_that_a_hand_has_spoilt_is_forgotten_and_the_others_stay(look):
    text = json.dumps({**vars(LEFT), "looks": {**LEFT.looks, "/inbox/c.csv": look}})
    assert Cursor.from_text(text) == LEFT
