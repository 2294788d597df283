"""The list of what a person enters by hand: the barcode on a staff slip takes it off again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kiosk.desk import events
from kiosk.desk.answers import news, not_recorded
from kiosk.desk.words import say, shown

if TYPE_CHECKING:
    from kiosk.desk.events import Event
    from kiosk.desk.work import Work


def entered(work: Work, _: Event, reference: str) -> None:
    """Take what stands on a slip off the list; what waited for it is sent now."""
    transactions = work.memory.by_hand(reference.lower())
    if work.state.alarm is not None:
        work.answer(not_recorded())
    elif not transactions:
        work.refuse(say("entered.nothing", text=shown(reference)), say("entered.nothing_detail"))
    else:
        work.want(events.Entered(transactions))
        if work.state.slip is not None and work.state.slip.reference == reference.lower():
            work.set(slip=None)  # printed again, it would be entered twice
        work.answer(news(say("entered.done", count=len(transactions)), say("entered.done_detail")))
