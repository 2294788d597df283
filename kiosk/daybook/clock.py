"""What time it was, told by a machine that may not know it.

A Raspberry Pi has no battery for a clock. It starts at the time of its last shutdown, or of its
image, and jumps when the network tells it better: at once, hours later, or never. So what a clock
said cannot order anything (the position in the daybook does), and what it said can be wrong by
years. Two things are certain all the same:

    uptime    seconds since this boot began. Never set, never jumps, counts sleep too.
    started   the moment at which the boot began, by some clock: what it says, less the uptime.
              One number for a whole boot, right or wrong, until somebody sets the clock.

Every transaction keeps its boot and its uptime beside what the clock said. Once in a boot the right
time becomes known, because the network has set the clock or staff have confirmed it, a
`ClockReading` keeps what `started` really was; and with it everything of that boot has a true time,
recorded before or after:

    true time = started + uptime            (a boot without a reading: what the clock said)

What a library is told is decided when a transaction is first about to be sent, and kept, so that
sending again after any restart says the same:

    sent at = max(true time, last + 1 s)    last: the latest that was sent of what came before

A library that sorts by time thus sees things in the order of the daybook. Those that overtook a
backlog do not count as `last` for it, because they came later: two days of returns are not to look
as if they had come in today. And where the true time is known, a `last` more than a day ahead of it
came from a clock that was wrong, and does not hold what follows to the same mistake.
"""

from __future__ import annotations

from bisect import bisect_left
from datetime import UTC, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from kiosk.daybook.facts import ClockReading, LibraryAway
    from kiosk.desk.session.sessions import DutyChange
    from kiosk.desk.transactions import Transaction

STEP = timedelta(seconds=1)
"""Between two times sent: dates travel in whole seconds (SIP2, 3.1: YYYYMMDDZZZZHHMMSS)."""
TOO_FAR = timedelta(days=1)
"""So far ahead of the true time no honest time is, however fast items were scanned."""


def true_time(
    transaction: Transaction | DutyChange | LibraryAway, reading: ClockReading | None
) -> datetime:
    """Give the moment of a transaction, by a reading of its boot's clock where there is one."""
    at = transaction.at
    if reading is None or transaction.uptime is None:
        return at
    moment = reading.started.astimezone(UTC) + timedelta(seconds=transaction.uptime)
    return moment.astimezone(at.tzinfo)


def time_to_send(true: datetime, last: datetime | None, *, sure: bool) -> datetime:
    """Give the time under which to send, after `last`. `sure`: `true` is known to be right."""
    if last is None or (sure and last > true + TOO_FAR):
        return true
    last = last.astimezone(UTC)
    return true if true >= last + STEP else (last + STEP).astimezone(true.tzinfo)


class SentTimes:
    """The times given to transactions, by their numbers."""

    def __init__(self) -> None:
        self._numbers: list[int] = []
        self._latest: list[datetime] = []
        """For each of the numbers: the latest time given to any up to it."""

    def before(self, number: int) -> datetime | None:
        """Give the latest time given to a transaction before this one."""
        place = bisect_left(self._numbers, number)
        return self._latest[place - 1] if place else None

    def add(self, number: int, at: datetime) -> None:
        """Take in a time that was given.

        One far behind those before it was given because they were wrong: they are dropped.
        """
        last = self.before(number)
        if last is not None and last > at + TOO_FAR:
            self._numbers.clear()
            self._latest.clear()
            last = None
        place = bisect_left(self._numbers, number)
        self._numbers.insert(place, number)
        self._latest.insert(place, at if last is None else max(at, last))
        for later in range(place + 1, len(self._numbers)):
            if self._latest[later] >= at:
                break
            self._latest[later] = at

    def add_last(self, number: int, at: datetime) -> None:
        """Take in a time, where nobody asks about what came before it any more."""
        latest = self._latest[-1] if self._latest else at
        if latest < at or latest > at + TOO_FAR:
            latest = at
        self._numbers, self._latest = [number], [latest]

    def close(self, number: int) -> None:
        """Keep only what `before` needs for this transaction and later ones."""
        place = bisect_left(self._numbers, number)
        if place > 1:
            del self._numbers[: place - 1]
            del self._latest[: place - 1]
