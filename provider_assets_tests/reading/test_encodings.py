"""Which encoding a text is in, line by line where it mixes two, and what is lost is rejected."""

import pandas as pd
import pytest

from provider_assets.providers.cleaning import GARBLED, clean_text
from provider_assets.reading.child.encodings import best_page
from provider_assets_tests.reading.files import npi, read

NAMES = ["Núñez, José", "Müller, Jörg", "Peña, María", "García, Ana", "François, Hélène"]
PAGES = {
    "cp1252": "Windows-1252",
    "mac_roman": "Mac Roman",
    "cp437": "code page 437",
}


def _lines(names, ends="\n"):
    rows = ["NPI,Full Name", *(f'{npi(at)},"{name}"' for at, name in enumerate(names))]
    return ends.join([*rows, f'{npi(99)},"Smith, Ann"']) + ends


@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize(("page", "title"), PAGES.items())
def test_text_in_an_old_page_is_read_and_the_page_is_told(tmp_path, page, title, ends):
    path = tmp_path / "roster.csv"
    path.write_bytes(_lines(NAMES, ends).encode(page))
    frame = read(path)
    assert list(frame.rows["full_name"]) == [*NAMES, "Smith, Ann"]
    assert frame.source.notes == (f"the text is not UTF-8; it was read as {title}",)


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("odd", [0, 2, 4])
def test_line_in_another_encoding_is_read_by_its_own(tmp_path, page, odd):
    lines = _lines(NAMES).splitlines(keepends=True)
    content = [line.encode(page if at == odd + 1 else "utf-8") for at, line in enumerate(lines)]
    path = tmp_path / "roster.csv"
    path.write_bytes(b"".join(content))
    frame = read(path)
    assert list(frame.rows["full_name"]) == [*NAMES, "Smith, Ann"]
    assert frame.source.notes == (
        f"the text mixes encodings: it was read as UTF-8, and as {PAGES[page]} in line {odd + 2}",
    )


def test_utf8_lines_in_a_windows_text_are_read_as_what_they_are(tmp_path):
    lines = _lines(NAMES).splitlines(keepends=True)
    content = [line.encode("utf-8" if at == 2 else "cp1252") for at, line in enumerate(lines)]
    path = tmp_path / "roster.csv"
    path.write_bytes(b"".join(content))
    assert list(read(path).rows["full_name"]) == [*NAMES, "Smith, Ann"]


@pytest.mark.parametrize("name", ["Nuñez", "José", "MUÑOZ", "ANDRÉ’S", "O’Dell", "Søren", "Müller"])
def test_single_name_in_windows_1252_is_enough(name):
    assert best_page(name.encode("cp1252")) == "cp1252"


@pytest.mark.parametrize("name", ["Nuñez", "José", "MUÑOZ", "Søren", "Müller", "Peña", "Hélène"])
def test_single_name_in_mac_roman_is_enough(name):
    assert best_page(name.encode("mac_roman")) == "mac_roman"


@pytest.mark.parametrize("name", [*NAMES, "Ángel", "MUÑOZ", "João", "O’Dell", "Zoë", "Åse"])
@pytest.mark.parametrize("page", ["cp1252", "latin-1", "mac_roman", "cp437"])
def test_name_read_in_the_wrong_encoding_is_garbled_and_as_it_is_not(name, page):
    wrong = clean_text(name.encode().decode(page, "replace"))
    found = pd.Series([clean_text(name), wrong]).str.contains(GARBLED)
    assert list(found) == [False, True]


@pytest.mark.parametrize(
    "name",
    ["JOÃO", "São Luís", "MAGALHÃES", "IRMÃ REGINA", "Åse", "Ærø", "Smith–Jones", "½ Clinic",
     "Kö & Söhne™", "ÂNGELA", "D’Âmico", "Łukasz", "Nguyễn", "O’Brien", "Ward “A”"],
)  # fmt: skip
def test_rightly_written_name_is_not_garbled(name):
    assert not pd.Series([clean_text(name)]).str.contains(GARBLED)[0]


def test_garbled_name_of_a_workbook_is_kept_as_it_is_for_the_rules(tmp_path):
    path = tmp_path / "roster.csv"
    path.write_bytes(_lines(["MartÃ\xadnez, Ana", "N\ufffd\ufffdez"]).encode())
    assert list(read(path).rows["full_name"]) == [
        "Mart\ufffdnez, Ana",
        "N\ufffd\ufffdez",
        "Smith, Ann",
    ]


def test_npi_of_letters_that_unfold_is_bounded(tmp_path):
    path = tmp_path / "roster.csv"
    path.write_text(f"NPI,Full Name\n{chr(0xFDFA) * 32_767},Mouse\n", encoding="utf-8")
    assert [len(value) for value in read(path).rows["npi"]] == [32_767]


@pytest.mark.parametrize(
    ("page", "title", "names"),
    [
        ("cp1250", "Windows-1250", ["Wałęsa, Łucja", "Żak, Święta", "Grabiński, Jakub"]),
        ("cp1250", "Windows-1250", ["Dvořák, Jiří", "Růžička, Anežka", "Němec, Václav"]),
        ("cp1251", "Windows-1251", ["Иванов, Пётр", "Щукина, Ольга", "Жук, Илья"]),
    ],
)
def test_names_of_central_and_eastern_europe_are_read_in_their_page(tmp_path, page, title, names):
    path = tmp_path / "roster.csv"
    path.write_bytes(_lines(names).encode(page))
    frame = read(path)
    assert list(frame.rows["full_name"]) == [*names, "Smith, Ann"]
    assert frame.source.notes == (f"the text is not UTF-8; it was read as {title}",)


@pytest.mark.parametrize("name", ["Wałęsa", "Żak", "Dvořák", "Jiří", "Růžička", "Černý"])
def test_single_name_of_central_europe_is_enough(name):
    assert best_page(name.encode("cp1250")) == "cp1250"


@pytest.mark.parametrize(
    "name",
    ["Bøe", "Høiland", "Øyvind", "Bjørn", "Hùng", "Bình", "Nicolò", "Smith¹", "Noël", "Ève",
     "Zoë Müller", "Þór", "Grønbæk", "Ólafsdóttir", "Chloé", "Agnès", "Françoise Hélène"],
)  # fmt: skip
def test_western_name_is_never_taken_for_one_of_central_europe(name):
    assert best_page(name.encode("cp1252")) == "cp1252"
