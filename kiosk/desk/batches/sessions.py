"""Upload sessions: many desks' transactions, processed together.

    sessions          which there are, who is in and who is missing; one is chosen by its number,
                      then the next uploads go into it, it is processed, or its notice printed
    sessions:new      make one, of a name that colleagues are told
    sessions:print    print the notice for colleagues
    process           have the one processed in which something of this desk waits; asked first,
                      because it cannot be undone, and what comes later goes another way

The library system is asked for them each time, and nobody waits: the answer comes as an event.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, get_args

from kiosk.desk import effects, events
from kiosk.desk.answers import look, news, not_recorded
from kiosk.desk.asking import forms, listing
from kiosk.desk.asking.prompts import Field, Form, Option
from kiosk.desk.asking.question import Question
from kiosk.desk.batches.notice import Notice
from kiosk.desk.batches.standing import Session
from kiosk.desk.settling import permit
from kiosk.desk.state import Asked, Listing, Row
from kiosk.desk.words import Phrase, say

if TYPE_CHECKING:
    from collections.abc import Callable

    from kiosk.desk.batches.standing import SessionStage
    from kiosk.desk.events import Event
    from kiosk.desk.vocabulary import Stage
    from kiosk.desk.work import Work

WHICH, NAME = "upload_session", "upload_session_name"
"""Forms: what shall be done about one, and how a new one is called."""
Ask = Literal["new", "print"]
"""What `sessions` is told beside listing them."""
PROCESS = "process"
"""What a supervisor may have to allow."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ProcessNow(Asked):
    """Whether an upload session shall be processed."""

    session: Session


# -- what is asked of the library system -----------------------------------------------------------


def command(work: Work, _: Event, value: str) -> None:
    """Have them listed, a new one made, or the notice printed."""
    then = next((x for x in get_args(Ask) if x == value.lower()), None)
    if value and then is None:
        work.refuse(say("sessions.how_to"), say("sessions.how_to_detail"))
    else:
        _ask(work, then or "list")


def process(work: Work, _: Event, __: str) -> None:
    """Have one processed: which, the library system tells."""
    _ask(work, "process")


def _ask(work: Work, then: events.WhySessions) -> None:
    if work.session.practice or not work.has_sessions:
        work.refuse(say("sessions.none_here"), say("sessions.none_here_detail"))
    else:
        work.answer(news(say("sessions.looking")))
        work.want(effects.AskSessions(then))


def listed(work: Work, event: events.SessionsListed) -> None:
    """Go on with what they were asked for; unless staff went on with something else."""
    on_show = work.state.answer
    waits = on_show is not None and on_show.headline.key == "sessions.looking"
    if event.then == "follow":
        if event.sessions:
            work.set(sessions=event.sessions)
            _follow(work)
        return
    if event.problem is not None:
        answer = look(say("sessions.not_told"), event.problem)
        if waits:
            work.answer(answer)
        else:
            work.want(effects.Tell(answer))
        return
    work.set(sessions=event.sessions)
    if waits:
        THEN[event.then](work, event)


# -- the list --------------------------------------------------------------------------------------


def _show(work: Work, _: events.SessionsListed | None = None) -> None:
    sessions = work.state.sessions
    if not sessions:
        nothing, would = say("sessions.none"), say("sessions.none_detail")
        listing.empty(work, Listing(kind="sessions", headline=nothing, about=would))
        return
    listing.show(work, _all(work), _row)


def _all(work: Work) -> Listing:
    sessions = work.state.sessions
    return Listing(
        kind="sessions",
        headline=say("sessions.count", count=len(sessions)),
        detail=say("sessions.choose"),
        entries=tuple(session.key for session in sessions),
        idle=_idle(sessions),
    )


def _idle(sessions: tuple[Session, ...]) -> tuple[str, ...]:
    """Name what nothing would come of: to process what is empty, a notice of what is over."""
    process = () if any(map(_can_be_processed, sessions)) else (PROCESS,)
    notice = () if any(x.stage == "open" for x in sessions) else ("sessions:print",)
    return process + notice


def _can_be_processed(session: Session) -> bool:
    return session.stage == "open" and bool(session.total)


