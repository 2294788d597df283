"""Carrying one transaction to the library, until it has an outcome.

    before sending     "sending" is on the disk, synced, before the first byte goes out
                       (kiosk.delivery.announcing)
    a reply            is an outcome, and final: also a refusal. It goes to the disk at once where
                       somebody waits for it; those of a backlog do a few at a time
    certainly not sent it is taken back ("not sent"), and may be undone again
    reply lost         the library is asked first, the next time
    it may be slow     what a slow server says not to have yet is not sent again for a while; nor is
                       it believed to have what it would say of the item anyway, as of a return
                       that nobody had lent
    lost three times   unknown: some servers hang up on what they cannot digest; so it is where ten
                       questions go unanswered, although greetings are
    after a restart    what was being sent is asked about first
    no backlog         where the library takes nothing that has already happened, what did not
                       arrive while its patron stood there is taken back, and waits
    not carried        what the library system cannot carry is never sent: a person enters it, and
                       it is on their list at once, also while the library does not answer

When something is sent, and by which connection, is decided elsewhere (kiosk.delivery.courier).
"""

from __future__ import annotations

import logging
from dataclasses import replace
from time import monotonic
from typing import TYPE_CHECKING

from kiosk.daybook import learning, whereabouts
from kiosk.daybook.facts import UNREADABLE, Answered, Learnt
from kiosk.delivery.asking import ask
from kiosk.desk.transactions import Checkin, Checkout, Outcome, Renewal
from kiosk.ils.base import LibraryError, Unreachable

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from kiosk.daybook.daybook import Daybook
    from kiosk.daybook.facts import Fact
    from kiosk.daybook.journal import JournalError
    from kiosk.daybook.pending import Pending
    from kiosk.delivery.ahead import Ahead
    from kiosk.delivery.announcing import Announcements
    from kiosk.delivery.gathering import Gathering
    from kiosk.delivery.order import Queue
    from kiosk.desk.dates.closed_days import Calendar
    from kiosk.desk.transactions import Transaction
    from kiosk.ils.base import Library

log = logging.getLogger(__name__)

MOST_LOST = 3
"""So often a transaction is sent, its reply lost, and the library found not to have it."""
MOST_UNANSWERED = 10
"""So often the library answers a greeting, but not what became of a transaction."""

_FIRST = frozenset({"checkout", "registration"})
"""The kinds that have to be in the library system before what follows them."""


_IN_EFFECT = frozenset({"applied", "noticed"})


