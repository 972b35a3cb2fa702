"""The frames that pass between the steps: their columns and what must hold of them.

Every frame's index is named `position` and counts the roster's non-blank data rows from 0, over
all its sheets; a row keeps its position through every step. Text columns are pandas' `str`
(Arrow), a missing value is null and never an empty string.
"""

from functools import cache
from typing import TYPE_CHECKING

import pandas as pd

from provider_assets.providers.fields import FIELDS, PLACE, RAW

if TYPE_CHECKING:
    import pandera.pandas as pa

__all__ = ["CLEAN", "DESCRIPTIONS", "FIELDS", "PLACE", "RAW", "REJECTED", "TABLE_COLUMNS"]
__all__ += ["empty", "schema"]

REJECTED = (*FIELDS, *PLACE, "codes")
CLEAN = (*FIELDS, *PLACE, "warnings")

# the application's table, column by column
TABLE_COLUMNS = {
    "entity_name": "ENTY_NM",
    "first_name": "PROV_FST_NM",
    "last_name": "PROV_LST_NM",
    "full_name": "PROV_FULL_NM",
    "npi": "PROV_NPI",
}

DESCRIPTIONS = {
    "entity_name": "practice, group or entity type, as the roster gives it",
    "first_name": "the provider's first name",
    "last_name": "the provider's last name",
    "full_name": "the provider's full name; no row loads without it",
    "npi": "National Provider Identifier: ten digits, as text",
    "sheet": "the sheet that the row stands in",
    "row": "the row's number as the spreadsheet shows it",
    "terminated": "whether the roster says that the provider has left",
    "codes": "why the row does not load: codes, separated by a blank, the gravest first",
    "warnings": "codes of what is odd about a row that loads all the same",
}


@cache
def schema(columns: tuple[str, ...]) -> "pa.DataFrameSchema":
    """The contract of a frame with these columns: names, order, types, and values' form.

    `schema(CLEAN)` also holds that NPIs are unique, ten digits, and names present.
    """
    import pandera.pandas as pa

    clean = columns == CLEAN

    def column(name: str) -> pa.Column:
        if name == "row":
            return pa.Column("int64", pa.Check.ge(1))
        if name == "terminated":
            return pa.Column("bool")
        required = name in ("sheet", "codes", "warnings") or (clean and name == "full_name")
        if name == "npi" and clean:
            return pa.Column("str", pa.Check.str_matches(r"^[0-9]{10}$"), unique=True)
        return pa.Column("str", nullable=not required)

    return pa.DataFrameSchema(
        {name: column(name) for name in columns},
        index=pa.Index("int64", name="position", unique=True),
        strict=True,
        ordered=True,
    )


def empty(columns: tuple[str, ...]) -> pd.DataFrame:
    """A frame with these columns and no rows."""
    kinds = {"row": "int64", "terminated": "bool"}
    frame = pd.DataFrame(
        {name: pd.Series([], dtype=kinds.get(name, "str")) for name in columns},
        index=pd.Index([], dtype="int64", name="position"),
    )
    return frame[list(columns)]
