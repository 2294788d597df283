"""The clock at the desk: noticed, told, and set by staff."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from kiosk.desk import effects, events
from kiosk.desk.answers import look, news
from kiosk.desk.asking import forms
from kiosk.desk.dates import clocks
from kiosk.desk.session import onduty
from kiosk.desk.state import TimeDoubt
from kiosk.desk.words import say, shown

if TYPE_CHECKING:
    from datetime import datetime

    from kiosk.desk.events import Event
    from kiosk.desk.work import Work


def clock_changed(work: Work, event: events.ClockChanged) -> None:
    """Take over a clock that was set; a book-drop day still to come is forgotten."""
    before, bookdrop = work.state.clock, work.state.bookdrop
    held = tuple(
        each if _is_from_paper(each) else clocks.moved(each, before, event.clock)
        for each in work.state.held
    )
    work.set(clock=event.clock, held=held)
    onduty.clock_moved(work, before, event.clock)
    if isinstance(work.state.asked, TimeDoubt):
        work.set(asked=None)
    answer = clocks.changed(before, event.clock, event.at, work.session.zone)
    if answer is not None:
        work.answer(answer)
    if bookdrop is not None and bookdrop >= work.today(event.at):
        work.set(bookdrop=None)
        work.answer(look(say("bookdrop.off"), say("clock.bookdrop_to_come")))


def _is_from_paper(event: Event) -> bool:
    """Tell whether an event carries a time that no clock said."""
    return isinstance(event, events.Scanned) and event.source == "paper"


def say_time(work: Work, event: Event, value: str) -> None:
    """Tell what time it is, or take what staff say it is."""
    now = event.at.astimezone(work.session.zone)
    if not value:
        work.answer(clocks.told(work.state.clock, now))
        return
    if work.session.practice:  # its desk goes, and what is done at it leaves no trace
        work.answer(clocks.NOT_WHILE_PRACTISING)
        return
    if work.state.clock.by == "network":
        work.answer(clocks.NETWORK_KEEPS_IT)
        return
    if work.state.locked and work.state.clock.state != "wrong":  # that one has to be set first
        work.refuse(say("duty.not_taken"), onduty.how(work.state.roster))
        return
    moment = now if value.lower() == "ok" else clocks.parse_time(value, now)
    if moment is None:
        forms.close(work)
        work.set(asked=TimeDoubt(ahead=timedelta(0), question=clocks.ask_now(now)))
        work.refuse(say("clock.unreadable", text=shown(value)), say("clock.how"))
    else:
        set_clock(work, moment, now)


def set_clock(work: Work, moment: datetime, now: datetime) -> None:
    """Set the clock; where that is days away, ask once more."""
    if clocks.is_far(moment, now):
        forms.close(work)
        work.ask(TimeDoubt(ahead=moment - now, question=clocks.ask_far(moment, now)))
    else:
        work.want(effects.SetClock(moment))


def settle_time(work: Work, event: Event, doubt: TimeDoubt, *, yes: bool) -> None:
    """Set the clock as was asked about, or leave it."""
    if yes:
        work.want(effects.SetClock(event.at + doubt.ahead))
    else:
        work.answer(clocks.LEFT)


def asked(work: Work, event: Event, *, right: bool) -> None:
    """Take a yes or no with nothing asked: it may be about a wrong clock."""
    if work.state.clock.state != "wrong":
        work.answer(news(say("doubt.nothing")))
    elif right:
        work.want(effects.SetClock(event.at))
    else:
        work.answer(clocks.ASK_FIRST)
