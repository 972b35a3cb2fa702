"""Delimited text: quotation marks, odd lines, and which number a row has."""

import pytest

from provider_assets.errors import FileCode, RosterError
from provider_assets.reading.limits import ReadingLimits
from provider_assets_tests.reading.files import npi, read

ONE, TWO, THREE = npi(1), npi(2), npi(3)


def _names(tmp_path, text, **options):
    path = tmp_path / "roster.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    frame = read(path, **options)
    rows = frame.rows[["npi", "full_name", "row"]].astype(object)
    return [tuple(row) for row in rows.where(rows.notna(), None).to_numpy()], frame.source.notes


def test_quoted_line_break_makes_one_row_with_the_spreadsheets_number(tmp_path):
    text = f'Name,NPI\n"Mouse,\nMinnie",{ONE}\n\nDuck,{TWO}\n'
    assert _names(tmp_path, text) == ([(ONE, "Mouse, Minnie", 2), (TWO, "Duck", 4)], ())


@pytest.mark.parametrize("last", [f'{THREE},"Goofy, G",C\n', f"{THREE},Goofy,C\n"])
def test_stray_quotation_mark_costs_no_row(tmp_path, last):
    text = f'NPI,Name,City\n{ONE},"Mouse,A\n{TWO},Duck,B\n{last}'
    found, notes = _names(tmp_path, text)
    assert [(number, row) for number, _, row in found] == [(ONE, 2), (TWO, 3), (THREE, 4)]
    assert found[0][1] == "Mouse"
    assert notes == (
        "row 2 has a quotation mark that is never closed; the lines after it were read one by one",
    )


def test_pair_of_stray_quotation_marks_costs_no_row(tmp_path):
    text = f'NPI,Name,City\n{ONE},"Mouse,A\n{TWO},Duck,B\n{THREE},Goofy",C\n'
    found, notes = _names(tmp_path, text)
    assert [(number, row) for number, _, row in found] == [(ONE, 2), (TWO, 3), (THREE, 4)]
    assert len(notes) == 1


def test_cell_of_several_lines_stays_one_row(tmp_path):
    text = f'NPI,Name,Address\n{ONE},Mouse,"1 Main St\nBoston, MA, US\n02110"\n'
    text += f'{TWO},Duck,"a, b, c\nd"\n'
    assert _names(tmp_path, text) == ([(ONE, "Mouse", 2), (TWO, "Duck", 3)], ())


def test_stray_quotation_mark_over_thousands_of_rows_costs_no_row(tmp_path):
    text = f'NPI,Name,City\n{ONE},"Mouse,A\n' + f"{TWO},Duck,B\n" * 5_000
    found, _ = _names(tmp_path, text)
    assert found == [(ONE, "Mouse", 2), *((TWO, "Duck", row) for row in range(3, 5_003))]


def test_separator_line_is_not_a_row(tmp_path):
    text = f"sep=;\nNPI;Name\n{ONE};Mouse, Minnie\n"
    assert _names(tmp_path, text) == ([(ONE, "Mouse, Minnie", 2)], ())


def test_headers_decide_on_the_delimiter(tmp_path):
    text = f"NPI;Name\n{ONE};Mouse, Minnie\n{TWO};Duck, Donald\n"
    assert _names(tmp_path, text)[0] == [(ONE, "Mouse, Minnie", 2), (TWO, "Duck, Donald", 3)]


def test_ragged_rows_lack_what_they_lack(tmp_path):
    text = f"NPI,Name,City\n{ONE}\n{TWO},Duck,B,more\n,,\n"
    assert _names(tmp_path, text)[0] == [(ONE, None, 2), (TWO, "Duck", 3)]


@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
def test_line_ends_of_each_system_end_a_row(tmp_path, ends):
    text = ends.join(["NPI,Name", f"{ONE},Mouse", f"{TWO},Duck"])
    assert _names(tmp_path, text)[0] == [(ONE, "Mouse", 2), (TWO, "Duck", 3)]


def test_blank_after_the_delimiter_belongs_to_no_value(tmp_path):
    assert _names(tmp_path, f'NPI, Name\n"{ONE}", "Mouse, M"\n')[0] == [(ONE, "Mouse, M", 2)]


def test_zero_bytes_and_end_of_file_marks_are_dropped(tmp_path):
    text = b"NPI,Name\n" + ONE.encode() + b",Mo\0use\n\x1a"
    assert _names(tmp_path, text)[0] == [(ONE, "Mouse", 2)]


def test_single_wrong_byte_does_not_turn_utf8_into_another_encoding(tmp_path):
    text = b"NPI,Name\n" + f"{ONE},Zoë Ärzte Müller ÉÈÊ ñáéíóú\n".encode() * 2 + b"1,\xff\n"
    assert _names(tmp_path, text)[0][0] == (ONE, "Zoë Ärzte Müller ÉÈÊ ñáéíóú", 2)


@pytest.mark.parametrize(
    "text",
    [
        f"NPI,Name\n{ONE},{'x' * 100_000}\n",
        f"NPI,Name\n{ONE},{'x' * 40_000}\n",
        "NPI,Name," + ",".join("c" * 20_000) + "\n",
    ],
)
def test_cell_or_line_beyond_a_sheets_size_is_too_large(tmp_path, text):
    with pytest.raises(RosterError) as raised:
        _names(tmp_path, text)
    assert raised.value.code == FileCode.TOO_LARGE


def test_more_rows_than_allowed_are_too_large(tmp_path):
    text = "NPI,Name\n" + f"{ONE},Mouse\n" * 20
    with pytest.raises(RosterError) as raised:
        _names(tmp_path, text, limits=ReadingLimits(rows=20))
    assert raised.value.code == FileCode.TOO_LARGE
