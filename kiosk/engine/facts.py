"""What the desk's effects put into a daybook."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kiosk.daybook.facts import DeliveryPaused, Seen, Settled, Voided
from kiosk.desk import events

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from kiosk.daybook.facts import Fact


def facts_of(effect: events.Effect, at: datetime) -> Iterator[Fact]:
    """Give what an effect puts on the disk at once; all of one event goes in one commit."""
    match effect:
        case events.Record(transaction):
            yield transaction
        case events.Remember(standing):
            yield standing
        case events.KeepDuty(_, change):
            yield change
        case events.Void(transaction_id):
            yield Voided(transaction=transaction_id, at=at)
        case events.Entered(_, transactions):
            yield from (Settled(transaction=x, at=at) for x in transactions)
        case events.Settle(transaction_id, due):
            yield Settled(transaction=transaction_id, at=at, due=due)
        case events.PauseDelivery(paused=paused, by=by):
            yield DeliveryPaused(paused=paused, at=at, by=by)
        case events.Seen(id_, transactions):
            yield Seen(id=id_, transactions=transactions, at=at)
        case _:
            return


def waited_for(effects: Iterable[events.Effect]) -> Iterator[str]:
    """Name what the desk is told of as recorded once these effects are on the disk, in order."""
    for effect in effects:
        match effect:
            case events.Record(transaction):
                yield transaction.id
            case (
                events.Void(name) | events.Seen(name) | events.Entered(name) | events.KeepDuty(name)
            ):
                yield name
