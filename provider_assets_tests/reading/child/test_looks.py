"""What one pass over a part of an xlsx finds, wherever in it that stands."""

import zipfile

import pytest

from provider_assets.reading.child.package import Package
from provider_assets.reading.child.readers.looks import Look, look_through

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
FAR = '<row><c r="A1"><v>1</v></c></row>' * 80_000  # the next piece, and the one after


def _look(tmp_path, content):
    with zipfile.ZipFile(tmp_path / "a.xlsx", "w", zipfile.ZIP_DEFLATED) as folder:
        folder.writestr("xl/part.xml", content)
    return look_through(Package(tmp_path / "a.xlsx"), "xl/part.xml")


def _cells(cells, prefix=""):
    colon = f"{prefix}:" if prefix else ""
    bound = f":{prefix}" if prefix else ""
    return f'<{colon}worksheet xmlns{bound}="{MAIN}">{FAR}{cells}{FAR}</{colon}worksheet>'


@pytest.mark.parametrize("prefix", ["", "x"])
@pytest.mark.parametrize(
    ("cell", "found"),
    [
        ("<{x}c><{x}f>A1</{x}f></{x}c>", Look(has_formulas=True)),
        ('<{x}c><{x}f t="shared" si="0"/></{x}c>', Look(has_formulas=True)),
        (
            '<{x}c t="inlineStr"><{x}is><{x}r><{x}t>a </{x}t></{x}r></{x}is></{x}c>',
            Look(has_loose_runs=True),
        ),
        ('<{x}c t="inlineStr"><{x}is><{x}r><{x}t>a</{x}t></{x}r></{x}is></{x}c>', Look()),
        ('<{x}c t="inlineStr"><{x}is><{x}t>a </{x}t></{x}is></{x}c>', Look()),
        ("<{x}foot/>", Look()),
    ],
)
def test_look_finds_what_the_quick_reader_loses(tmp_path, prefix, cell, found):
    tag = f"{prefix}:" if prefix else ""
    assert _look(tmp_path, _cells(cell.replace("{x}", tag), prefix)) == found


def test_look_finds_loose_runs_among_the_shared_strings(tmp_path):
    runs = "<si><r><t>Ada </t></r><r><t>Quimby</t></r></si>"
    assert _look(tmp_path, f'<sst xmlns="{MAIN}">{runs}</sst>') == Look(has_loose_runs=True)
