"""What has to be known at once, kept in memory: nothing here is worth a look at the disk.

Transactions are named by their number, their id in the daybook's table, which is also their order.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import islice, zip_longest
from typing import TYPE_CHECKING, Protocol

from kiosk.daybook import clock, decisions
from kiosk.daybook.facts import (
    Again,
    Answered,
    AnsweredHead,
    ClockReading,
    Delivery,
    DeliveryPaused,
    Head,
    Learnt,
    LibraryAway,
    LibraryBack,
    NotSent,
    OutageTold,
    OutcomeHead,
    Reported,
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
from kiosk.desk.afterwards.runs import Outage
from kiosk.desk.transactions import Checkin, Checkout, Outcome, Registration, Transaction

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kiosk.daybook.facts import RunFact
    from kiosk.desk.afterwards.runs import Run

LATELY = 30
"""Days at work that tell how busy a desk is."""
LENDING = frozenset({"checkout", "renewal", "noncat_checkout"})
"""The kinds of transactions that stand on a receipt."""


MOST_UNTOLD = 20
"""So many outages are kept in mind to be told of, the newest; the reports of all are on the disk.
"""


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
    back. `again`: a person has it sent again, so that the library may know of it. `corrects`: in
    whose place it is sent.
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
    again: bool = False
    corrects: str = ""

    @property
    def late(self) -> bool:
        """Whether it was recorded long after it happened: after what happened later."""
        return self.paper or bool(self.corrects)

    @property
    def aside(self) -> bool:
        """Whether it is sent out of turn: what follows does not go by its time."""
        return self.late or self.again


@dataclass(frozen=True, slots=True)
class ToFix:
    """A transaction that needs a person. `pending`: as it was before the library answered."""

    pending: Pending
    outcome: Outcome

    @property
    def number(self) -> int:
        """Where it stands."""
        return self.pending.number

    @property
    def item(self) -> str:
        """The item that it is about, or ""."""
        return self.pending.item

    @property
    def kind(self) -> str:
        """What kind of transaction it is."""
        return self.pending.kind

    @property
    def patron(self) -> str:
        """Whose card, or ""."""
        return self.pending.patron

    @property
    def visit(self) -> str:
        """The visit to which it belongs."""
        return self.pending.visit


@dataclass(slots=True)
class Corrections:
    """The transactions that are sent in the place of others, by their visits."""

    of_visit: dict[str, list[int]] = field(default_factory=dict)
    origin: dict[int, int] = field(default_factory=dict)
    """By number: the one that it corrects."""

    def add(self, visit: str, number: int, origin: int) -> None:
        """Take one in; `origin` is 0 where the one that it corrects is forgotten."""
        self.of_visit.setdefault(visit, []).append(number)
        if origin:
            self.origin[number] = origin

    def forget(self, visit: str, number: int) -> None:
        """Forget one, and that it was corrected by another."""
        self.origin = {x: y for x, y in self.origin.items() if number not in (x, y)}
        left = [x for x in self.of_visit.pop(visit, ()) if x != number]
        if left:
            self.of_visit[visit] = left


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
        self.unfinished_run: Run | None = None
        """As it began: a run whose end is not on the disk."""
        self.last_run: Run | None = None
        """The report of the newest run that has ended."""
        self.away_since: datetime | None = None
        """Since when the library is away, where something waits because of it."""
        self.outages: list[Outage] = []
        """Those that are over, and in no report of a run yet."""
        self.untold: deque[Run] = deque(maxlen=MOST_UNTOLD)
        """The runs after an outage of which nobody has said yet that it was told of."""
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
            corrects=transaction.corrects,
        )
        to_fix = self.exceptions.get(transaction.corrects)
        self._place(number, head, 0 if to_fix is None else to_fix.number)
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
            self._learn_settled(number, fact)
        elif isinstance(fact, Again):
            self._learn_again(fact.transaction)

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
        later = [x for x in self.pending.values() if x.number > pending.number]
        for each in later:
            del self.pending[each.id]
        self.pending |= {x.id: x for x in (pending, *later)}
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
            pending = _pending(fact.number, head) if to_fix is None else to_fix.pending
        self.pending.pop(fact.transaction, None)
        self.settled.pop(fact.number, None)
        self.answers[fact.number] = number
        self.reported[fact.transaction] = fact.words
        self.exceptions[fact.transaction] = ToFix(pending, fact.outcome)
        self.returns.answered(fact.transaction, fact.at, "ask", "")

    def _learn_answer(self, number: int, outcome: Outcome) -> None:
        """Take in what the library said. The first answer is final."""
        answered = self.pending.pop(outcome.transaction, None)
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

    def learn_run(self, fact: RunFact) -> None:
        """Take in how a run goes, or that staff have paused delivery."""
        match fact:
            case DeliveryPaused():
                self.paused = fact if fact.paused else None
            case LibraryAway():
                self.away_since = fact.at
            case LibraryBack():
                if self.away_since is not None:
                    self.outages.append(Outage(self.away_since, fact.at))
                self.away_since = None
            case OutageTold():
                self.untold.clear()
            case RunBegan():
                self.unfinished_run = fact.run
            case _:
                self._learn_ended_run(fact.run)

    def _learn_ended_run(self, run: Run) -> None:
        self.unfinished_run, self.last_run = None, run
        self.outages.clear()
        if run.outages:
            self.untold.append(run)

    def is_gone(self, number: int) -> bool:
        """Tell whether a transaction counts no more: it was voided, or another one is sent."""
        return number in self.voided or number in self.corrected

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

        One from paper, one that corrects another and one that is sent again keep their own, and
        hold nothing else to it. `previous`: the time of the one that goes before it in the same
        group.
        """
        if pending.sent_at is not None:
            return pending.sent_at
        if pending.aside:
            return self.true_time(transaction)
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
                if not pending.aside:
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
        corrected: dict[str, int] = {}
        for number, text in storage.scan("transactions"):
            head = decode_head(text)
            self._place(number, head, corrected.get(head.corrects, 0))
            self._register(number, head, text)
            self._return(number, head, past)
            if head.item and (_is_aside(head) or past.is_decided(head.id)):
                out_of_turn.add(head.item)
            if head.id in past.corrected:
                corrected[head.id] = number
            self._deliver(number, head, text, past)
        return out_of_turn

    def _deliver(self, number: int, head: Head, text: bytes, past: _Past) -> None:
        """Learn what became of a transaction."""
        pending = _pending(number, head)
        pending.again = head.id in past.again
        pending.sent_at = past.times.get(head.id)
        if pending.sent_at is not None and not (head.id in past.aside or _is_aside(head)):
            self._learn_sent_time(number, pending.sent_at)
        if head.id in past.reported:
            self.reported[head.id] = past.reported[head.id]
        if head.id in past.voided:
            self.voided.add(number)
            self.look_back.undone.discard(head.undoes)
        elif head.id not in past.answers:
            decode_transaction(text)  # what this version cannot send is found out now
            pending.announced = pending.sent = head.id in past.sent
            self.pending[head.id] = pending
        else:
            self.answers[number] = past.answers[head.id]
            if head.id in past.to_fix:
                self.exceptions[head.id] = ToFix(pending, past.to_fix[head.id])
            elif head.id in past.settled:
                self.settled[number] = past.settled[head.id]
            if head.id in past.replaced:
                by, outcome = past.replaced[head.id]
                self.replaced[by] = ToFix(pending, outcome)
                self.corrected.add(number)

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

    def _place(self, number: int, head: Head, origin: int = 0) -> None:
        """Take in what a transaction is about. `origin`: the one that it corrects."""
        day = head.at[:10]
        self.per_day[day] = self.per_day.get(day, 0) + 1
        self.last = number
        self.look_back.add(number, head)
        if head.corrects:
            self.corrections.add(head.visit, number, origin)
        if not _is_aside(head):
            self.last_live = number
        if head.kind in LENDING and not origin:  # else its visit is that of the one it corrects
            self.last_lent = number
            if head.patron:
                self.last_of_card[head.patron] = number


