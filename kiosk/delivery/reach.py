"""Whether the library can be reached, by what comes of each attempt; and since when it is away.

The first connection tells (kiosk.delivery.connection). Of two, the second is given up for a while
where it fails and the first does not.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from kiosk.delivery.connectivity import Connectivity
from kiosk.delivery.outages import OutageClock, Outages

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from kiosk.daybook.facts import Fact
    from kiosk.daybook.indexes import Indexes
    from kiosk.daybook.pending import Pending
    from kiosk.delivery.connection import Connection, Connections
    from kiosk.delivery.schedule import Schedule
    from kiosk.desk.words import Phrase

log = logging.getLogger(__name__)

MOST_FAILURES = 3
"""So often the second connection fails, while the first does not, before it is given up."""


class Reach:
    """Counts attempts. `put` has a fact written; `changed` is called when the verdict changes.

    `uptime`: which boot of the machine this is, and for how many seconds it has gone on.
    """

    def __init__(
        self,
        connections: Connections,
        schedule: Schedule,
        indexes: Indexes,
        *,
        clock: Callable[[], datetime],
        uptime: Callable[[], tuple[str, float | None]],
        put: Callable[[Fact], None],
        changed: Callable[[], None],
    ) -> None:
        self.connectivity = Connectivity()
        self._connections = connections
        self._schedule = schedule
        self._indexes = indexes
        self._clock = clock
        self._changed = changed
        self._outage_clock = OutageClock(clock, uptime, indexes.clocks)
        self.outages = Outages(
            put, indexes.runs.away, indexes.runs.outages, self._outage_clock.true_time
        )
        self._waited = indexes.last if indexes.runs.away is not None else 0
        """The last transaction that was recorded while the library was away, by number."""
        schedule.outage(indexes.last)

    def recorded(self, pending: Pending) -> None:
        """Take that something is recorded, or sent again: it waits while the library is away."""
        if self._connections.first.failures:
            self.outages.away(self._outage_clock.away_now(), waiting=True)
            self._waited = max(self._waited, pending.number)  # one sent again is an old one

    def has_waited(self, pending: Pending) -> bool:
        """Tell whether the library was away when something was recorded."""
        return pending.number <= self._waited

    def count(self, connection: Connection[Any], failure: Phrase | None) -> None:
        """Take what has come of an attempt: an answer, or why there is none."""
        if failure is None:
            connection.succeeded()
        else:
            connection.failed(failure)
        if connection is not self._connections.first:
            self._judge_second()
            return
        before = (self.connectivity.state, self.connectivity.reason)
        if failure is None:
            self.connectivity.succeeded()
        else:
            self.connectivity.failed(failure)
            self._schedule.outage(self._indexes.last)
        self._follow_outage()
        if (self.connectivity.state, self.connectivity.reason) != before:
            self._changed()

    def all_is_sent(self) -> None:
        """Take that nothing waits any more: an outage is over, if the library has answered."""
        if not self._connections.first.failures:
            self.outages.back(self._clock())

    def _follow_outage(self) -> None:
        if self._connections.first.failures:
            self.outages.away(self._outage_clock.away_now(), waiting=bool(self._indexes.pending))
        elif self.connectivity.state == "online":
            self.outages.back(self._clock())

    def _judge_second(self) -> None:
        second, online = self._connections.second, self.connectivity.state == "online"
        if second is not None and second.failures >= MOST_FAILURES and online:
            log.warning("the second connection fails: the first carries all for a while")
            second.give_up()
            self._connections.first.wake.set()
