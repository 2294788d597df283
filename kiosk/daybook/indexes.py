"""What has to be known at once, kept in memory: nothing here is worth a look at the disk.

Transactions are named by their number, their id in the daybook's table, which is also their order.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from itertools import islice, zip_longest
from typing import TYPE_CHECKING, Protocol

from kiosk.daybook import clock
from kiosk.daybook.facts import (
    Answered,
    AnsweredHead,
    ClockReading,
    Delivery,
    DeliveryPaused,
    Head,
    Learnt,
    NotSent,
    RunBegan,
    Seen,
    Sending,
    Settled,
    Voided,
    decode_delivery,
    decode_delivery_head,
    decode_head,
    decode_learnt,
    decode_reading,
    decode_run,
    decode_transaction,
)
from kiosk.daybook.learning import Lengths, Numbers
from kiosk.daybook.lookback import LookBack
from kiosk.daybook.newcomers import Newcomers
from kiosk.daybook.returns import Returns
from kiosk.desk.transactions import Checkin, Checkout, Outcome, Registration, Transaction

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kiosk.daybook.facts import OutcomeHead, RunFact
    from kiosk.desk.afterwards.runs import Run

LATELY = 30
"""Days at work that tell how busy a desk is."""
LENDING = frozenset({"checkout", "renewal", "noncat_checkout"})
"""The kinds of transactions that stand on a receipt."""


class Source(Protocol):
    """Where a whole daybook is learnt from: a journal's storage, or what is left of one."""

    def scan(self, table: str) -> Iterable[tuple[int, bytes]]:
        """Give the documents of a table with their numbers, in their order."""


@dataclass(slots=True, eq=False)
class Pending:
    """A transaction without an outcome: what delivery puts in order, the rest is on the disk.

    `announced`: the disk says that it is about to be sent, so that after a restart it is asked
    about first. `sent`: it may have arrived; ask before sending again. `lost` counts the replies to
    it that never came, `unanswered` the questions about it, since the start. `at` is what the
    desk's clock said; of one from `paper`, what stood there. `undoes`: the checkout that it takes
    back.
    """

    number: int
    id: str
    item: str
    visit: str
    at: datetime
    patron: str = ""
    announced: bool = False
    sent: bool = False
    lost: int = 0
    unanswered: int = 0
    sent_at: datetime | None = None
    """The time under which it is sent, once that was decided."""
    kind: str = ""
    paper: bool = False
    undoes: str = ""


@dataclass(frozen=True, slots=True)
class ToFix:
    """A transaction that needs a person."""

    number: int
    item: str
    outcome: Outcome
    kind: str = ""
    patron: str = ""
    visit: str = ""


