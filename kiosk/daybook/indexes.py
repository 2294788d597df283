"""What has to be known at once, kept in memory: nothing here is worth a look at the disk.

Transactions are named by their number, their id in the daybook's table, which is also their order.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kiosk.daybook.facts import (
    Answered,
    Delivery,
    NotSent,
    Sending,
    Voided,
    decode_delivery,
    decode_head,
    decode_transaction,
)
from kiosk.desk.transactions import Outcome, Transaction

if TYPE_CHECKING:
    from kiosk.daybook.journal import JournalStorage


@dataclass(slots=True)
class Pending:
    """A transaction without an outcome. `sent`: it may have arrived; ask before sending again.

    `lost` counts the replies to it that never came, since the start.
    """

    number: int
    transaction: Transaction
    sent: bool = False
    lost: int = 0


@dataclass(frozen=True, slots=True)
class ToFix:
    """A transaction that needs a person."""

    number: int
    transaction: Transaction
    outcome: Outcome


class Indexes:
    """The memory of a daybook. Changed by `learn` alone, one fact at a time."""

    def __init__(self) -> None:
        self.pending: dict[str, Pending] = {}
        """By id, in the order of the daybook."""
        self.exceptions: dict[str, ToFix] = {}
        self.answers: dict[int, int] = {}
        """The delivery fact that answers for a transaction, by number."""
        self.voided: set[int] = set()
        self.last_of_item: dict[str, int] = {}
        self.last_of_card: dict[str, int] = {}
        self.last_checkout = 0

    def learn_transaction(self, number: int, transaction: Transaction) -> None:
        """Take a new transaction in."""
        patron = getattr(transaction, "patron", "")
        self._place(number, transaction.item, patron)
        self.pending[transaction.id] = Pending(number, transaction)

    def learn_delivery(self, number: int, fact: Delivery) -> None:
        """Take in what became of transactions."""
        if isinstance(fact, Sending | NotSent):
            for transaction in fact.transactions:
                if transaction in self.pending:
                    self.pending[transaction].sent = isinstance(fact, Sending)
        elif isinstance(fact, Voided):
            voided = self.pending.pop(fact.transaction, None)
            if voided is not None:
                self.voided.add(voided.number)
        elif isinstance(fact, Answered):
            answered = self.pending.pop(fact.outcome.transaction, None)
            if answered is not None:
                self.answers[answered.number] = number
                if fact.outcome.kind != "applied":
                    self.exceptions[fact.outcome.transaction] = ToFix(
                        answered.number, answered.transaction, fact.outcome
                    )
        else:
            self.exceptions.pop(fact.transaction, None)

    def rebuild(self, storage: JournalStorage) -> None:
        """Learn a whole daybook, decoding whole transactions only where they are still open."""
        past = _Past(storage)
        for number, text in storage.scan("transactions"):
            head = decode_head(text)
            self._place(number, head.item, head.patron)
            if head.id in past.voided:
                self.voided.add(number)
            elif head.id not in past.answers:
                whole = decode_transaction(text)
                self.pending[head.id] = Pending(number, whole, head.id in past.sent)
            else:
                self.answers[number] = past.answers[head.id]
                if head.id in past.to_fix:
                    whole = decode_transaction(text)
                    self.exceptions[head.id] = ToFix(number, whole, past.to_fix[head.id])

    def _place(self, number: int, item: str, patron: str) -> None:
        self.last_of_item[item] = number
        if patron:
            self.last_of_card[patron] = number
            self.last_checkout = number


class _Past:
    """What the delivery facts of a daybook come to, by the ids of transactions."""

    def __init__(self, storage: JournalStorage) -> None:
        self.answers: dict[str, int] = {}
        self.to_fix: dict[str, Outcome] = {}
        self.sent: set[str] = set()
        self.voided: set[str] = set()
        for number, text in storage.scan("deliveries"):
            self._take(number, decode_delivery(text))

    def _take(self, number: int, fact: Delivery) -> None:
        if isinstance(fact, Answered):
            self._answer(number, fact.outcome)
        elif isinstance(fact, Sending):
            self.sent.update(fact.transactions)
        elif isinstance(fact, NotSent):
            self.sent.difference_update(fact.transactions)
        elif isinstance(fact, Voided):
            if fact.transaction not in self.answers:
                self.voided.add(fact.transaction)
        else:
            self.to_fix.pop(fact.transaction, None)

    def _answer(self, number: int, outcome: Outcome) -> None:
        """Take an outcome. The first one is final, and so is a void."""
        transaction = outcome.transaction
        if transaction in self.answers or transaction in self.voided:
            return
        self.answers[transaction] = number
        self.sent.discard(transaction)
        if outcome.kind != "applied":
            self.to_fix[transaction] = outcome
