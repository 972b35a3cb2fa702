"""The NPI that was probably meant: one digit or one swap away, with a name that fits the row.

Without the name a suggestion would be a guess: of ten numbers one digit away, one is somebody's.
"""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from provider_assets.providers.check_digit import is_valid
from provider_assets.registry import agreement, known_names, names
from provider_assets.registry import rows as roster
from provider_assets.registry.likeness import NAMES
from provider_assets.registry.reference import INDIVIDUAL, Held, Reference

MOST = 3
MOST_ROWS = 20_000  # a roster with more wrong NPIs has another fault than mistyped digits
_DIGITS = "0123456789"
_LENGTHS = (9, 10, 11)
_LETTERS = str.maketrans("OoIlSBZ", "0011582")


def suggestions(rows: pd.DataFrame, reference: Reference, held: Held) -> list[str]:
    """For each row at most three NPIs with name and state, `; ` between; mostly empty."""
    told = [""] * len(rows)
    if reference.providers is None:
        return told
    npis = rows["npi"].astype(object).tolist()
    wrong = [
        at
        for at, text in enumerate(npis)
        if isinstance(text, str) and held.place[at] < 0 and not held.deactivated[at]
    ]
    for at in wrong[:MOST_ROWS]:
        told[at] = _meant(npis[at], rows.iloc[[at]], reference)
    return told


def near(text: str) -> list[int]:
    """The valid NPIs that one digit changed, lost or added, or one swap, makes of a text."""
    digits = "".join(text.translate(_LETTERS).split()).replace("-", "")
    if len(digits) not in _LENGTHS or not digits.isascii() or not digits.isdigit():
        return []
    found = {one for one in _variants(digits) if one[0] in "12" and is_valid(one)}
    return sorted(map(int, found - {text}))


def _variants(digits: str) -> Iterator[str]:
    if len(digits) == 9:  # noqa: PLR2004
        yield from (digits[:at] + d + digits[at:] for at in range(10) for d in _DIGITS)
    elif len(digits) == 11:  # noqa: PLR2004
        yield from (digits[:at] + digits[at + 1 :] for at in range(11))
    else:
        yield digits  # where only letters stood for digits
        yield from (digits[:at] + d + digits[at + 1 :] for at in range(10) for d in _DIGITS)
        for at in range(9):
            yield digits[:at] + digits[at + 1] + digits[at] + digits[at + 2 :]


def _meant(text: str, row: pd.DataFrame, reference: Reference) -> str:
    held = reference.held(np.array(near(text), dtype=np.int64))
    fit = np.flatnonzero((held.place >= 0) & (held.deactivated == 0) & (held.kind > 0))
    scored = []
    for at in fit:
        entry = entry_at(reference, int(held.place[at]))
        alike = _alike(row, entry, int(held.kind[at]))
        if alike >= agreement.THRESHOLD:
            scored.append((-alike, f"{held.npis[at]}, {entry_words(entry)}"))
    return "; ".join(words for _, words in sorted(scored)[:MOST])


def entry_at(reference: Reference, place: int) -> dict[str, str]:
    """The registry's texts of one provider by column, empty where there is none."""
    assert reference.providers is not None  # noqa: S101  (a place is one in it)
    row = reference.providers.batch.slice(place, 1)
    texts = ("name", "first", "middle", "former", "state", "taxonomy")
    return {name: row.column(name).to_pylist()[0] or "" for name in texts}


def entry_words(entry: dict[str, str]) -> str:
    """`Quimby, Ada, OH` as the registry writes it."""
    return ", ".join(filter(None, (entry["name"], entry["first"], entry["state"])))


def _alike(row: pd.DataFrame, entry: dict[str, str], kind: int) -> float:
    if kind == INDIVIDUAL:
        theirs = known_names.people(*(entry[name] for name in NAMES))
        return agreement.people_agree(roster.names_of(roster.parts(row)[0]), theirs).likeness
    ours = [names.organization(one) for one in roster.organization_names(row)[0] if one]
    return agreement.most_alike(ours, known_names.firms(entry["name"], entry["former"]))
