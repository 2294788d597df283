"""What the library's answers teach about an item: its title, its media type, how long it is lent.

A length is learnt from a checkout that the library answered while the patron stood there: what it
was told later it takes as it is told. Not every answer shows how long the item is lent, though: a
card is about to expire, a term ends on the same day for all, the library was closed on the day
itself. So one answer alone is not believed, unless that length is usual here:

    the item was lent so long on two days                            that is its length
    once, and so were some others of those learnt, on more than a day that is its length
    once, and hardly anything else was                               not known
    for another length than was known                                in doubt, as if seen once

Nothing here says who borrowed; the day on which a length was first seen goes once it is confirmed.
"""

from __future__ import annotations

from bisect import bisect_right, insort
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING

import msgspec

from kiosk.desk.dates.duedates import FURTHEST, Length, names_a_day

if TYPE_CHECKING:
    from kiosk.daybook.facts import Learnt
    from kiosk.desk.dates.closed_days import Calendar
    from kiosk.desk.transactions import Checkout, Outcome

FEWEST = 5
"""So many items make a length usual here, and no fewer than one in a hundred."""


def with_names(known: Learnt, outcome: Outcome) -> Learnt:
    """Take in what the library calls an item, and of which media type it is."""
    title, media = outcome.title or known.title, outcome.media or known.media
    return msgspec.structs.replace(known, title=title, media=media)


def with_length(
    known: Learnt, checkout: Checkout, at: datetime, outcome: Outcome, calendar: Calendar
) -> Learnt:
    """Take in until when the library lent an item. `at`: the true time of the checkout.

    A date that staff chose says nothing about the item, should the library have followed it; nor
    does one right after closed days, because it may have been moved.
    """
    if outcome.due is None or checkout.due_by in ("item", "kind", "patron"):
        return known
    if not (outcome.kind == "applied" or outcome.code == "due-differs"):
        return known
    if calendar.closed(outcome.due.date() - timedelta(days=1)):
        return known
    length = length_of(at, outcome.due)
    day = at.astimezone(outcome.due.tzinfo).date()
    return known if length is None else _seen(known, length, day)


def length_of(at: datetime, due: datetime) -> Length | None:
    """Give the length of a loan: by hours where it ends within a day, at a time of its own."""
    passed = due.astimezone(UTC) - at.astimezone(UTC)
    if not names_a_day(due) and passed < timedelta(days=1):
        hours = round(passed / timedelta(hours=1))
        return Length(hours=hours) if hours >= 1 else None
    days = due.date() - at.astimezone(due.tzinfo).date()
    return Length(days.days) if timedelta(0) <= days <= FURTHEST else None


def _seen(known: Learnt, length: Length, day: date) -> Learnt:
    before = _length(known)
    if before is None or (before != length and known.lent not in (None, day)):
        return msgspec.structs.replace(known, days=length.days, hours=length.hours, lent=day)
    if before == length:
        confirmed = known.lent not in (None, day)
        return msgspec.structs.replace(known, lent=None) if confirmed else known
    return msgspec.structs.replace(known, lent=known.lent or day)


def _length(learnt: Learnt) -> Length | None:
    return None if learnt.days is None else _one(learnt.days, learnt.hours)


@cache
def _one(days: int, hours: int) -> Length:
    """Give the same object for the same length: a hundred thousand items share a handful."""
    return Length(days, hours)


@dataclass(slots=True)
class Lengths:
    """How long the items of a daybook are lent, and how usual a length is among them."""

    _of_item: dict[str, tuple[Length, date | None]] = field(default_factory=dict)
    """The day is that on which the item was lent so long; None where that was so on two days."""
    _days: dict[Length, Counter[date | None]] = field(default_factory=dict)
    """How many items were lent so long on which day."""

    def learn(self, fact: Learnt) -> None:
        """Take in what was learnt of an item, in the place of what was known of it."""
        before = self._of_item.pop(fact.item, None)
        if before is not None:
            self._leave_out(*before)
        length = _length(fact)
        if length is not None:
            self._of_item[fact.item] = (length, fact.lent)
            self._days.setdefault(length, Counter())[fact.lent] += 1

    def _leave_out(self, length: Length, day: date | None) -> None:
        self._days[length] -= Counter([day])
        if not self._days[length]:
            del self._days[length]

    def of(self, item: str) -> Length | None:
        """Tell how long an item is lent, where that is known."""
        length, day = self._of_item.get(item, (None, None))
        if length is None or day is None:
            return length
        return length if self._is_usual(length) else None

    def _is_usual(self, length: Length) -> bool:
        days = self._days[length]
        on_more_days = None in days or len(days) > 1
        return on_more_days and days.total() >= max(FEWEST, len(self._of_item) / 100)


@dataclass(slots=True)
class Numbers:
    """The numbers of the items that the library knows, to find the one that a scan broke off."""

    in_order: list[str] = field(default_factory=list)

    def add(self, number: str) -> None:
        """Take in a new number."""
        insort(self.in_order, number)

    def longer(self, number: str) -> str:
        """Find one that begins with this one and goes on; else ""."""
        place = bisect_right(self.in_order, number)
        found = self.in_order[place] if place < len(self.in_order) else ""
        return found if found.startswith(number) else ""
