"""The codes of a row as they travel in a frame: one text, joined by blanks."""

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # who only tells a row's codes apart does without
    import pandas as pd

TERMINATED = "terminated"
STILL_HELD = "terminated-still-held"
CUT_OFF = "row-cut-off"
LEFT = frozenset({TERMINATED})
"""What a row says whose provider has left."""
_ANSWER = frozenset({TERMINATED, STILL_HELD})


@cache
def has_code(codes: str, wanted: frozenset[str]) -> bool:
    """Whether one of the wanted codes is among these."""
    return not wanted.isdisjoint(codes.split())


def which_have(codes: "pd.Series", wanted: frozenset[str]) -> "pd.Series":
    """For each row whether one of the wanted codes is among its own."""
    return codes.map(lambda told: has_code(told, wanted)).astype(bool)


def is_answer(codes: str) -> bool:
    """Whether a row says that its provider has left, and nothing about it needs a correction."""
    told = codes.split()
    return TERMINATED in told and _ANSWER.issuperset(told)


def count_answers(codes: "pd.Series") -> int:
    """How many rows are such answers."""
    return int(codes.map(is_answer).astype(bool).sum())


def count_codes(codes: "pd.Series") -> dict[str, int]:
    """Rows by code; a row with several counts in each."""
    split = codes[codes != ""].str.split().explode()
    return {str(code): int(number) for code, number in split.value_counts().items()}
