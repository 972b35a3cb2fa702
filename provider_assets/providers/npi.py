"""The National Provider Identifier: ten digits, the last of them a check digit.

Source: 69 FR 3434 (the NPI final rule). The check digit is Luhn's over the first nine digits
prefixed with 80840, which is the same as adding 24 to the digits' sum. A right check digit does
not prove that the number was issued.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from provider_assets.providers.check_digit import LUHN_PREFIX_SUM, check_digit
from provider_assets.providers.words import word_set, words

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import pandas as pd

__all__ = ["check_digit", "has_valid_check_digit", "has_valid_first_digit"]
__all__ += ["is_filler", "is_placeholder", "is_scientific", "is_ten_digits"]

# CMS' own example, and fillers that pass the check digit
PLACEHOLDERS = ("1234567893", "1111111112", "1000000004", "2000000002", "1999999992")
# what people type along the keys; once it may be meant, on several rows it is a filler
TYPED_ALONG = ("1234567890", "9876543210", "0123456789", "1234567893")
ONE_DIGIT = tuple(digit * 10 for digit in "0123456789")
_FILLER_WORDS = word_set(
    "n a na none nil null nan pending tbd tba unknown unk missing blank empty no not npi available "
    "applicable applied apply applying for in process progress awaiting waiting wait requested "
    "request on file yet provided obtained assigned issued received see note notes comment "
    "comments to be determined announced advised follow follows following soon coming new "
    "application submitted enumerated enumeration exempt exempted needed need required refused "
    "declined without has does have incomplete nothing zero number provider individual atypical "
    "x xx xxx xxxx xxxxx xxxxxx xxxxxxx xxxxxxxx xxxxxxxxx xxxxxxxxxx is will later"
)


def is_ten_digits(npis: pd.Series) -> pd.Series:
    """Which texts are exactly ten ASCII digits; false where null."""
    return npis.str.fullmatch(r"[0-9]{10}").fillna(False).astype(bool)


def is_scientific(npis: pd.Series) -> pd.Series:
    """Which texts are numbers in scientific notation, such as `1.23457E+09`; false where null."""
    return npis.str.fullmatch(r"[0-9](?:[.,][0-9]+)?[eE]\+?[0-9]{1,2}").fillna(False).astype(bool)


def has_valid_check_digit(npis: pd.Series) -> pd.Series:
    """Which texts are ten digits whose last one is right; false for anything else."""
    import numpy as np
    import pandas as pd
    import pyarrow as pa
    import pyarrow.compute as pc

    ten = is_ten_digits(npis).to_numpy()
    numbers = pc.cast(pa.array(npis[ten], pa.string()), pa.int64()).to_numpy(zero_copy_only=False)
    left, right = _luhn_sums()
    valid = np.zeros(len(npis), dtype=bool)
    valid[ten] = (LUHN_PREFIX_SUM + left[numbers // 100_000] + right[numbers % 100_000]) % 10 == 0
    return pd.Series(valid, index=npis.index)


def has_valid_first_digit(npis: pd.Series) -> pd.Series:
    """Which texts start with 1 or 2, as every NPI does; false where null."""
    return npis.str.startswith(("1", "2")).fillna(False).astype(bool)


def is_placeholder(npis: pd.Series) -> pd.Series:
    """Which texts are examples or fillers that people type in for a missing NPI."""
    return npis.isin((*PLACEHOLDERS, *TYPED_ALONG))


def is_filler(npis: pd.Series) -> pd.Series:
    """Which texts stand where there is no NPI: one digit ten times, zeros, `N/A`, `pending`.

    Numbers that are typed along the keys are fillers where several rows have them.
    """
    filler = npis.isin(ONE_DIGIT) | (npis.isin(TYPED_ALONG) & npis.duplicated(keep=False))
    odd = npis[npis.notna() & ~is_ten_digits(npis)]
    words_only = [text for text in odd.unique() if _is_filler_text(text)]
    return filler | npis.isin(words_only)


def _is_filler_text(text: str) -> bool:
    if not text.strip("0.,-/ "):
        return True
    if text.startswith("#") or any(character.isdigit() for character in text):
        return False
    return _FILLER_WORDS.issuperset(words(text))


@cache
def _luhn_sums() -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.uint8]]:
    """What five digits add to Luhn's sum where they are an NPI's first ones, and its last ones."""
    import numpy as np

    digits = np.arange(100_000)[:, None] // 10 ** np.arange(4, -1, -1) % 10
    doubled = digits * 2 - 9 * (digits > 4)  # noqa: PLR2004
    turns = np.arange(5) % 2 == 0
    left, right = np.where(turns, doubled, digits), np.where(turns, digits, doubled)
    return left.sum(axis=1, dtype=np.uint8), right.sum(axis=1, dtype=np.uint8)
