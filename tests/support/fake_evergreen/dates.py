"""How Evergreen reads a date: leniently, and wrongly where it is not written as it should be."""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING

from support.fake_web.zones import ZONE, zone

if TYPE_CHECKING:
    from datetime import timezone

_DATE = re.compile(r"(\d{4})-?(\d\d)-?(\d\d)")
_TIME = re.compile(r"(\d\d):(\d\d):(\d\d)")


def read(text: object, local: timezone) -> datetime:
    """Read a date; without hours, minutes and seconds it is midnight. Raise ValueError."""
    text = str(text)
    date = _DATE.match(text)
    if date is None:
        raise ValueError(f"invalid date format: {text}")
    rest = text[date.end() :]
    time = _TIME.search(rest)
    hour, minute, second = map(int, time.groups()) if time else (0, 0, 0)
    there = zone(rest) if ZONE.search(rest) else local
    year, month, day = map(int, date.groups())
    return datetime(year, month, day, hour, minute, second, tzinfo=there)


def day_end(when: datetime, local: timezone) -> datetime:
    """Give the last second of its day, as the library there counts days."""
    return when.astimezone(local).replace(hour=23, minute=59, second=59, microsecond=0)