class Indexes:
    """The memory of a daybook, changed on the thread of the event loop alone.

    What the journal itself keeps in memory is changed by the writer's thread: never go through it
    on the loop (a dict that grows meanwhile raises RuntimeError); go through what is here.
    """

    def __init__(self) -> None:
        self.pending: dict[str, Pending] = {}
        """By id, in the order of the daybook."""
        self.exceptions: dict[str, ToFix] = {}
        self.answers: dict[int, int] = {}
        """The delivery fact that answers for a transaction, by number."""
        self.told: dict[str, datetime] = {}
        """The library's due dates that patrons were told in the place of ours, by transaction."""
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
        self.unfinished_run: Run | None = None
        """As it began: a run whose end is not on the disk."""
        self.last_run: Run | None = None
        """The report of the newest run that has ended."""
        self.paused: DeliveryPaused | None = None
        """Since when delivery is paused, where it is."""
        self._sent_times = clock.SentTimes()
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
        )
        self._place(number, head)
        if isinstance(transaction, Registration):
            self.newcomers.learn(number, transaction)
        self.pending[transaction.id] = _pending(number, head)

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
            self.exceptions.pop(fact.transaction, None)
            if fact.due is not None:
                self.told[fact.transaction] = fact.due

    def _learn_answer(self, number: int, outcome: Outcome) -> None:
        """Take in what the library said. The first answer is final."""
        answered = self.pending.pop(outcome.transaction, None)
        if answered is None:
            return
        self.returns.answered(answered.id, outcome.at, outcome.route, outcome.to)
        self.answers[answered.number] = number
        if outcome.kind != "applied":
            self.exceptions[answered.id] = ToFix(
                answered.number,
                answered.item,
                outcome,
                answered.kind,
                answered.patron,
                answered.visit,
            )

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

    def learn_run(self, fact: RunFact) -> None:
        """Take in how a run goes, or that staff have paused delivery."""
        if isinstance(fact, DeliveryPaused):
            self.paused = fact if fact.paused else None
        elif isinstance(fact, RunBegan):
            self.unfinished_run = fact.run
        else:
            self.unfinished_run, self.last_run = None, fact.run

    def learn_item(self, number: int, fact: Learnt) -> None:
        """Take in what is known of an item."""
        if fact.item not in self.titles:
            self.numbers.add(fact.item)
        self._learn_item(number, fact)

    def _learn_item(self, number: int, fact: Learnt) -> None:
        self.titles[fact.item] = number
        self.lengths.learn(fact)

    def learn_clock(self, fact: ClockReading) -> None:
        """Take in when a boot really began."""
        if fact.boot:
            self.clocks[fact.boot] = fact

    def true_time(self, transaction: Transaction) -> datetime:
        """Give the moment of a transaction, as well as it is known by now."""
        return clock.true_time(transaction, self.clocks.get(transaction.boot))

    def time_to_send(
        self, pending: Pending, transaction: Transaction, previous: datetime | None = None
    ) -> datetime:
        """Give the time under which a transaction is sent: once decided, always the same.

        One from paper keeps the time that stands there, and holds nothing else to it.
        `previous`: the time of the one that goes before it in the same group.
        """
        if pending.sent_at is not None:
            return pending.sent_at
        if pending.paper:
            return transaction.at
        times = (previous, self._sent_times.before(pending.number))
        last = max((time for time in times if time is not None), default=None)
        sure = transaction.boot in self.clocks
        return clock.time_to_send(self.true_time(transaction), last, sure=sure)

    def _learn_sending(self, fact: Sending) -> None:
        for transaction, at in zip_longest(fact.transactions, fact.times):
            pending = self.pending.get(transaction)
            if pending is None:
                continue
            pending.announced = True
            if pending.sent_at is None and at is not None:
                pending.sent_at = at
                if not pending.paper:
                    self._sent_times.add(pending.number, at)
        oldest = next(iter(self.pending.values()), None)
        if oldest is not None:
            self._sent_times.close(oldest.number)

    def rebuild(self, storage: Source) -> set[str]:
        """Learn a whole daybook; give the items with lines from paper, which came out of turn."""
        past, out_of_turn = _Past(storage), set[str]()
        self.returns.seen = past.seen
        self.told = past.told
        for number, text in storage.scan("titles"):
            self._learn_item(number, decode_learnt(text))
        self.numbers = Numbers(sorted(self.titles))
        for _, text in storage.scan("clock"):
            self.learn_clock(decode_reading(text))
        for _, text in storage.scan("runs"):
            self.learn_run(decode_run(text))
        for number, text in storage.scan("transactions"):
            head = decode_head(text)
            self._place(number, head)
            self._register(number, head, text)
            self._return(number, head, past)
            if head.source == "paper" and head.item:
                out_of_turn.add(head.item)
            sent_at = past.times.get(head.id)
            if sent_at is not None and head.source != "paper":
                self._learn_sent_time(number, sent_at)
            if head.id in past.voided:
                self.voided.add(number)
                self.look_back.undone.discard(head.undoes)
            elif head.id not in past.answers:
                decode_transaction(text)  # what this version cannot send is found out now
                pending = _pending(number, head)
                pending.announced = pending.sent = head.id in past.sent
                pending.sent_at = sent_at
                self.pending[head.id] = pending
            else:
                self.answers[number] = past.answers[head.id]
                if head.id in past.to_fix:
                    outcome = past.to_fix[head.id]
                    to_fix = ToFix(number, head.item, outcome, head.kind, head.patron, head.visit)
                    self.exceptions[head.id] = to_fix
        return out_of_turn

    def _return(self, number: int, head: Head, past: _Past) -> None:
        """Learn where a returned item is by now, or that one was lent."""
        if head.kind == Checkout.kind and not past.never_lent(head.id):
            self.returns.lent(head.item)
        if head.kind != Checkin.kind or head.undoes or past.is_off_the_cart(head.id):
            return
        outcome = past.outcomes.get(head.id)
        if outcome is None and head.id in past.answers:
            return
        self.returns.returned(number, head.id, head.item, datetime.fromisoformat(head.at))
        if outcome is not None:
            self.returns.answered(head.id, outcome.at, outcome.route, outcome.to)

    def _learn_sent_time(self, number: int, sent_at: datetime) -> None:
        if self.pending:
            self._sent_times.add(number, sent_at)
        else:
            self._sent_times.add_last(number, sent_at)

    def _register(self, number: int, head: Head, text: bytes) -> None:
        if head.kind == "registration":
            registration = decode_transaction(text)
            if isinstance(registration, Registration):
                self.newcomers.learn(number, registration)

    def forget(self, number: int, head: Head, *, gone: bool) -> None:
        """Forget whose a transaction was, and, where it is gone, that it was."""
        _forget(self.last_of_card, head.patron, number)
        _forget(self.look_back.of_card, head.patron, number)
        self.newcomers.forget(number)
        if self.last_lent == number:
            self.last_lent = 0
        if gone:
            self.returns.gone([head.id])
            self.returns.seen.discard(head.id)
            _forget(self.look_back.of_item, head.item, number)
            _forget(self.look_back.moved, head.item, number)
            self.answers.pop(number, None)
            self.told.pop(head.id, None)
            self.voided.discard(number)

    def busiest_day(self) -> int:
        """Give how many transactions the busiest of the last days at work has brought."""
        return max(islice(reversed(self.per_day.values()), LATELY), default=0)

    def _place(self, number: int, head: Head) -> None:
        day = head.at[:10]
        self.per_day[day] = self.per_day.get(day, 0) + 1
        self.last = number
        self.look_back.add(number, head)
        if head.source != "paper":
            self.last_live = number
        if head.kind in LENDING:
            self.last_lent = number
            if head.patron:
                self.last_of_card[head.patron] = number


