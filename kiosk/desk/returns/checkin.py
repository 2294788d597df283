"""Checkin: items come back, over the desk or through the book drop."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kiosk.desk import closing, recording
from kiosk.desk.answers import look, news
from kiosk.desk.dates import duedates
from kiosk.desk.transactions import Checkin
from kiosk.desk.words import say, shown

if TYPE_CHECKING:
    from kiosk.desk import events
    from kiosk.desk.events import Event
    from kiosk.desk.work import Work


def returned(work: Work, item: str, event: events.Scanned) -> None:
    """Take an item back, as of today or of the book-drop day."""
    visit = recording.open_visit(work, event.at)
    if recording.twice(work, visit, item, event):
        return
    bookdrop = work.state.bookdrop
    to_come = bookdrop is not None and bookdrop >= work.today(event.at)  # as seen from a paper
    returned = None if to_come else bookdrop
    checkin = Checkin(**work.stamp(visit, item, event), returned=returned)
    recording.record(work, visit, checkin)


def bookdrop(work: Work, event: Event, value: str) -> None:
    """Set the day on which items count as returned, until it is changed."""
    today = work.today(event.at)
    day = duedates.parse_returned(value, today)
    if day is None:
        work.refuse(say("bookdrop.unreadable", text=shown(value)), say("bookdrop.how"))
        return
    closing.enter(work, "checkin", event)
    if work.state.mode != "checkin":
        return  # lines are on their way to the disk: held, and done right after
    work.set(bookdrop=None if day == today else day)
    if day == today:
        answer = news(say("bookdrop.off"))
    else:
        answer = look(say("bookdrop.set", day=day.isoformat()), say("bookdrop.set_detail"))
    work.answer(answer)
