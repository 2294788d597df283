"""Renewal: a loan made longer, with the patron's card or without.

Without the card, the loan counts as that of the card to which this daybook knows the item to be
lent; some library systems take no renewal without one. What the block list says of that card counts
as if it had been shown. Whether an item may be renewed, only the library can tell: it may refuse
afterwards.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from kiosk.desk import answers, closing, recording
from kiosk.desk.afterwards import paper
from kiosk.desk.asking.question import Question
from kiosk.desk.checks import barcodes, blocks
from kiosk.desk.dates import due
from kiosk.desk.lending import checkout
from kiosk.desk.state import OtherCard
from kiosk.desk.transactions import Renewal
from kiosk.desk.words import say

if TYPE_CHECKING:
    from kiosk.desk import events
    from kiosk.desk.checks.blocklist import Block
    from kiosk.desk.events import Event
    from kiosk.desk.memory import Holder
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
    if holder is None or holder.card in ("", visit.patron):
        _record(work, visit, item, event, visit.patron or "")
    elif not _refused(work, item, holder.card, event):
        _for_holder(work, visit, item, event, holder)


def _refused(work: Work, item: str, card: str, event: events.Scanned) -> bool:
    """Tell whether the block list refuses the card that has an item; if so, say it.

    As with a card that is shown: the library's own word goes before it, and on paper it was done.
    """
    block = _block(work, card, event)
    if block is None or not block.refuses:
        return False
    detail = answers.blocked(card, block).detail
    recording.not_taken(work, barcodes.Reading("item", item, detail), event.at)
    if work.state.answer is not None:
        blocks.turn_away(work, card, block.status, work.state.answer)
    return True


def _block(work: Work, card: str, event: events.Scanned) -> Block | None:
    away = not work.state.online and work.state.paper is None
    return checkout.block_of(work, card, event.at) if away else None


def _for_holder(work: Work, visit: Visit, item: str, event: events.Scanned, holder: Holder) -> None:
    """Renew for the card that has an item; ask first if somebody else is here, or it is listed."""
    block = _block(work, holder.card, event)
    if block is None and visit.patron is None:
        _record(work, visit, item, event, holder.card)
        return
    lent = say("out.detail", at=holder.at.isoformat(), due=holder.due.date().isoformat())
    question = Question(
        headline=say("renew.other_card", ending=holder.card_ending),
        detail=lent if block is None else answers.block_note(block),
        yes=say("renew.other_yes"),
        no=say("out.no"),
    )
    work.ask(OtherCard(item=item, card=holder.card, scan=event, question=question))


def settle_other(work: Work, event: Event, asked: OtherCard, *, yes: bool) -> None:
    """Renew an item for the card that has it, or leave it."""
    scan = replace(asked.scan, at=event.at)
    if not yes:
        reading = barcodes.Reading("item", asked.item, say("renew.left"))
        recording.not_taken(work, reading, event.at)
        return
    visit = checkout.ready(work, asked.item, scan)
    if visit is not None and not _refused(work, asked.item, asked.card, scan):
        _record(work, visit, asked.item, scan, asked.card)


def _record(work: Work, visit: Visit, item: str, event: events.Scanned, patron: str) -> None:
    until = paper.never_past(work, due.in_force(work, event.at, item))
    holder = work.memory.holder(item)
    if holder is not None and until.at < holder.due and not until.chosen:
        longer = say("renew.longer", due=holder.due.date().isoformat())
        recording.not_taken(work, barcodes.Reading("item", item, longer), event.at)
        return
    renewal = Renewal(
        **work.stamp(visit, item, event),
        patron=patron,
        due=until.at,
        due_by=until.by,
        loan=until.kind,
        override=visit.override if patron == visit.patron else None,
    )
    recording.record(work, due.used(visit), renewal)
