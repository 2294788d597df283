"""What the desk's effects put into a daybook."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kiosk.daybook.facts import (
    Again,
    BatchConfirmed,
    BatchWanted,
    DeliveryPaused,
    OutageTold,
    ProcessAsked,
    Reported,
    Seen,
    SessionChosen,
    Settled,
    Voided,
)
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
        case events.Settle(transaction_id, due):
            yield Settled(transaction=transaction_id, at=at, due=due)
        case events.PauseDelivery(id=id_, paused=paused, by=by):
            yield DeliveryPaused(id=id_, paused=paused, at=at, by=by)
        case events.OutageTold(id=id_, by=by):
            yield OutageTold(id=id_, at=at, by=by)
        case events.Seen(id_, transactions):
            yield Seen(id=id_, transactions=transactions, at=at)
        case _:
            yield from _of_batches(effect, at)
            yield from _decided(effect, at)


def _of_batches(effect: events.Effect, at: datetime) -> Iterator[Fact]:
    """Give what people decide about what goes in batches."""
    match effect:
        case events.ChooseSession(id=id_, key=key, title=title, by=by):
            yield SessionChosen(id=id_, key=key, title=title, at=at, by=by)
        case events.ProcessSession(id=id_, key=key, title=title, by=by):
            yield ProcessAsked(id=id_, key=key, title=title, at=at, by=by)
        case events.ConfirmFile(id=id_, batch=batch, by=by):
            yield BatchConfirmed(id=id_, batch=batch, at=at, by=by)
        case events.WriteFileAgain(id=id_, batch=batch, by=by):
            yield BatchWanted(id=id_, batch=batch, at=at, by=by)


def _decided(effect: events.Effect, at: datetime) -> Iterator[Fact]:
    """Give what people decide about transactions that need one."""
    match effect:
        case events.DealtWith(id_, transactions, note, by, replaced_by):
            for each in transactions:
                yield Settled(
                    transaction=each, at=at, note=note, by=by, replaced_by=replaced_by, id=id_
                )
        case events.SendAgain(id_, transaction, by):
            yield Again(id=id_, transaction=transaction, at=at, by=by)
        case events.Report(id_, transaction, entry, code, words, by):
            yield Reported(
                id=id_,
                transaction=transaction,
                number=int(entry),
                at=at,
                code=code,
                words=words,
                by=by,
            )
        case _:
            return


def waited_for(effects: Iterable[events.Effect]) -> Iterator[str]:
    """Name what the desk is told of as recorded once these effects are on the disk, in order."""
    for effect in effects:
        match effect:
            case events.Record(transaction):
                yield transaction.id
            case (
                events.Void(name)
                | events.Seen(name)
                | events.KeepDuty(name)
                | events.DealtWith(name)
                | events.SendAgain(name)
                | events.Report(name)
                | events.PauseDelivery(id=name)
                | events.OutageTold(id=name)
                | events.ChooseSession(id=name)
                | events.ProcessSession(id=name)
                | events.ConfirmFile(id=name)
                | events.WriteFileAgain(id=name)
            ) if name:
                yield name
