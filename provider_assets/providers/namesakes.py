"""Who may be meant by a row whose NPI is none, is in doubt, or is a slip away from another one."""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator

DIGITS = "0123456789"


def name_words(*parts: object) -> frozenset[str]:
    """A name's words, whatever their order: `Mouse, Mickey MD` and `mickey mouse` share two."""
    text = " ".join(part for part in parts if isinstance(part, str)).casefold()
    return frozenset(word for word in re.findall(r"\w+", text) if len(word) > 1)


class Namesakes:
    """Names, asked whether a provider may bear one of them."""

    def __init__(self, names: Iterable[frozenset[str]]) -> None:
        self._by_word: defaultdict[str, list[frozenset[str]]] = defaultdict(list)
        for name in names:
            for word in name:
                self._by_word[word].append(name)

    def may_be(self, words: frozenset[str]) -> bool:
        """Whether one of the names has all of a provider's words, or the other way round."""
        return any(is_alike(words, name) for word in words for name in self._by_word.get(word, ()))


def is_alike(one: frozenset[str], other: frozenset[str]) -> bool:
    """Whether one name has all the words of the other; no name is like none."""
    return bool(one and other) and (one <= other or other <= one)


def slips(npi: str) -> Iterator[str]:
    """What an NPI may be typed as: one digit wrong, or two neighbours swapped."""
    for at, digit in enumerate(npi):
        for wrong in DIGITS:
            if wrong != digit:
                yield npi[:at] + wrong + npi[at + 1 :]
    for at in range(len(npi) - 1):
        if npi[at] != npi[at + 1]:
            yield npi[:at] + npi[at + 1] + npi[at] + npi[at + 2 :]


def find_slips(npis: Collection[str], listed: Collection[str]) -> dict[str, list[str]]:
    """Those of the NPIs that may be meant by listed ones, with these.

    A slip of a right NPI has a wrong check digit, but where a 0 and a 9 are swapped. So it is
    looked for from the wrong ones, of which a roster has few.
    """
    known, doubted = frozenset(listed), _wrong(npis)
    right = frozenset(npis).difference(doubted)
    found: defaultdict[str, list[str]] = defaultdict(list)
    for npi in doubted:
        found[npi] = [each for each in slips(npi) if each in known]
    for npi in right:
        if "09" in npi or "90" in npi:
            found[npi] = [each for each in _swapped(npi) if each in known]
    for each in _wrong(known):
        for npi in right.intersection(slips(each)):
            found[npi].append(each)
    return {npi: near for npi, near in found.items() if near}


def _wrong(npis: Collection[str]) -> list[str]:
    """Those whose check digit is not right; of many at once, since most are right."""
    import pandas as pd

    from provider_assets.providers.npi import has_valid_check_digit

    texts = pd.Series(list(npis), dtype="str")
    return [str(npi) for npi in texts[~has_valid_check_digit(texts)]]


def _swapped(npi: str) -> Iterator[str]:
    """The right NPIs that a swap of neighbours makes of a right one."""
    for found in re.finditer("(?=09|90)", npi):
        at = found.start()
        yield npi[:at] + npi[at + 1] + npi[at] + npi[at + 2 :]
