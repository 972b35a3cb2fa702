"""The words for every row code, wherever it comes from: a rule or a duplicate."""

from provider_assets.providers.duplicates import DUPLICATE_REASONS
from provider_assets.providers.rules import RULES

_SENTENCES = {each.code: each.sentence for each in (*RULES, *DUPLICATE_REASONS)}
_ADVICE = {each.code: each.advice for each in (*RULES, *DUPLICATE_REASONS)}


def sentence_of(code: str) -> str:
    """What a code means, for the sender."""
    return _SENTENCES[code]


def advice_of(code: str) -> str:
    """What the sender can do about a code."""
    return _ADVICE[code]
