"""Learning a whole daybook into memory, at every start."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from kiosk.daybook import decisions
from kiosk.daybook.facts import (
    decode_head,
    decode_learnt,
    decode_reading,
    decode_run,
    decode_transaction,
)
from kiosk.daybook.fates import Fates
from kiosk.daybook.learning import Numbers
from kiosk.daybook.pending import ToFix, as_pending
from kiosk.desk.transactions import Checkin, Checkout, Registration

if TYPE_CHECKING:
    from kiosk.daybook.facts import Head
    from kiosk.daybook.fates import Source
    from kiosk.daybook.indexes import Indexes


def rebuild(indexes: Indexes, storage: Source) -> set[str]:
    """Learn a whole daybook; give the items with lines from paper, which came out of turn."""
    fates, out_of_turn = Fates(storage), set[str]()
    indexes.returns.seen = fates.seen
    indexes.told = fates.told
    indexes.batches = fates.batches
    for number, text in storage.scan("titles"):
        fact = decode_learnt(text)
        indexes.titles[fact.item] = number
        indexes.lengths.learn(fact)
    indexes.numbers = Numbers(sorted(indexes.titles))
    for _, text in storage.scan("clock"):
        indexes.learn_clock(decode_reading(text))
    for _, text in storage.scan("runs"):
        fact = decode_run(text)
        if decisions.counts(fact, fates.revoked):
            indexes.runs.learn(fact)
    corrected: dict[str, int] = {}
    for number, text in storage.scan("transactions"):
        head = decode_head(text)
        indexes.place(number, head, corrected.get(head.corrects, 0))
        _register(indexes, number, head, text)
        _return(indexes, number, head, fates)
        if head.item and (head.late or fates.is_decided(head.id)):
            out_of_turn.add(head.item)
        if head.id in fates.corrected:
            corrected[head.id] = number
        _deliver(indexes, number, head, text, fates)
    return out_of_turn


def _deliver(indexes: Indexes, number: int, head: Head, text: bytes, fates: Fates) -> None:
    """Learn what became of a transaction."""
    pending = as_pending(number, head)
    pending.again = head.id in fates.again
    pending.sent_at = fates.times.get(head.id)
    if pending.sent_at is not None and not (head.id in fates.aside or head.late):
        _learn_sent_time(indexes, number, pending.sent_at)
    if head.id in fates.reported:
        indexes.reported[head.id] = fates.reported[head.id]
    if head.id in fates.voided:
        indexes.voided.add(number)
        indexes.look_back.undone.discard(head.undoes)
    elif head.id in fates.resting:
        indexes.batches.rest(pending)
    elif head.id not in fates.answers:
        decode_transaction(text)  # what this version cannot send is found out now
        pending.announced = pending.sent = head.id in fates.sent
        indexes.pending[head.id] = pending
    else:
        indexes.answers[number] = fates.answers[head.id]
        if head.id in fates.to_fix:
            indexes.exceptions[head.id] = ToFix(pending, fates.to_fix[head.id])
        elif head.id in fates.settled:
            indexes.settled[number] = fates.settled[head.id]
        if head.id in fates.replaced:
            by, outcome = fates.replaced[head.id]
            indexes.replaced[by] = ToFix(pending, outcome)
            indexes.corrected.add(number)


def _return(indexes: Indexes, number: int, head: Head, fates: Fates) -> None:
    """Learn where a returned item is by now, or that one was lent."""
    if head.kind == Checkout.kind and not fates.never_lent(head.id):
        indexes.returns.lent(head.item)
    if head.kind != Checkin.kind or head.undoes or fates.is_off_the_cart(head.id):
        return
    outcome = fates.outcomes.get(head.id)
    if outcome is None and head.id in fates.answers:
        return
    indexes.returns.returned(number, head.id, head.item, datetime.fromisoformat(head.at))
    if outcome is not None:
        indexes.returns.answered(head.id, outcome.at, outcome.route, outcome.to)


def _learn_sent_time(indexes: Indexes, number: int, sent_at: datetime) -> None:
    if indexes.pending:
        indexes.sent_times.add(number, sent_at)
    else:
        indexes.sent_times.add_last(number, sent_at)


def _register(indexes: Indexes, number: int, head: Head, text: bytes) -> None:
    if head.kind == "registration":
        registration = decode_transaction(text)
        if isinstance(registration, Registration):
            indexes.newcomers.learn(number, registration)
