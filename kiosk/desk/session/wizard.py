"""The form of the desk session: clock, library and profile, block list, usual due date.

What there is nothing to choose of is not asked, and what was chosen last is offered first.
(WorkFlows: "Offline Session Wizard", A to E.)
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from kiosk.desk.asking import forms
from kiosk.desk.asking.prompts import Field, Form, Option, read_day
from kiosk.desk.checks import blocklist
from kiosk.desk.dates import clocks, due, duedates, timekeeping
from kiosk.desk.dates.duedates import Length
from kiosk.desk.session import onduty, pins
from kiosk.desk.words import say

if TYPE_CHECKING:
    from datetime import datetime

    from kiosk.desk.events import Event
    from kiosk.desk.policy import DeskSession
    from kiosk.desk.session.sessions import Member
    from kiosk.desk.words import Phrase
    from kiosk.desk.work import Work

PRESETS = (0, 3, 7, 14, 21, 28, 30, 42, 365)
"""Days of the usual loan to choose from."""


def ask(work: Work, event: Event, member: Member | None) -> None:
    """Ask what there is to choose for a session: clock, place, due date, block list."""
    today = work.today(event.at)
    now = event.at.astimezone(work.session.zone)
    fields = [
        *_member_field(work, member),
        *_clock_field(work, now),
        *_place_field(work),
        *_block_list_field(work, today),
        _due_field(work, event.at),  # last: another day is asked right after it
    ]
    headline = say("duty.session", now=now.isoformat())
    first = 0 if member is None else 1
    forms.ask(work, Form(kind="session", headline=headline, fields=tuple(fields), at=first))


def _member_field(work: Work, member: Member | None) -> list[Field]:
    """Show who has given the PIN; it cannot be changed here."""
    if member is None:
        return []
    return [pins.who("duty.on_duty", work.state.roster, (member,), member)]


def _clock_field(work: Work, now: datetime) -> list[Field]:
    """Ask whether the time is right, where nobody has said so."""
    state = work.state.clock.state
    if state == "fine":
        return []
    options = (Option("right", say("duty.clock_right")), Option("wrong", say("duty.clock_wrong")))
    return [
        Field(
            name="clock",
            label=say("duty.clock", now=now.isoformat()),
            kind="choice",
            required=True,
            value="" if state == "wrong" else "right",
            options=options,
        )
    ]


def _place_field(work: Work) -> list[Field]:
    known = onduty.places(work)
    if len(known) < 2:
        return []
    options = tuple(
        Option(str(n), onduty.place_words(each, known)) for n, each in enumerate(known, 1)
    )
    here = onduty.place_of(work.session)
    value = str(known.index(here) + 1) if here in known and work.session.id else ""
    return [
        Field(
            name="place",
            label=say("duty.place"),
            kind="choice",
            required=True,
            value=value,
            options=options,
        )
    ]


def _due_field(work: Work, at: datetime) -> Field:
    """Ask for the usual due date: as configured, in so many days, or on a day."""
    usual = work.settings.loan_days
    options = [
        Option("usual", say("duty.due_usual", day=_day(work, usual, at), count=usual)),
        *(Option(str(days), _loan_words(work, days, at)) for days in PRESETS),
    ]
    value = "usual"
    chosen = work.session.default_due
    if isinstance(chosen, date) and chosen >= work.today(at):
        options.append(Option(chosen.isoformat(), say("plain.day", day=chosen.isoformat())))
        value = chosen.isoformat()
    elif isinstance(chosen, int):
        value = str(chosen)
        if chosen not in PRESETS:
            options.append(Option(value, _loan_words(work, chosen, at)))
    options.append(Option("other", say("duty.due_other")))
    return Field(
        name="due",
        label=say("duty.due"),
        kind="choice",
        required=True,
        value=value,
        options=tuple(options),
    )


def _loan_words(work: Work, days: int, at: datetime) -> Phrase:
    day = _day(work, days, at)
    return say("duty.due_today", day=day) if days == 0 else say("duty.due_in", day=day, count=days)


def _day(work: Work, days: int, at: datetime) -> str:
    return due.after(work, Length(days), at).date().isoformat()


def _block_list_field(work: Work, today: date) -> list[Field]:
    """Ask whether the block list is used; one that is too old is not, and it says why.

    One that is still to come is asked about like one that is here: staff know their keys by heart.
    """
    rules, made = work.block_list, work.memory.block_list_made()
    if rules is None or not (made or rules.has_source):
        return []
    age = "to_come" if made is None else blocklist.freshness(made, today, rules)
    use = Option("use", say("duty.list_use"))
    leave = Option("leave", say("duty.list_leave"))
    too_old = age == "too_old"
    use_it = work.session.block_list is not None and not too_old
    return [
        Field(
            name="block_list",
            label=say(f"duty.list_{age}", **onduty.list_age(made, today, rules)),
            kind="choice",
            required=True,
            value="use" if use_it else "leave",
            options=(leave,) if too_old else (use, leave),
        )
    ]


def finish(work: Work, event: Event, form: Form) -> Form | None:
    """Set the session; nothing is kept before all of it fits."""
    again = _still_asked(work, event, form)
    if again is not None:
        return again
    session = _chosen(work, form)
    session = replace(session, id=work.new_id(), since=event.at)
    member = work.state.roster.member(form.value("staff"))
    if member is not None:
        session = onduty.with_member(work, session, member)
    elif not form.value("staff") and not work.state.roster.asks:
        session = replace(session, staff=work.staff, number="", role="")
    else:
        work.refuse(say("duty.not_taken"), onduty.how(work.state.roster))  # others meanwhile
        return None
    onduty.put(work, event.at, session)
    if form.has("clock") and work.state.clock.by != "network":
        now = event.at.astimezone(session.zone)
        timekeeping.set_clock(work, _time_said(form, now) or now, now)
    return None


def _still_asked(work: Work, event: Event, form: Form) -> Form | None:
    """Ask for what was not among the choices: another day, the right time."""
    most = duedates.FURTHEST.days
    day = Field(
        name="day",
        label=say("duty.due_day"),
        kind="date",
        required=True,
        least=0,
        most=most,
        only_if=("due", "other"),
    )
    time = Field(
        name="time",
        label=say("duty.clock_time"),
        kind="time",
        required=True,
        only_if=("clock", "wrong"),
    )
    for field in (day, time):
        if form.calls_for(field) and not form.has(field.name):
            return form.asking_also(field)
    if form.has("time") and _time_said(form, event.at.astimezone(work.session.zone)) is None:
        return form.asking(form.place("time"), say("clock.how"))
    if form.has("day") and form.value("day") < work.today(event.at).isoformat():
        return form.asking(form.place("day"), say("form.date"))  # it stayed open overnight
    return None


def _time_said(form: Form, now: datetime) -> datetime | None:
    """Read what was said of the time."""
    text = form.value("time")
    return clocks.parse_time(text, now) if form.value("clock") == "wrong" else now


def _due_said(text: str) -> date | int:
    day = read_day(text) if "-" in text else None
    return day if day is not None else int(text)


def _chosen(work: Work, form: Form) -> DeskSession:
    chosen = (form.value("due") == "other" and form.value("day")) or form.value("due")
    session = replace(work.session, default_due=None if chosen == "usual" else _due_said(chosen))
    if form.value("place"):
        where = onduty.places(work)[int(form.value("place")) - 1]
        session = onduty.at_place(session, where)
    use = form.value("block_list")
    if use:
        # One that is too old is left out by itself, card by card, and a newer one is used again.
        off = use == "leave" and any(
            x.name == "block_list" and len(x.options) > 1 for x in form.fields
        )
        session = replace(session, block_list=None if off else work.block_list)
    return session
