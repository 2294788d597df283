"""Ready for an outage? What a desk needs when the library goes away, judged from what is known.

An outage is no time to find out that the block list is weeks old or the printer has no paper. So
the engine looks once a day (`kiosk.engine.readiness`), and this says in plain words what it found
and how to mend it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Literal

from kiosk.desk.session.sessions import Roster
from kiosk.desk.words import say
from kiosk.ils.trial import Step
from kiosk.view.state import Answer, Check, Readiness, Tone

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kiosk.view.state import AppState

LONG_HANDED_OVER = timedelta(days=3)
"""After so long, somebody should have said that what was handed over was loaded."""
LONG_UPLOADED = timedelta(days=1)
"""After so long, somebody should have had what was uploaded processed."""
Soundness = Literal["sound", "damaged", "unknown"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Found:
    """What was found by looking, beside what is on show anyway.

    `daybook`: what reading every byte of it has shown. `receipts`: this library gives receipts.
    `connection`: what is wrong with the way that what has happened goes.
    """

    daybook: Soundness
    receipts: bool
    roster: Roster
    connection: tuple[Step, ...] = ()


def judge(state: AppState, found: Found, at: datetime) -> Readiness:
    """Judge a desk by what is on show and what was found."""
    return Readiness(at=at.isoformat(), checks=tuple(_checks(state, found, at)))


def told(readiness: Readiness) -> tuple[Answer, ...]:
    """Tell all of it line by line: first how it is, then what is to be mended, then the rest."""
    moment = say("ready.at", at=readiness.at)
    tone: Tone = "confirmed" if readiness.state == "good" else "look"
    return (
        Answer(tone=tone, headline=readiness.headline, detail=moment),
        *(
            Answer(
                tone="confirmed" if check.state == "good" else "look",
                headline=check.says,
                detail=check.mend,
            )
            for check in readiness.worst_first
        ),
    )


def _checks(state: AppState, found: Found, at: datetime) -> Iterator[Check]:
    yield _recording(state)
    yield _daybook(found)
    yield _disk(state)
    yield _library(state)
    yield from _connection(state, found)
    yield _to_fix(state)
    yield from _batches(state, at)
    yield _block_list(state)
    yield _clock(state)
    yield _staff(found.roster)
    yield from _scanners(state)
    yield from _printer(state, found)


def _good(name: str) -> Check:
    return Check(name=name, state="good", says=say(f"ready.{name}"))


def _recording(state: AppState) -> Check:
    if state.alarm is None:
        return _good("recording")
    return Check(
        name="recording",
        state="bad",
        says=say("alarm.headline"),
        mend=say("alarm.use_paper"),
    )


def _daybook(found: Found) -> Check:
    if found.daybook == "sound":
        return _good("daybook")
    if found.daybook == "unknown":
        return Check(
            name="daybook",
            state="look",
            says=say("ready.daybook_unknown"),
            mend=say("ready.daybook_unknown_mend"),
        )
    return Check(
        name="daybook",
        state="bad",
        says=say("ready.daybook_damaged"),
        mend=say("ready.daybook_damaged_mend"),
    )


def _disk(state: AppState) -> Check:
    space = state.space
    if space is None:
        return _good("disk")
    return Check(
        name="disk",
        state="bad" if space.state == "short" else "look",
        says=space.headline,
        mend=say("space.todo"),
    )


def _library(state: AppState) -> Check:
    library = state.library
    if library.state == "online":
        return _good("library")
    if library.state == "offline":
        mend = library.reason or say("ready.library_offline_mend")
        return Check(name="library", state="bad", says=say("ready.library_offline"), mend=mend)
    return Check(
        name="library",
        state="look",
        says=say(f"ready.library_{library.state}"),
        mend=say(f"ready.library_{library.state}_mend"),
    )


def _connection(state: AppState, found: Found) -> Iterator[Check]:
    """Judge whether what an outage leaves behind could be delivered."""
    if state.library.state != "online":  # which is said already
        return
    for step in found.connection:
        mend = step.mend
        if mend is not None and step.who is not None:
            mend = say("ready.connection_mend", who=say(f"trial.who.{step.who}"), mend=mend)
        yield Check(name="connection", state="bad", says=step.says, mend=mend)


def _to_fix(state: AppState) -> Check:
    if not state.library.to_fix:
        return _good("to_fix")
    return Check(
        name="to_fix",
        state="look",
        says=say("ready.to_fix_some", count=state.library.to_fix),
        mend=say("ready.to_fix_mend"),
    )


def _batches(state: AppState, at: datetime) -> Iterator[Check]:
    """Judge what was uploaded or handed over, where that needs somebody."""
    library = state.library
    if library.loading_trouble is not None:
        trouble = library.loading_trouble
        yield Check(name="loading", state="bad", says=say("ready.loading"), mend=trouble)
    for session in library.uploads:
        if session.stage in ("stuck", "spoiled"):
            says = say("ready.uploads_stuck", title=session.title)
            mend = session.reason or say("ready.uploads_mend")
            yield Check(name="uploads", state="look", says=says, mend=mend)
        elif session.mine and session.created and at - session.created >= LONG_UPLOADED:
            says = say("ready.uploads_old", title=session.title, count=session.mine)
            mend = say("ready.uploads_old_mend")
            yield Check(name="uploads", state="look", says=says, mend=mend)
    if library.uploaded and not library.uploads:
        says = say("ready.uploads_left", count=library.uploaded)
        yield Check(name="uploads", state="look", says=says, mend=say("ready.uploads_left_mend"))
    since = library.handed_since
    if since and at - datetime.fromisoformat(since) >= LONG_HANDED_OVER:
        says = say("ready.handed_over_old", count=library.handed_over, since=since)
        mend = say("ready.handed_over_mend")
        yield Check(name="handed_over", state="look", says=says, mend=mend)


def _block_list(state: AppState) -> Check:
    listed = state.block_list
    if listed.state == "fresh":
        return _good("block_list")
    unused = listed.state in ("none", "too_old", "damaged")
    return Check(
        name="block_list",
        state="bad" if unused else "look",
        says=listed.headline,
        mend=listed.trouble or listed.story,
    )


def _clock(state: AppState) -> Check:
    clock = state.clock
    if clock.state == "fine":
        return _good("clock")
    return Check(
        name="clock",
        state="bad" if clock.state == "wrong" else "look",
        says=say(f"ready.clock_{clock.state}"),
        mend=say("ready.clock_mend"),
    )


def _staff(roster: Roster) -> Check:
    if roster.problem is not None:
        return Check(name="staff", state="bad", says=say("ready.staff_bad"), mend=roster.problem)
    if roster.supervisors:
        return _good("staff")
    missing = "supervisor" if roster.members else "none"
    return Check(
        name="staff",
        state="look",
        says=say(f"ready.staff_{missing}"),
        mend=say(f"ready.staff_{missing}_mend"),
    )


def _scanners(state: AppState) -> Iterator[Check]:
    scanners = [device for device in state.devices if device.kind == "scanner"]
    if not scanners:
        yield Check(
            name="scanner",
            state="look",
            says=say("ready.scanner_none"),
            mend=say("ready.scanner_none_mend"),
        )
    elif all(device.problem is None for device in scanners):
        yield _good("scanner")
    for device in scanners:
        if device.problem is not None:
            yield Check(
                name="scanner",
                state="bad",
                says=say("ready.scanner_bad", name=device.name),
                mend=device.problem,
            )


def _printer(state: AppState, found: Found) -> Iterator[Check]:
    """Judge the printer, where the library gives receipts: nobody misses another."""
    if not found.receipts:
        return
    printer = next((device for device in state.devices if device.kind == "printer"), None)
    if printer is None:
        yield Check(
            name="printer",
            state="look",
            says=say("ready.printer_none"),
            mend=say("ready.printer_none_mend"),
        )
    elif printer.problem is None:
        yield _good("printer")
    else:
        yield Check(
            name="printer",
            state="bad",
            says=say("ready.printer_bad"),
            mend=printer.problem,
        )
