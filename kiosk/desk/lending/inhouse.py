"""In-house use: items that were used in the library and are put back, each counted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kiosk.desk import closing, recording
from kiosk.desk.answers import look
from kiosk.desk.transactions import InHouseUse
from kiosk.desk.words import say, shown

if TYPE_CHECKING:
    from kiosk.desk import events
    from kiosk.desk.events import Event
    from kiosk.desk.work import Work

MOST = 99
"""Uses of one item at a time; Evergreen refuses more."""


def mode(work: Work, event: Event, _: str) -> None:
    """Go to in-house use."""
    closing.enter(work, "inhouse", event)


def count(work: Work, event: Event, value: str) -> None:
    """Say how often the next item was used."""
    if not (value.isascii() and value.isdigit() and 1 <= int(value[:9]) <= MOST):
        work.refuse(say("count.unreadable", text=shown(value)), say("count.how", most=MOST))
        return
    closing.enter(work, "inhouse", event)
    if work.state.mode != "inhouse":
        return  # lines are on their way to the disk: held, and done right after
    work.set(uses=int(value))
    work.answer(look(say("count.set", count=int(value)), say("count.set_detail")))


def item_shown(work: Work, item: str, event: events.Scanned) -> None:
    """Count the use of an item; the next one counts once again."""
    visit = recording.open_visit(work, event.at)
    if recording.twice(work, visit, item, event):
        return
    use = InHouseUse(**work.stamp(visit, item, event), count=work.state.uses)
    work.set(uses=1)
    recording.record(work, visit, use)