def _is_aside(head: Head) -> bool:
    """Tell one that is about an earlier moment than those around it."""
    return head.source == "paper" or bool(head.corrects)


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
        corrects=head.corrects,
    )


def _forget(index: dict[str, int], key: str, number: int) -> None:
    if index.get(key) == number:
        del index[key]


class _Past:
    """What the delivery facts of a daybook come to, by the ids of transactions.

    The first answer is final, but for one that only says that a person enters it, which a void may
    follow; and until a person has it sent again, or a report from elsewhere says otherwise.
    """

    def __init__(self, storage: Source) -> None:
        self.answers: dict[str, int] = {}
        self.outcomes: dict[str, OutcomeHead] = {}
        """What says where something goes: of returns, where this version wrote it."""
        self.seen: set[str] = set()
        self.to_fix: dict[str, Outcome] = {}
        self.settled: dict[str, int] = {}
        self.replaced: dict[str, tuple[str, Outcome]] = {}
        """In whose place another one is sent: which one, and what the library had said."""
        self.corrected: set[str] = set()
        """All of these there ever were."""
        self.reported: dict[str, str] = {}
        self.again: set[str] = set()
        self.aside: set[str] = set()
        """What had not been sent before a person had it sent again."""
        self.told: dict[str, datetime] = {}
        self.sent: set[str] = set()
        self.times: dict[str, datetime] = {}
        """The time under which each one was sent."""
        self.voided: set[str] = set()
        self.refused: set[str] = set()
        self._revoked = decisions.revoked(storage)
        for number, text in storage.scan("deliveries"):
            self._take(number, text)

    def _take(self, number: int, text: bytes) -> None:
        """Take a fact in."""
        fact = decode_delivery_head(text)
        match fact:
            case AnsweredHead():
                if not self._is_over(fact.outcome.transaction):
                    self._take_answer(number, text, fact.outcome)
            case Sending():
                self.sent.update(x for x in fact.transactions if not self._is_over(x))
                for transaction, at in zip(fact.transactions, fact.times, strict=False):
                    if not self._is_over(transaction):
                        self.times.setdefault(transaction, at)
            case NotSent():
                self.sent.difference_update(fact.transactions)
            case Voided():
                self._void(fact.transaction)
            case _ if decisions.counts(fact, self._revoked):
                self._take_decision(number, fact)

    def _take_decision(self, number: int, fact: Seen | Settled | Again | Reported) -> None:
        """Take in what people say of transactions."""
        match fact:
            case Seen():
                self.seen.update(fact.transactions)
            case Settled():
                self._settle(number, fact)
            case Again():
                self._again(fact.transaction)
            case Reported():
                self._report(number, fact)

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
            self._restore(transaction)

    def never_lent(self, transaction: str) -> bool:
        """Tell whether a loan was voided, or refused by the library."""
        return transaction in self.voided or transaction in self.refused

    def is_off_the_cart(self, transaction: str) -> bool:
        """Tell whether a return was voided, or its item seen again."""
        return transaction in self.voided or transaction in self.seen

    def _restore(self, correction: str) -> None:
        """Let what another one was sent in the place of need a person again: that is voided."""
        for transaction, (by, outcome) in list(self.replaced.items()):
            if by == correction:
                del self.replaced[transaction]
                self.settled.pop(transaction, None)
                self.to_fix[transaction] = outcome

    def _settle(self, number: int, fact: Settled) -> None:
        if fact.due is not None:
            self.told[fact.transaction] = fact.due
        outcome = self.to_fix.pop(fact.transaction, None)
        if outcome is not None:
            self.settled[fact.transaction] = number
            if fact.replaced_by:
                self.replaced[fact.transaction] = (fact.replaced_by, outcome)
                self.corrected.add(fact.transaction)

    def _again(self, transaction: str) -> None:
        if self.to_fix.pop(transaction, None) is None:
            return
        del self.answers[transaction]
        self.outcomes.pop(transaction, None)
        self.refused.discard(transaction)
        self.reported.pop(transaction, None)
        self.again.add(transaction)
        if transaction not in self.times:
            self.aside.add(transaction)

    def _report(self, number: int, fact: Reported) -> None:
        """Take a report in, as `Indexes.learn_report` does."""
        transaction = fact.transaction
        if (
            transaction in self.sent
            or transaction in self.voided
            or transaction in self.replaced
            or self.reported.get(transaction) == fact.words
        ):
            return
        told = OutcomeHead(transaction=transaction, kind="refused", at=fact.at, route="ask")
        self.outcomes[transaction] = told
        self.refused.add(transaction)
        self.settled.pop(transaction, None)
        self.answers[transaction] = number
        self.reported[transaction] = fact.words
        self.to_fix[transaction] = fact.outcome

    def is_decided(self, transaction: str) -> bool:
        """Tell whether people have said more of one than the library had."""
        return transaction in self.again or transaction in self.reported

    def _is_over(self, transaction: str) -> bool:
        return transaction in self.answers or transaction in self.voided