def _follow(work: Work) -> None:
    """Bring the list up to date that is on show, if it is this one, and leave the rest alone."""
    on_show = work.state.listing
    if on_show is None or on_show.kind != "sessions" or not work.state.sessions:
        return
    rows = tuple(_row(work, session.key) for session in work.state.sessions)
    newest = replace(_all(work), page=on_show.page, chosen=on_show.chosen)
    work.set(listing=replace(newest, rows=rows, looked=len(rows)))


def _row(work: Work, entry: str) -> Row:
    session = _session(work, entry)
    if session is None:
        return Row(title=say("sessions.gone"), words=say("sessions.gone"), stage="voided")
    at = None if session.created is None else say("list.at", at=session.created.isoformat())
    return Row(
        title=say("plain.text", text=session.title),
        words=told(session),
        stage=STAGES[session.stage],
        detail=session.who if session.who_not is None else session.who_not,
        aside=session.how,
        under=say("sessions.is_chosen") if session.chosen else at,
    )


STAGES: dict[SessionStage, Stage] = {
    "open": "recorded",
    "processing": "recorded",
    "stuck": "noticed",
    "spoiled": "refused",
    "done": "applied",
}


def told(session: Session) -> Phrase:
    """Write one in a line."""
    parts = [session.who, session.who_not, session.how, session.reason]
    if session.chosen:
        parts.insert(0, say("sessions.is_chosen"))
    line = say("plain.text", text=session.title)
    if session.created is not None:
        line = say("sessions.title", title=session.title, at=session.created.isoformat())
    for part in parts:
        line = line if part is None else say("sessions.and", first=line, rest=part)
    return line


def _session(work: Work, key: str) -> Session | None:
    return next((x for x in work.state.sessions if x.key == key), None)


def _choose(work: Work, _: Event, entry: str) -> None:
    """Ask what shall be done about one."""
    session = _session(work, entry)
    if session is None:
        work.answer(news(say("sessions.gone")))
        return
    can = {
        "join": session.stage == "open" and not session.chosen,
        "usual": session.chosen,
        PROCESS: _can_be_processed(session),
        "print": True,
    }
    options = tuple(Option(x, say(f"sessions.to_{x}")) for x in can if can[x])
    field = Field(
        name="what", label=say("sessions.what"), kind="choice", required=True, options=options
    )
    parts = (say("plain.text", text=session.title), session.how, session.who, session.who_not)
    form = Form(
        kind=WHICH,
        headline=told(session),
        parts=tuple(x for x in (*parts, session.reason) if x is not None),
        fields=(field,),
        about=(entry,),
    )
    forms.ask(work, form)


LIST = listing.Kind(_row, _choose)


def finish_which(work: Work, event: Event, form: Form) -> None:
    """Do with one what was chosen."""
    session, what = _session(work, form.about[0]), form.value("what")
    if session is None:
        work.answer(news(say("sessions.gone")))
    elif what == "print":
        _print(work, event, session)
    elif what == PROCESS:
        _ask_whether(work, session)
    else:
        _join(work, session, key=session.key if what == "join" else "")


# -- joining, making -------------------------------------------------------------------------------


def _join(work: Work, session: Session, *, key: str) -> None:
    """Let the next uploads go into one; `key` "": where they usually go."""
    if work.state.alarm is not None:
        work.answer(not_recorded())
        return
    said = "joined" if key else "as_usual"
    id_ = work.steer(say(f"sessions.{said}", title=session.title), say(f"sessions.{said}_detail"))
    _mark(work, key)
    title = session.title if key else ""
    work.want(effects.ChooseSession(id=id_, key=key, title=title, by=work.session.staff))


def _mark(work: Work, key: str) -> None:
    """Let the one that was chosen say so, and no other."""
    work.set(sessions=tuple(replace(x, chosen=x.key == key) for x in work.state.sessions))


def _ask_name(work: Work, event: events.SessionsListed) -> None:
    name = Field(name="name", label=say("sessions.name"), required=True, value=event.title)
    headline, detail = say("sessions.new"), say("sessions.new_detail")
    forms.ask(work, Form(kind=NAME, headline=headline, detail=detail, fields=(name,)))


