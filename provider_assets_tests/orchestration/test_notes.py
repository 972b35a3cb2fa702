"""The notes beside files in `failed/`: in the sender's words, and true to the kind of file."""

from dataclasses import replace

import pytest

from provider_assets.errors import RosterError
from provider_assets.orchestration.inbox.notes import fault_note, partly_note
from provider_assets.providers.roster import RowCounts
from provider_assets.reading.layouts import load_layouts
from provider_assets.reading.limits import ReadingLimits
from provider_assets.reading.roster import read_roster
from provider_assets_tests.orchestration.made_up import FAILED, LOADED

SUGGEST = "provider-assets layouts suggest"


def note_of(tmp_path, name, content):
    """The note that a file with this content gets."""
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(RosterError) as refused:
        read_roster(
            path,
            roster="mercy-3fa9c1d20b7e",
            file=name,
            sha256="",
            layouts=load_layouts(None),
            limits=ReadingLimits(),
        )
    error = refused.value
    return fault_note([], name, replace(FAILED, error=(error.code, error.message)))


@pytest.mark.parametrize(
    ("name", "content", "todo"),
    [
        ("roster.pdf", b"%PDF-1.7 a roster", "send the spreadsheet that it was made from"),
        ("scan.png", b"\x89PNG\r\n\x1a\n" + b"0" * 50, "send the spreadsheet that it shows"),
        ("roster.rar", b"Rar!\x1a\x07\x00" + b"0" * 50, "unpack it, and send what is in it"),
    ],
)
def test_note_says_what_to_do_about_this_kind_of_file(tmp_path, name, content, todo):
    wrong, do = note_of(tmp_path, name, content).splitlines()[2:4]
    assert wrong.endswith(f"not a spreadsheet; {todo}")
    assert do == "What to do:    Drop the roster itself, unpacked, as a spreadsheet or as .csv."


def test_note_of_unknown_headers_names_the_nearest_layout_and_has_the_command_apart(
    tmp_path,
):
    note = note_of(tmp_path, "odd.csv", b"Last Name,First Name,Specialty\nQuimby,Ada,x\n")
    sender, _, engineer = note.partition("For the engineer: ")
    assert "the nearest is generic, which lacks a column for" in sender
    assert "Last Name, First Name, Specialty" in sender
    assert SUGGEST not in sender
    assert engineer.startswith(f"`{SUGGEST} FILE` drafts a layout for this file.")


@pytest.mark.parametrize(
    ("rows", "reasons", "told"),
    [
        (
            RowCounts(3, 1, 1, 1, 1),
            {"npi-malformed": 1, "already-loaded-different": 1},
            "m.csv was loaded in part: 2 of its 3 rows are to be corrected.",
        ),
        (
            RowCounts(3, 0, 3, 0),
            {"already-loaded": 2, "already-loaded-different": 1},
            "m.csv was loaded as far as it was new: 3 of its 3 rows are in the table already. "
            "1 of them with other values; the table keeps those.",
        ),
        (
            RowCounts(1, 0, 1, 0),
            {"already-loaded": 1},
            "m.csv was loaded as far as it was new: 1 of its 1 row is in the table already.",
        ),
    ],
)
def test_note_tells_what_is_to_be_corrected_from_what_the_table_holds(rows, reasons, told):
    note = partly_note([], "m.csv", replace(LOADED, rows=rows, reasons=reasons))
    assert note.splitlines()[0] == told
    assert ("correct the rows" in note) == ("npi-malformed" in reasons)


@pytest.mark.parametrize("others", [0, 1])
def test_note_of_a_file_that_was_cut_off_asks_for_the_whole_of_it(others):
    rows, reasons = RowCounts(3 + others, 1 + others, 0, 2), {"row-cut-off": 1}
    note = partly_note([], "m.csv", replace(LOADED, rows=rows, reasons=reasons))
    assert "What to do: send the whole file again, because this one ends inside a row" in note
    assert "open the reject workbook" not in note
    assert ("correct the other rows" in note) == bool(others)
