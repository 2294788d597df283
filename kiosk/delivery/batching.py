"""What goes into a batch, and under which times.

    what may go     together, in order (kiosk.delivery.order), as many as the library system takes
    when            the oldest has waited for others long enough; at its time of the day; or when
                    staff say so
    its times       by the library's clock, where that is known; each later than the one before
    unfit           what the library system has no words for: a person enters it
    unreadable      what the disk does not give: a person looks
    from then on    the batch is on the disk, and what is in it cannot be voided any more

What becomes of it then is told elsewhere (kiosk.delivery.loading).
"""

from __future__ import annotations

import asyncio
import math
import uuid
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from kiosk.daybook.facts import UNREADABLE, Batched
from kiosk.desk.transactions import Outcome
from kiosk.ils.batches import WritesFiles

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from kiosk.daybook.daybook import Daybook
    from kiosk.daybook.pending import Pending
    from kiosk.delivery.gathering import Gathering
    from kiosk.delivery.order import Queue
    from kiosk.delivery.schedule import Schedule
    from kiosk.desk.transactions import Transaction
    from kiosk.desk.words import Phrase
    from kiosk.ils.batches import BatchLibrary, Place

AT_ONCE = 20
"""So many transactions are read before others on the loop have their turn."""
SAME_CLOCK = timedelta(seconds=2)
"""So far apart two clocks may be that count as the same: asking takes a moment, too."""


class Batching:
    """Makes batches of what waits.

    `may_go` tells of a transaction whether it may go. `answered` has an outcome put on the disk.
    """

    def __init__(
        self,
        daybook: Daybook,
        writer: Gathering,
        queue: Queue,
        library: BatchLibrary,
        schedule: Schedule,
        *,
        clock: Callable[[], datetime],
        may_go: Callable[[Pending], bool],
        answered: Callable[[Pending, Outcome], None],
    ) -> None:
        self._daybook = daybook
        self._writer = writer
        self._queue = queue
        self._library = library
        self._schedule = schedule
        self._clock = clock
        self._may_go = may_go
        self._answered = answered

    def is_ripe(self) -> bool:
        """Tell whether something waits that goes now."""
        first = next(iter(self._queue.batch(1, self._may_go)), None)
        if first is None:
            return False
        return self._schedule.is_wanted(first) or self._waited(first) >= self._library.gather

    def until_ripe(self) -> float | None:
        """Give in how many seconds something goes by itself; None: when told so."""
        first = next(iter(self._queue.batch(1, self._may_go)), None)
        if first is None or self._library.gather == math.inf:
            return None
        return self._library.gather - self._waited(first)

    def _waited(self, pending: Pending) -> float:
        """Give how many seconds one has waited; one that a clock ahead recorded: for ever."""
        waited = (self._clock() - pending.at).total_seconds()
        return waited if waited >= 0 else math.inf

    async def begin(self) -> bool:
        """Find a place, and put what may go on the disk as a batch; tell whether there is one.

        Raises LibraryError, JournalError.
        """
        offset = await self._library.clock_offset()
        batches = self._daybook.indexes.batches
        spoiled = {known.fact.key for known in batches if known.stage == "spoiled"}
        place = await self._library.place(avoid=spoiled)
        times: dict[str, datetime] = {}
        read: dict[str, Transaction] = {}
        previous: datetime | None = None
        library = self._library
        chosen = self._queue.batch(library.most, self._may_go, item_once=library.item_once)
        for turn, pending in enumerate(chosen, 1):
            if turn % AT_ONCE == 0:
                await asyncio.sleep(0)
            transaction = self._transaction(pending)
            if transaction is None:
                continue
            if (why := self._library.unfit(transaction)) is not None:
                self._leave_to_a_person(pending, why)
                continue
            at = self._time_to_send(pending, transaction, previous, offset)
            previous = previous if pending.aside else at
            times[pending.id], read[pending.id] = at, transaction
        begun = [each for each in map(self._still_waiting, times) if each is not None]
        if begun:
            place = self._titled(place, [read[each.id] for each in begun])
            await self._put_begun(place, begun, times)
        return bool(begun)

    def _titled(self, place: Place, transactions: list[Transaction]) -> Place:
        """Call what becomes files by their names: people look for those."""
        if not isinstance(self._library, WritesFiles):
            return place
        return replace(place, title=", ".join(self._library.files_of(place, transactions)))

    def _still_waiting(self, transaction: str) -> Pending | None:
        """Give one that was neither voided nor sent in another way while others were read."""
        pending = self._daybook.indexes.pending.get(transaction)
        waits = pending is not None and not pending.sent
        return pending if waits and transaction in self._queue else None

    def _transaction(self, pending: Pending) -> Transaction | None:
        """Read a transaction; of one that cannot be read, a person takes care."""
        try:
            return self._daybook.transaction(pending.number)
        except UNREADABLE:
            self._answered(pending, unread(pending, self._clock()))
            return None

    def _time_to_send(
        self,
        pending: Pending,
        transaction: Transaction,
        previous: datetime | None,
        offset: timedelta,
    ) -> datetime:
        """Give the time under which one is sent: by the library's clock, where that is known."""
        if pending.sent_at is not None:
            return pending.sent_at
        indexes = self._daybook.indexes
        reading = indexes.clocks.get(transaction.boot)
        if abs(offset) >= SAME_CLOCK and (reading is None or reading.by != "network"):
            at = indexes.true_time(transaction) + offset
            transaction = replace(transaction, at=at, uptime=None)
        return indexes.time_to_send(pending, transaction, previous)

    def _leave_to_a_person(self, pending: Pending, why: Phrase) -> None:
        """Have a person enter it; the code is the key of the words that say why."""
        at = self._clock()
        outcome = Outcome(transaction=pending.id, kind="by_hand", at=at, code=why.key)
        self._answered(pending, outcome)

    async def _put_begun(
        self, place: Place, begun: list[Pending], times: dict[str, datetime]
    ) -> None:
        """Put a batch on the disk; what is in it cannot be voided any more."""
        fact = Batched(
            id=uuid.uuid4().hex,
            system=self._library.system,
            transactions=tuple(pending.id for pending in begun),
            times=tuple(times[pending.id] for pending in begun),
            at=self._clock(),
            numbers=tuple(pending.number for pending in begun),
            key=place.key,
            title=place.title,
            name=place.name,
            rests_as=self._library.rests_as,
        )
        for pending in begun:
            pending.sent = True
            self._queue.begin(pending)
        await self._writer.write([fact])


def unread(pending: Pending, at: datetime) -> Outcome:
    """Have a person look what became of one that the disk does not give."""
    return Outcome(transaction=pending.id, kind="unknown", at=at, code="unreadable")