class StillWorking(Exception):  # noqa: N818 - it names what is so
    """The library may be carrying a transaction out at this moment: wait so many seconds."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"for {seconds:.1f} s yet")
        self.seconds = seconds


class Carrier:
    """Carries transactions of a daybook, one at a time or two by two connections.

    `written` is called with each outcome when it is on the disk, or with why it is not. For
    `still_working` seconds a library that did not answer may be at it yet. `hide` takes out of the
    library's words what nobody shall read.
    """

    def __init__(
        self,
        daybook: Daybook,
        writer: Gathering,
        queue: Queue,
        announcements: Announcements,
        ahead: Ahead,
        *,
        clock: Callable[[], datetime],
        written: Callable[[Outcome, JournalError | None], None],
        loan_calendar: Calendar | None,
        still_working: float,
        hide: Callable[[str], str],
    ) -> None:
        self._daybook = daybook
        self._writer = writer
        self._queue = queue
        self._announcements = announcements
        self._ahead = ahead
        self._clock = clock
        self._written = written
        self._loan_calendar = loan_calendar
        self._still_working = still_working
        self._hide = hide
        self._started = monotonic()
        self._lost_when: dict[str, float] = {}
        """When the reply was given up, by transaction; of those sent before the start, that is it.

        Not when it was sent: a server that asks for half a minute has not answered then, either.
        """
        self._unwritten: dict[str, tuple[str, str, tuple[str, str]]] = {}
        """The outcomes that are not on the disk yet, by transaction: of which item, of whose that
        is left to a person, and what they hold up."""

    async def carry(self, pending: Pending, library: Library, *, live: bool) -> Outcome | None:
        """Bring a transaction to its outcome; None: it is not to be sent, for now or for good.

        Raises LibraryError, StillWorking, JournalError.

        `live`: its patron stands at the desk, so that the library may refuse it.
        """
        try:
            transaction = self._ahead.recorded(pending)
        except UNREADABLE as error:
            # A sector has gone bad: a person looks, and the rest goes on.
            log.error("transaction %s cannot be read: %s", pending.id, error)  # noqa: TRY400
            return self.answered(pending, _unknown(pending.id, self._clock(), "unreadable"))
        if pending.sent:
            outcome = await self._ask(pending, transaction, library)
            self._be_patient(pending, transaction, outcome)
            if outcome is None and pending.lost >= MOST_LOST:
                # It answers questions, yet never this: a person looks, and the rest goes on.
                outcome = _unknown(transaction.id, self._clock(), "no-reply")
            if outcome is not None:
                return self.answered(pending, outcome)
        if not live and not library.takes_backlog:  # its patron may have left just now
            if pending.sent:
                await self._announcements.take_back(pending)
            return None
        outcome = await self._send(pending, transaction, library, no_block=not live)
        if outcome is None:
            return None
        return self.answered(pending, outcome, transaction if live else None)

    def leave_to_a_person(self, pending: Pending) -> None:
        """Put a transaction on the list of what a person enters by hand."""
        at = self._clock()
        outcome = Outcome(transaction=pending.id, kind="by_hand", at=at, code="by-hand")
        self.answered(pending, outcome)

    def give_up(self, pending: Pending) -> None:
        """Leave to a person what may have arrived, and what nobody can be asked about any more."""
        self.answered(pending, _unknown(pending.id, self._clock(), "untold"))

    def forget(self, transaction: str) -> None:
        """Let a transaction that is being voided hold nothing up, whatever was said of it."""
        self._unwritten.pop(transaction, None)

    @property
    def untold(self) -> bool:
        """Whether the daybook holds what the library said of one, and nobody was told yet."""
        pending = self._daybook.indexes.pending
        return any(transaction not in pending for transaction in self._unwritten)

    def hold_up(self) -> None:
        """Hold up what has to wait for a person; what needs one itself is not sent any more."""
        for to_fix in self._daybook.indexes.exceptions.values():
            self._queue.discard(to_fix.pending.id)
            item, patron = _held_up(to_fix.outcome, to_fix.kind, to_fix.item, to_fix.patron)
            self._queue.hold(item, patron)
        for *_, held in self._unwritten.values():
            self._queue.hold(*held)

    async def _send(
        self, pending: Pending, transaction: Transaction, library: Library, *, no_block: bool
    ) -> Outcome | None:
        """Send a transaction, after the disk knows of it. Raises LibraryError, JournalError.

        None: it has left the queue since its turn came, by a void or by an error report.
        """
        if self._is_behind_unwritten(pending):
            await self._writer.write([])
        await self._announcements.announce(pending, no_block=no_block)
        if pending.id not in self._queue:
            return None
        sent_at = self._daybook.indexes.time_to_send(pending, transaction)
        if no_block:
            self._ahead.look(pending, library)
        try:
            return await library.send(self._ahead.sent(transaction, sent_at), no_block=no_block)
        except Unreachable:
            await self._announcements.take_back(pending)
            raise
        except Exception:  # its reply was lost, or was such that nobody foresaw it
            pending.lost += 1
            self._lost_when[pending.id] = monotonic()
            raise

    def _is_behind_unwritten(self, pending: Pending) -> bool:
        """Tell whether one that went before it has to be on the disk before it may be sent.

        After a power cut one with the same item would be asked about, and found as this one has
        left it; and one of the same patron that was left to a person would be sent behind it.
        """
        return any(
            (pending.item and pending.item == item) or (pending.patron and pending.patron == patron)
            for item, patron, _ in self._unwritten.values()
        )

    async def _ask(
        self, pending: Pending, transaction: Transaction, library: Library
    ) -> Outcome | None:
        """Find out what became of a transaction; None: send it again. Raises LibraryError.

        Where that fails in a way nobody foresaw, or again and again although the library answers
        all else, a person looks: it must not hold up the rest.
        """
        at = self._clock()
        try:
            return await ask(library, transaction, at, lent_again=self._lent_again(pending))
        except LibraryError:
            pending.unanswered += 1
            if pending.unanswered < MOST_UNANSWERED:
                raise
            return _unknown(transaction.id, at, "no-reply")
        except Exception:
            log.exception("asking about %s met something unforeseen", transaction.id)
            return _unknown(transaction.id, at, "unforeseen")

    def _be_patient(
        self, pending: Pending, transaction: Transaction, outcome: Outcome | None
    ) -> None:
        """Raise StillWorking where the library may be at it yet, and what it says leaves that open.

        What it does afterwards would undo what follows with the same item.
        """
        since = monotonic() - self._lost_when.get(pending.id, self._started)
        if since >= self._still_working:
            return
        sure = outcome is not None and outcome.kind == "applied"
        if not sure or self._was_so_before(pending, transaction):
            raise StillWorking(self._still_working - since)

    def answered(
        self, pending: Pending, outcome: Outcome, live: Transaction | None = None
    ) -> Outcome:
        """Put an outcome on the disk, now or soon.

        A power cut before then makes delivery ask about it.

        `live`: the transaction, where the library was free to say what it likes of it.
        """
        outcome = replace(outcome, words=self._hide(outcome.words))
        self._queue.discard(pending.id)
        self._lost_when.pop(pending.id, None)
        held = _held_up(outcome, pending.kind, pending.item, pending.patron)
        self._queue.hold(*held)
        given_up = pending.patron if outcome.kind == "unknown" else ""
        self._unwritten[pending.id] = (pending.item, given_up, held)
        facts: list[Fact] = [Answered(outcome=outcome, run=pending.run)]
        try:
            facts += self._lessons(pending, outcome, live)
        except UNREADABLE:
            pass  # there is nothing to compare with; who needs it, says that it is damaged
        except Exception:  # the answer counts all the same
            log.exception("nothing is learnt from what the library said of %s", pending.id)

        def written(error: JournalError | None) -> None:
            self.forget(pending.id)
            self._written(outcome, error)

        put = self._writer.put_soon if live is None else self._writer.put
        put(facts, written)
        return outcome

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

    def _was_so_before(self, pending: Pending, transaction: Transaction) -> bool:
        """Tell whether the library may say "applied" for what it had before, not for this one.

        As far as this daybook knows, it cannot of a return, where the item had been lent here; nor
        of a loan, unless it had been lent here to the same patron until the same day.
        """
        moves = self._daybook.indexes.look_back.moves_of(pending.item)
        number = next((each for each in moves if each < pending.number), 0)
        try:
            before = self._daybook.transaction(number) if number else None
            lent = before is not None and self._daybook.state(number, before) in _IN_EFFECT
        except UNREADABLE:
            return True
        if isinstance(transaction, Checkin):
            return not (lent and _loan(before))
        return _loan(before) == _loan(transaction)

    def _lent_again(self, pending: Pending) -> bool:
        """Tell whether the item may be charged by a loan from here that was made after this.

        Not by one that waits still: it goes only once the disk has what became of this one.
        """
        return whereabouts.delivered_loan_after(self._daybook, pending.number, pending.item)


def _loan(transaction: Transaction | None) -> tuple[str, datetime] | None:
    """Give to whom and until when a transaction lends; None where it does not."""
    if isinstance(transaction, Checkout | Renewal):
        return transaction.patron, transaction.due
    return None


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
