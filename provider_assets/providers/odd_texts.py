"""Texts that are odd in any cell: what a spreadsheet converted, what was quoted wrongly."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

_CONVERTED = (
    r"TRUE|FALSE|true|false|[-+]?[0-9][0-9,.]*(?:[eE][-+]?[0-9]+)?%?"
    r"|[0-9]{4}-[0-9]{2}-[0-9]{2}(?:[ T][0-9:.]+)?"
    r"|[0-9]{1,2}:[0-9]{2}(?::[0-9.]+)?(?: ?[AaPp][Mm])?"
    r"|[0-9]{1,2}[-/](?:[0-9]{1,2}|[A-Za-z]{3})(?:[-/][0-9]{2,4})?|[A-Z][a-z]{2}-[0-9]{2,4}"
)


def is_converted(cells: pd.Series) -> pd.Series:
    """Which texts read like what a spreadsheet makes of a name: `5-May`, `TRUE`, `43952`."""
    return cells.str.fullmatch(_CONVERTED).fillna(False).astype(bool)


def has_odd_quotes(cells: pd.Series) -> pd.Series:
    """Which texts have a `"` without its other one, or one that is escaped by a backslash, as where
    a text file was quoted wrongly.
    """
    some = cells.str.contains('"', regex=False).fillna(False).astype(bool)
    odd = some.copy()
    quoted = cells[some]
    odd[some] = (quoted.str.count('"') % 2 == 1) | quoted.str.contains('\\"', regex=False)
    return odd