def _pending(number: int, head: Head) -> Pending:
    return Pending(
        number,
        head.id,
        head.item,
        head.visit,
        datetime.fromisoformat(head.at),
        head.patron,
        kind=head.kind,
        paper=head.source == "paper",
        undoes=head.undoes,
    )


def _forget(index: dict[str, int], key: str, number: int) -> None:
    if index.get(key) == number:
        del index[key]


class _Past:
    """What the delivery facts of a daybook come to, by the ids of transactions.

    The first answer is final, but for one that only says that a person enters it: a void may
    follow.
    """

    def __init__(self, storage: Source) -> None:
        self.answers: dict[str, int] = {}
        self.outcomes: dict[str, OutcomeHead] = {}
        """What says where something goes: of returns, where this version wrote it."""
        self.seen: set[str] = set()
        self.to_fix: dict[str, Outcome] = {}
        self.told: dict[str, datetime] = {}
        self.sent: set[str] = set()
        self.times: dict[str, datetime] = {}
        """The time under which each one was sent."""
        self.voided: set[str] = set()
        self.refused: set[str] = set()
        for number, text in storage.scan("deliveries"):
            self._take(number, text)

    def _take(self, number: int, text: bytes) -> None:
        """Take a fact in."""
        fact = decode_delivery_head(text)
        if isinstance(fact, AnsweredHead):
            if not self._is_over(fact.outcome.transaction):
                self._take_answer(number, text, fact.outcome)
        elif isinstance(fact, Sending):
            self.sent.update(fact.transactions)
            for transaction, at in zip(fact.transactions, fact.times, strict=False):
                if not self._is_over(transaction):
                    self.times.setdefault(transaction, at)
        elif isinstance(fact, NotSent):
            self.sent.difference_update(fact.transactions)
        elif isinstance(fact, Voided):
            self._void(fact.transaction)
        elif isinstance(fact, Seen):
            self.seen.update(fact.transactions)
        else:
            self.to_fix.pop(fact.transaction, None)
            if fact.due is not None:
                self.told[fact.transaction] = fact.due

    def _take_answer(self, number: int, text: bytes, outcome: OutcomeHead) -> None:
        self.answers[outcome.transaction] = number
        self.sent.discard(outcome.transaction)
        if outcome.route:
            self.outcomes[outcome.transaction] = outcome
        if outcome.kind == "refused":
            self.refused.add(outcome.transaction)
        if outcome.kind != "applied":
            self.to_fix[outcome.transaction] = decode_delivery(text).outcome

    def _void(self, transaction: str) -> None:
        to_fix = self.to_fix.get(transaction)
        if to_fix is not None and to_fix.kind == "by_hand":
            del self.to_fix[transaction], self.answers[transaction]
        if transaction not in self.answers:
            self.voided.add(transaction)

    def never_lent(self, transaction: str) -> bool:
        """Tell whether a loan was voided, or refused by the library."""
        return transaction in self.voided or transaction in self.refused

    def is_off_the_cart(self, transaction: str) -> bool:
        """Tell whether a return was voided, or its item seen again."""
        return transaction in self.voided or transaction in self.seen

    def _is_over(self, transaction: str) -> bool:
        return transaction in self.answers or transaction in self.voided
