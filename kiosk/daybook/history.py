"""All that the daybook says of one transaction, looked for from its first fact to its last.

There is no index of it: nothing but this asks, and it would cost memory for every transaction.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from kiosk.daybook import decisions
from kiosk.daybook.facts import (
    UNREADABLE,
    Again,
    Answered,
    BatchConfirmed,
    Batched,
    BatchLoaded,
    BatchUnloaded,
    NotSent,
    Reported,
    Seen,
    Sending,
    Settled,
    Voided,
    decode_delivery,
)
from kiosk.daybook.journal import JournalError
from kiosk.desk.afterwards.history import Happening, recorded
from kiosk.desk.transactions import Checkout

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kiosk.daybook.daybook import Daybook
    from kiosk.daybook.facts import Delivery
    from kiosk.desk.transactions import Transaction

log = logging.getLogger(__name__)


class Search:
    """Looks through the delivery facts for what they say of one transaction."""

    def __init__(self, daybook: Daybook, entry: str) -> None:
        self._daybook = daybook
        self._number = int(entry)
        self._transaction = daybook.transaction(self._number)
        self._wanted = [self._transaction.id.encode()]
        self._batches: dict[str, Batched] = {}
        self._revoked = decisions.revoked(daybook.journal)
        self.found = [*_begun(self._transaction)]

    def look(self) -> Iterator[None]:
        """Look through all of it, a fact at each step."""
        places = self._daybook.journal.places("deliveries")
        unread: Exception | None = None
        for number in list(places):
            try:
                text = self._daybook.journal.load(places[number])
                if any(each in text for each in self._wanted):
                    self._take(decode_delivery(text))
            except KeyError:  # its term was over meanwhile
                pass
            except (JournalError, *UNREADABLE) as error:  # what else is known is told all the same
                unread = error
            yield
        if unread is not None:
            log.error("a history leaves out what cannot be read: %s", unread)
        self.found += self._undone()

    def _take(self, fact: Delivery) -> None:
        if isinstance(fact, Batched):
            if self._transaction.id in fact.transactions:
                self._batches[fact.id] = fact
                self._wanted.append(fact.id.encode())
        elif decisions.counts(fact, self._revoked):
            self.found += _said(fact, self._transaction, self._batches)

    def _undone(self) -> Iterator[Happening]:
        """Find the return that took a delivered loan back."""
        if self._transaction.id not in self._daybook.indexes.look_back.undone:
            return
        chain = self._daybook.indexes.look_back.with_item(self._transaction.item)
        for number in self._daybook.kept(chain):
            other = self._daybook.transaction(number)
            if getattr(other, "undoes", "") == self._transaction.id:
                yield Happening(at=other.at, what="undone", by=other.staff)


def _begun(transaction: Transaction) -> Iterator[Happening]:
    yield recorded(transaction)
    if isinstance(transaction, Checkout) and transaction.still_out:
        yield Happening(at=transaction.at, what="still_out")
    if transaction.corrects:
        yield Happening(at=transaction.at, what="corrects", other=transaction.corrects)


def _said(
    fact: Delivery, transaction: Transaction, batches: dict[str, Batched]
) -> Iterator[Happening]:
    """Say what a fact says of a transaction: nothing, mostly."""
    id_ = transaction.id
    match fact:
        case Sending(transactions=those) if id_ in those:
            yield Happening(at=fact.at, what="sent")
        case NotSent(transactions=those) if id_ in those:
            yield Happening(at=fact.at, what="not_sent")
        case Seen(transactions=those) if id_ in those:
            yield Happening(at=fact.at, what="seen")
        case Answered(outcome=outcome) if outcome.transaction == id_:
            yield Happening(at=outcome.at, what=outcome.kind, words=outcome.words)
        case Reported(transaction=one) if one == id_:
            yield Happening(at=fact.at, what="reported", words=fact.words, by=fact.by)
        case Voided(transaction=one) if one == id_:
            yield Happening(at=fact.at, what="voided")
        case Again(transaction=one) if one == id_:
            yield Happening(at=fact.at, what="again", by=fact.by)
        case Settled(transaction=one) if one == id_:
            yield _settled(fact)
        case BatchLoaded() | BatchUnloaded() | BatchConfirmed() if fact.batch in batches:
            yield from _in_batch(fact, batches[fact.batch])


def _settled(fact: Settled) -> Happening:
    return Happening(
        at=fact.at,
        what="corrected" if fact.replaced_by else "settled",
        by=fact.by,
        words=fact.note,
        other=fact.replaced_by,
    )


def _in_batch(
    fact: BatchLoaded | BatchUnloaded | BatchConfirmed, batch: Batched
) -> Iterator[Happening]:
    name = batch.title or batch.name
    if isinstance(fact, BatchLoaded):
        if fact.anew:
            waits = batch.rests_as == "waiting"
            yield Happening(at=fact.at, what="uploaded" if waits else "handed_over", name=name)
    elif isinstance(fact, BatchUnloaded):
        yield Happening(at=fact.at, what="taken_out", name=name)
    else:
        yield Happening(at=fact.at, what="confirmed", name=name, by=fact.by)
