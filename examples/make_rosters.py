"""Makes the example rosters: made-up people, NPIs by the check-digit rule that nobody was issued.

Every NPI issued so far starts with 1; these start with 2. Run it to make the files anew:
`python examples/make_rosters.py`.
"""

from datetime import datetime
from pathlib import Path

import xlsxwriter

from provider_assets.providers.npi import check_digit

FOLDER = Path(__file__).parent / "rosters"
MADE = datetime(2026, 1, 1)  # noqa: DTZ001  (a workbook's date has no zone)


def npi(number: int) -> str:
    """A made-up NPI with a right check digit."""
    nine = f"2{number:08d}"
    return nine + check_digit(nine)


HOSPITAL_A = [
    ["Type", "NpFirstName", "NpLastName", "NP", "NPI"],
    ["HOSP", "Ada", "Quimby", "Quimby, Ada MD", npi(10001)],
    ["HOSP", "Bruno", "Okafor", "Okafor, Bruno DO", npi(10002)],
    ["CLIN", "Celia", "Vanterpool", "Vanterpool, Celia NP", npi(10003)],
    ["CLIN", "Dmitri", "Hollowell", None, npi(10004)],
    ["HOSP", "Esperanza", "Nuñez", "Nuñez, Esperanza MD", npi(10005)],
    ["CLIN", "Celia", "Vanterpool", "Vanterpool, Celia NP", npi(10003)],
    ["HOSP", "Fionn", "O'Dell", "O'Dell, Fionn PA-C", npi(10006)],
]

HOSPITAL_B = [
    ["Riverside Community Clinics: provider roster"],
    [],
    ["CDO", "Provider First Name", "Provider Last Name", "Provider Name", "NPI", "Phone"],
    ["Riverside North", "Gwen", "Abara", "Gwen Abara", npi(20001), "555-0101"],
    ["Riverside North", "Hideo", "Marsh", "Hideo Marsh", npi(20002)[:9], "555-0102"],
    ["Riverside North", "Ada", "Quimby-Lee", "Ada Quimby-Lee", npi(10001), "555-0103"],
    [],
    ["Riverside South", "Ines", "Thorvald", "Ines Thorvald", npi(20003)[:-1] + "0", "555-0104"],
    ["Riverside South", "Jonah", "Pell", "Jonah Pell", npi(20004), "555-0105"],
]


def write(name: str, sheet: str, rows: list[list[str | None]]) -> None:
    """One workbook with one sheet; the same bytes every time."""
    with xlsxwriter.Workbook(FOLDER / name) as book:
        book.set_properties({"created": MADE})
        page = book.add_worksheet(sheet)
        page.set_column(0, 5, 22)
        for number, row in enumerate(rows):
            page.write_row(number, 0, row)


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    write("mercy_general.xlsx", "Sheet1", HOSPITAL_A)
    write("riverside_clinics.xlsx", "Roster", HOSPITAL_B)
