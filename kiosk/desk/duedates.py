"""Days and due dates in the library's own time zone.

A loan is due at the end of its day. The moment is made from the calendar day, never by adding
hours, so that a change to or from daylight saving does not move it.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta, tzinfo

END_OF_DAY = time(23, 59)
FURTHEST = timedelta(days=9999)
"""No loan is longer, and no return longer ago: a day beyond is a slip of the finger."""


def due_in(days: int, today: date, zone: tzinfo) -> datetime:
    """Give the due moment of a loan of so many days. 0 is today."""
    return due_on(today + timedelta(days=days), zone)


def due_on(day: date, zone: tzinfo) -> datetime:
    """Give the due moment of a loan that ends on this day."""
    return datetime.combine(day, END_OF_DAY, zone)


def parse_due(text: str, today: date) -> date | None:
    """Read a number of days or an ISO date; None where it is neither, in the past, or too far."""
    if text.isascii() and text.isdigit():
        return today + timedelta(days=int(text)) if len(text) <= 4 else None
    day = parse_day(text, today)
    return day if day is not None and today <= day <= today + FURTHEST else None


def parse_returned(text: str, today: date) -> date | None:
    """Read the day of a book drop; None where it is none, too long ago, or in the future.

    An ISO date, `today`, `yesterday`, or one digit for so many days ago: a short barcode is read
    more easily.
    """
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
