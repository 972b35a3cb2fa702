"""Rows that are longer than the headers, columns without one, and texts that were cut off."""

import pytest

from provider_assets.providers.facts import Facts
from provider_assets.providers.rules import RULES
from provider_assets_tests.reading.files import npi, read, write_xlsx

ONE, TWO, THREE, FOUR = (npi(number) for number in range(1, 5))
HEADERS = "NPI,Last Name,First Name,Practice Name"
CODES = ("values-shifted", "row-cut-off")


def _judged(path, content=None, **options):
    """Each row's NPI, practice and codes, and the notes."""
    if content is not None:
        path.write_bytes(content.encode())
    frame = read(path, **options)
    found = {rule.code: rule.test(frame.rows, Facts()) for rule in RULES if rule.code in CODES}
    rows = frame.rows.astype(object).where(frame.rows.notna(), None)
    told = [
        (row["npi"], row["entity_name"], *(code for code in CODES if found[code][at]))
        for at, row in rows.iterrows()
    ]
    return told, frame.source


def test_row_with_an_unquoted_separator_does_not_load(tmp_path):
    text = f"{HEADERS}\n{ONE},Smith, Jr,Jo,P\n{TWO},Quimby,Ada,F\n{THREE},Okafor,Bo,F,,,\n"
    told, source = _judged(tmp_path / "a.csv", text)
    assert told == [(ONE, "Jo", "values-shifted"), (TWO, "F"), (THREE, "F")]
    assert source.notes == ()


def test_row_with_an_unquoted_separator_does_not_load_where_rows_end_in_blank_fields(tmp_path):
    text = f"{HEADERS},,\n{ONE},Smith,Jo,P,,\n{TWO},Quimby, Jr,Ada,F,,\n{THREE},Okafor,Bo,F,,\n"
    told, _ = _judged(tmp_path / "a.csv", text)
    assert told == [(ONE, "P"), (TWO, "Ada", "values-shifted"), (THREE, "F")]


def test_field_that_most_rows_have_is_a_column_without_a_header(tmp_path):
    rows = f"{ONE},Smith,Jo,P,x\n{TWO},Quimby,Ada,F,y\n{THREE},Okafor,Bo,F,\n{FOUR},Lee,Jr,Al,G,z\n"
    told, source = _judged(tmp_path / "a.csv", f"{HEADERS}\n{rows}")
    assert told == [(ONE, "P"), (TWO, "F"), (THREE, "F"), (FOUR, "Al", "values-shifted")]
    assert source.notes == (
        "sheet 'a': 2 rows hold something beyond the last header (from column E on), which was "
        "not read; give it a header",
    )


def test_names_that_are_parted_in_every_row_do_not_load(tmp_path):
    text = f"NPI,Full Name,Practice Name\n{ONE},Smith, Jo,P\n{TWO},Quimby, Ada,F\n"
    told, _ = _judged(tmp_path / "a.csv", text)
    assert told == [(ONE, "Jo", "values-shifted"), (TWO, "Ada", "values-shifted")]


def test_blank_after_every_separator_parts_no_value(tmp_path):
    text = f"NPI, Full Name, Practice Name\n{ONE}, Jo Smith, P, x\n{TWO}, Ada Lee, F, y\n"
    told, source = _judged(tmp_path / "a.csv", text)
    assert told == [(ONE, "P"), (TWO, "F")]
    assert len(source.notes) == 1


LAST = {
    "short": f"{THREE},Okafor,Bruno",
    "in the NPI": f"{THREE[:6]}",
    "open": f'{THREE},Okafor,Bruno,"Prac',
    "open before the end": f'{THREE},Okafor,"Bru',
    "open over lines": f'{THREE},Okafor,Bruno,"Practice\nMain St',
    "short, and a stray mark": f'{THREE},"Okafor,Bru',
}


@pytest.mark.parametrize("last", LAST.values(), ids=LAST)
def test_text_that_breaks_off_does_not_load_its_last_row(tmp_path, last):
    text = f"{HEADERS}\n{ONE},Smith,Jo,P\n{TWO},Quimby,Ada,F\n{last}"
    told, source = _judged(tmp_path / "a.csv", text)
    assert told[:2] == [(ONE, "P"), (TWO, "F")]
    assert [row[2:] for row in told[2:]] == [("row-cut-off",)]
    assert source.notes == (
        "sheet 'a': row 4 is where the file breaks off; the rest is missing: send the whole file "
        "again",
    )
    assert not source.whole  # or who stood behind would be gone