def finish_name(work: Work, _: Event, form: Form) -> None:
    """Have one made of the name that was given."""
    title = form.value("name")
    work.answer(news(say("sessions.making", title=title)))
    work.want(effects.MakeSession(title, work.session.staff))


def made(work: Work, event: events.SessionMade) -> None:
    """Say that one was made, or why not."""
    if event.session is None:
        work.answer(look(say("sessions.not_made"), event.problem))
        return
    key = event.session.key
    others = (x for x in work.state.sessions if x.key != key)
    work.set(sessions=(event.session, *others))
    _mark(work, key)
    _follow(work)
    work.answer(news(say("sessions.made", title=event.session.title), say("sessions.made_detail")))


# -- processing ------------------------------------------------------------------------------------


def _process(work: Work, _: events.SessionsListed) -> None:
    """Ask whether the one shall be processed that is meant; let staff choose, where it may not."""
    can = [x for x in work.state.sessions if _can_be_processed(x)]
    ours = [x for x in can if x.mine or x.chosen]
    if len(ours) == 1:
        _ask_whether(work, ours[0])
    elif can:
        _show(work)
    else:
        work.answer(news(say("sessions.nothing"), say("sessions.nothing_detail")))


def _ask_whether(work: Work, session: Session) -> None:
    """Ask first: it cannot be undone."""
    who = session.who_not or say("sessions.all_in")
    detail = say("sessions.process_detail", who=session.who, missing=who)
    if session.asked is not None:
        detail = say("sessions.process_again", at=session.asked.isoformat(), detail=detail)
    question = Question(
        headline=say("sessions.process", title=session.title),
        detail=detail,
        yes=say("sessions.process_yes"),
        no=say("sessions.process_no"),
    )
    work.ask(ProcessNow(question=question, session=session))


def settle_process(work: Work, event: Event, asked: ProcessNow, *, yes: bool) -> None:
    """Have it processed; or by the word of a supervisor, where that takes one."""
    if not yes:
        work.answer(news(say("sessions.left"), say("sessions.left_detail")))
    elif permit.needs_supervisor(work, work.settings.process):
        permit.ask(work, PROCESS, asked.session.key)
    else:
        process_allowed(work, event, asked.session.key, work.session.staff)


def process_allowed(work: Work, event: Event, key: str, by: str) -> None:
    """Have one processed, by the word of somebody who may."""
    session = _session(work, key)
    if session is None:
        work.answer(news(say("sessions.gone")))
    elif work.state.alarm is not None:
        work.answer(not_recorded())
    else:
        id_ = work.steer(say("sessions.asking", title=session.title), say("sessions.asking_detail"))
        asked = replace(session, asked=event.at)
        work.set(sessions=tuple(asked if x is session else x for x in work.state.sessions))
        _follow(work)
        work.want(effects.ProcessSession(id=id_, key=key, title=session.title, by=by))


# -- on paper --------------------------------------------------------------------------------------


def _print_current(work: Work, event: events.SessionsListed) -> None:
    """Print the notice of the one in which all meet."""
    open_ = [x for x in work.state.sessions if x.stage == "open"]
    best = sorted(open_, key=lambda x: (not x.chosen, not x.mine))
    if best and (best[0].chosen or best[0].mine or len(best) == 1):
        _print(work, event, best[0])
    else:
        _show(work)


def _print(work: Work, event: Event, session: Session) -> None:
    if work.settings.receipts == "none":
        work.refuse(say("exceptions.no_printer"), say("exceptions.no_printer_detail"))
        return
    notice = Notice(
        at=event.at,
        library=work.session.library,
        staff=work.session.staff,
        terminal=work.session.terminal,
        session=session,
    )
    work.want(effects.Print(notice))
    work.answer(news(say("sessions.printed", title=session.title)))


THEN: dict[events.WhySessions, Callable[[Work, events.SessionsListed], None]] = {
    "list": _show,
    "new": _ask_name,
    "print": _print_current,
    "process": _process,
}
"""What is done once they were told."""
