"""When the backlog goes.

    so it is                           what the patron at the desk waits for  the backlog
    ---------------------------------  -------------------------------------  -----------------
    staff have paused delivery         waits                                  waits
    `load_at` is a time of the day     goes                                   what was recorded
                                                                              before the last such
                                                                              time goes
    `ask_first`, and there was an      goes                                   waits until staff
    outage, or the engine has started                                         say "send"
    staff said "send"                  goes                                   what was recorded by
                                                                              then goes
    else                               goes                                   goes

What stands in the daybook behind something that waits, waits too: the order is worth more. Only
what the patron at the desk waits for takes along what has to go before it.
"""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date, tzinfo

    from kiosk.daybook.pending import Pending


def read_time(text: str) -> time:
    """Read a time of the day such as 19:25. Raises ValueError."""
    return datetime.strptime(text, "%H:%M").time()  # noqa: DTZ007 - a time of any day


class Schedule:
    """Tells whether a transaction may go. `zone`: where `load_at` is meant."""

    def __init__(self, load_at: str, zone: tzinfo, *, ask_first: bool) -> None:
        self.paused = False
        self._load_at = read_time(load_at) if load_at else None
        self._zone = zone
        self._ask_first = ask_first
        self._said = 0
        """The last transaction of which staff have said that it shall be sent, by number."""
        self._asked = 0
        """The last one of which they have to say so."""

    def outage(self, last: int) -> None:
        """Take that the library is away, or this machine was; `last`: the newest transaction."""
        if self._ask_first:
            self._asked = last

    def send(self, through: int) -> None:
        """Take that staff want all sent that was recorded so far."""
        self.paused = False
        self._said = max(self._said, through)

    def waits_for_staff(self, oldest: Pending | None) -> bool:
        """Tell whether the backlog goes as soon as staff say so, and not before."""
        return oldest is not None and self._said < oldest.number <= self._asked

    def is_wanted(self, pending: Pending) -> bool:
        """Tell whether a transaction goes alone: staff, or the time of the day, have said so."""
        return self._load_at is not None or pending.number <= self._said

    def next_load(self, now: datetime) -> datetime | None:
        """Give when the backlog goes next, where that is at a time of the day."""
        if self._load_at is None:
            return None
        today = _day(now, self._zone)
        loads = (self._load(today + timedelta(days=n), self._load_at) for n in range(2))
        return next(load for load in loads if load > now).astimezone(self._zone)

    def may_go(self, pending: Pending, now: datetime) -> bool:
        """Tell whether a transaction of the backlog may go."""
        if self.paused:
            return False
        if pending.number <= self._said:
            return True
        if pending.number <= self._asked:
            return False
        last = self._last_load(now)
        # One that a clock far ahead recorded goes too: it would wait until that clock is right.
        return last is None or not last < pending.at <= now

    def _last_load(self, now: datetime) -> datetime | None:
        """Give when the time of the day was last reached."""
        if self._load_at is None:
            return None
        today = _day(now, self._zone)
        loads = (self._load(today - timedelta(days=n), self._load_at) for n in range(2))
        return next(load for load in loads if load <= now)

    def _load(self, day: date, load_at: time) -> datetime:
        """Give when it is this time on a day, by the clock on the wall.

        A time that comes twice in a night is the first, and one that is left out comes as long
        after the hour as it would have: once in any case. In UTC, where times can be compared.
        """
        return datetime.combine(day, load_at, self._zone).astimezone(UTC)


def _day(now: datetime, zone: tzinfo) -> date:
    return now.astimezone(zone).date()
