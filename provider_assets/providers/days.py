"""A day out of a text, in the ways that people in the United States write one.

For telling whether a provider has left; names and NPIs are cleaned in `cleaning`. One text alone
may have two readings (`03/04/2021`): the column that it stands in decides.
"""

import re
from calendar import monthrange
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from provider_assets.providers.cleaning import clean_text

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_TIME = re.compile(
    r"[ T,]+\d{1,2}:\d{2}(:\d{2}([.,]\d+)?)?( ?[AaPp]\.?[Mm]\.?)?( ?(Z|UTC|[+-]\d{2}:?\d{2}))?$"
)
_WEEKDAY = re.compile(r"^(mon|tue|wed|thu|fri|sat|sun)[a-z]*\.?,? +", re.IGNORECASE)
_ORDINAL = re.compile(r"(?<=\d)(st|nd|rd|th)\b", re.IGNORECASE)
_NAME = r"(?P<name>[A-Za-z]{3,9})"
_SHAPES = tuple(
    re.compile(shape)
    for shape in (
        r"(?P<year>\d{4})[-/.](?P<month>\d{1,2})[-/.](?P<day>\d{1,2})",
        r"(?P<one>\d{1,2})[-/. ](?P<two>\d{1,2})[-/. ](?P<year>\d{4}|\d{2})",
        rf"(?P<day>\d{{1,2}})[-/. ]*{_NAME}\.?[-/., ]*(?P<year>\d{{4}}|\d{{2}})",
        rf"{_NAME}\.?[-/. ]*(?P<day>\d{{1,2}})[-/., ]+(?P<year>\d{{4}}|\d{{2}})",
        rf"(?P<year>\d{{4}})[-/. ]{_NAME}[-/. ](?P<day>\d{{1,2}})",
        rf"{_NAME}\.?[-/., ]*(?P<year>\d{{4}})",
        r"(?P<month>\d{1,2})[-/](?P<year>\d{4})",
    )
)
_PACKED = (  # eight digits, read in each of these orders
    re.compile(r"(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})"),
    re.compile(r"(?P<one>\d{2})(?P<two>\d{2})(?P<year>\d{4})"),
)
_SERIAL = re.compile(r"(\d{5})(?:\.\d+)?")
_SERIALS = (20_000, 80_000)  # a spreadsheet's day numbers from 1954 to 2119
_EPOCH = date(1899, 12, 30)
_LONGEST = 40
_EARLIEST = 1900
_PIVOT = 69  # two digits from here on are years of the last century, as POSIX has it
# what people write where nothing ends: 12/31/99 is 12/31/9999 with two digits for the year, the
# other days are what programs make of an empty cell
_NO_END = re.compile(
    r"(?i:[-\u2013\u2014./\\_x?\s]*|0+([-/.:]0+)*|0+\.0+|n\.?/?a\.?|not applicable|none|null|nil|"
    r"nan|nat|blank|empty|no|never|active|present|current(ly)?( active)?|now|ongoing|open|"
    r"open ended|indefinite|no end( date)?|no term( date)?|not termed|still (active|employed|here)|"
    r"12[-/.]31[-/.]99|1[-/.]0[-/.]1900|1899-12-3[01])"
)


@dataclass(frozen=True)
class Days:
    """The days of a column by its texts; a text that is in neither has no end or is no day.

    `unreadable` are texts that are no day and do not say that nothing ends; `doubtful` counts the
    texts that had two readings, of which `day_first` tells the one that was taken. Where some
    texts are days only with the day first, and others only with the month first, the column
    contradicts itself: the texts of two readings are `undecided`, and no days.
    """

    days: Mapping[str, date] = field(default_factory=dict)
    unreadable: frozenset[str] = frozenset()
    doubtful: int = 0
    day_first: bool = False
    undecided: frozenset[str] = frozenset()


def read_days(texts: Collection[str]) -> Days:
    """The days that the texts of one column stand for.

    Where a text has two readings, one text that is a day only with the day first settles it for
    all, unless another is a day only with the month first; else the month is first.
    """
    found = {text: _readings(text) for text in texts}
    day_first = any(both is not None and both[0] is None for both in found.values())
    month_first = any(both is not None and both[1] is None for both in found.values())
    undecided: set[str] = set()
    days: dict[str, date] = {}
    doubtful = 0
    for text, both in found.items():
        if both is None:
            continue
        month, day = both
        if month is not None and day is not None and month != day:
            if day_first and month_first:
                undecided.add(text)
                continue
            doubtful += 1
        chosen = (day or month) if day_first else (month or day)
        if chosen is not None:
            days[text] = chosen
    unreadable = frozenset(t for t in texts if t not in days and not has_no_end(t))
    return Days(days, unreadable, doubtful, day_first, frozenset(undecided))


def read_day(text: str) -> date | None:
    """The day that a text stands for by itself, the month before the day; None where it is none."""
    return read_days([text]).days.get(text)


def has_no_end(text: str) -> bool:
    """Whether a text in a column of last days says that there is none."""
    plain = _plain(text)
    return plain is not None and _NO_END.fullmatch(plain) is not None


def _plain(text: str) -> str | None:
    plain = clean_text(text[: 2 * _LONGEST]) or ""
    return plain if len(plain) <= _LONGEST else None


def _readings(text: str) -> tuple[date | None, date | None] | None:
    """What a text is with the month first and with the day first; None where it is no day."""
    plain = _plain(text)
    if plain is None or _NO_END.fullmatch(plain):
        return None
    plain = _ORDINAL.sub("", _WEEKDAY.sub("", _TIME.sub("", plain)))
    plain = plain.removesuffix(".0")  # of a number out of a spreadsheet
    number = _SERIAL.fullmatch(plain)
    if number:
        days = int(number[1])
        found = _EPOCH + timedelta(days) if _SERIALS[0] <= days <= _SERIALS[1] else None
        return (found, found) if found else None
    packed = plain.isdigit() and len(plain) in (7, 8)  # seven: the first zero was lost
    plain = plain.zfill(8) if packed else plain
    for shape in _PACKED if packed else _SHAPES:
        matched = shape.fullmatch(plain)
        if matched and (both := _both(matched.groupdict())) is not None:
            return both
    return None


def _both(parts: dict[str, str]) -> tuple[date | None, date | None] | None:
    if "one" not in parts:
        found = _day(parts)
        return (found, found) if found else None
    year = parts["year"]
    month_first = _day({"month": parts["one"], "day": parts["two"], "year": year})
    day_first = _day({"month": parts["two"], "day": parts["one"], "year": year})
    return (month_first, day_first) if month_first or day_first else None


def _day(parts: dict[str, str]) -> date | None:
    year = int(parts["year"])
    if len(parts["year"]) == 2:  # noqa: PLR2004
        year += 1900 if year >= _PIVOT else 2000
    if year < _EARLIEST:
        return None
    try:
        month = _month(parts["name"]) if "name" in parts else int(parts["month"])
        # of a month alone, its last day
        return date(year, month, int(parts.get("day") or monthrange(year, month)[1]))
    except ValueError:
        return None


def _month(name: str) -> int:
    """A month's number by the first letters of its name. Raises ValueError where it is none."""
    return _MONTHS.index(name[:3].lower()) + 1
