"""From paper: what was written down while nothing could be recorded is entered afterwards.

Staff say once when it happened, then scan the sheet: cards, items, checkin for returns. Each line
is recorded under the time on the paper, a second after the one before, so that their order is kept;
up to now, never later. It has happened: the block list warns and refuses nothing, the library is
told and not asked, and no receipt comes out. Due dates count from that day.

What happened with an item later, and is with the library already, must not be undone by an older
line: staff are asked about it. What happened later and is still here, delivery puts behind it
(kiosk.delivery.order).

It ends when staff say so, when somebody else is on duty, and by itself after a quiet time: a sheet
left open would give today's loans yesterday's date. A restart does not end it: the rest of the
sheet would be recorded as of now.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from kiosk.desk import closing, events, recording
from kiosk.desk.answers import look, news
from kiosk.desk.asking import forms
from kiosk.desk.asking.prompts import Field, Form
from kiosk.desk.asking.question import Question
from kiosk.desk.checks import barcodes
from kiosk.desk.dates import clocks, due
from kiosk.desk.dates.duedates import Length
from kiosk.desk.state import Asked, TimeDoubt
from kiosk.desk.visits import Paper
from kiosk.desk.words import Phrase, say, shown

if TYPE_CHECKING:
    from kiosk.desk.dates.loans import Due
    from kiosk.desk.events import Event
    from kiosk.desk.memory import Last
    from kiosk.desk.work import Work

QUIET = timedelta(minutes=10)
"""A sheet with which nobody goes on for so long was forgotten."""
OFF = "off"
FORM = "paper"


@dataclass(frozen=True, kw_only=True, slots=True)
class Overtaken(Asked):
    """A line about an item with which something happened later that the library knows already."""

    item: str
    scan: events.Scanned


# -- beginning and end -------------------------------------------------------------------------


def command(work: Work, event: Event, value: str) -> None:
    """Begin to enter what was on paper, with its time or by a form; or end it."""
    if value.lower() == OFF:
        _leave(work, event)
        return
    if work.state.clock.state == "wrong":  # which time is past, nobody knows
        work.answer(clocks.ASK_FIRST)
    elif not value:
        forms.ask(work, _form(work, event))
    else:
        moment, problem = _read(work, event, value)
        if moment is None:
            work.refuse(problem, say("paper.how"))
        else:
            _begin(work, event, moment)


def _read(work: Work, event: Event, text: str) -> tuple[datetime | None, Phrase]:
    """Read the time on a paper, or tell what is wrong with it. It has to be past."""
    moment = clocks.parse_time(text, event.at.astimezone(work.session.zone))
    if moment is None:
        return None, say("paper.unreadable", text=shown(text))
    if moment > event.at:
        return None, say("paper.future", at=moment.isoformat())
    return moment, say("paper.how")


def _form(work: Work, event: Event) -> Form:
    """Ask for day and time; where an alarm was, beginning with its own."""
    zone = work.session.zone
    at = (work.state.alarm_from or event.at).astimezone(zone)
    first = date(clocks.FIRST_YEAR, 1, 1)
    day = Field(
        name="day",
        label=say("paper.day"),
        kind="date",
        required=True,
        value=at.date().isoformat(),
        least=(first - work.today(event.at)).days,
        most=0,
    )
    now = f"{at:%H:%M}"
    time = Field(name="time", label=say("paper.time"), kind="time", required=True, value=now)
    return Form(
        kind=FORM, headline=say("paper.headline"), detail=say("paper.how"), fields=(day, time)
    )


def finish(work: Work, event: Event, form: Form) -> Form | None:
    """Begin with the day and time of the form; give it back where they cannot be."""
    moment, problem = _read(work, event, f"{form.value('day')}T{form.value('time')}")
    if moment is None:
        return form.asking(1, problem)
    _begin(work, event, moment)
    return None


def _begin(work: Work, event: Event, moment: datetime) -> None:
    """Count the next line as of this moment. A visit that is no part of the sheet is closed."""
    paper = work.state.paper
    if paper is None and not closing.left_visit(work, event):
        return
    begun = paper or Paper(at=moment, session=work.session.id, used=event.at)
    work.set(paper=replace(begun, at=moment, used=event.at), alarm_from=None)
    work.answer(look(say("paper.on", at=moment.isoformat()), say("paper.on_detail")))


def _leave(work: Work, event: Event) -> None:
    if work.state.paper is None:
        work.answer(news(say("paper.none"), say("paper.how")))
    elif closing.left_visit(work, event):
        _end(work, say("paper.off_detail"))


def take_up(work: Work, paper: Paper | None) -> None:
    """Take up the sheet of before a restart, until it is known who is on duty."""
    if paper is not None:
        work.set(paper=replace(paper, session=work.session.id))


def go_on(work: Work, event: events.Started) -> None:
    """Go on with the sheet of before a restart, and say so; or end it, where it lay too long."""
    paper = work.state.paper
    if paper is None or work.state.locked:
        return
    if _is_left(paper, event):
        closing.left_visit(work, event)
        _end(work, say("paper.quiet"))
    else:
        work.set(paper=replace(paper, session=work.session.id, used=event.at))
        work.answer(look(say("paper.on", at=paper.at.isoformat()), say("paper.restarted")))


def _is_left(paper: Paper, event: Event) -> bool:
    """Tell whether nobody has gone on with a sheet for too long."""
    return abs(event.at - paper.used) > QUIET


def watch(work: Work, event: Event) -> None:
    """End a sheet that nobody goes on with, or that was somebody else's."""
    paper = work.state.paper
    if paper is None or work.state.pending:
        return
    quiet = isinstance(event, events.Tick) and _is_left(paper, event)
    if quiet or work.state.locked or paper.session != work.session.id:
        closing.left_visit(work, event)
        _end(work, say("paper.quiet" if quiet else "paper.other_session"))


