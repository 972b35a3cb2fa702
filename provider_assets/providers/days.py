"""A day out of a text, in the ways that people in the United States write one.

For telling whether a provider has left; names and NPIs are cleaned in `cleaning`.
"""

import re
from datetime import date, timedelta

from provider_assets.providers.cleaning import clean_text

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_TIME = re.compile(r"[ T]\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?( ?[AaPp][Mm])?Z?$")
_SHAPES = tuple(
    re.compile(shape)
    for shape in (
        r"(?P<year>\d{4})[-/.](?P<month>\d{1,2})[-/.](?P<day>\d{1,2})",
        r"(?P<month>\d{1,2})[-/.](?P<day>\d{1,2})[-/.](?P<year>\d{4}|\d{2})",
        r"(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})",
        r"(?P<day>\d{1,2})[- ](?P<name>[A-Za-z]{3,9})\.?[- ](?P<year>\d{4}|\d{2})",
        r"(?P<name>[A-Za-z]{3,9})\.? (?P<day>\d{1,2}),? (?P<year>\d{4})",
    )
)
_SERIAL = re.compile(r"(\d{5})(?:\.\d+)?")
_SERIALS = (20_000, 80_000)  # a spreadsheet's day numbers from 1954 to 2119
_EPOCH = date(1899, 12, 30)
_LONGEST = 40
_NO_END = "12/31/99"  # how 12/31/9999, which means never, looks with two digits for the year
_PIVOT = 69  # two digits from here on are years of the last century, as POSIX has it


def read_day(text: str) -> date | None:
    """The day that a text stands for, the month before the day; None where it is none.

    A spreadsheet's day number is one too. A time of day behind it is left out.
    """
    plain = _TIME.sub("", clean_text(text[: 2 * _LONGEST]) or "")
    if len(plain) > _LONGEST or plain == _NO_END:
        return None
    number = _SERIAL.fullmatch(plain)
    if number:
        days = int(number[1])
        return _EPOCH + timedelta(days) if _SERIALS[0] <= days <= _SERIALS[1] else None
    found = next((one for shape in _SHAPES if (one := shape.fullmatch(plain))), None)
    return _day(found.groupdict()) if found else None


def _day(parts: dict[str, str]) -> date | None:
    year = int(parts["year"])
    if len(parts["year"]) == 2:  # noqa: PLR2004
        year += 1900 if year >= _PIVOT else 2000
    try:
        month = _month(parts["name"]) if "name" in parts else int(parts["month"])
        return date(year, month, int(parts["day"]))
    except ValueError:
        return None


def _month(name: str) -> int:
    """A month's number by the first letters of its name. Raises ValueError where it is none."""
    return _MONTHS.index(name[:3].lower()) + 1
