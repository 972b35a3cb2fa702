"""A roster's rows as the registry is asked about them: NPIs as numbers, names in their parts.

The columns are those of `provider_assets.providers.fields`; a frame may lack all but `npi` and
`full_name`.
"""

import re
from collections.abc import Sequence
from itertools import repeat

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from provider_assets.providers import npi
from provider_assets.providers.cleaning import map_unique
from provider_assets.registry.names import Name, person, plain, readings

NAMES = ("first_name", "last_name", "middle_name", "full_name")
ORGANIZATION_NAMES = ("organization_name", "full_name", "last_name", "entity_name")
_ORGANIZATION = re.compile(
    r"\b(LLC|INC|LLP|PLLC|CORP|HOSPITAL|CLINIC|CENTER|CENTRE|GROUP|ASSOCIATES|HEALTH|PHARMACY|"
    r"LABORATORY|AMBULANCE|SERVICES|MEDICAL|SYSTEM|AGENCY|INSTITUTE|DEPARTMENT|FOUNDATION|CARE|"
    r"DENTAL|IMAGING|SURGERY|THERAPY|PEDIATRICS|PHYSICIANS|PARTNERS|HOSPICE|REHABILITATION)\b"
)
_KINDS = {"1": 1, "2": 2, "I": 1, "O": 2, "INDIVIDUAL": 1, "ORGANIZATION": 2, "TYPE 1": 1,
          "TYPE 2": 2, "PERSON": 1, "ORGANISATION": 2, "NPI 1": 1, "NPI 2": 2}  # fmt: skip

Texts = tuple[str, ...]


def numbers(npis: pd.Series) -> npt.NDArray[np.int64]:
    """NPIs as numbers; -1 where a text is not ten digits with a right check digit."""
    sound = (npi.has_valid_check_digit(npis) & ~npi.is_placeholder(npis)).to_numpy()
    found = np.full(len(npis), -1, dtype=np.int64)
    found[sound] = pc.cast(pa.array(npis[sound], pa.string()), pa.int64()).to_numpy()
    return found


def texts(rows: pd.DataFrame, name: str) -> pa.Array:
    """A column as Arrow text, nulls where the frame lacks it."""
    if name not in rows:
        return pa.nulls(len(rows), pa.large_string())
    found = pa.array(rows[name], pa.large_string())
    return found.combine_chunks() if isinstance(found, pa.ChunkedArray) else found


def kinds(rows: pd.DataFrame) -> npt.NDArray[np.uint8]:
    """1 for a row that is a person's, 2 for an organization's, by what the roster says.

    `entity_type` decides where it is filled; a first or last name makes a person; a full name
    alone is an organization's where it is the organization's name, or has such a word in it.
    """
    found = np.ones(len(rows), dtype=np.uint8)
    nameless = _blank(texts(rows, "first_name")) & _blank(texts(rows, "last_name"))
    for at in np.flatnonzero(nameless).tolist():
        full = _cell(rows, "full_name", at)
        named = plain(_cell(rows, "organization_name", at))
        if "," in full and not _ORGANIZATION.search(plain(full)):
            continue
        if plain(full) == named or _ORGANIZATION.search(plain(full)):
            found[at] = 2
    if "entity_type" in rows:
        told = texts(rows, "entity_type")
        if told.null_count < len(told):
            said = pc.fill_null(map_unique(told, _kind, pa.uint8()), 0).to_numpy()
            found = np.where(said > 0, said, found)
    return found


def parts(rows: pd.DataFrame) -> list[Texts]:
    """First, last, middle and full name of each row, empty where there is none."""
    columns = (_listed(rows, name) for name in NAMES)
    return list(zip(*columns, strict=True))


def names_of(texts: Texts) -> Sequence[Name]:
    """What name such parts may be: columns of its own before the one with everything."""
    first, last, middle, full = texts
    if first and last:
        return (person(last, first, middle),)
    if last or first:
        return (*readings(full), person(last or first, "", middle))
    return readings(full)


def organization_names(rows: pd.DataFrame) -> list[Texts]:
    """The names that may be an organization's: its own column, the full name, the last name."""
    return list(zip(*(_listed(rows, name) for name in ORGANIZATION_NAMES), strict=True))


def _kind(text: str) -> int:
    return _KINDS.get(plain(text), 0)


def _listed(rows: pd.DataFrame, name: str) -> Sequence[str]:
    if name not in rows:
        return list(repeat("", len(rows)))
    return [cell or "" for cell in texts(rows, name).to_pylist()]


def _cell(rows: pd.DataFrame, name: str, at: int) -> str:
    cell = rows[name].iat[at] if name in rows else None
    return cell if isinstance(cell, str) else ""


def _blank(cells: pa.Array) -> npt.NDArray[np.bool_]:
    found: npt.NDArray[np.bool_] = pc.is_null(cells).to_numpy(zero_copy_only=False)
    return found
