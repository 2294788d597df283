"""On which days the library is closed, so that nothing falls due then.

Whoever borrows must be able to bring an item back on the day that stands on the receipt. So a due
date that is counted rolls on to the next open day. One that staff chose by its date stays where it
is: they may know better, and are told.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal, get_args

Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]

LONGEST = 366
"""Days that a library can be closed in a row; after that the day itself is taken."""

_LEAP_YEAR = 2024
_DAY = re.compile(r"(?:(\d{4})-)?(\d{2})-(\d{2})", re.ASCII)

_Yearly = tuple[int, int]
"""Month and day, in every year."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ClosedDays:
    """When the library is closed, as it is written in kiosk.toml.

    `days` are single days (`2026-12-25`), days of every year (`12-25`), or ranges of either with
    both ends closed (`2026-12-24..2027-01-01`, `12-24..01-01`).
    """

    weekdays: tuple[Weekday, ...] = ()
    days: tuple[str, ...] = ()


class Calendar:
    """The closed days, read once. Raises ValueError where a day cannot be read."""

    def __init__(self, closed: ClosedDays) -> None:
        names = get_args(Weekday)
        self._weekdays = frozenset(names.index(name) for name in closed.weekdays)
        self._spans: list[tuple[date, date]] = []
        self._yearly: list[tuple[_Yearly, _Yearly]] = []
        for text in closed.days:
            self._take(text)

    def _take(self, text: str) -> None:
        first_text, dots, last_text = text.partition("..")
        first = _read(first_text)
        last = _read(last_text) if dots else first
        if isinstance(first, date) and isinstance(last, date) and first <= last:
            self._spans.append((first, last))
        elif isinstance(first, tuple) and isinstance(last, tuple):
            self._yearly.append((first, last))
        else:
            raise ValueError(text)

    def closed(self, day: date) -> bool:
        """Tell whether the library is closed on a day."""
        if day.weekday() in self._weekdays:
            return True
        if any(first <= day <= last for first, last in self._spans):
            return True
        here = (day.month, day.day)
        return any(
            first <= here <= last if first <= last else here >= first or here <= last
            for first, last in self._yearly
        )

    def next_open(self, day: date) -> date:
        """Give the day itself where the library is open, else the next day on which it is."""
        days = (day + timedelta(days=n) for n in range(LONGEST + 1))
        return next((each for each in days if not self.closed(each)), day)


def _read(text: str) -> date | _Yearly:
    """Read `2026-12-25` or `12-25`. Raises ValueError."""
    found = _DAY.fullmatch(text.strip())
    if found is None:
        raise ValueError(text)
    year, month, day = found.groups()
    if year is not None:
        return date(int(year), int(month), int(day))
    known = date(_LEAP_YEAR, int(month), int(day))
    return known.month, known.day
