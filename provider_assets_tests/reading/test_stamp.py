"""A workbook that we made is known whatever its name, also once other programs have saved it."""

import pytest

from provider_assets.providers.frames import CLEAN
from provider_assets.reports.tables import clean_tables
from provider_assets.reports.workbook import write_filtered_workbook
from provider_assets_tests.e2e.office import convert
from provider_assets_tests.reading.files import HEADERS, PEOPLE, read, write_xlsx

OF = "0123456789abcdef" * 4


@pytest.fixture
def filtered(tmp_path):
    frame = read(write_xlsx(tmp_path / "roster.xlsx", {"Sheet1": [HEADERS, *PEOPLE]}))
    assert (frame.source.made_as, frame.source.made_of) == (None, None)
    clean = frame.rows.assign(warnings="")[list(CLEAN)]
    path = tmp_path / "any name.xlsx"
    write_filtered_workbook(path, clean_tables(frame.source, clean), OF)
    return path


@pytest.mark.parametrize("ending", ["", "xlsx", "xls", "ods", "fods"])
def test_workbook_of_ours_is_known_by_its_stamp_in_every_kind(tmp_path, filtered, ending):
    path = convert(filtered, ending, tmp_path / "saved") if ending else filtered
    source = read(path, file="renamed").source
    assert (source.made_as, source.made_of, source.is_part) == ("filtered", OF, True)


def test_stamp_in_a_cell_or_in_text_is_none(tmp_path):
    stamp = f"provider_assets rejects of {OF}"
    path = write_xlsx(tmp_path / "r.xlsx", {stamp[:31]: [(*HEADERS, stamp), *PEOPLE]})
    assert read(path).source.made_as is None
    text = tmp_path / "r.csv"
    text.write_text(
        "\n".join(",".join(f'"{c}"' for c in row) for row in [(*HEADERS, stamp), *PEOPLE])
    )
    assert read(text).source.made_as is None
