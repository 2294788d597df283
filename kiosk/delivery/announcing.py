"""Announcing: the disk knows what is about to be sent before the first byte of it goes out.

a backlog              is announced in groups, one sync for each
the next group         is announced while the last of the one before are sent, so that the
                       library does not wait for the disk
not sent yet           it can still be voided
certainly not arrived  it is taken back, with what was announced and not sent
after a restart        all that was announced and has no outcome is asked about, so that groups
                       are small
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING

from kiosk.daybook.facts import UNREADABLE, NotSent, Sending

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from kiosk.daybook.daybook import Daybook
    from kiosk.daybook.journal import JournalError
    from kiosk.daybook.pending import Pending
    from kiosk.delivery.gathering import Gathering
    from kiosk.delivery.order import Queue

    Written = asyncio.Future[JournalError | None]

GROUP = 20
"""So many of a backlog are announced at once."""
AHEAD = 5
"""So many are left of a group when the next one is announced."""


class Announcements:
    """Puts on the disk what is about to be sent, and under which times.

    `may_go` tells of a transaction whether it may be announced together with others.
    """

    def __init__(
        self,
        daybook: Daybook,
        writer: Gathering,
        queue: Queue,
        *,
        clock: Callable[[], datetime],
        may_go: Callable[[Pending], bool],
    ) -> None:
        self._daybook = daybook
        self._writer = writer
        self._queue = queue
        self._clock = clock
        self._may_go = may_go
        self._under_way: dict[str, Written] = {}
        """What is being written, by transaction."""
        self._unsent: list[Pending] = []
        """What was announced, as far as it may not be sent yet."""
        self._look_ahead_at = ""
        """The transaction with which the next group is announced."""

    async def announce(self, pending: Pending, *, no_block: bool) -> None:
        """Wait until the disk knows that a transaction is about to be sent. Raises JournalError.

        From here on it cannot be voided.
        """
        if pending.announced:
            pending.sent = True
            if pending.id == self._look_ahead_at:
                self._put(
                    self._queue.group(pending, AHEAD + GROUP, self._may_go), no_block=no_block
                )
            return
        if pending.id not in self._under_way:
            size = GROUP if no_block else 1
            self._put(self._queue.group(pending, size, self._may_go), no_block=no_block)
        written = self._under_way[pending.id]
        pending.sent = True
        await _end_of(written)

    async def take_back(self, pending: Pending) -> None:
        """Put on the disk that nothing arrived but what was answered. Raises JournalError.

        `pending`: what was to be sent, and was not.
        """
        for written in set(self._under_way.values()):
            await _end_of(written)
        pending.sent = False
        back = {x.id: x for x in (pending, *self._left())}
        for each in back.values():
            each.announced = False  # by another connection it would be sent under this word
        await self._writer.write([NotSent(transactions=tuple(back), at=self._clock())])

    def _left(self) -> list[Pending]:
        return [x for x in self._unsent if x.id in self._queue and not x.sent]

    def _put(self, group: Iterable[Pending], *, no_block: bool) -> None:
        """Have written that a group is about to be sent, but for what is announced already."""
        news = [x for x in group if not x.announced and x.id not in self._under_way]
        times = self._times(news)
        if not times:
            return
        sending = Sending(
            transactions=tuple(times),
            no_block=no_block,
            at=self._clock(),
            times=tuple(times.values()),
        )
        written: Written = asyncio.get_running_loop().create_future()

        def done(error: JournalError | None) -> None:
            for each in times:
                del self._under_way[each]
            written.set_result(error)

        self._under_way |= dict.fromkeys(times, written)
        self._unsent = self._left() + news
        self._look_ahead_at = news[-AHEAD].id if len(news) > AHEAD else ""
        self._writer.put([sending], done)

    def _times(self, group: Iterable[Pending]) -> dict[str, datetime]:
        """Decide under which time each of a group is sent."""
        times: dict[str, datetime] = {}
        previous: datetime | None = None
        for each in group:
            with suppress(*UNREADABLE):  # it is found when its turn comes
                transaction = self._daybook.transaction(each.number)
                at = self._daybook.indexes.time_to_send(each, transaction, previous)
                times[each.id] = at
                previous = previous if each.aside else at
        return times


async def _end_of(written: Written) -> None:
    error = await asyncio.shield(written)
    if error is not None:
        raise error
