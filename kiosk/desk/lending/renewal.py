"""Renewal: a loan made longer, with the patron's card or without.

Without the card, the loan counts as that of the card to which this daybook knows the item to be
lent; some library systems take no renewal without one. Whether an item may be renewed, only the
library can tell: it may refuse afterwards.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from kiosk.desk import closing, recording
from kiosk.desk.afterwards import paper
from kiosk.desk.asking.prompts import Question
from kiosk.desk.checks import barcodes
from kiosk.desk.dates import due
from kiosk.desk.lending import checkout
from kiosk.desk.state import OtherCard
from kiosk.desk.transactions import Renewal
from kiosk.desk.words import say

if TYPE_CHECKING:
    from kiosk.desk import events
    from kiosk.desk.events import Event
    from kiosk.desk.visits import Visit
    from kiosk.desk.work import Work


def mode(work: Work, event: Event, _: str) -> None:
    """Go to renewal. A patron who is at the desk stays."""
    closing.enter(work, "renew", event)


def item_shown(work: Work, item: str, event: events.Scanned) -> None:
    """Renew the loan of an item; where another card has it, ask whether for that one."""
    visit = checkout.ready(work, item, event)
    if visit is None:
        return
    holder = work.memory.holder(item)
    card = holder.card if holder is not None else ""
    if holder is not None and visit.patron and card and card != visit.patron:
        question = Question(
            headline=say("renew.other_card", ending=holder.card_ending),
            detail=say("out.detail", at=holder.at.isoformat(), due=holder.due.date().isoformat()),
            yes=say("renew.other_yes"),
            no=say("out.no"),
        )
        work.ask(OtherCard(item=item, card=card, scan=event, question=question))
    else:
        _record(work, visit, item, event, visit.patron or card)


def settle_other(work: Work, event: Event, asked: OtherCard, *, yes: bool) -> None:
    """Renew an item for the card that has it, or leave it."""
    scan = replace(asked.scan, at=event.at)
    visit = checkout.ready(work, asked.item, scan) if yes else None
    if visit is not None:
        _record(work, visit, asked.item, scan, asked.card)
    elif not yes:
        reading = barcodes.Reading("item", asked.item, say("renew.left"))
        recording.not_taken(work, reading, event.at)


def _record(work: Work, visit: Visit, item: str, event: events.Scanned, patron: str) -> None:
    until = paper.never_past(work, due.in_force(work, event.at, item))
    renewal = Renewal(
        **work.stamp(visit, item, event),
        patron=patron,
        due=until.at,
        due_by=until.by,
        loan=until.kind,
        override=visit.override if patron == visit.patron else None,
    )
    recording.record(work, due.used(visit), renewal)
