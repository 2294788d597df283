"""Days and due dates in the library's own time zone.

A loan by days is due at the end of its last day. The moment is made from the calendar day, never
by adding hours, so that a change to or from daylight saving does not move it. A loan by hours ends
when these hours have passed, whatever the clocks on the wall do meanwhile.

What is counted never falls on a closed day (kiosk.desk.dates.closed_days), and never in the past.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import tzinfo

    from kiosk.desk.dates.closed_days import Calendar

END_OF_DAY = time(23, 59)
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
FURTHEST = timedelta(days=9999)
"""No loan is longer, and no return longer ago: a day beyond is a slip of the finger."""
AS_PROMISED = timedelta(minutes=15)
"""By so much the library may round the end of a loan by hours."""

_COUNTED = re.compile(r"(?P<days>\d{1,4})|(?P<hours>[1-9]\d{0,2})h", re.ASCII | re.IGNORECASE)
_NO_TIME = (time(0, 0), END_OF_DAY)
"""Times that stand for the whole day: systems write one of them where a loan ends with its day."""


@dataclass(frozen=True, slots=True)
class Length:
    """How long a loan lasts: so many days, to the end of the last one; or so many hours."""

    days: int = 0
    hours: int = 0


def due_after(length: Length, at: datetime, zone: tzinfo, calendar: Calendar) -> datetime:
    """Give the due moment of an item lent at a moment. 0 days: today.

    A loan by hours that would end on a closed day ends with the next open one. Nobody could bring
    the item back before the doors open, and when they do is not known here. On the day on which it
    is lent somebody is there.
    """
    today = at.astimezone(zone).date()
    if length.hours:
        ends = _whole_minute(at.astimezone(UTC) + timedelta(hours=length.hours)).astimezone(zone)
        if ends.date() == today or not calendar.closed(ends.date()):
            return ends
        return due_on(calendar.next_open(ends.date()), zone)
    day = calendar.next_open(today + timedelta(days=length.days))
    due = due_on(day, zone)
    if past(due, at):  # the last minute of a day
        due = due_on(calendar.next_open(day + timedelta(days=1)), zone)
    return due


def due_on(day: date, zone: tzinfo) -> datetime:
    """Give the due moment of a loan that ends on this day.

    Where clocks are set back at midnight, the day has two such moments: the later one.
    """
    return datetime.combine(day, END_OF_DAY, zone).replace(fold=1)


def past(due: datetime, at: datetime) -> bool:
    """Tell whether a moment has come. In UTC, because local time may go back between the two."""
    return due.astimezone(UTC) <= at.astimezone(UTC)


def by_the_hour(due: datetime) -> bool:
    """Tell a due moment within its day from one at its end."""
    return due.time() != END_OF_DAY


def names_a_day(due: datetime) -> bool:
    """Tell whether a library's due date means the whole day, so that its time says nothing."""
    return due.time().replace(second=0, microsecond=0) in _NO_TIME


def as_promised(promised: datetime, due: datetime, zone: tzinfo) -> bool:
    """Tell whether the library's due date is the one that the patron was told.

    The day counts, because many systems round the time of a due date; of a loan by hours the time
    does too, where the library gave one.
    """
    promised, due = promised.astimezone(zone), due.astimezone(zone)
    if promised.date() != due.date():
        return False
    if not by_the_hour(promised) or names_a_day(due):
        return True
    return abs(promised - due) <= AS_PROMISED


def parse_due(text: str, today: date) -> Length | date | None:
    """Read days (`21`), hours (`3h`) or an ISO date; None where it is none, past, or too far."""
    counted = _COUNTED.fullmatch(text)
    if counted is not None:
        return Length(int(counted["days"] or 0), int(counted["hours"] or 0))
    day = parse_day(text, today)
    return day if day is not None and today <= day <= today + FURTHEST else None


def parse_returned(text: str, today: date) -> date | None:
    """Read the day of a book drop; None where it is none, too long ago, or in the future.

    An ISO date, `today`, `yesterday`, the name of a weekday for the last such day before today, or
    one digit for so many days ago: a short barcode is read more easily.
    """
    if text.lower() in WEEKDAYS:
        ago = (today.weekday() - WEEKDAYS.index(text.lower()) - 1) % 7 + 1
        return today - timedelta(days=ago)
    if text.isascii() and text.isdigit() and len(text) == 1:
        return today - timedelta(days=int(text))
    day = parse_day(text, today)
    return day if day is not None and today - FURTHEST <= day <= today else None


def parse_day(text: str, today: date) -> date | None:
    """Read an ISO date, `today` or `yesterday`."""
    text = text.lower()
    if text in ("today", "yesterday"):
        return today - timedelta(days=text == "yesterday")
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _whole_minute(at: datetime) -> datetime:
    """Leave out the seconds, in the patron's favour."""
    whole = at.replace(second=0, microsecond=0)
    return whole if whole == at else whole + timedelta(minutes=1)