def _end(work: Work, why: Phrase) -> None:
    paper = work.state.paper
    if paper is None:
        return
    key = "paper.off_failed" if paper.failed else "paper.off"
    asked = work.state.asked
    work.set(paper=None, asked=asked if isinstance(asked, TimeDoubt) else None)  # else of a line
    work.answer(look(say(key, count=len(paper.lines), failed=len(paper.failed)), why))


# -- each line ---------------------------------------------------------------------------------


def of_sheet(work: Work, event: events.Scanned) -> events.Scanned:
    """Give a scan the time on the paper, where staff are entering one."""
    paper = work.state.paper
    if paper is None:
        return event
    if event.source != "paper":  # else it was put off, or asked about, and has its time already
        work.set(paper=replace(paper, used=event.at))
    return replace(event, at=now(work, event.at), source="paper")


def moment(work: Work, event: Event) -> Event:
    """Give a command about due dates the day on the paper, where staff are entering one."""
    return replace(event, at=now(work, event.at))


def now(work: Work, at: datetime) -> datetime:
    """Give the moment from which days count: on the paper, or else this one."""
    paper = work.state.paper
    return at if paper is None else min(paper.at, at)


def never_past(work: Work, lent: Due) -> Due:
    """Let no loan be counted as overdue before anyone knew. What staff say was promised stands."""
    paper = work.state.paper
    if paper is None or lent.at >= paper.used or lent.chosen:
        return lent
    return replace(lent, at=due.after(work, Length(), paper.used))


def asks_first(work: Work, item: str, scan: events.Scanned) -> bool:
    """Ask about a line that would undo what happened later with its item, where it is one."""
    idle = work.state.mode == "cart" or (work.state.mode == "checkout" and work.state.visit is None)
    last = None if idle or scan.source != "paper" else work.memory.last_of(item)
    if last is None or not last.delivered or last.at <= scan.at:
        return False
    question = Question(
        headline=_later(last),
        detail=say("paper.later_detail", at=scan.at.isoformat()),
        yes=say("paper.later_yes"),
        no=say("paper.later_no"),
    )
    work.ask(Overtaken(item=item, scan=scan, question=question))
    return True


def _later(last: Last) -> Phrase:
    kind = last.kind if last.kind in ("checkout", "checkin") else "other"
    return say(f"paper.later_{kind}", at=last.at.isoformat())


def left_out(work: Work, asked: Overtaken) -> None:
    """Leave a line out, because what happened later counts."""
    reading = barcodes.Reading("item", asked.item, say("paper.left_out"))
    recording.not_taken(work, reading, asked.scan.at)
