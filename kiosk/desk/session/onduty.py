"""The desk session that is in force: taken over, kept, and told."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Literal

from kiosk.desk import effects, events
from kiosk.desk.answers import Answer, look, news, not_recorded
from kiosk.desk.checks import blocklist
from kiosk.desk.dates import clocks, due
from kiosk.desk.session.sessions import DutyChange, Place, look_alikes
from kiosk.desk.words import say

if TYPE_CHECKING:
    from datetime import date, datetime

    from kiosk.desk.checks.blocklist import BlockListRules
    from kiosk.desk.dates.clocks import DeskClock
    from kiosk.desk.policy import DeskSession
    from kiosk.desk.session.sessions import Member, Roster, Why
    from kiosk.desk.words import Phrase
    from kiosk.desk.work import Work


def put(work: Work, at: datetime, session: DeskSession) -> None:
    """Have a session put on the disk; it is in force then, from the next transaction on."""
    if work.state.alarm is not None:  # it came up while the PIN was checked
        work.answer(not_recorded())
    else:
        work.set(going_on={keep(work, at, session): session})


def recorded(work: Work, event: events.Recorded) -> bool:
    """Put a session in force that is on the disk now, and tell it, if it is one."""
    session = work.state.going_on.get(event.transaction)
    if session is None:
        return False
    if is_gone(work, session):
        _leave_out(work, event.at)
        return True
    session = as_in_roster(work, session)
    work.set(session=session, locked="", last_act=event.at, going_on={})
    answer = told(work, event.at)
    if work.state.asked is None:
        work.answer(answer)
    else:
        work.want(effects.Tell(answer))  # what is asked stays on show
    return True


def _leave_out(work: Work, at: datetime) -> None:
    """Leave out a session of somebody who has gone meanwhile: all is as it was before."""
    work.set(going_on={})
    if work.session.since is not None:
        keep(work, at, work.session, work.state.locked)
    work.refuse(say("duty.not_taken"), how(work.state.roster))


def is_gone(work: Work, session: DeskSession) -> bool:
    """Tell whether the one of a session is no more among the staff, as far as that is known."""
    roster, number = work.state.roster, session.number
    return bool(number) and roster.problem is None and roster.member(number) is None


def with_member(work: Work, session: DeskSession, member: Member) -> DeskSession:
    """Give a session with one of the staff on duty."""
    staff = work.state.roster.label(member)
    return replace(session, staff=staff, number=member.number, role=member.role)


def as_in_roster(work: Work, session: DeskSession) -> DeskSession:
    """Give a session with the name and the role that its member has now, where that is known."""
    member = work.state.roster.member(session.number)
    return session if member is None else with_member(work, session, member)


def keep(work: Work, at: datetime, session: DeskSession, locked: Why | Literal[""] = "") -> str:
    """Have it put on the disk who is on duty; give the id of that."""
    kept = work.new_id()
    work.want(effects.KeepDuty(kept, change(work, at, session, locked)))
    return kept


def change(
    work: Work, at: datetime, session: DeskSession, locked: Why | Literal[""] = ""
) -> DutyChange:
    """Give what is kept of a session that begins, or is locked."""
    return DutyChange(
        id=session.id,
        at=at,
        boot=session.boot,
        uptime=work.state.clock.uptime(at),
        locked=locked,
        staff=session.staff,
        number=session.number,
        role=session.role,
        library=session.library,
        library_code=session.library_code,
        profile=session.profile,
        profile_code=session.profile_code,
        due=session.default_due,
        block_list=session.block_list is not None,
    )


def clock_moved(work: Work, before: DeskClock, after: DeskClock) -> None:
    """Keep a clock that is set from looking like a new day, or like hours without a scan."""
    last = work.state.last_act
    work.set(
        session=_moved(work.session, before, after),
        going_on={kept: _moved(x, before, after) for kept, x in work.state.going_on.items()},
    )
    if last is not None:
        work.set(last_act=clocks.shifted(last, before, after))


def _moved(session: DeskSession, before: DeskClock, after: DeskClock) -> DeskSession:
    if session.since is None:
        return session
    return replace(session, since=clocks.shifted(session.since, before, after))


def places(work: Work) -> tuple[Place, ...]:
    """Give the places to choose from; the one that there is, where none are configured."""
    return work.settings.places or (place_of(work.session),)


def place_of(session: DeskSession | DutyChange) -> Place:
    """Give where a session is."""
    return Place(
        library=session.library,
        library_code=session.library_code,
        profile=session.profile,
        profile_code=session.profile_code,
    )


def has_choice(work: Work) -> bool:
    """Tell whether staff have anything to say about who and where they are."""
    return work.state.roster.asks or len(places(work)) > 1


def place_words(where: Place, known: tuple[Place, ...]) -> Phrase:
    """Write a place in full, and warn of those with which it could be confused."""
    parts = ((where.library, where.library_code), (where.profile, where.profile_code))
    text = " · ".join(f"{name} ({code})" if code else name for name, code in parts if name or code)
    alike = look_alikes(where, known)
    if not alike:
        return say("plain.text", text=text)
    codes = ", ".join(x.code for x in alike)
    others = ", ".join(x.other for x in alike)
    return say("duty.look_alike", text=text, code=codes, other=others)


def told(work: Work, at: datetime) -> Answer:
    """Say all of the session, with whom to ask beside it."""
    state, session = work.state, work.session
    today = work.today(at)
    rows = [
        *([say("duty.support", text=session.support)] if session.support else []),
        say("duty.time", now=at.astimezone(session.zone).isoformat()),
        _due_told(work, at),
        _list_told(work, today),
    ]
    detail = place_words(place_of(session), places(work))
    if state.locked:
        return replace(
            look(say(f"duty.locked.{state.locked}"), how(state.roster)), rows=tuple(rows)
        )
    return replace(news(_who_told(session), detail), rows=tuple(rows))


def _who_told(session: DeskSession) -> Phrase:
    if session.role:
        return say(f"duty.on.{session.role}", staff=session.staff)
    return say("duty.on.anyone", staff=session.staff) if session.staff else say("duty.on.nobody")


def _due_told(work: Work, at: datetime) -> Phrase:
    day = due.usual(work, at).at.date()
    key = "duty.due_told_closed" if work.calendar.closed(day) else "duty.due_told"
    return say(key, day=day.isoformat())


def _list_told(work: Work, today: date) -> Phrase:
    rules, made = work.block_list, work.memory.block_list_made()
    used = work.session.block_list is not None
    if rules is None or (made is None and not (used and rules.has_source)):
        return say("duty.list_told.none")
    if made is None:
        return say("duty.list_told.to_come")
    age = blocklist.freshness(made, today, rules)
    if not used and age != "too_old":
        return say("duty.list_told.left", made=made.isoformat())
    return say(f"duty.list_told.{age}", **list_age(made, today, rules))


def list_age(made: date | None, today: date, rules: BlockListRules) -> dict[str, str | int]:
    """Give what the words about a block list's age want to know; of none yet, nothing."""
    if made is None:
        return {}
    return {"made": made.isoformat(), "count": abs((today - made).days), "most": rules.oldest_days}


def how(roster: Roster) -> Phrase:
    """Say how to go on duty."""
    if roster.problem is not None:
        return roster.problem
    return say("duty.how_staff" if roster.members else "duty.how_place")


def at_place(session: DeskSession, where: Place) -> DeskSession:
    """Give a session at another place."""
    return replace(
        session,
        library=where.library,
        library_code=where.library_code,
        profile=where.profile,
        profile_code=where.profile_code,
    )
