"""Duty: who works at this desk, where, with which due date. The desk session, set and locked.

    :login     staff say who they are (badge or name, then PIN), then where and how they work
    :lock      nobody is on duty; nothing is taken before the PIN is given again
    :session   who is on duty now, and where

What there is nothing to choose of is not asked. By itself it comes up at the start, on a new day,
and when nobody has touched the desk for a while. A change counts from the next transaction.
(WorkFlows: "Offline Session Wizard".)
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from kiosk.desk import closing, effects, events
from kiosk.desk.answers import look, not_recorded, refusal
from kiosk.desk.asking import forms
from kiosk.desk.asking.prompts import Form
from kiosk.desk.session import administering, onduty, pins, wizard
from kiosk.desk.words import say

if TYPE_CHECKING:
    from kiosk.desk.events import Event
    from kiosk.desk.policy import DeskSession
    from kiosk.desk.session.sessions import DutyChange, Member, Why
    from kiosk.desk.work import Work

WHILE_LOCKED = frozenset(
    {
        "login",
        "lock",
        "session",
        "help",
        "commands",
        "ready",
        "stop",
        "time",
        "delivery",
        "settings",
    }
)
"""The commands that work while nobody is on duty, apart from those that answer a form."""
LEFT_OPEN = timedelta(minutes=10)
"""A visit untouched for so long was forgotten: it does not keep a new day from beginning."""


def started(work: Work, event: events.Started) -> None:
    """Go on with the session of before a restart, if it is of today; else ask for one."""
    work.set(roster=event.roster, last_act=event.at)
    last = event.last
    if last is not None:
        work.set(session=_offered_again(work, last, event.at))
    if last is not None and _still_counts(work, last, event.at):
        work.set(session=_resumed(work, last))
        if last.locked and onduty.has_choice(work):
            _lock_as(work, last.locked)
            _ask(work, event)
    ask_if_due(work, event, interrupts=True)


def staff_changed(work: Work, event: events.StaffChanged) -> None:
    """Take over who the staff are; one who is no more among them is not on duty any more."""
    before = work.state.roster
    work.set(roster=event.roster)
    administering.staff_changed(work, before)
    if onduty.is_gone(work, work.session) and not work.state.locked:
        _lock(work, event, "gone")
    elif _asks_other_staff(work):
        work.set(form=None)
        login(work, event, "")
    elif _offers_gone(work):
        forms.close(work)
    _follow_roster(work, event.at)
    ask_if_due(work, event)


def _asks_other_staff(work: Work) -> bool:
    """Tell whether the open form is of a staff that has changed: it offers them, or asks for none.

    Or none is open at a locked desk, because nobody could log in until now.
    """
    form, roster = work.state.form, work.state.roster
    if form is None:
        return bool(work.state.locked and roster.members and work.state.asked is None)
    unnamed = form.kind == "session" and roster.asks and not form.value("staff")
    of_gone = form.kind == "session" and _offers_gone(work)
    return form.kind in ("login", "unlock") or unnamed or of_gone


def _offers_gone(work: Work) -> bool:
    """Tell whether the open form offers somebody who is no more among the staff."""
    form, roster = work.state.form, work.state.roster
    if form is None or not form.has("staff") or roster.problem is not None:
        return False
    return any(roster.member(x.value) is None for x in form.fields[form.place("staff")].options)


def _follow_roster(work: Work, at: datetime) -> None:
    """Give the one on duty the name and the role that the staff file has now, and keep that."""
    session = onduty.as_in_roster(work, work.session)
    if session != work.session:
        work.set(session=session)
        onduty.keep(work, at, session, work.state.locked)


def tick(work: Work, event: events.Tick) -> None:
    """Lock on a new day, and when nobody has touched the desk for a while."""
    ask_if_due(work, event)


def next_visit(work: Work, event: Event) -> bool:
    """Close the open visit, because another is to begin.

    False: held back for now, or somebody has to say first who is on duty.
    """
    if not closing.left_visit(work, event):
        return False
    now = work.state.last_act or event.at  # of a sheet of paper, `event.at` is when it was written
    ask_if_due(work, replace(event, at=now))
    return not work.state.locked


def ask_if_due(work: Work, event: Event, *, interrupts: bool = False) -> None:
    """See whether somebody has to say who is on duty. A patron at the desk is not interrupted.

    Unless it `interrupts`: after a restart nobody is on duty, so nobody could go on with the visit.
    """
    state = work.state
    busy = state.pending or state.checking is not None
    if state.locked or state.alarm is not None or busy:
        return
    why = _due(work, event.at, interrupts=interrupts)
    if why is not None:
        _lock(work, event, why)


def _due(work: Work, at: datetime, *, interrupts: bool) -> Why | None:
    state, session = work.state, work.session
    untouched = at - (state.last_act or at)
    unattended = interrupts or state.idle or untouched >= LEFT_OPEN
    if needed(work):
        unknown = session.since is None or (work.state.roster.asks and not session.number)
        if unknown and unattended:
            return "start"
        if session.since is not None and unattended and work.today(session.since) != work.today(at):
            return "new_day"
    minutes = work.settings.session.idle_minutes
    if session.number and minutes and untouched >= timedelta(minutes=minutes):
        return "idle"
    return None


def needed(work: Work) -> bool:
    """Tell whether nothing may be recorded before a session is set."""
    return work.settings.session.required and onduty.has_choice(work)


def acted(work: Work, event: Event) -> None:
    """Take notice that somebody is at the desk."""
    work.set(last_act=event.at)


def _offered_again(work: Work, last: DutyChange, at: datetime) -> DeskSession:
    """Offer what was chosen last, as far as it can still be chosen."""
    session = work.session
    where = onduty.place_of(last)
    if where in onduty.places(work):
        session = onduty.at_place(session, where)
    due = last.due
    if isinstance(due, date) and due < work.today(at):
        due = None
    return replace(session, default_due=due)


def _still_counts(work: Work, last: DutyChange, at: datetime) -> bool:
    """Tell whether a session of before a restart is today's, and is sure to be.

    A machine that was off does not know how long, unless the network or staff have told it.
    """
    sure = last.boot == work.session.boot or work.state.clock.state == "fine"
    today = work.today(last.at) == work.today(at)
    roster = work.state.roster
    known = not last.number or roster.problem is not None or roster.member(last.number) is not None
    return sure and today and known and onduty.place_of(last) in onduty.places(work)


def _resumed(work: Work, last: DutyChange) -> DeskSession:
    session = replace(
        work.session,
        id=last.id,
        staff=last.staff,
        number=last.number,
        role=last.role,
        block_list=work.block_list if last.block_list else None,
        since=last.at,
    )
    return onduty.as_in_roster(work, session)


def tell(work: Work, event: Event, _: str) -> None:
    """Tell who is on duty, and where."""
    work.answer(onduty.told(work, event.at))


# -- locked ----------------------------------------------------------------------------------------


def lock(work: Work, event: Event, _: str) -> None:
    """Close what is open; take nothing more before somebody says who is on duty."""
    if work.session.practice:
        work.want(effects.Practise(lock=True))
    elif work.state.alarm is not None:
        work.answer(not_recorded())
    elif work.state.locked:
        login(work, event, "")
    elif closing.left_visit(work, event):
        _lock_as(work, "lock")
        onduty.keep(work, event.at, work.session, "lock")
        _ask(work, event)


def _lock(work: Work, event: Event, why: Why) -> None:
    """Lock because it is time to; while lines are on their way to the disk, right after them."""
    if not closing.left_visit(work, event):
        return
    _lock_as(work, why)
    if work.session.since is not None:
        onduty.keep(work, event.at, work.session, why)
    _ask(work, event)


def _lock_as(work: Work, why: Why) -> None:
    work.set(locked=why, asked=None, form=None, listing=None, answer=None, answer_line="")
    work.want(effects.Tell(look(say(f"duty.locked.{why}"), onduty.how(work.state.roster))))
    work.want(effects.CloseSettings())  # whoever comes next is not the one who opened them


def refuse(work: Work) -> None:
    """Say that nothing is taken before somebody is on duty, and what to do."""
    work.answer(refusal(say("duty.not_taken"), onduty.how(work.state.roster)))


# -- who -------------------------------------------------------------------------------------------


def login(work: Work, event: Event, _: str) -> None:
    """Ask who is on duty."""
    if work.state.roster.problem is not None:
        work.refuse(say("duty.no_roster"), onduty.how(work.state.roster))
    else:
        _ask(work, event)


def badge_shown(work: Work, event: events.Scanned) -> bool:
    """Take a badge for whose it is, where that is what it can mean. False: it is something else.

    While somebody is on duty, a number that reads as a card or item is one: staff borrow, too.
    """
    state = work.state
    member = state.roster.by_badge(event.text)
    asking = state.form is not None and state.form.kind in ("login", "unlock")
    if member is None or event.source != "scan" or not (asking or state.form is None):
        return False
    if not (asking or state.locked) and forms.is_label(work, event.text):
        return False
    form = _login_form(work, event.at, member)
    if work.settings.session.badge_is_enough:
        work.set(form=None)
        _known(work, event, member, form)
    else:
        forms.ask(work, form)
    return True


def _ask(work: Work, event: Event) -> None:
    """Open the form that comes first."""
    roster = work.state.roster
    if roster.members:
        forms.ask(work, _login_form(work, event.at))
    elif roster.problem is None:
        wizard.ask(work, event, None)


def _login_form(work: Work, at: datetime, member: Member | None = None) -> Form:
    """Ask for name and PIN; of a member who is known, for the PIN alone."""
    roster = work.state.roster
    fields = (
        pins.who("duty.who", roster, roster.members, member),
        pins.PIN,
    )
    headline = say("duty.login", now=at.astimezone(work.session.zone).isoformat())
    kind = "unlock" if _may_go_on(work, at) else "login"
    return Form(kind=kind, headline=headline, fields=fields, at=0 if member is None else 1)


def _may_go_on(work: Work, at: datetime) -> bool:
    """Tell whether the session of before the lock is still today's."""
    since = work.session.since
    return bool(work.state.locked) and since is not None and work.today(since) == work.today(at)


def pin_right(work: Work, event: Event, form: Form) -> None:
    """Go on with whoever has given the right PIN."""
    member = work.state.roster.member(form.value("staff"))
    if member is None:
        login(work, event, "")  # removed meanwhile
    else:
        _known(work, event, member, form)


def _known(work: Work, event: Event, member: Member, form: Form) -> None:
    """Put a member on duty: as before the lock, or once the session is filled in."""
    session = work.session
    if form.kind != "unlock" or not _may_go_on(work, event.at):
        wizard.ask(work, event, member)
        return
    if member.number != session.number:
        session = replace(session, id=work.new_id(), since=event.at)
    onduty.put(work, event.at, onduty.with_member(work, session, member))
