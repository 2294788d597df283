"""The courier: carries transactions to the library, one at a time, until each has an outcome.

    before sending     "sending" is on the disk, synced, before the first byte goes out; once for
                       a group, where there is a backlog
    a reply            is an outcome, and final: also a refusal
    certainly not sent it is taken back ("not sent"); the run stops and backs off
    reply lost         the run stops and backs off; next time the library is asked first
    it may be slow     what a slow server says not to have yet is not sent again for a while
    lost three times   unknown: some servers hang up on what they cannot digest
    after a restart    what was being sent is asked about first
    not carried        what the library system cannot carry is never sent: a person enters it, and
                       it is on their list at once, also while the library does not answer

While the visit of a transaction is open, the library may refuse it (`no block` = N): the patron
still stands there. Later it has already happened, and the library is told so (`no block` = Y).
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections import deque
from contextlib import suppress
from dataclasses import replace
from time import monotonic
from typing import TYPE_CHECKING, Protocol

import msgspec

from kiosk.daybook import learning
from kiosk.daybook.facts import Answered, Learnt, NotSent, Sending
from kiosk.daybook.journal import JournalError
from kiosk.delivery.asking import ask
from kiosk.delivery.connectivity import Connectivity
from kiosk.delivery.order import Queue
from kiosk.desk.checks.functions import by_hand
from kiosk.desk.transactions import Checkout, Outcome
from kiosk.desk.words import say
from kiosk.ils.base import LibraryError, ReplyLost, Unreachable

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from kiosk.daybook.daybook import Daybook
    from kiosk.daybook.facts import Fact
    from kiosk.daybook.indexes import Pending
    from kiosk.daybook.writer import Writer
    from kiosk.delivery.settings import DeliverySettings
    from kiosk.desk.dates.closed_days import Calendar
    from kiosk.desk.transactions import PatronAnswer, Transaction
    from kiosk.desk.words import Phrase
    from kiosk.ils.base import Library

log = logging.getLogger(__name__)

UNREADABLE = (OSError, msgspec.MsgspecError)
"""What reading a part of the daybook raises whose sector has gone bad."""
GROUP = 20
"""So many of a backlog are announced on the disk at once; after a restart all are asked about."""
MOST_LOST = 3
"""So often a transaction is sent, its reply lost, and the library found not to have it."""

_FIRST = frozenset({"checkout", "registration"})
"""The kinds that have to be in the library system before what follows them."""
_MOST_DOUBLINGS = 16
"""Of a pause; an outage of days has more failures than a float has powers of two."""


class Listener(Protocol):
    """Who wants to know what the courier learns."""

    def patron_answered(self, answer: PatronAnswer) -> None:
        """Take whose card this is."""

    def outcome_arrived(self, outcome: Outcome) -> None:
        """Take what the library said of a transaction; it is on the disk."""

    def connectivity_changed(self) -> None:
        """Look at `Courier.connectivity` again."""

    def recording_failed(self, reason: str) -> None:
        """Take that the disk does not take what delivery has to write; it has stopped."""


class Courier:
    """Delivers what is pending in a daybook to one library system.

    `is_open` tells of a visit whether its patron still stands there; `on_hold` whether nothing may
    be sent for now. `loan_calendar`: on which days the library is closed, where it is to be learnt
    how long items are lent.
    """

    def __init__(
        self,
        settings: DeliverySettings,
        library: Library,
        daybook: Daybook,
        writer: Writer,
        *,
        clock: Callable[[], datetime],
        is_open: Callable[[str], bool],
        listener: Listener,
        on_hold: Callable[[], bool] = lambda: False,
        loan_calendar: Calendar | None = None,
    ) -> None:
        self.connectivity = Connectivity()
        self.queue = Queue()
        self._settings = settings
        self._library = library
        self._daybook = daybook
        self._writer = writer
        self._clock = clock
        self._is_open = is_open
        self._on_hold = on_hold
        self._loan_calendar = loan_calendar
        self._listener = listener
        self._cards: deque[str] = deque(maxlen=1)
        self._wake = asyncio.Event()
        self._failures = 0
        self._started = monotonic()
        self._sent_when: dict[str, float] = {}  # by transaction, as far as since the start
        self._hold()
        for pending in daybook.indexes.pending.values():
            self.queue.add(pending)

    def recorded(self, transaction: str) -> None:
        """Take a transaction that has just been recorded."""
        pending = self._daybook.indexes.pending[transaction]
        if self._is_by_hand(pending):
            self._leave_to_a_person(pending)
        else:
            self.queue.add(pending)
            self._wake.set()

    def settled(self) -> None:
        """Take that something for a person was dealt with, or undone: what it held up may go."""
        self.queue.release()
        self._hold()
        self._wake.set()

    def wake(self) -> None:
        """Look again whether something can be sent: it may be on hold no longer."""
        self._wake.set()

    def withdraw(self, transaction: str) -> None:
        """Leave out a transaction that is being voided."""
        self.queue.discard(transaction)

    def ask_patron(self, card: str) -> None:
        """Ask whose card this is, before anything else. A newer card takes an older one's place."""
        self._cards.append(card)
        self._wake.set()

    async def run(self) -> None:
        """Deliver until cancelled, or until the daybook cannot be written any more."""
        try:
            for pending in filter(self._is_by_hand, list(self._daybook.indexes.pending.values())):
                self._leave_to_a_person(pending)  # recorded before the library system was changed
            while True:
                await self._step()
        except JournalError as error:
            log.warning("delivery stops: %s", error)
            self._listener.recording_failed(str(error))
        finally:
            await self._library.close()

    async def _step(self) -> None:
        """Do one thing: answer a card, deliver one transaction, or greet; then pause if in vain."""
        self._wake.clear()
        try:
            if self._cards:
                self._listener.patron_answered(await self._library.patron(self._cards.popleft()))
            elif (pending := self._next()) is not None:
                await self._deliver(pending)
            else:
                await self._library.hello()
                self._count(None)
                await self._sleep(self._settings.keep_alive)
                return
        except LibraryError as error:
            log.info("the library did not answer: %s", error)
            self._count(error.reason)
            await self._back_off()
        except (JournalError, asyncio.CancelledError):
            raise
        except Exception:
            # A reply nobody foresaw must not end the delivery of everything else.
            log.exception("delivery met something unforeseen")
            self._count(say("library.unforeseen"))
            await self._back_off()
        else:
            self._count(None)

    def _hold(self) -> None:
        """Hold up what has to wait for a person."""
        for to_fix in self._daybook.indexes.exceptions.values():
            item, patron = _held_up(to_fix.outcome, to_fix.kind, to_fix.item, to_fix.patron)
            self.queue.hold(item, patron)

    def _is_by_hand(self, pending: Pending) -> bool:
        return by_hand(pending.kind, pending, self._library.carries)

    def _leave_to_a_person(self, pending: Pending) -> None:
        """Put a transaction on the list of what a person enters by hand."""
        at = self._clock()
        outcome = Outcome(transaction=pending.id, kind="by_hand", at=at, code="by-hand")
        self._answered(pending, outcome)

    def _next(self) -> Pending | None:
        return None if self._on_hold() else self.queue.next(self._is_open)

    async def _deliver(self, pending: Pending) -> None:
        try:
            transaction = self._daybook.transaction(pending.number)
        except UNREADABLE as error:
            # A sector has gone bad: a person looks, and the rest goes on.
            log.error("transaction %s cannot be read: %s", pending.id, error)  # noqa: TRY400
            self._answered(pending, _unknown(pending.id, self._clock(), "unreadable"))
            return
        if pending.sent:
            outcome = await self._ask(pending, transaction)
            doubtful = outcome is None or outcome.kind == "unknown"
            if doubtful and (left := self._still_working(pending)) > 0:
                await self._sleep(left)
                return
            if outcome is None and pending.lost >= MOST_LOST:
                # It answers questions, yet never this: a person looks, and the rest goes on.
                outcome = _unknown(transaction.id, self._clock(), "no-reply")
            if outcome is not None:
                self._answered(pending, outcome)
                return
        if self._failures:
            # Found out by a greeting that nobody is there, an outage of days writes nothing here.
            await self._library.hello()
        live = self._is_open(transaction.visit)
        outcome = await self._send(pending, transaction, no_block=not live)
        self._answered(pending, outcome, transaction if live else None)

    def _still_working(self, pending: Pending) -> float:
        """Tell for how many seconds yet the library may be working on what it did not answer."""
        sent = self._sent_when.get(pending.id, self._started)
        return sent + self._settings.still_working - monotonic()

    async def _send(self, pending: Pending, transaction: Transaction, *, no_block: bool) -> Outcome:
        """Send a transaction, after the disk knows of it. Raises LibraryError, JournalError."""
        pending.sent = True  # from here on it cannot be voided
        if not pending.announced:
            await self._announce(pending, no_block=no_block)
        sent_at = self._daybook.indexes.time_to_send(pending, transaction)
        self._sent_when[pending.id] = monotonic()
        try:
            return await self._library.send(replace(transaction, at=sent_at), no_block=no_block)
        except Unreachable:
            await self._take_back(pending)
            raise
        except ReplyLost:
            pending.lost += 1
            raise

    async def _take_back(self, pending: Pending) -> None:
        """Put on the disk that nothing of a group arrived but what was answered."""
        group = [each for each in self.queue.group(pending, GROUP) if each.announced]
        ids = {each.id: None for each in (pending, *group) if each is pending or not each.sent}
        await self._writer.write([NotSent(transactions=tuple(ids), at=self._clock())], urgent=False)

    async def _announce(self, pending: Pending, *, no_block: bool) -> None:
        """Put on the disk what is about to be sent, and under which times.

        What is announced but not sent yet can still be voided.
        """
        group = self.queue.group(pending, GROUP) if no_block else [pending]
        times: dict[str, datetime] = {}
        previous: datetime | None = None
        for each in group:
            if each is not pending and (each.announced or each.sent):
                continue
            with suppress(*UNREADABLE):  # it is found when its turn comes
                transaction = self._daybook.transaction(each.number)
                at = self._daybook.indexes.time_to_send(each, transaction, previous)
                times[each.id] = at
                previous = previous if each.paper else at
        sending = Sending(
            transactions=tuple(times),
            no_block=no_block,
            at=self._clock(),
            times=tuple(times.values()),
        )
        await self._writer.write([sending], urgent=False)

    async def _ask(self, pending: Pending, transaction: Transaction) -> Outcome | None:
        """Find out what became of a transaction; None: send it again.

        Where that fails in a way nobody foresaw, a person looks: it must not hold up the rest.
        """
        at = self._clock()
        try:
            return await ask(self._library, transaction, at, lent_again=self._lent_again(pending))
        except LibraryError:
            raise
        except Exception:
            log.exception("asking about %s met something unforeseen", transaction.id)
            return _unknown(transaction.id, at, "unforeseen")

    def _answered(
        self, pending: Pending, outcome: Outcome, live: Transaction | None = None
    ) -> None:
        """Put an outcome on the disk; tell of it when it is there.

        `live`: the transaction, where the library was free to say what it likes of it.
        """
        self.queue.discard(pending.id)
        self._sent_when.pop(pending.id, None)
        self.queue.hold(*_held_up(outcome, pending.kind, pending.item, pending.patron))

        def written(error: JournalError | None) -> None:
            if error is None:
                self._listener.outcome_arrived(outcome)
            else:  # what the library said is lost; it is asked again later
                self._listener.recording_failed(str(error))

        facts: list[Fact] = [Answered(outcome=outcome)]
        with suppress(*UNREADABLE):
            facts += self._lessons(pending, outcome, live)
        self._writer.put(facts, written, urgent=False)

    def _lessons(
        self, pending: Pending, outcome: Outcome, live: Transaction | None
    ) -> list[Learnt]:
        """Give what an answer teaches about the item, if that is news."""
        if not pending.item:
            return []
        known = self._daybook.learnt(pending.item)
        learnt = learning.with_names(known, outcome)
        indexes = self._daybook.indexes
        calendar = self._loan_calendar
        sure = live is not None and live.boot in indexes.clocks  # else days may be counted wrongly
        if calendar is not None and sure and isinstance(live, Checkout):
            at = indexes.true_time(live)
            learnt = learning.with_length(learnt, live, at, outcome, calendar)
        return [] if learnt == known else [learnt]

    def _lent_again(self, pending: Pending) -> bool:
        last = self._daybook.indexes.last_of_item.get(pending.item, 0)
        return last > pending.number and isinstance(self._daybook.transaction(last), Checkout)

    def _count(self, failure: Phrase | None) -> None:
        before = (self.connectivity.state, self.connectivity.reason)
        if failure is None:
            self._failures = 0
            self.connectivity.succeeded()
        else:
            self._failures += 1
            self.connectivity.failed(failure)
        if (self.connectivity.state, self.connectivity.reason) != before:
            self._listener.connectivity_changed()

    async def _back_off(self) -> None:
        """Pause, longer after each failure, at random so that desks do not knock together."""
        settings = self._settings
        doublings = min(self._failures - 1, _MOST_DOUBLINGS)
        pause = min(settings.first_pause * 2**doublings, settings.longest_pause)
        await asyncio.sleep(settings.first_pause / 2)
        await self._sleep(pause * random.uniform(0.5, 1.0))  # noqa: S311 - not a secret

    async def _sleep(self, seconds: float) -> None:
        """Pause until then, or until somebody stands at the desk."""
        try:
            async with asyncio.timeout(seconds):
                await self._wake.wait()
        except TimeoutError:
            return


def _held_up(outcome: Outcome, kind: str, item: str, patron: str) -> tuple[str, str]:
    """Tell which item and whose card have to wait for a person; "" for none.

    A return may not overtake its loan, nor a loan the registration of its card.
    """
    waits = outcome.kind == "unknown" or (outcome.kind == "by_hand" and kind in _FIRST)
    if kind == "registration":
        return "", patron if waits else ""
    return item if waits else "", ""


def _unknown(transaction: str, at: datetime, code: str) -> Outcome:
    return Outcome(transaction=transaction, kind="unknown", at=at, code=code, route="ask")
