import base64
from collections.abc import Callable
from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest

from provider_assets.providers.roster import RosterOutcome, RowCounts
from provider_assets.reports.pictures import data_uri, outcomes_svg, reasons_svg
from provider_assets.reports.trend import codes_svg, marks, percent, rates_svg, rows_svg
from provider_assets_tests.reports.sample import imported, sample

SVG = "{http://www.w3.org/2000/svg}"


def bars(svg: str) -> list[float]:
    """The lengths of the bars, in the order of drawing."""
    root = ET.fromstring(svg)
    return [float(one.get("width", "0")) for one in root.iter(f"{SVG}rect") if is_bar(one)]


def is_bar(one: ET.Element) -> bool:
    return "rect" in one.get("class", "").split()


def texts(svg: str) -> list[str]:
    return [one.text for one in ET.fromstring(svg).iter(f"{SVG}text") if one.text]


def test_picture_of_outcomes_has_a_length_for_each_count() -> None:
    svg = outcomes_svg(sample().outcome)
    lengths = bars(svg)
    assert [round(one / lengths[1], 2) for one in lengths] == [5, 1, 1]
    assert texts(svg)[-3:] == ["Loaded: 5", "Need a correction: 1", "Duplicates: 1"]


@pytest.mark.parametrize(
    ("status", "word"), [("valid", "Would load: 5"), ("failed", "Passed, not loaded: 5")]
)
def test_picture_of_outcomes_does_not_say_loaded_where_nothing_was(status: str, word: str) -> None:
    assert word in texts(outcomes_svg(replace(sample().outcome, status=status)))


def test_picture_of_reasons_names_each_code_and_its_count() -> None:
    outcome = replace(sample().outcome, reasons={"npi-missing": 40, "already-loaded": 1_000})
    assert texts(reasons_svg(outcome)) == [
        "npi-missing",
        "already-loaded",
        "Why rows did not load",
        "40",
        "1,000",
    ]  # fmt: skip  (drawn from the bottom up)


def test_rows_that_say_left_are_drawn_as_in_the_picture_of_the_rows() -> None:
    codes = {"npi-missing": 3, "duplicate-in-file": 2, "terminated": 1}
    root = ET.fromstring(reasons_svg(replace(sample().outcome, reasons=codes)))
    drawn = {
        next(name for name in group.get("class", "").split() if name.startswith("color-")): lengths
        for group in root.iter(f"{SVG}g")
        if "series" in group.get("class", "")
        and (lengths := [float(one.get("width", "0")) for one in group.iter() if is_bar(one)])
    }
    by_length = sorted(drawn, key=lambda colour: max(drawn[colour]))
    assert by_length == ["color-2", "color-1", "color-0"]


def test_picture_says_in_words_what_it_shows() -> None:
    root = ET.fromstring(reasons_svg(sample().outcome))
    told = (
        "Why rows did not load: An earlier row of this roster has the same NPI and name; that row "
        "counts. 1. The full name is empty. 1."
    )
    title = root.find(f"{SVG}title")
    assert title is not None
    assert (root.get("role"), root.get("aria-label"), title.text) == ("img", told, told)


EMPTY = RosterOutcome(sample().outcome.source, "failed", RowCounts())


@pytest.mark.parametrize(
    "draw",
    [
        lambda: outcomes_svg(sample().outcome),
        lambda: reasons_svg(sample().outcome),
        lambda: outcomes_svg(EMPTY),
        lambda: reasons_svg(EMPTY),
        lambda: rows_svg([imported(1), imported(40)]),
        lambda: rates_svg({"mercy": [imported(1), imported(40)], "<b>&": [imported(3)]}),
        lambda: rates_svg({"mercy": [imported(1, rows=RowCounts())]}),
    ],
)
def test_picture_runs_nothing_and_asks_for_nothing(draw: Callable[[], str]) -> None:
    root = ET.fromstring(draw())
    for one in root.iter():
        assert one.tag.removeprefix(SVG) in {"svg", "g", "defs", "style", "title", "rect", "path",
                                             "text", "circle"}  # fmt: skip
        assert not {name for name in one.attrib if name.startswith("on") or "href" in name}
        assert "style" not in one.attrib
        assert "id" not in one.attrib
    [style] = root.iter(f"{SVG}style")
    assert style.text is not None
    assert "url(" not in style.text
    assert "@import" not in style.text


@pytest.mark.parametrize("highest", [0.004, 0.03, 0.09, 0.285714, 0.5, 1.0])
def test_marks_of_rates_are_different_numbers_when_written_down(highest: float) -> None:
    found = marks(highest)
    assert 3 <= len(found) <= 7
    assert found[0] == 0
    assert found[-1] >= highest
    assert len({percent(mark) for mark in found}) == len(found)


@pytest.mark.parametrize(
    ("highest", "whole"),
    [(1, [0, 1]), (3, [0, 1, 2, 3]), (7, [0, 2, 4, 6, 8]), (1000, [0, 500, 1000])],
)
def test_marks_of_rows_are_whole_numbers(highest: int, whole: list[int]) -> None:
    assert marks(highest, whole=True) == whole


def test_picture_of_rates_shows_the_worst_sources() -> None:
    sources = {
        name: [imported(1, rows=RowCounts(100, invalid, 0, 100 - invalid))]
        for name, invalid in (("a", 1), ("b", 50), ("c", 20), ("d", 30), ("e", 0))
    }
    shown = [text for text in texts(rates_svg(sources)) if text in sources]
    assert shown == ["b", "d", "c"]


def test_picture_of_rows_tells_passed_from_loaded() -> None:
    failed = imported(2, state="failed", rows=RowCounts(10, 6, 0, 4))
    assert "Passed, not loaded" in texts(rows_svg([imported(1), failed]))
    assert "Passed, not loaded" not in texts(rows_svg([imported(1)]))


def test_picture_of_codes_shows_what_is_to_correct() -> None:
    reasons = {"npi-missing": 3, "npi-malformed": 9, "duplicate-in-file": 50}
    shown = texts(codes_svg([imported(1, reasons=reasons)]))
    assert [text for text in shown if text in reasons] == ["npi-malformed", "npi-missing"]


def test_picture_of_reasons_says_how_many_it_leaves_out() -> None:
    codes = {f"code-{number}": number + 1 for number in range(10)}
    shown = texts(reasons_svg(replace(sample().outcome, reasons=codes)))
    assert "Why rows did not load (and 2 more below)" in shown


def test_same_outcome_gives_the_same_picture() -> None:
    assert outcomes_svg(sample().outcome) == outcomes_svg(sample().outcome)


def test_data_uri_holds_the_picture_and_stays_small() -> None:
    svg = reasons_svg(sample().outcome)
    address = data_uri(svg)
    head, _, body = address.partition(",")
    assert head == "data:image/svg+xml;base64"
    assert base64.b64decode(body).decode() == svg
    assert len(address) < 8_000
