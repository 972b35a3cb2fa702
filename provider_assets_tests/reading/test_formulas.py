"""Formulas that nobody calculated, and names that a spreadsheet made something else of."""

from datetime import datetime

import pytest
from openpyxl.utils.datetime import MAC_EPOCH

from provider_assets.providers.facts import Facts
from provider_assets.providers.fields import TABLE_FIELDS
from provider_assets.providers.frames import empty
from provider_assets.providers.sifting import find_clean, find_duplicates, find_invalid
from provider_assets_tests.reading.files import (
    npi,
    ods_cell,
    ods_row,
    read,
    write_ods,
    write_sheet_xml,
    write_xlsx,
)


def judged(path):
    """Codes by row of what does not load, and of what loads with a warning."""
    rows = read(path).rows
    invalid = find_invalid(rows, {}, Facts())
    duplicates = find_duplicates(rows, invalid, empty(TABLE_FIELDS), "reject")
    clean = find_clean(rows, invalid, duplicates, {}, Facts())
    odd = clean[clean["warnings"] != ""]
    return (
        dict(zip(invalid["row"], invalid["codes"], strict=True)),
        dict(zip(odd["row"], odd["warnings"], strict=True)),
    )


def test_formula_without_a_value_is_told_and_is_no_empty_name(tmp_path):
    rows = [
        ("NPI", "Last", "First", "Provider Name"),
        (npi(1), "Quimby", "Ada", '=B2&", "&C2'),
        (npi(2), "Okafor", "Bruno", "Okafor, Bruno"),
        (npi(3), "Pell", "Ines", None),
        ('="20003"&"00006"', "Roe", "Ann", "Roe, Ann"),
    ]
    assert judged(write_xlsx(tmp_path / "roster.xlsx", {"S": rows})) == (
        {2: "formula-without-value", 4: "full-name-missing", 5: "formula-without-value"},
        {},
    )


def test_row_of_formulas_alone_is_no_blank_one(tmp_path):
    rows = [("NPI", "Provider Name"), (npi(1), "Quimby, Ada"), ("=A2", "=B2"), (npi(2), "Roe, Al")]
    path = write_xlsx(tmp_path / "roster.xlsx", {"S": rows})
    assert judged(path) == ({3: "formula-without-value"}, {})


def test_formula_whose_value_is_an_empty_text_has_one(tmp_path):
    rows = (
        '<row r="1"><c r="A1" t="inlineStr"><is><t>NPI</t></is></c>'
        '<c r="B1" t="inlineStr"><is><t>Provider Name</t></is></c></row>'
        f'<row r="2"><c r="A2" t="inlineStr"><is><t>{npi(1)}</t></is></c>'
        '<c r="B2" t="str"><f>""</f><v></v></c></row>'
        f'<row r="3"><c r="A3" t="inlineStr"><is><t>{npi(2)}</t></is></c>'
        '<c r="B3"><f>X1</f><v/></c></row>'
    )
    path = write_sheet_xml(tmp_path / "roster.xlsx", rows)
    assert judged(path) == ({2: "full-name-missing", 3: "formula-without-value"}, {})


@pytest.mark.parametrize(
    ("made", "odd"),
    [
        (datetime(2020, 5, 5), True),
        (True, True),
        (43952, True),
        (1.5, True),
        ("5-May", True),
        ("Jan-05", True),
        ("May", False),
        ("True", False),
        ("O'Neil 3rd", False),
    ],
)
def test_name_that_a_spreadsheet_made_something_of_is_a_warning(tmp_path, made, odd):
    rows = [("NPI", "Last Name", "First Name"), (npi(1), made, "Ada"), (npi(2), "Roe", "Ann")]
    path = write_xlsx(tmp_path / "roster.xlsx", {"S": rows})
    assert judged(path) == ({}, {2: "name-looks-converted"} if odd else {})


def test_rows_of_formulas_below_the_last_value_are_told_too(tmp_path):
    rows = [("NPI", "Provider Name"), (npi(1), "Quimby, Ada"), ("=A2", "=B2"), ("=A3", "=B3")]
    path = write_xlsx(tmp_path / "roster.xlsx", {"S": rows})
    assert judged(path) == ({3: "formula-without-value", 4: "formula-without-value"}, {})
    assert read(path).source.sheets[0].rows == 3


def test_formula_without_a_value_is_told_in_other_kinds_where_they_show_it(tmp_path):
    named = ods_cell("NPI") + ods_cell("Provider Name")
    formula = '<table:table-cell table:formula="of:=[.A2]"/>'
    empty_text = (
        '<table:table-cell table:formula="of:=&quot;&quot;" office:value-type="string" '
        'office:string-value=""/>'
    )
    body = "".join(
        ods_row(*cells)
        for cells in (
            (named,),
            (ods_cell(npi(1)), formula),
            (ods_cell(npi(2)), empty_text),
            (ods_cell(npi(3)), ods_cell("Roe, Al")),
            (formula, formula),
        )
    )
    told = {
        2: "formula-without-value",
        3: "full-name-missing",
        5: "formula-without-value",
    }
    assert judged(write_ods(tmp_path / "roster.ods", body)) == (told, {})
    spread = (
        '<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" '
        'xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet ss:Name="S"><Table>'
        "<Row>{}{}</Row><Row>{}<Cell ss:Formula='=RC[-1]'/></Row>"
        "<Row>{}<Cell ss:Formula='=RC[-1]'><Data ss:Type='String'>Roe, Al</Data></Cell></Row>"
        "</Table></Worksheet></Workbook>"
    )
    texts = ("NPI", "Provider Name", npi(1), npi(2))
    cells = [f'<Cell><Data ss:Type="String">{text}</Data></Cell>' for text in texts]
    path = tmp_path / "roster.xml"
    path.write_text(spread.format(*cells))
    assert judged(path) == ({2: "formula-without-value"}, {})


def test_formula_without_a_value_is_told_where_the_workbook_is_read_cell_by_cell(tmp_path):
    rows = [("NPI", "Provider Name"), (npi(1), "Quimby, Ada"), (npi(2), "=B2"), ("=A3", "=B3")]

    def of_1904(book):
        book.epoch = MAC_EPOCH

    path = write_xlsx(tmp_path / "roster.xlsx", {"S": rows}, of_1904)
    assert judged(path) == ({3: "formula-without-value", 4: "formula-without-value"}, {})
