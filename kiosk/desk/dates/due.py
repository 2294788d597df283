"""Until when an item is lent: what is in force, who says so, and how staff say otherwise.

    1  item      staff, for the next item alone: `due-next:7`
    2  kind      staff, by the kind of the next item: `kind:dvd`
    3  patron    staff, for the patron at the desk: `due:2026-12-12`
    4  rule      kiosk.toml, for items with such a number, or of such a media type: [[desk.loans]]
    5  learnt    the library, when it lent this item before
    6  session   the usual loan of this desk session
    7  usual     the usual loan of kiosk.toml

The first that says anything counts. What staff say of what lies before them goes before what is
only known; and what is known of the item goes before what is usual, or DVDs go out for a month.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from kiosk.desk import recording
from kiosk.desk.answers import due_phrase, look, news
from kiosk.desk.dates import duedates
from kiosk.desk.dates.duedates import Length
from kiosk.desk.dates.loans import Due
from kiosk.desk.words import say, shown

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from kiosk.desk.dates.loans import LoanRule
    from kiosk.desk.events import Event
    from kiosk.desk.visits import Visit
    from kiosk.desk.words import Phrase
    from kiosk.desk.work import Work

USUAL = "usual"
"""The value with which staff take back what they chose."""


def in_force(work: Work, at: datetime, item: str = "") -> Due:
    """Tell until when an item is lent at a moment, and who says so. Without an item: any item."""
    said = (says(work, at, item) for says in SAYS)
    return next(due for due in said if due is not None)


def _of_next_item(work: Work, at: datetime, _: str) -> Due | None:
    visit = work.state.visit
    until = _unless_past(visit.next_due, at) if visit is not None else None
    return None if until is None else Due(at=until, by="item")


def _of_next_kind(work: Work, at: datetime, _: str) -> Due | None:
    visit = work.state.visit
    rule = work.loans.named(visit.next_kind) if visit is not None else None
    return None if rule is None else _by(work, rule, at, chosen=True)


def _of_patron(work: Work, at: datetime, _: str) -> Due | None:
    visit = work.state.visit
    until = _unless_past(visit.due, at) if visit is not None else None
    return None if until is None else Due(at=until, by="patron")


def _by_rule(work: Work, at: datetime, item: str) -> Due | None:
    rule = work.loans.of(item) or work.loans.of_media(work.memory.media(item))
    return None if rule is None else _by(work, rule, at, chosen=False)


def _learnt(work: Work, at: datetime, item: str) -> Due | None:
    length = work.memory.loan_length(item) if work.settings.learn_loans and item else None
    return None if length is None else Due(at=after(work, length, at), by="learnt", length=length)


def _of_session(work: Work, at: datetime, _: str) -> Due | None:
    default = work.session.default_due
    if isinstance(default, date):
        until = duedates.due_on(default, work.session.zone)
        return None if duedates.past(until, at) else Due(at=until, by="session")
    if default is None:
        return None
    return Due(at=after(work, Length(default), at), by="session", length=Length(default))


def _of_library(work: Work, at: datetime, _: str) -> Due:
    length = Length(work.settings.loan_days)
    return Due(at=after(work, length, at), length=length)


SAYS: tuple[Callable[[Work, datetime, str], Due | None], ...] = (
    _of_next_item,
    _of_next_kind,
    _of_patron,
    _by_rule,
    _learnt,
    _of_session,
    _of_library,
)
"""Who is asked, in this order."""


def _by(work: Work, rule: LoanRule, at: datetime, *, chosen: bool) -> Due:
    return Due(
        at=after(work, rule.length, at),
        by="kind" if chosen else "rule",
        length=rule.length,
        kind=rule.name or rule.kind,
    )


def usual(work: Work, at: datetime) -> Due:
    """Tell until when items are lent of which nobody says anything else."""
    return _of_session(work, at, "") or _of_library(work, at, "")


def after(work: Work, length: Length, at: datetime) -> datetime:
    """Give the due moment of a loan of some length."""
    return duedates.due_after(length, at, work.session.zone, work.calendar)


def used(visit: Visit) -> Visit:
    """Forget what was chosen for the next item: it has come."""
    return replace(visit, next_due=None, next_kind="")


# -- what staff say ----------------------------------------------------------------------------


def for_patron(work: Work, event: Event, value: str) -> None:
    """Set another due date for this patron, until the visit closes; or tell what is in force."""
    asked = _asked_for(work, event.at, value)
    if asked is None:
        return
    visit, until, remark = asked
    same = until is None or until == usual(work, event.at).at
    work.set(visit=replace(visit, due=None if same else until))
    _told(work, event.at, say(f"due.for_patron{remark}"))


def for_next_item(work: Work, event: Event, value: str) -> None:
    """Set another due date for the next item alone; or tell what is in force."""
    asked = _asked_for(work, event.at, value)
    if asked is None:
        return
    visit, until, remark = asked
    work.set(visit=replace(visit, next_due=until, next_kind=""))
    _told(work, event.at, say(f"due.for_item{remark}"))


def _asked_for(work: Work, at: datetime, value: str) -> tuple[Visit, datetime | None, str] | None:
    """Read the due date that staff want in this visit; None where there is nothing to set."""
    if not value:
        _tell(work, at)
        return None
    visit = _patrons_visit(work, at)
    chosen = _chosen(work, at, value) if visit is not None else None
    return None if visit is None or chosen is None else (visit, *chosen)


def of_kind(work: Work, event: Event, value: str) -> None:
    """Say of what kind the next item is; or list the kinds."""
    if not work.loans.kinds:
        work.refuse(say("kind.none"), say("kind.none_detail"))
        return
    if not value:
        work.answer(replace(news(say("kind.list"), say("kind.how")), rows=kinds(work)))
        return
    visit = _patrons_visit(work, event.at)
    if visit is None:
        return
    rule = None if value == USUAL else work.loans.named(value)
    if rule is None and value != USUAL:
        refusal = look(say("kind.unknown", text=shown(value)), say("kind.how"))
        work.answer(replace(refusal, tone="not_taken", rows=kinds(work)))
        return
    kind = "" if rule is None else rule.kind
    work.set(visit=replace(visit, next_kind=kind, next_due=None))
    _tell(work, event.at)


def kinds(work: Work) -> tuple[Phrase, ...]:
    """Say the kinds with their lengths, in the order of their numbers."""
    return tuple(
        say("kind.hours", kind=rule.name or rule.kind, count=rule.hours)
        if rule.hours
        else say("kind.days", kind=rule.name or rule.kind, count=rule.length.days)
        for rule in work.loans.kinds
    )


def _patrons_visit(work: Work, at: datetime) -> Visit | None:
    """Give the visit of the patron at the desk; say so where nobody is there.

    Loans are renewed without a card, too.
    """
    if work.state.mode == "renew":
        return recording.open_visit(work, at)
    visit = work.state.visit
    if visit is not None and visit.patron is not None:
        return visit
    work.refuse(say("due.nobody"), say("due.nobody_detail"))
    return None


def _chosen(work: Work, at: datetime, value: str) -> tuple[datetime | None, str] | None:
    """Read what staff chose: the moment, or None for the usual one, and what is to be said of it.

    A date stays as it was said, even on a closed day; a number of days is counted, and moves on.
    """
    if value == USUAL:
        return None, ""
    today = work.today(at)
    chosen = duedates.parse_due(value, today)
    if chosen is None:
        work.refuse(say("due.unreadable", text=shown(value)), say("due.how"))
        return None
    if isinstance(chosen, Length):
        return _counted(work, at, chosen)
    until = duedates.due_on(chosen, work.session.zone)
    if duedates.past(until, at):
        return _counted(work, at, Length())
    return until, "_closed" if work.calendar.closed(chosen) else ""


def _counted(work: Work, at: datetime, length: Length) -> tuple[datetime, str]:
    """Give the end of a loan of some length, and what is to be said where it is another day."""
    until, today = after(work, length, at), work.today(at)
    days = (until.date() - today).days
    as_said = duedates.by_the_hour(until) if length.hours else days == length.days
    if as_said:
        return until, ""
    last_minute = length == Length() and not work.calendar.closed(today)
    return until, "_over" if last_minute else "_moved"


def _told(work: Work, at: datetime, detail: Phrase) -> None:
    """Say until when the next item is lent, and what was chosen."""
    tone = look if detail.key.endswith("_closed") else news
    work.answer(tone(due_phrase("due.now", in_force(work, at).at), detail))


def _tell(work: Work, at: datetime) -> None:
    """Say until when the next item is lent, and who says so."""
    due = in_force(work, at)
    answer = news(due_phrase("due.now", due.at), due.why)
    if due.length is None and work.calendar.closed(due.at.date()):
        closed = say("due.on_closed_day")
        detail = closed if due.why is None else say("due.and_closed", why=due.why, closed=closed)
        answer = replace(answer, tone="look", detail=detail)
    work.answer(answer)


def drop_past(work: Work, at: datetime) -> None:
    """Let go of a chosen date that has become past, and say so: a visit may stay open overnight."""
    visit, default = work.state.visit, work.session.default_due
    if visit is not None:
        due, next_due = (_unless_past(x, at) for x in (visit.due, visit.next_due))
        if (due, next_due) != (visit.due, visit.next_due):
            work.set(visit=replace(visit, due=due, next_due=next_due))
            work.answer(look(say("due.passed"), in_force(work, at).why))
    if isinstance(default, date) and default < work.today(at):
        work.set(session=replace(work.session, default_due=None))
        work.answer(look(say("due.session_passed"), say("due.by_usual")))


def _unless_past(due: datetime | None, at: datetime) -> datetime | None:
    return None if due is None or duedates.past(due, at) else due
