"""Moments as people read them: in one time zone for all pages and messages, which is always said.

The zone is a setting, the machine's own by default. What is stored stays in UTC.
"""

from datetime import datetime, tzinfo
from zoneinfo import ZoneInfo

_zone: list[tzinfo] = []


def use_zone(name: str) -> None:
    """Have this process go by the zone of this name; the machine's own for an empty one."""
    _zone[:] = [ZoneInfo(name)] if name else []


def local(moment: str | datetime) -> datetime:
    """A moment (ISO 8601 or aware) in the zone that people read."""
    known = datetime.fromisoformat(moment) if isinstance(moment, str) else moment
    return known.astimezone(_zone[0] if _zone else None)


def minute(moment: str | datetime) -> str:
    """`2026-03-02 09:05 CST`."""
    return local(moment).strftime("%Y-%m-%d %H:%M %Z")


def second(moment: str | datetime) -> str:
    """`2026-03-02 09:05:07 CST`."""
    return local(moment).strftime("%Y-%m-%d %H:%M:%S %Z")


def local_day(moment: str | datetime | None) -> str:
    """The local day of a moment (None is now) as `YYYY-MM-DD`."""
    return local(moment or datetime.now().astimezone()).date().isoformat()
