"""One way of showing foreign text: it steers no terminal and begins no line."""

import pytest

from provider_assets.providers.shown import shown
from provider_assets.reports.annotations import _command


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("mercy é.xlsx", "mercy é.xlsx"),
        ("a\n::add-mask::b", "a\\n::add-mask::b"),
        ("\x1b[31mred\x07", "\\x1b[31mred\\x07"),
        ("\u202egpj.exe\u2028", "\\u202egpj.exe\\u2028"),
        ("broken\udcff", "broken\\xff"),
    ],
)
def test_name_of_any_characters_is_shown_on_one_line(name, line):
    assert shown(name) == line


def test_annotation_keeps_its_own_lines_and_nothing_that_steers():
    told = _command("error", "one\ntwo\x1b[2J\r\n::add-mask::x", file="a\n::b\x07.csv")
    expected = "::error file=a%0A%3A%3Ab\\x07.csv::one%0Atwo\\x1b[2J%0A::add-mask::x"
    assert told == expected
