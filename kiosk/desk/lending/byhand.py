"""The list of what a person enters by hand: the barcode on a staff slip takes it off again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kiosk.desk import effects, events
from kiosk.desk.answers import news, not_recorded
from kiosk.desk.settling import permit
from kiosk.desk.words import say, shown

if TYPE_CHECKING:
    from kiosk.desk.events import Event
    from kiosk.desk.work import Work


def entered(work: Work, event: Event, reference: str) -> None:
    """Take what stands on a slip off the list; what waited for it is sent now."""
    if work.hold_back(event):
        return
    transactions = work.memory.by_hand(reference.lower())
    if work.state.alarm is not None:
        work.answer(not_recorded())
    elif not transactions:
        work.refuse(say("entered.nothing", text=shown(reference)), say("entered.nothing_detail"))
    elif permit.needs_supervisor(work, work.settings.settle):
        permit.ask(work, "entered", reference)
    else:
        take_off(work, event, reference, work.session.staff)


def take_off(work: Work, _: Event, reference: str, by: str) -> None:
    """Take what stands on a slip off the list, as `by` says."""
    transactions = work.memory.by_hand(reference.lower())
    entering = work.new_id()
    work.set(entering={entering: len(transactions)})
    work.want(effects.DealtWith(entering, transactions, note="entered", by=by))


def recorded(work: Work, event: events.Recorded) -> bool:
    """Say that lines are off the list, now that this is on the disk, if that is what it is."""
    count = work.state.entering.get(event.transaction)
    if count is None:
        return False
    work.set(entering={})
    slip = work.state.slip
    if slip is not None and not work.memory.by_hand(slip.reference):
        work.set(slip=None)  # printed again, it would be entered twice
    work.answer(news(say("entered.done", count=count), say("entered.done_detail")))
    return True
