"""Delivery, as far as staff have a say in it.

    delivery   how it stands: what waits, how the run goes, what the last one brought
    preview    what will probably go wrong with what waits
    runs       the report of the run, or of the last one: what is to be done, and who must be told;
               runs:print prints it
    told       those who must be told of an outage know
    send       send all that was recorded so far, whatever it waits for; ends a pause
    pause      send nothing until somebody says "send"

Nothing of it stops the desk. What staff said is acknowledged when it is on the disk.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kiosk.desk import effects, events
from kiosk.desk.answers import news, not_recorded
from kiosk.desk.words import say

PRINT = "print"
"""What `runs` is told to print, and not only to tell."""

if TYPE_CHECKING:
    from kiosk.desk.events import Event
    from kiosk.desk.work import Work


def tell(work: Work, _: Event, __: str) -> None:
    """Have it told how delivery stands."""
    work.answer(news(say("delivery.looking")))
    work.want(effects.TellDelivery())


def preview(work: Work, _: Event, __: str) -> None:
    """Have it looked at what waits."""
    work.answer(news(say("preview.looking")))
    work.want(effects.TellPreview())


def report(work: Work, _: Event, value: str) -> None:
    """Have the last run reported."""
    if value not in ("", PRINT):
        work.refuse(say("runs.how"), say("runs.how_detail"))
        return
    work.answer(news(say("runs.printing" if value else "runs.looking")))
    work.want(effects.TellReport(to_print=bool(value)))


def told(work: Work, _: Event, __: str) -> None:
    """Take that those who must be told of an outage know."""
    if work.state.alarm is not None:
        work.answer(not_recorded())
        return
    id_ = work.steer(say("tell.told"), say("tell.told_detail"))
    work.want(effects.OutageTold(id=id_, by=work.session.staff))


def send(work: Work, event: Event, _: str) -> None:
    """Send at once."""
    _set(work, event, paused=False)


def pause(work: Work, event: Event, _: str) -> None:
    """Send nothing for now."""
    _set(work, event, paused=True)


def _set(work: Work, _: Event, *, paused: bool) -> None:
    if work.state.alarm is not None:
        work.answer(not_recorded())
        return
    if paused:
        id_ = work.steer(say("delivery.pausing"), say("delivery.pausing_detail"))
    else:
        id_ = work.steer(say("delivery.sending"), say("delivery.sending_detail"))
    work.want(effects.PauseDelivery(id=id_, paused=paused, by=work.session.staff))


def recorded(work: Work, event: events.Recorded) -> bool:
    """Say what becomes of delivery, now that it is on the disk, if that is what it is."""
    said = work.state.steering.get(event.transaction)
    if said is None:
        return False
    left = {k: v for k, v in work.state.steering.items() if k != event.transaction}
    work.set(steering=left)
    work.answer(news(*said))
    return True
