"""What the desk's effects put into a daybook."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kiosk.daybook.facts import Seen, Settled, Voided
from kiosk.desk import events

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from kiosk.daybook.facts import Fact


def facts_of(effect: events.Effect, at: datetime) -> Iterator[Fact]:
    """Give what an effect puts on the disk at once; all of one event goes in one commit."""
    match effect:
        case events.Record(transaction):
            yield transaction
        case events.Remember(standing):
            yield standing
        case events.KeepDuty(change):
            yield change
        case events.Void(transaction_id):
            yield Voided(transaction=transaction_id, at=at)
        case events.Entered(transactions):
            yield from (Settled(transaction=x, at=at) for x in transactions)
        case events.Settle(transaction_id, due):
            yield Settled(transaction=transaction_id, at=at, due=due)
        case events.Seen(id_, transactions):
            yield Seen(id=id_, transactions=transactions, at=at)
        case _:
            return
