"""What has to be known at once, kept in memory: nothing here is worth a look at the disk.

Transactions are named by their number, their id in the daybook's table, which is also their order.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import replace
from itertools import islice, zip_longest
from typing import TYPE_CHECKING

from kiosk.daybook import clock
from kiosk.daybook.batches import Batches
from kiosk.daybook.corrections import Corrections
from kiosk.daybook.facts import (
    Again,
    Answered,
    Batched,
    BatchFact,
    BatchLoaded,
    BatchUnloaded,
    ClockReading,
    Delivery,
    Head,
    Learnt,
    NotSent,
    Reported,
    Sending,
    Settled,
    Voided,
)
from kiosk.daybook.learning import Lengths, Numbers
from kiosk.daybook.lookback import LookBack
from kiosk.daybook.newcomers import Newcomers
from kiosk.daybook.pending import Pending, ToFix, as_pending
from kiosk.daybook.returns import Returns
from kiosk.daybook.runs import Runs
from kiosk.desk.transactions import Checkin, Checkout, Outcome, Registration, Transaction

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

LATELY = 30
"""Days at work that tell how busy a desk is."""
LENDING = frozenset({"checkout", "renewal", "noncat_checkout"})
"""The kinds of transactions that stand on a receipt."""


class Indexes:
    """The memory of a daybook, changed on the thread of the event loop alone.

    What the journal itself keeps in memory is changed by the writer's thread: never go through it
    on the loop (a dict that grows meanwhile raises RuntimeError); go through what is here.
    """

    def __init__(self) -> None:
        self.pending: OrderedDict[str, Pending] = OrderedDict()
        """By id, in the order of the daybook.

        Not a dict: its first would be found past all that were taken from the front.
        """
        self.batches = Batches()
        self.exceptions: dict[str, ToFix] = {}
        self.answers: dict[int, int] = {}
        """The delivery fact that answers for a transaction, by number."""
        self.settled: dict[int, int] = {}
        """The delivery fact by which what needed a person was dealt with, by number."""
        self.replaced: dict[str, ToFix] = {}
        """What needed a person before another one was sent in its place, by that one's id."""
        self.reported: dict[str, str] = {}
        """What error reports from elsewhere said last, by transaction."""
        self.corrections = Corrections()
        self.told: dict[str, datetime] = {}
        """The library's due dates that patrons were told in the place of ours, by transaction."""
        self.corrected: set[int] = set()
        """Those in whose place another one is sent: they count no more."""
        self.voided: set[int] = set()
        self.last_of_card: dict[str, int] = {}
        """The newest visit in which something was lent on a card, by a transaction of it."""
        self.last_lent = 0
        self.newcomers = Newcomers()
        self.last = 0
        """The newest transaction; 0 where there is none."""
        self.last_live = 0
        """The newest that was not entered from paper."""
        self.lengths = Lengths()
        self.numbers = Numbers()
        self.returns = Returns()
        self.look_back = LookBack()
        self.titles: dict[str, int] = {}
        """Where the title of an item is kept, by its number in the table `titles`."""
        self.clocks: dict[str, ClockReading] = {}
        """What is known of the clock, by boot."""
        self.runs = Runs()
        self.sent_times = clock.SentTimes()
        self.per_day: dict[str, int] = {}
        """How many transactions each day has brought, in the order of the daybook."""

    def learn_transaction(self, number: int, transaction: Transaction) -> None:
        """Take a new transaction in."""
        patron = getattr(transaction, "patron", "")
        if isinstance(transaction, Checkin) and not transaction.undoes:
            self.returns.returned(number, transaction.id, transaction.item, transaction.at)
        elif isinstance(transaction, Checkout):
            self.returns.lent(transaction.item)
        head = Head(
            id=transaction.id,
            kind=transaction.kind,
            at=transaction.at.isoformat(),
            visit=transaction.visit,
            item=transaction.item,
            patron=patron,
            undoes=getattr(transaction, "undoes", ""),
            source=transaction.source,
            corrects=transaction.corrects,
        )
        to_fix = self.exceptions.get(transaction.corrects)
        self.place(number, head, 0 if to_fix is None else to_fix.number)
        if isinstance(transaction, Registration):
            self.newcomers.learn(number, transaction)
        self.pending[transaction.id] = as_pending(number, head)

    def learn_delivery(self, number: int, fact: Delivery) -> None:
        """Take in what became of transactions."""
        if isinstance(fact, Sending):
            self._learn_sending(fact)
        elif isinstance(fact, NotSent):
            for transaction in fact.transactions:
                pending = self.pending.get(transaction)
                if pending is not None and not pending.sent:  # else it is under way again by now
                    pending.announced = False
        elif isinstance(fact, Voided):
            self._learn_void(fact.transaction)
        elif isinstance(fact, Answered):
            self._learn_answer(number, fact.outcome)
        elif isinstance(fact, Settled):
            self._learn_settled(number, fact)
        elif isinstance(fact, Again):
            self._learn_again(fact.transaction)
        elif isinstance(fact, BatchFact):
            self._learn_batch(fact)

    def _learn_batch(self, fact: BatchFact) -> None:
        changed = self.batches.learn(fact)
        if isinstance(fact, Batched):
            self._learn_sending(fact)
        elif isinstance(fact, BatchLoaded):
            for pending in (self.pending.pop(x) for x in changed if x in self.pending):
                self.batches.rest(pending)
        elif isinstance(fact, BatchUnloaded):
            for pending in (self.pending[x] for x in changed if x in self.pending):
                pending.announced = False
            rested = map(self.batches.leave, changed)
            self._wait_again(
                replace(x, announced=False, sent=False) for x in rested if x is not None
            )

    def _wait_again(self, some: Iterable[Pending]) -> None:
        """Let transactions be pending again, each in its old place."""
        pending = sorted([*self.pending.values(), *some], key=lambda x: x.number)
        self.pending.clear()
        self.pending.update((x.id, x) for x in pending)

    def _learn_settled(self, number: int, fact: Settled) -> None:
        if fact.due is not None:
            self.told[fact.transaction] = fact.due
        to_fix = self.exceptions.pop(fact.transaction, None)
        if to_fix is not None:
            self.settled[to_fix.number] = number
            if fact.replaced_by:
                self.replaced[fact.replaced_by] = to_fix
                self.corrected.add(to_fix.number)

    def _learn_again(self, transaction: str) -> None:
        """Take in that what needed a person is sent again: it is pending, in its old place."""
        to_fix = self.exceptions.pop(transaction, None)
        if to_fix is None:
            return
        self.answers.pop(to_fix.number, None)
        self.reported.pop(transaction, None)
        pending = replace(
            to_fix.pending, announced=False, sent=False, lost=0, unanswered=0, again=True
        )
        self._wait_again([pending])
        if pending.kind == Checkin.kind and not pending.undoes:
            self.returns.again(transaction)

    def learn_report(self, number: int, fact: Reported, head: Head) -> None:
        """Take in what a report from elsewhere says of a transaction, whose head this is.

        Not of one that was undone, that is being sent, or in whose place another one was; nor what
        was said of it before.
        """
        pending = self.pending.get(fact.transaction)
        if (
            (pending is not None and pending.announced)
            or fact.number in self.voided | self.corrected
            or self.reported.get(fact.transaction) == fact.words
        ):
            return
        to_fix = self.exceptions.get(fact.transaction)
        if pending is None:
            pending = as_pending(fact.number, head) if to_fix is None else to_fix.pending
        self.pending.pop(fact.transaction, None)
        self.batches.over(fact.transaction)
        self.settled.pop(fact.number, None)
        self.answers[fact.number] = number
        self.reported[fact.transaction] = fact.words
        self.exceptions[fact.transaction] = ToFix(pending, fact.outcome)
        self.returns.answered(fact.transaction, fact.at, "ask", "")

    def _learn_answer(self, number: int, outcome: Outcome) -> None:
        """Take in what the library said. The first answer is final."""
        resting = self.batches.over(outcome.transaction)
        answered = self.pending.pop(outcome.transaction, resting)
        if answered is None:
            return
        self.returns.answered(answered.id, outcome.at, outcome.route, outcome.to)
        self.answers[answered.number] = number
        if outcome.kind != "applied":
            self.exceptions[answered.id] = ToFix(answered, outcome)

    def _learn_void(self, transaction: str) -> None:
        """Take a void in: of what waits, or of what a person was to enter."""
        pending = self.pending.pop(transaction, None)
        to_fix = self.exceptions.get(transaction)
        if pending is not None:
            self.voided.add(pending.number)
            self.returns.gone([transaction])
            self.look_back.undone.discard(pending.undoes)
        elif to_fix is not None and to_fix.outcome.kind == "by_hand":
            del self.exceptions[transaction]
            self.answers.pop(to_fix.number, None)
            self.voided.add(to_fix.number)
            self.returns.gone([transaction])
        else:
            return
        replaced = self.replaced.pop(transaction, None)
        if replaced is not None:
            self.settled.pop(replaced.number, None)
            self.corrected.discard(replaced.number)
            self.exceptions[replaced.pending.id] = replaced

    def awaited(self, transaction: str) -> Pending | None:
        """Give a transaction of which the library has yet to say what becomes of it."""
        return self.pending.get(transaction) or self.batches.resting.get(transaction)

    def awaits(self, transaction: str) -> bool:
        """Tell whether the library has yet to say what becomes of it."""
        return self.awaited(transaction) is not None

    def is_gone(self, number: int) -> bool:
        """Tell whether a transaction counts no more: it was voided, or another one is sent."""
        return number in self.voided or number in self.corrected

    def learn_item(self, number: int, fact: Learnt) -> None:
        """Take in what is known of an item."""
        if fact.item not in self.titles:
            self.numbers.add(fact.item)
        self.titles[fact.item] = number
        self.lengths.learn(fact)

    def learn_clock(self, fact: ClockReading) -> None:
        """Take in when a boot really began."""
        if fact.boot:
            self.clocks[fact.boot] = fact

    def true_time(self, transaction: Transaction) -> datetime:
        """Give the moment of a transaction, as well as it is known by now."""
        return clock.true_time(transaction, self.clocks.get(transaction.boot))

    @property
    def away_since(self) -> datetime | None:
        """Since when the library is away, where something waits because of it."""
        away = self.runs.away
        return None if away is None else clock.true_time(away, self.clocks.get(away.boot))

    def time_to_send(
        self, pending: Pending, transaction: Transaction, previous: datetime | None = None
    ) -> datetime:
        """Give the time under which a transaction is sent: once decided, always the same.

        One from paper, one that corrects another and one that is sent again keep their own, and
        hold nothing else to it. `previous`: the time of the one that goes before it in the same
        group.
        """
        if pending.sent_at is not None:
            return pending.sent_at
        if pending.aside:
            return self.true_time(transaction)
        times = (previous, self.sent_times.before(pending.number))
        last = max((time for time in times if time is not None), default=None)
        sure = transaction.boot in self.clocks
        return clock.time_to_send(self.true_time(transaction), last, sure=sure)

    def _learn_sending(self, fact: Sending | Batched) -> None:
        for transaction, at in zip_longest(fact.transactions, fact.times):
            pending = self.pending.get(transaction)
            if pending is None:
                continue
            pending.announced = True
            if pending.sent_at is None and at is not None:
                pending.sent_at = at
                if not pending.aside:
                    self.sent_times.add(pending.number, at)
        oldest = next(iter(self.pending.values()), None)
        if oldest is not None:
            self.sent_times.close(oldest.number)

    def forget(self, number: int, head: Head, *, gone: bool) -> None:
        """Forget whose a transaction was, and, where it is gone, that it was."""
        _forget(self.last_of_card, head.patron, number)
        _forget(self.look_back.of_card, head.patron, number)
        self.newcomers.forget(number)
        for replaced in self.replaced.values():
            if replaced.number == number:
                replaced.pending.patron = ""
        if self.last_lent == number:
            self.last_lent = 0
        if gone:
            self.returns.gone([head.id])
            self.returns.seen.discard(head.id)
            _forget(self.look_back.of_item, head.item, number)
            _forget(self.look_back.moved, head.item, number)
            self.answers.pop(number, None)
            self.settled.pop(number, None)
            self.corrected.discard(number)
            self.reported.pop(head.id, None)
            self.replaced.pop(head.id, None)
            self.corrections.forget(head.visit, number)
            self.told.pop(head.id, None)
            self.voided.discard(number)

    def busiest_day(self) -> int:
        """Give how many transactions the busiest of the last days at work has brought."""
        return max(islice(reversed(self.per_day.values()), LATELY), default=0)

    def place(self, number: int, head: Head, origin: int = 0) -> None:
        """Take in what a transaction is about. `origin`: the one that it corrects."""
        day = head.at[:10]
        self.per_day[day] = self.per_day.get(day, 0) + 1
        self.last = number
        self.look_back.add(number, head)
        if head.corrects:
            self.corrections.add(head.visit, number, origin)
        if not head.late:
            self.last_live = number
        if head.kind in LENDING and not origin:  # else its visit is that of the one it corrects
            self.last_lent = number
            if head.patron:
                self.last_of_card[head.patron] = number


def _forget(index: dict[str, int], key: str, number: int) -> None:
    if index.get(key) == number:
        del index[key]
