"""Draws the AppState: what of a desk is on show."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Literal

from kiosk.desk.asking.prompts import day_range, longest
from kiosk.desk.commandlist import kinds
from kiosk.desk.dates.duedates import by_the_hour
from kiosk.desk.dates.loans import why
from kiosk.desk.help import explain
from kiosk.desk.words import Phrase, ending, say
from kiosk.view.state import (
    PAGE,
    AppState,
    Asking,
    BlockList,
    Clock,
    Device,
    Display,
    Due,
    DuePreset,
    FormField,
    LastVisit,
    Library,
    Line,
    Listing,
    LoanKind,
    Patron,
    Readiness,
    Returned,
    Row,
    Settings,
    Space,
    Support,
)

if TYPE_CHECKING:
    from datetime import date, datetime

    from kiosk.desk import state, visits
    from kiosk.desk.answers import Answer
    from kiosk.desk.asking.prompts import Field, Form
    from kiosk.desk.dates.clocks import DeskClock
    from kiosk.desk.desk import Desk
    from kiosk.desk.state import DeskState

NOT_LOOKED, PLAIN = Readiness(), Display()


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
    display: Display = PLAIN,
    settings: Settings | None = None,
    leaving: Literal["", "restart", "close"] = "",
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
        answers=state.answers,
        help=explain(state),
        scans=state.scans,
        visit=visit.id if visit is not None else "",
        patron=_patron(visit, overridable=desk.can_be_overridden),
        lines=tuple(_line(line) for line in shown),
        items=visit.items if visit is not None else 0,
        due=_due(desk, now),
        returned=_returned(desk, now),
        question=state.question,
        form=_asking(state.form, state.meanwhile, now) if state.form is not None else None,
        listing=_listing(state.listing) if state.listing is not None else None,
        prompt=state.prompt,
        commands=desk.commands,
        by_hand=desk.by_hand,
        kinds=_kinds(desk),
        uses=state.uses,
        # Until it is on the disk who is on duty, the PIN that was right is not done with.
        checking=state.checking is not None or bool(state.going_on),
        alarm=state.alarm,
        last_visit=_last(desk),
        library=library,
        block_list=block_list if session.block_list is not None else BlockList(),
        devices=devices,
        space=space,
        readiness=readiness,
        display=display,
        settings=settings,
        leaving=leaving,
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


def _patron(visit: visits.Visit | None, *, overridable: bool) -> Patron | None:
    if visit is None or visit.patron is None:
        return None
    return Patron(
        card_ending=ending(visit.patron),
        name=visit.name,
        about=visit.about,
        note=visit.note,
        overridable=overridable,
    )


def _asking(form: Form, meanwhile: Answer | None, now: datetime) -> Asking:
    secret = form.field.kind == "pin"
    return Asking(
        kind=form.kind,
        headline=form.headline,
        detail=form.detail,
        parts=form.parts,
        fields=tuple(_field(field, now.date()) for field in form.fields),
        at=form.at,
        again=form.then is not None,
        keyed="•" * len(form.keyed) if secret else form.keyed,
        problem=form.problem,
        meanwhile=_in_one(meanwhile) if meanwhile is not None else None,
    )


def _in_one(answer: Answer) -> Phrase:
    if answer.detail is None:
        return answer.headline
    return say("form.meanwhile", what=answer.headline, how=answer.detail)


def _field(field: Field, today: date) -> FormField:
    shown_whole = field.kind not in ("pin", "card", "label")
    values = tuple(option.value for option in field.options)
    first, last = day_range(field, today)
    return FormField(
        label=field.label,
        kind=field.kind,
        spelling=field.spelling,
        shown=field.shown,
        required=field.required,
        value=field.value if shown_whole else "",
        options=tuple(option.words for option in field.options),
        values=values,
        chosen=values.index(field.value) + 1 if field.value in values else 0,
        advised=next((n for n, x in enumerate(field.options, 1) if x.advised), 0),
        first=first.isoformat() if field.kind == "date" else "",
        last=last.isoformat() if field.kind == "date" else "",
        most=field.most,
        longest=longest(field),
    )


def _listing(listing: state.Listing) -> Listing:
    rows = tuple(
        Row(
            name=entry,
            title=row.title,
            stage=row.stage,
            detail=row.detail,
            aside=row.aside,
            under=row.under,
            is_number=row.is_number,
        )
        for entry, row in zip(listing.entries, listing.rows, strict=False)
    )
    return Listing(
        kind=listing.kind,
        headline=listing.headline,
        about=listing.about,
        rows=rows,
        count=len(listing.entries),
        chosen=listing.chosen,
        idle=listing.idle,
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
        count=line.count,
        kind=line.kind,
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


def _kinds(desk: Desk) -> tuple[LoanKind, ...]:
    return tuple(
        LoanKind(command=entry.command, name=say("plain.text", text=rule.name or rule.kind))
        for entry, rule in zip(kinds(desk.settings), desk.settings.loans, strict=True)
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
