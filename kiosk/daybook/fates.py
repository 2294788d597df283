"""What became of the transactions of a whole daybook."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from kiosk.daybook import decisions
from kiosk.daybook.batches import Batches
from kiosk.daybook.facts import (
    Again,
    AnsweredHead,
    BatchClosed,
    BatchConfirmed,
    Batched,
    BatchFact,
    BatchLoaded,
    BatchUnloaded,
    BatchWanted,
    NotSent,
    OutcomeHead,
    Reported,
    Seen,
    Sending,
    Settled,
    Voided,
    decode_delivery,
    decode_delivery_head,
)

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from kiosk.desk.transactions import Outcome


class Source(Protocol):
    """Where a whole daybook is learnt from: a journal's storage, or what is left of one."""

    def scan(self, table: str) -> Iterable[tuple[int, bytes]]:
        """Give the documents of a table with their numbers, in their order."""


class Fates:
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
        self.batches = Batches()
        self.resting: set[str] = set()
        """What the library has in a batch and has not processed yet."""
        self.times: dict[str, datetime] = {}
        """The time under which each one was sent."""
        self.voided: set[str] = set()
        self.refused: set[str] = set()
        self.revoked = decisions.revoked(storage)
        """The decisions that do not count."""
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
                self._take_sending(fact)
            case NotSent():
                self.sent.difference_update(fact.transactions)
            case Voided():
                self._void(fact.transaction)
            case Batched() | BatchLoaded() | BatchUnloaded() | BatchClosed():
                self._take_batch(fact)
            case BatchConfirmed() | BatchWanted():
                if decisions.counts(fact, self.revoked):
                    self.batches.learn(fact)
            case _ if decisions.counts(fact, self.revoked):
                self._take_decision(number, fact)

    def _take_sending(self, fact: Sending | Batched) -> None:
        self.sent.update(x for x in fact.transactions if not self._is_over(x))
        for transaction, at in zip(fact.transactions, fact.times, strict=False):
            if not self._is_over(transaction):
                self.times.setdefault(transaction, at)

    def _take_batch(self, fact: BatchFact) -> None:
        changed = [x for x in self.batches.learn(fact) if not self._is_over(x)]
        if isinstance(fact, Batched):
            self._take_sending(fact)
        elif isinstance(fact, BatchLoaded):
            self.sent.difference_update(changed)
            self.resting.update(changed)
        elif isinstance(fact, BatchUnloaded):
            self.sent.difference_update(changed)
            self.resting.difference_update(changed)

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
        self._has_left(outcome.transaction)
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
        if transaction not in self.answers and transaction not in self.resting:
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
        self._has_left(transaction)
        self.reported[transaction] = fact.words
        self.to_fix[transaction] = fact.outcome

    def _has_left(self, transaction: str) -> None:
        """Take that a transaction rests in no batch any more."""
        self.resting.discard(transaction)
        self.batches.over(transaction)

    def is_decided(self, transaction: str) -> bool:
        """Tell whether people have said more of one than the library had."""
        return transaction in self.again or transaction in self.reported

    def _is_over(self, transaction: str) -> bool:
        return transaction in self.answers or transaction in self.voided
