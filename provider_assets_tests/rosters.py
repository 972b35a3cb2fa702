"""Rosters that tests write: made-up providers, NPIs by the check-digit rule that nobody has."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd
import xlsxwriter

from provider_assets.providers.fields import FIELDS
from provider_assets.providers.frames import RAW, as_table
from provider_assets.providers.npi import check_digit

A = ("Type", "NpFirstName", "NpLastName", "NP", "NPI")
B = ("CDO", "Provider First Name", "Provider Last Name", "Provider Name", "NPI")


def npi(number: int) -> str:
    """A made-up NPI with a right check digit; every NPI issued so far starts with 1."""
    nine = f"2{number:08d}"
    return nine + check_digit(nine)


def person(number: int, **changed: str | None) -> list[str | None]:
    """The five cells of a made-up provider, in the order of the headers `A` and `B`."""
    cells = {
        "entity": "HOSP",
        "first": f"Ada{number}",
        "last": "Quimby",
        "full": f"Quimby, Ada{number}",
        "npi": npi(number),
    }
    return list({**cells, **changed}.values())


def write_xlsx(
    path: Path,
    rows: Sequence[Sequence[object]],
    headers: Sequence[str] = A,
    sheet: str = "Sheet1",
) -> Path:
    """A workbook with one sheet: the headers, then the rows."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with xlsxwriter.Workbook(path) as book:
        page = book.add_worksheet(sheet)
        for number, row in enumerate([headers, *rows]):
            page.write_row(number, 0, row)
    return path


def sample_rows() -> list[list[str | None]]:
    """Seven rows of the shape that the old flow was shown with: 5 load, 1 invalid, 1 duplicate."""
    return [
        person(1),
        person(2),
        person(3),
        person(4),
        person(5),
        person(3),
        person(6, full=None),
    ]


def provider(**fields: str | None) -> dict[str, str | None]:
    """A made-up provider by field; what is not named is as in `person(1)`, or missing."""
    cells = dict(
        zip(("entity_name", "first_name", "last_name", "full_name"), person(1), strict=False)
    )
    known = dict.fromkeys(FIELDS) | cells | {"npi": npi(1)}
    assert fields.keys() <= known.keys(), "no such field"
    return known | fields


def raw_frame(*providers: Mapping[str, str | None], terminated: Sequence[int] = ()) -> pd.DataFrame:
    """A frame of the columns `frames.RAW`: sheet `S`, rows from 2; `terminated` are positions."""
    frame = pd.DataFrame(list(providers), columns=list(FIELDS)).astype("str")
    frame["sheet"] = pd.Series("S", index=frame.index, dtype="str")
    frame["row"] = range(2, 2 + len(providers))
    frame["terminated"] = [number in terminated for number in frame.index]
    frame["left_as"] = pd.Series(None, index=frame.index, dtype="str")
    frame["remarks"] = pd.Series(None, index=frame.index, dtype="str")
    frame.index.name = "position"
    as_table(frame[list(RAW)])
    return frame[list(RAW)]
