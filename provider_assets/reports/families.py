"""Which files come from one source: those whose names differ in dates, versions and copies only."""

import re
from collections.abc import Sequence
from pathlib import Path

_MONTHS = frozenset(
    [
        "jan",
        "january",
        "feb",
        "february",
        "mar",
        "march",
        "apr",
        "april",
        "may",
        "jun",
        "june",
        "jul",
        "july",
        "aug",
        "august",
        "sep",
        "sept",
        "september",
        "oct",
        "october",
        "nov",
        "november",
        "dec",
        "december",
    ]
)
_COUNTED = {"v", "ver", "version", "rev", "q", "w", "wk", "week", "no", "nr", "copy", "part"}
_OURS = re.compile(r"_\d{4}-\d{2}-\d{2}_(rejects|filtered)(_\d+)?")
_COPY = re.compile(r"\(\d+\)")
_LONG = 4  # so many digits are a year, a day or a running number


def family(file: str) -> str:
    """What the files of one source have in common: the name without dates, versions and endings.

    `Mercy_2025-05.xlsx`, `mercy 06.csv` and `mercy_2025-05-01_rejects.xlsx` are all `mercy`. A
    short number that is no part of a date stays: `clinic 4` and `clinic 7` are two sources.
    """
    stem = _OURS.sub("", Path(file).stem)
    parts = re.findall(r"[^\W\d_]+|\d+", _COPY.sub(" ", stem).casefold())
    return " ".join(part for at, part in enumerate(parts) if not _changes(parts, at)) or stem


def _changes(parts: Sequence[str], at: int) -> bool:
    """Whether a part is a number that differs from file to file of one source."""
    part, before = parts[at], parts[at - 1] if at else ""
    if not part.isdigit():
        return False
    if len(part) >= _LONG or part.startswith("0") or before in _COUNTED | _MONTHS:
        return True
    if before.isdigit():
        return _changes(parts, at - 1)
    after, then = (*parts[at + 1 : at + 3], "", "")[:2]
    if after.isdigit():  # `5 2025`, `5-1-25`; a whole date stands by itself
        return len(after) < _LONG or (len(after) == _LONG and not then.isdigit())
    return after in _MONTHS
