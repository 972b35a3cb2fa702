"""The form of a value without the value: `Aaaaaa, Aaa` for a name, `##########` for an NPI."""

from collections.abc import Iterable
from itertools import islice

_LONGEST = 24
_MOST = 3


def form(text: str) -> str:
    """The text with each letter as `A` or `a` and each digit as `#`, cut where it is long."""
    shown = "".join(_masked(one) for one in text[:_LONGEST])
    return f"{shown}…" if len(text) > _LONGEST else shown


def forms(texts: Iterable[str]) -> list[str]:
    """Two or three different forms of the texts, in their order."""
    return list(islice(dict.fromkeys(map(form, islice(texts, 200))), _MOST))


def _masked(character: str) -> str:
    if character.isdigit() or character.isnumeric():
        return "#"
    if character.isalpha():
        return "A" if character.isupper() else "a"
    return character if character.isascii() and character.isprintable() else "?"
