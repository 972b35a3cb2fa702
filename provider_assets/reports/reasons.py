"""The words for codes, and the rejects of a roster as a list. No formatting belongs here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from provider_assets.providers.cleaning import holds_several_npis
from provider_assets.providers.codes import STILL_HELD
from provider_assets.providers.departures import STILL_HELD_ADVICE, STILL_HELD_SENTENCE
from provider_assets.providers.duplicates import DUPLICATE_REASONS
from provider_assets.providers.rules import known_rules

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Words:
    """A code's sentence (what is wrong), advice (what to do), and the field at fault, if one is."""

    code: str
    sentence: str
    advice: str
    field: str | None


@dataclass(frozen=True)
class Reject:
    """A row that did not load: its place and why, without any of its values.

    `outcome` is `invalid` or `duplicate`, `message` the sentences of its codes.
    """

    sheet: str
    row: int
    outcome: str
    codes: tuple[str, ...]
    message: str


@cache
def _all_words(_known: int) -> dict[str, Words]:
    """The words of all codes; made anew when a rule was added, and never for each row."""
    rules = [Words(rule.code, rule.sentence, rule.advice, rule.field) for rule in known_rules()]
    taken = [Words(one.code, one.sentence, one.advice, "npi") for one in DUPLICATE_REASONS]
    held = Words(STILL_HELD, STILL_HELD_SENTENCE, STILL_HELD_ADVICE, None)
    return {words.code: words for words in (*rules, *taken, held)}


def words_for(code: str) -> Words:
    """The words of a code; a code nobody knows (of an older import) stands for itself."""
    return _all_words(len(known_rules())).get(
        code, Words(code, code, "Ask the people who run this service.", None)
    )


def is_duplicate(code: str) -> bool:
    """Whether a row with this code is a duplicate, and not invalid."""
    return any(one.code == code for one in DUPLICATE_REASONS)


@cache
def reason(codes: str) -> str:
    """Blank-joined codes as sentences, each with its code: `The NPI is empty. (npi-missing)`."""
    return " ".join(f"{words_for(code).sentence} ({code})" for code in codes.split())


@cache
def advice(codes: str) -> str:
    """Blank-joined codes as what to do about them; the same advice is given once."""
    return " ".join(dict.fromkeys(words_for(code).advice for code in codes.split())) or "Nothing."


MALFORMED = "npi-malformed"
_SEVERAL = "More than one NPI stands in the cell."
_NOT_TEN = "The NPI is not ten digits."


def sentence_of(code: str, npi: str | None) -> str:
    """What is wrong with a row; of an NPI that is none, which of the two that the code says."""
    if code == MALFORMED:
        return _SEVERAL if npi is not None and holds_several_npis(npi) else _NOT_TEN
    return words_for(code).sentence


def message(codes: str, npi: str | None) -> str:
    """Blank-joined codes of a row with this NPI as sentences alone."""
    return " ".join(sentence_of(code, npi) for code in codes.split())


@dataclass(frozen=True)
class Warned:
    """A row that loads all the same: its place, and the codes of what is odd about it."""

    sheet: str
    row: int
    codes: tuple[str, ...]


def list_warned(clean: pd.DataFrame) -> Iterable[Warned]:
    """The rows of a frame (`frames.CLEAN`) that earn a warning, in the roster's order."""
    odd = clean[clean["warnings"] != ""].sort_index()
    for sheet, row, codes in zip(odd["sheet"], odd["row"], odd["warnings"], strict=True):
        yield Warned(str(sheet), int(row), tuple(codes.split()))


_MOST_PLACES = 20


def warned_places(clean: pd.DataFrame) -> dict[str, str]:
    """By code, where the warned rows of a frame (`frames.CLEAN`) stand: `Sheet1: rows 3, 8`."""
    places: dict[str, dict[str, list[int]]] = {}
    for one in list_warned(clean):
        for code in one.codes:
            places.setdefault(code, {}).setdefault(one.sheet, []).append(one.row)
    return {
        code: "; ".join(f"{sheet}: {_rows(rows)}" for sheet, rows in sheets.items())
        for code, sheets in places.items()
    }


def _rows(rows: Sequence[int]) -> str:
    first = ", ".join(f"{row:,}" for row in rows[:_MOST_PLACES])
    more = f" and {len(rows) - _MOST_PLACES:,} more" if len(rows) > _MOST_PLACES else ""
    return f"row{'s' if len(rows) > 1 else ''} {first}{more}"


def list_rejects(
    invalid: pd.DataFrame, duplicates: pd.DataFrame, at_most: int | None = None
) -> list[Reject]:
    """The rejected rows of two frames (`frames.REJECTED`: `sheet`, `row`, `npi`, `codes`) in the
    roster's order.
    """
    both = [_listed(invalid, "invalid", at_most), _listed(duplicates, "duplicate", at_most)]
    found = sorted((place, reject) for rows in both for place, reject in rows)
    return [reject for _, reject in found[:at_most]]


def _listed(rows: pd.DataFrame, outcome: str, at_most: int | None) -> Iterable[tuple[int, Reject]]:
    first = rows.sort_index().head(len(rows) if at_most is None else at_most)
    npis = first["npi"].astype(object).where(first["npi"].notna(), None)
    for position, sheet, row, codes, npi in zip(
        first.index, first["sheet"], first["row"], first["codes"], npis, strict=True
    ):
        yield (
            int(position),
            Reject(str(sheet), int(row), outcome, tuple(codes.split()), message(codes, npi)),
        )
