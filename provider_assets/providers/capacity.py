"""What the application's table can hold, column by column, as read from the server."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd

from provider_assets.providers.fields import LENGTHS

LAST_OF_BMP = 0xFFFF


@dataclass(frozen=True)
class Capacity:
    """Length in characters and character set of each field's column.

    A field that is missing in `lengths` has no limit; one that is missing in `encodings` can hold
    every character. `encodings` names Python codecs, or `bmp` for what MySQL calls `utf8mb3`
    (no character above U+FFFF).
    """

    lengths: Mapping[str, int] = field(default_factory=lambda: LENGTHS)
    encodings: Mapping[str, str] = field(default_factory=dict)

    def too_long(self, cells: pd.Series, name: str) -> pd.Series:
        """Which cells have more characters than the column of field `name` holds."""
        limit = self.lengths.get(name)
        if limit is None or name == "npi":  # an NPI of another length is malformed
            return pd.Series(False, index=cells.index)
        return cells.str.len().fillna(0) > limit

    def unstorable(self, cells: pd.Series, name: str) -> pd.Series:
        """Which cells have a character that the column's character set cannot hold."""
        encoding = self.encodings.get(name)
        none = pd.Series(False, index=cells.index)
        if encoding is None:
            return none
        suspects = cells[~cells.str.isascii().fillna(True).astype(bool)]
        none[suspects.index[[not _fits(text, encoding) for text in suspects]]] = True
        return none


def _fits(text: str, encoding: str) -> bool:
    if encoding == "bmp":
        return all(ord(character) <= LAST_OF_BMP for character in text)
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True
