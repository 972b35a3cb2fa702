"""Drafts as people use them: what they load, and what they say of words that nobody knows."""

from provider_assets.reading.layouts import load_layouts
from provider_assets.reading.limits import ReadingLimits
from provider_assets.reading.suggest import suggest_layout
from provider_assets_tests.reading.files import npi, write_text
from provider_assets_tests.reading.test_departures import HEADERS, judged, people


def test_draft_that_lists_a_status_says_which_words_it_does_not_know(tmp_path):
    rows = [(*HEADERS, "Status"), *people(("Active",), ("Termed",), ("Suspended",))]
    path = write_text(tmp_path / "mercy.csv", rows)
    draft = suggest_layout(path, ReadingLimits(), load_layouts(None))
    assert 'column: ["Status"]' in draft
    invalid, frame = judged(path, draft)
    assert (frame.source.layout, invalid) == ("mercy", {("mercy", 3): "terminated"})
    assert frame.source.notes == (
        "sheet 'mercy': the column 'Status' (D): 1 row has a word that does not say clearly "
        "whether somebody has left, such as 'Aaaaaaaaa'; it counts as still there (see "
        "terminations)",
    )


def test_person_of_one_name_loads_where_the_layout_wants_it(tmp_path):
    layout = (
        "name: mono\ncolumns: {npi: NPI, last_name: Last Name, first_name: First Name}\n"
        "optional: [first_name]\n"
        "derive: {full_name: ['{last_name}, {first_name}', '{last_name}']}\n"
    )
    rows = [HEADERS, (npi(1), "Moxie", ""), (npi(2), "Quimby", "Ada")]
    invalid, frame = judged(write_text(tmp_path / "r.csv", rows), layout)
    assert (frame.source.layout, invalid) == ("mono", {})
    assert frame.rows["full_name"].tolist() == ["Moxie", "Quimby, Ada"]
