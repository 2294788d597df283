"""Draws the AppState: what of a desk is on show."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from kiosk.desk.dates.duedates import by_the_hour
from kiosk.desk.dates.loans import why
from kiosk.desk.words import Phrase, ending, say
from kiosk.view.state import (
    PAGE,
    AppState,
    Asking,
    BlockList,
    Clock,
    Device,
    Due,
    DuePreset,
    FormField,
    LastVisit,
    Library,
    Line,
    Patron,
    Readiness,
    Returned,
    Space,
    Support,
)

if TYPE_CHECKING:
    from datetime import datetime

    from kiosk.desk import visits
    from kiosk.desk.asking.prompts import Form
    from kiosk.desk.dates.clocks import DeskClock
    from kiosk.desk.desk import Desk
    from kiosk.desk.state import DeskState

NOT_LOOKED = Readiness()


def picture(
    desk: Desk,
    now: datetime,
    *,
    library: Library,
    block_list: BlockList,
    devices: tuple[Device, ...],
    space: Space | None,
    support: Support,
    readiness: Readiness = NOT_LOOKED,
    practice_until: str = "",
) -> AppState:
    """Draw a desk as it stands now; by the minute, so that an idle desk does not change."""
    state, visit, session = desk.state, desk.state.visit, desk.session
    shown = visit.lines[-PAGE:][::-1] if visit is not None else ()
    return AppState(
        mode=state.mode,
        now=now.replace(second=0, microsecond=0).isoformat(),
        clock=_clock(state.clock),
        library_name=session.library,
        library_code=session.library_code,
        staff=session.staff,
        role=session.role,
        profile=session.profile,
        profile_code=session.profile_code,
        locked=say(f"duty.locked.{state.locked}") if state.locked else None,
        locked_how=desk.how_to_go_on_duty if state.locked else None,
        support=support,
        answer=state.answer,
        patron=_patron(visit),
        lines=tuple(_line(line) for line in shown),
        items=visit.items if visit is not None else 0,
        due=_due(desk, now),
        returned=_returned(desk, now),
        question=state.question,
        form=_asking(state.form) if state.form is not None else None,
        alarm=state.alarm,
        last_visit=_last(desk),
        library=library,
        block_list=block_list if session.block_list is not None else BlockList(),
        devices=devices,
        space=space,
        readiness=readiness,
        practice_until=practice_until,
        closing=state.closing is not None,
        paper=state.paper.at.isoformat() if state.paper is not None else "",
        keep_off_shelves=state.keep_off_shelves,
        returns=state.returns,
    )


def reminders(state: DeskState) -> tuple[Phrase, ...]:
    """Tell what is in force until staff change it: the time on a paper, the day of a book drop."""
    found = []
    if state.paper is not None:
        found.append(say("remind.paper", at=state.paper.at.isoformat()))
    if state.bookdrop is not None:
        found.append(say("remind.bookdrop", day=state.bookdrop.isoformat()))
    return tuple(found)


def _clock(clock: DeskClock) -> Clock:
    latest = clock.latest.isoformat() if clock.latest is not None else ""
    return Clock(state=clock.state, by=clock.by, latest=latest)


def _patron(visit: visits.Visit | None) -> Patron | None:
    if visit is None or visit.patron is None:
        return None
    return Patron(
        card_ending=ending(visit.patron), name=visit.name, about=visit.about, note=visit.note
    )


def _asking(form: Form) -> Asking:
    fields = tuple(
        FormField(
            label=field.label,
            kind=field.kind,
            shown=field.shown,
            required=field.required,
            options=tuple(option.words for option in field.options),
        )
        for field in form.fields
    )
    return Asking(
        headline=form.headline,
        detail=form.detail,
        fields=fields,
        at=form.at,
        problem=form.problem,
    )


def _line(line: visits.Line) -> Line:
    return Line(
        id=line.id,
        number=line.number,
        item=line.item,
        at=line.at.isoformat(),
        stage=line.stage,
        title=line.title,
        day=line.day.isoformat() if line.day is not None else "",
        due_at=line.due.isoformat() if line.due is not None and by_the_hour(line.due) else "",
        why=why(line.due_by, line.loan) if line.due_by != "usual" else None,
        note=line.note,
    )


def _due(desk: Desk, now: datetime) -> Due:
    today = now.astimezone(desk.session.zone).date()
    due, usual = desk.due(now), desk.usual_due(now)
    presets = tuple(
        DuePreset(days=n, day=desk.due_in(n, now).date().isoformat())
        for n in desk.settings.due_presets
    )
    return Due(
        day=due.at.date().isoformat(),
        at=due.at.isoformat() if by_the_hour(due.at) else "",
        by=due.by,
        why=due.why,
        default_day=usual.at.date().isoformat(),
        default_days=usual.length.days if usual.length else (usual.at.date() - today).days,
        presets=presets,
    )


def _returned(desk: Desk, now: datetime) -> Returned:
    today = now.astimezone(desk.session.zone).date()
    day = desk.state.bookdrop or today
    yesterday = today - timedelta(days=1)
    return Returned(day=day.isoformat(), today=today.isoformat(), yesterday=yesterday.isoformat())


def _last(desk: Desk) -> LastVisit | None:
    last = desk.state.last
    if last is None or desk.state.locked:
        return None
    return LastVisit(
        at=last.at.isoformat(), items=sum(x.count for x in last.lines), card_ending=last.card_ending
    )
