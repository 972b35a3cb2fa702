"""What the application holds of a provider whom it holds otherwise than the roster has it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import pandas as pd

from provider_assets.providers.duplicates import DIFFERENT
from provider_assets.providers.fields import VALUE_FIELDS
from provider_assets.providers.shown import shown

Values = tuple[str | None, ...]


@dataclass(frozen=True)
class Held:
    """By NPI what the table holds, in the order of `fields.VALUE_FIELDS`.

    Where `values` are not to be shown, it is only told which fields differ: the roster's sender
    may not be somebody who may see what others sent.
    """

    rows: Mapping[str, Values] = field(default_factory=dict)
    values: bool = True


def differing(duplicates: pd.DataFrame) -> pd.Series:
    """The NPIs of the rows (`frames.REJECTED`) that the table holds with other values."""
    told = [DIFFERENT in codes.split() for codes in duplicates["codes"]]
    npis: pd.Series = duplicates["npi"][told]
    return npis


def held_of(providers: pd.DataFrame, *, values: bool) -> Held:
    """What is shown of the table's rows (`fields.TABLE_FIELDS`); of an NPI the first counts."""
    first = providers.drop_duplicates("npi")
    cells = (first[name].astype(object).where(first[name].notna(), None) for name in VALUE_FIELDS)
    return Held(dict(zip(first["npi"], zip(*cells, strict=True), strict=True)), values)


def held_words(rows: pd.DataFrame, held: Held, headers: Mapping[str, str]) -> list[str]:
    """For each row (`frames.REJECTED`) what is held otherwise, by the roster's own `headers`.

    Empty for a row that has another reason, or of which nothing is known.
    """
    if not held.rows:
        return [""] * len(rows)
    columns = (rows[name].astype(object).where(rows[name].notna(), None) for name in VALUE_FIELDS)
    lines = zip(rows["codes"], rows["npi"], zip(*columns, strict=True), strict=True)
    return [
        _sentence(ours, held.rows[npi], held, headers)
        if DIFFERENT in codes.split() and npi in held.rows
        else ""
        for codes, npi, ours in lines
    ]


def _sentence(ours: Values, theirs: Values, held: Held, headers: Mapping[str, str]) -> str:
    told = "; ".join(_parts(ours, theirs, held, headers))
    if not told:  # somebody changed it since
        return ""
    return f"The application holds {told}." if held.values else f"Other values: {told}."


def _parts(ours: Values, theirs: Values, held: Held, headers: Mapping[str, str]) -> Iterator[str]:
    for name, one, other in zip(VALUE_FIELDS, ours, theirs, strict=True):
        if (one or "") != (other or ""):
            header = headers.get(name, name.replace("_", " "))
            yield f"{header}: {shown(other or '(empty)')}" if held.values else header