@pytest.mark.parametrize(
    "rows",
    [
        f"{ONE},Smith,Jo,P\n{TWO},Quimby,Ada,F",
        f"{ONE},Smith,Jo\n{TWO},Quimby,Ada",
        f'{ONE},Smith,Jo,P\n{TWO},Quimby,Ada,"F"',
        f"{ONE},Smith,Jo,P\n{TWO},Quimby,Ada,F\nTotal: 2",
        f"{ONE},Smith,Jo,P\n{TWO},Quimby,Ada,F\n\x1a",
        f"{ONE},Smith,Jo,P\n{TWO},Quimby,Ada\n",
    ],
    ids=["whole", "usually short", "quoted", "total", "end of file", "line end"],
)
def test_text_that_ends_as_texts_do_loads_whole(tmp_path, rows):
    told, source = _judged(tmp_path / "a.csv", f"{HEADERS}\n{rows}")
    assert [row[0] for row in told] == [ONE, TWO]
    assert all(len(row) == 2 for row in told)
    assert source.whole


def test_lines_of_a_stray_mark_count_by_themselves(tmp_path):
    text = f'{HEADERS}\n{ONE},Smith,"Jo,P\n{TWO},Quimby,Ada,F\n{THREE},Okafor,Bru'
    told, source = _judged(tmp_path / "a.csv", text)
    assert told == [(ONE, "P"), (TWO, "F"), (THREE, None, "row-cut-off")]
    assert "row 2 has a quotation mark that is never closed" in source.notes[1]


def test_stray_mark_in_the_last_line_costs_nothing(tmp_path):
    text = f'{HEADERS}\n{ONE},Smith,Jo,P\n{TWO},Quimby,"Ada,F\n'
    told, source = _judged(tmp_path / "a.csv", text)
    assert told == [(ONE, "P"), (TWO, "F")]
    assert "row 3 has a quotation mark that is never closed" in source.notes[0]


@pytest.mark.parametrize("last", ["<td>P", "<td>P</td>", "", "<td>P</td></tr>"])
def test_web_page_that_breaks_off_does_not_load_its_last_row(tmp_path, last):
    cells = "".join(f"<th>{header}</th>" for header in HEADERS.split(","))
    row = f"<tr><td>{ONE}</td><td>Smith</td><td>Jo</td><td>P</td></tr>"
    start = f"<html><table><tr>{cells}</tr>{row}"
    text = f"{start}<tr><td>{TWO}</td><td>Quimby</td><td>Ada</td>{last}"
    told, source = _judged(tmp_path / "a.html", text)
    assert [(number, *codes) for number, _, *codes in told] == [(ONE,), (TWO, "row-cut-off")]
    assert not source.whole
    told, source = _judged(tmp_path / "b.html", f"{text}</table>")
    assert [(number, *codes) for number, _, *codes in told] == [(ONE,), (TWO,)]
    # a page that closes no cell may well leave its table open, too
    loose = f"{start}<tr><td>{TWO}<td>Quimby<td>Ada<td>P"
    for tag in ("</td>", "</th>", "</tr>"):
        loose = loose.replace(tag, "")
    told, source = _judged(tmp_path / "c.html", loose)
    assert [(number, *codes) for number, _, *codes in told] == [(ONE,), (TWO,)]


def test_cells_without_a_header_are_told_by_column(tmp_path):
    rows = [
        ["NPI", None, "Full Name", "Practice Name"],
        [ONE, "x", "Jo Smith", "P", None, "call"],
        [TWO, None, "Ada Lee", "F", None, None],
        [None, "y", None, None, None, None],
    ]
    told, source = _judged(write_xlsx(tmp_path / "a.xlsx", {"a": rows}))
    assert told == [(ONE, "P"), (TWO, "F")]
    assert source.notes == (
        "sheet 'a': columns without a header hold something that was not read: B (2 cells), F (1 "
        "cell)",
    )
    lines = [",".join(cell or "" for cell in row) for row in rows]
    told, source = _judged(tmp_path / "a.csv", "\n".join(lines) + "\n")
    assert told == [(ONE, "P"), (TWO, "F")]
    assert source.notes == (
        "sheet 'a': a column without a header holds something that was not read: B (2 cells)",
        "sheet 'a': 1 row holds something beyond the last header (from column E on), which was not "
        "read; give it a header",
    )
