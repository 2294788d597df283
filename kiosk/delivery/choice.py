"""What goes next by a connection, or nothing for now.

    for the patron at the desk      by `talk`, before the backlog
    the backlog                     by the connection that carries it, when it may
    what has happened goes another  by `talk` what the library can answer for while its patron
    way, or waits                   waits; and what has no answer, which is asked about
    paused, or the clock is wrong   nothing

When the backlog may go is in kiosk.delivery.schedule, in which order in kiosk.delivery.order.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from kiosk.daybook.pending import Pending
    from kiosk.delivery.connection import Connection, Connections
    from kiosk.delivery.order import Queue
    from kiosk.delivery.schedule import Schedule


class Choice:
    """Chooses. `is_open` and `on_hold` are as in `Courier`."""

    def __init__(
        self,
        connections: Connections,
        queue: Queue,
        schedule: Schedule,
        *,
        clock: Callable[[], datetime],
        is_open: Callable[[str], bool],
        on_hold: Callable[[], bool],
    ) -> None:
        self._connections = connections
        self._queue = queue
        self._schedule = schedule
        self._clock = clock
        self._is_open = is_open
        self._on_hold = on_hold

    @property
    def is_stopped(self) -> bool:
        """Whether nothing may be sent for now."""
        return self._on_hold() or self._schedule.paused

    def next(self, connection: Connection[Any]) -> Pending | None:
        """Give what goes next by a connection that takes one at a time."""
        if self.is_stopped:
            return None
        talks = connection is self._connections.talk
        if not self._connections.takes_backlog:
            return self._next_live() if talks else None
        fresh = self._queue.fresh(self._is_open) if talks else None
        if fresh is None and connection is self._connections.backlog:
            return self._queue.due(self.may_go)
        return fresh

    def may_go(self, pending: Pending) -> bool:
        """Tell whether a transaction of the backlog may go."""
        carried = self._connections.backlog is not None and not self._is_open(pending.visit)
        return carried and self._schedule.may_go(pending, self._clock())

    def anything(self) -> bool:
        """Tell whether anything is left that may be sent, one at a time."""
        return any((self._queue.due(self.may_go), self._queue.fresh(self._is_open)))

    def held_up(self) -> int:
        """Count what waits for a person although its time has come."""
        return self._queue.held_up(self.may_go)

    def _next_live(self) -> Pending | None:
        """Give what goes next where no backlog goes this way: what is lost is asked about."""
        fresh = self._queue.fresh(self._is_open, lambda x: x.sent or self._goes_live(x))
        return fresh or self._queue.lost()

    def _goes_live(self, pending: Pending) -> bool:
        """Tell whether the library can answer for a transaction while its patron waits."""
        talk = self._connections.talk
        carried = talk is not None and pending.kind in talk.library.carries
        return carried and self._is_open(pending.visit)
