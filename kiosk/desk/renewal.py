"""Renewal: a loan made longer, with the patron's card or without.

Without the card, the loan counts as that of the card to which this daybook knows the item to be
lent; some library systems take no renewal without one. Whether an item may be renewed, only the
library can tell: it may refuse afterwards.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kiosk.desk import checkout, closing, due, paper, recording
from kiosk.desk.transactions import Renewal

if TYPE_CHECKING:
    from kiosk.desk import events
    from kiosk.desk.events import Event
    from kiosk.desk.work import Work


def mode(work: Work, event: Event, _: str) -> None:
    """Go to renewal. A patron who is at the desk stays."""
    closing.enter(work, "renew", event)


def item_shown(work: Work, item: str, event: events.Scanned) -> None:
    """Renew the loan of an item."""
    visit = checkout.ready(work, item, event)
    if visit is None:
        return
    holder = work.memory.holder(item)
    patron = visit.patron or (holder.card if holder is not None else "")
    until = paper.never_past(work, due.in_force(work, event.at, item))
    renewal = Renewal(
        **work.stamp(visit, item, event),
        patron=patron,
        due=until.at,
        due_by=until.by,
        loan=until.kind,
        override=visit.override,
    )
    recording.record(work, due.used(visit), renewal)
