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
from kiosk.desk import effects

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from kiosk.daybook.facts import Fact


def facts_of(effect: effects.Effect, at: datetime) -> Iterator[Fact]:
    """Give what an effect puts on the disk at once; all of one event goes in one commit."""
    match effect:
        case effects.Record(transaction):
            yield transaction
        case effects.Remember(standing):
            yield standing
        case effects.KeepDuty(_, change):
            yield change
        case effects.Void(transaction_id):
            yield Voided(transaction=transaction_id, at=at)
        case effects.Settle(transaction_id, due):
            yield Settled(transaction=transaction_id, at=at, due=due)
        case effects.PauseDelivery(id=id_, paused=paused, by=by):
            yield DeliveryPaused(id=id_, paused=paused, at=at, by=by)
        case effects.OutageTold(id=id_, by=by):
            yield OutageTold(id=id_, at=at, by=by)
        case effects.Seen(id_, transactions):
            yield Seen(id=id_, transactions=transactions, at=at)
        case _:
            yield from _of_batches(effect, at)
            yield from _decided(effect, at)


def _of_batches(effect: effects.Effect, at: datetime) -> Iterator[Fact]:
    """Give what people decide about what goes in batches."""
    match effect:
        case effects.ChooseSession(id=id_, key=key, title=title, by=by):
            yield SessionChosen(id=id_, key=key, title=title, at=at, by=by)
        case effects.ProcessSession(id=id_, key=key, title=title, by=by):
            yield ProcessAsked(id=id_, key=key, title=title, at=at, by=by)
        case effects.ConfirmFile(id=id_, batch=batch, by=by):
            yield BatchConfirmed(id=id_, batch=batch, at=at, by=by)
        case effects.WriteFileAgain(id=id_, batch=batch, by=by):
            yield BatchWanted(id=id_, batch=batch, at=at, by=by)


def _decided(effect: effects.Effect, at: datetime) -> Iterator[Fact]:
    """Give what people decide about transactions that need one."""
    match effect:
        case effects.DealtWith(id_, transactions, note, by, replaced_by):
            for each in transactions:
                yield Settled(
                    transaction=each, at=at, note=note, by=by, replaced_by=replaced_by, id=id_
                )
        case effects.SendAgain(id_, transaction, by):
            yield Again(id=id_, transaction=transaction, at=at, by=by)
        case effects.Report(id_, transaction, entry, code, words, by):
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


def waited_for(wanted: Iterable[effects.Effect]) -> Iterator[str]:
    """Name what the desk is told of as recorded once these effects are on the disk, in order."""
    for effect in wanted:
        match effect:
            case effects.Record(transaction):
                yield transaction.id
            case (
                effects.Void(name)
                | effects.Seen(name)
                | effects.KeepDuty(name)
                | effects.DealtWith(name)
                | effects.SendAgain(name)
                | effects.Report(name)
                | effects.PauseDelivery(id=name)
                | effects.OutageTold(id=name)
                | effects.ChooseSession(id=name)
                | effects.ProcessSession(id=name)
                | effects.ConfirmFile(id=name)
                | effects.WriteFileAgain(id=name)
            ) if name:
                yield name
