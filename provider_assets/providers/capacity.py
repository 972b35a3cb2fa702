"""What the application's table can hold, column by column, as read from the server."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from provider_assets.providers.fields import LENGTHS

if TYPE_CHECKING:
    import pandas as pd

LAST_OF_BMP = 0xFFFF
REFUSED = {
    "iso8859_7": "\u037a\u2018\u2019\u20ac\u20af",
    "iso8859_8": "\u00af",
    "koi8_u": "\u2219",
    "cp866": "\u00a4\u2116",
    "cp1256": "\u0679\u0688\u0691\u06a9\u06ba\u06be\u06c1\u06d2",
    "big5": "\u02cd\u2574\uffe3",
    "shift_jis": "\u00a5\u203e\uff3c",
    "cp932": "\u00a2\u00a3\u00ac\u2016\u2212\u301c\uf8f0\uf8f1\uf8f2\uf8f3",
    "euc_jp": "\u00a2\u00a3\u00a5\u00a6\u00ac\u2016\u203e\u2212\u301c\uff3c",
}
"""What a codec of Python's holds and the server's character set of that name does not."""


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
            return cells.isna() & False
        return cells.str.len().fillna(0) > limit

    def unstorable(self, cells: pd.Series, name: str) -> pd.Series:
        """Which cells have a character that the column's character set cannot hold."""
        encoding = self.encodings.get(name)
        none = cells.isna() & False
        if encoding is None:
            return none
        present = cells.dropna()  # pandas calls a missing cell not ASCII
        suspects = present[~present.str.isascii().astype(bool)]
        none[suspects.index[[not _fits(text, encoding) for text in suspects]]] = True
        return none


def _fits(text: str, encoding: str) -> bool:
    if encoding == "bmp":
        return all(ord(character) <= LAST_OF_BMP for character in text)
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return False
    return not set(text) & set(REFUSED.get(encoding, ""))
