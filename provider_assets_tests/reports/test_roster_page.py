import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from provider_assets.providers.roster import RosterOutcome, RowCounts, SheetSource, SourceColumn
from provider_assets.reports.files import ReportLimits, write_report_files
from provider_assets_tests.reports.sample import (
    SAMPLE_HEADERS,
    SAMPLE_ROWS,
    Sifted,
    raw,
    sample,
    sheet,
    source,
)

VOID = {"meta", "link", "br", "rect", "path", "circle"}
HOSTILE = '<script>alert(1)</script><img src=x onerror="alert(2)">&amp;{{ 7*7 }}'


class Page(HTMLParser):
    """The page's elements and, of each kind that is asked for, the texts in it."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.texts: list[tuple[str, str]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        while tag not in VOID and self.open.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        if data.strip() and self.open:
            self.texts.append(("/".join(self.open), " ".join(data.split())))

    def under(self, tag: str) -> list[str]:
        """The texts of each element of this kind, put together."""
        return [text for path, text in self.texts if tag in path.split("/")]


def page_of(folder: Path, sifted: Sifted, shown: int = 100) -> Page:
    answer = write_report_files(folder, sifted.outcome, *sifted.frames, ReportLimits(shown=shown))
    return Page(answer.report.read_text(encoding="utf-8"))


def page_of_outcome(folder: Path, outcome: RosterOutcome) -> Page:
    frames = Sifted(raw(SAMPLE_ROWS[:0])).frames
    return Page(write_report_files(folder, outcome, *frames).report.read_text(encoding="utf-8"))


def test_page_of_the_sample_roster_tells_the_outcome(tmp_path: Path) -> None:
    page = page_of(tmp_path, sample())
    assert page.under("h1") == ["mercy.xlsx"]
    assert ("html/body/main/header/p", ("5 of 7 rows loaded; 1 needs a correction, 1 "
            "repeats a provider at another place.")) in page.texts  # fmt: skip
    counts = [text for path, text in page.texts if path.startswith("html/body/main/ul/li")]
    assert counts == ["7", "read", "5", "loaded", "1", "needs a correction",
                      "1", "duplicate", "1 only listed at another place"]  # fmt: skip


def test_page_of_the_sample_roster_lists_its_rejects_with_values_and_advice(
    tmp_path: Path,
) -> None:
    page = page_of(tmp_path, sample())
    listed = [text for path, text in page.texts if "/section/ul/li/" in path and "/a" not in path]
    first = listed.index("Sheet1")
    assert listed[first:] == [
        "Sheet1", ",", "row 7", "duplicate",
        "NP", "MOUSE, MINNIE", "NpFirstName", "MINNIE", "NpLastName", "MOUSE",
        "NPI", "3456789012", "Type", "HERO",
        ("An earlier row of this roster has the same NPI and name; that row counts."
        " (duplicate-in-file) The earlier row: Sheet1, row 4."),
        "Nothing: the provider is listed at another place, too.",
        "Sheet1", ",", "row 8", "to correct",
        "NP", "empty", "NpFirstName", "BUZZ", "NpLastName", "LIGHTYEAR",
        "NPI", "6789012345", "Type", "HERO",
        "The full name is empty. (full-name-missing)", "Fill in the provider's full name.",
    ]  # fmt: skip
    assert [dict(attrs) for tag, attrs in page.found if tag == "dd" and attrs] == [
        {"class": "fault"}, {"class": "fault"},
    ]  # fmt: skip


def test_page_tells_where_the_roster_came_from(tmp_path: Path) -> None:
    page = page_of(tmp_path, sample())
    facts = dict(
        zip(
            [text for path, text in page.texts if path.endswith("section/dl/dt")],
            [text for path, text in page.texts if path.endswith("section/dl/dd/bdi")],
            strict=True,
        )
    )
    assert {name: facts[name] for name in list(facts)[:7]} == {
        "File": "mercy.xlsx",
        "Size": "28,599 bytes, xlsx",
        "SHA-256": "3fa9c1d20b7e" + "0" * 52,
        "Roster": "mercy-3fa9c1d20b7e",
        "Layout": "hospital_a (version abcdefabcdef)",
        "Import": "1",
        "Dagster run": "0c6a4d52",
    }
    table = [text for path, text in page.texts if "table/tbody/tr" in path][-15:]
    assert table[:6] == [
        "NP", "PROV_FULL_NM: the provider's full name; no row loads without it", "0",
        "NpFirstName", "PROV_FST_NM: the provider's first name", "0",
    ]  # fmt: skip


def test_page_of_many_rejects_shows_the_first_and_says_how_many_there_are(tmp_path: Path) -> None:
    rows = [("A", "A", "A", None, "HERO")] * 150 + SAMPLE_ROWS[:1]
    page = page_of(tmp_path, Sifted(raw(rows)))
    assert "The first 100 of 150 rows that did not load" in page.under("h2")
    assert len([1 for tag, attrs in page.found if attrs.get("class") == "values"]) == 100


def test_page_escapes_every_value(tmp_path: Path) -> None:
    rows = raw([(None, HOSTILE, HOSTILE, HOSTILE, HOSTILE)])
    rows["sheet"] = HOSTILE
    origin = replace(
        source(sheet(HOSTILE, ((HOSTILE, "full_name"), (HOSTILE, "npi"))), file=HOSTILE),
        kind=HOSTILE, layout=HOSTILE, notes=(HOSTILE,), hidden_sheets=(HOSTILE,),
    )  # fmt: skip
    page = page_of(tmp_path, Sifted(rows, origin, run_id=HOSTILE))
    assert not [tag for tag, _ in page.found if tag in {"script", "img", "iframe", "object"}]
    assert not [attrs for _, attrs in page.found if any(name.startswith("on") for name in attrs)]
    whole = " ".join(HOSTILE.split())
    assert page.under("h1") == [whole]
    assert len([text for _, text in page.texts if whole in text]) >= 10


def test_page_forbids_itself_the_network_and_scripts(tmp_path: Path) -> None:
    page = page_of(tmp_path, sample())
    [policy] = [
        attrs["content"]
        for tag, attrs in page.found
        if attrs.get("http-equiv") == "Content-Security-Policy"
    ]
    assert policy is not None
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "unsafe" not in policy
    for tag, attrs in page.found:
        assert tag not in {"script", "iframe", "object", "embed", "form", "base"}
        assert "style" not in attrs
        address = attrs.get("href") or attrs.get("src")
        assert address is None or address == "data:," or address.startswith("../rejects/mercy_")


def test_page_links_the_roster_s_files_and_says_what_is_in_them(tmp_path: Path) -> None:
    page = page_of(tmp_path, sample())
    assert [attrs["href"] for tag, attrs in page.found if tag == "a"] == [
        "../rejects/mercy_2025-05-01_rejects.xlsx",
        "../rejects/mercy_2025-05-01_filtered.xlsx",
    ]
    assert page.under("ol") == [
        (
            "Open mercy_2025-05-01_rejects.xlsx: it holds only the rows that did not load, in your "
            "own columns; the cells at fault are coloured."
        ),
        "Correct what can be corrected. Keep the columns that we added at the end: Sheet and "
        "Check are read.",
        "Drop the corrected file into the inbox: every row that is right by then loads.",
    ]


@pytest.mark.parametrize(
    ("differs", "steps"),
    [
        ({"status": "failed", "error": ("empty", "no rows")},
         ["Fix what the sentence above says, and drop the roster again."]),
        ({"rows": RowCounts(1, 0, 0, 1, 1)}, []),
    ],
)  # fmt: skip
def test_page_without_rejects_asks_only_for_what_is_needed(
    tmp_path: Path, differs: dict[str, Any], steps: list[str]
) -> None:
    outcome = replace(sample().outcome, **({"reasons": {}} | differs))
    assert page_of_outcome(tmp_path, outcome).under("ol") == steps


def test_page_of_a_roster_with_too_many_rejects_asks_for_the_roster_itself(tmp_path: Path) -> None:
    failed = {"status": "failed", "error": ("too-many-rejects", "mercy.xlsx: too many.")}
    page = page_of(tmp_path, Sifted(raw(SAMPLE_ROWS), **failed))
    assert page.under("ol") == [
        "Open mercy_2025-05-01_rejects.xlsx: it holds all rows of the roster, in your own columns; "
        "the rows that are right are in the sheet Passed; the cells at fault are coloured.",
        "Correct the other rows there. Keep the columns that we added at the end: Sheet and Check "
        "are read.",
        "Drop the corrected file into the inbox: it loads as a whole.",
    ]
    assert "passed, but did not load" in page.under("li")


def test_page_of_duplicates_alone_does_not_ask_for_corrections(tmp_path: Path) -> None:
    page = page_of(tmp_path, Sifted(raw(SAMPLE_ROWS[:6])))
    assert page.under("ol") == [
        "Nothing needs to be done: these rows list providers who loaded at other places."
    ]
    conflicting = [SAMPLE_ROWS[1], ("MOUSE, MINNIE", *SAMPLE_ROWS[1][1:])]
    page = page_of(tmp_path, Sifted(raw(conflicting)))
    assert page.under("ol")[1:] == [
        "All of them are duplicates: look through them; most need no action."
    ]


def test_page_asks_the_network_for_nothing(tmp_path: Path) -> None:
    answer = write_report_files(tmp_path, sample().outcome, *sample().frames)
    html = answer.report.read_text(encoding="utf-8")
    assert not re.findall(r"https?://(?!www\.w3\.org/2000/svg)", html)
    assert "url(" not in html
    assert "@import" not in html


def test_page_of_a_terminated_row_says_so_in_words(tmp_path: Path) -> None:
    columns = (
        SourceColumn("NPI", "npi", 0),
        SourceColumn("Provider", "full_name", 1),
        SourceColumn("Action", "termination", 2, terminated_as="d"),
    )
    headers = (("NPI", "npi"), ("Provider", "full_name"))
    rows = raw([("1234567890", "DUCK, DAISY")], headers).assign(terminated=True)
    page = page_of(tmp_path, Sifted(rows, source(SheetSource("Sheet1", 1, columns))))
    told = [text for path, text in page.texts if path.endswith("ul/li/dl/dd/bdi")]
    assert told == ["1234567890", "DUCK, DAISY", "has left"]
    assert "has left" in [text for path, text in page.texts if path.endswith("div/span")]
    assert "to correct" not in [text for _, text in page.texts]


def test_page_tells_of_fields_beside_the_table_and_of_columns_that_are_not_read(
    tmp_path: Path,
) -> None:
    headers = (*SAMPLE_HEADERS, ("MI", "middle_name"))
    origin = replace(sheet("Sheet1", headers), unread=("Fax", "SSN"), rows=7)
    rows = [(*row, "X.") for row in SAMPLE_ROWS]
    page = page_of(tmp_path, Sifted(raw(rows, headers), source(origin)))
    told = [text for _, text in page.texts]
    assert "the provider's middle name or initial" in told
    assert told[told.index("Not read:") + 1 :][:3:2] == ["Fax", "SSN"]
    assert "Sheet1: rows 2, 3, 4, 5, 6" in told


def test_page_cuts_a_long_value_and_has_the_whole_of_it_in_a_title(tmp_path: Path) -> None:
    long = 'Quimby "Ada" & <others> ' * 3 + "MD"
    page = page_of(tmp_path, Sifted(raw([(None, long, "QUIMBY", "12", "HERO")])))
    titles = [attrs["title"] for tag, attrs in page.found if tag == "bdi" and "title" in attrs]
    assert titles == [long]
    assert f"{long[:59]}…" in page.under("dd")
