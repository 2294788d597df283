"""Undo: what was done is never erased, it is taken back by another fact.

Of a transaction not delivered yet: a void. Of a delivered checkout: a checkin linked to it. Of a
delivered checkin: impossible; nor can such a linked one be undone: the item is lent anew. So it is
with the newest line of the open visit, and with any other that was looked up. What came last goes
first: of one item, and of the loans to a new patron, which the library would refuse without the
registration.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from kiosk.desk import effects, events
from kiosk.desk.answers import Answer, not_recorded, refusal
from kiosk.desk.transactions import Checkin, Registration
from kiosk.desk.visits import COUNTING, Line, Visit
from kiosk.desk.words import ending, say

if TYPE_CHECKING:
    from kiosk.desk.events import Event
    from kiosk.desk.memory import Past
    from kiosk.desk.work import Work

NOTHING_TAKEN = refusal(say("undo.not_taken"), say("undo.not_taken_detail"))
"""The answer to the first Undo after a number that was not taken. Another one reaches past it."""


def undo(work: Work, event: Event, _: str) -> None:
    """Take back the newest line: by a void, or a checkin linked to it, or say why not."""
    if work.hold_back(event):
        return
    visit = work.state.visit
    line = visit.newest if visit is not None else None
    if visit is not None and work.state.answer == NOTHING_TAKEN:
        line = next(reversed(visit.counting), None)
    if visit is None or line is None:
        work.refuse(say("undo.nothing"), say("undo.nothing_detail"))
    elif line not in visit.counting:
        work.answer(NOTHING_TAKEN)
    else:
        why_not = _why_not(work, line, visit.patron or "")
        if why_not is not None:
            work.answer(why_not)
        else:
            _take_back(work, event, line)


def take_back_past(work: Work, event: Event, past: Past) -> None:
    """Take back a transaction that was looked up, of the open visit or another one."""
    if work.hold_back(event):
        return
    why_not = why_not_past(work, past)
    if why_not is not None:
        work.answer(why_not)
        return
    line = _line(work, past)
    _take_back(work, event, line)
    visit = work.state.visit
    if visit is None or visit.line(line.id) is None:
        work.set(taking_back={**work.state.taking_back, line.id: past})


def why_not_past(work: Work, past: Past) -> Answer | None:
    """Say why a transaction that was looked up cannot be undone now; None where it can."""
    if past.stage not in COUNTING:
        return refusal(say("undo.gone"), say("undo.gone_detail"))
    if past.is_undo:
        return refusal(say("undo.impossible"), say("undo.impossible_undo"))
    if past.entered:
        return refusal(say("undo.impossible"), say("undo.impossible_entered"))
    if past.overtaken:
        return refusal(say("undo.later"), say("undo.later_detail"))
    return _why_not(work, _line(work, past), getattr(past.transaction, "patron", ""))


def _line(work: Work, past: Past) -> Line:
    """Give the line of a transaction, as it stands in the open visit if it is of that one."""
    visit = work.state.visit
    shown = visit.line(past.transaction.id) if visit is not None else None
    return shown or Line.of(past.transaction, past.stage, past.title)


def _why_not(work: Work, line: Line, card: str) -> Answer | None:
    """Say why a line that counts cannot be undone now; `card`: whose it is."""
    if work.state.alarm is not None:
        return not_recorded()
    if _can_be_voided(work, line):
        loans = work.memory.loans_waiting(card) if line.kind == "registration" else 0
        return _needed(card, loans) if loans else None
    if line.stage in ("recorded", "unknown"):
        return refusal(say("undo.wait"), say("undo.wait_detail"))
    if line.kind != "checkout":
        return refusal(say("undo.impossible"), say(f"undo.impossible_{line.kind}"))
    return None


def _can_be_voided(work: Work, line: Line) -> bool:
    """Tell whether the library has never heard of a line."""
    queued = line.stage == "recorded" and not work.memory.under_way(line.id)
    return queued or line.stage == "by_hand"


def _needed(card: str, loans: int) -> Answer:
    """Say that loans would be refused if their patron had never been registered."""
    detail = say("undo.needed_detail", count=loans, ending=ending(card))
    return refusal(say("undo.needed"), detail)


def _take_back(work: Work, event: Event, line: Line) -> None:
    """Void a line; or have a checkin take it back, where the library has it."""
    if not _can_be_voided(work, line):
        _undo_delivered(work, line, event)
        return
    work.change(replace(line, stage="voiding"))
    work.want(effects.Void(line.id))


def _undo_delivered(work: Work, line: Line, event: Event) -> None:
    """Have a checkin take a checkout back, within the open visit: its lines stay together."""
    visit = work.state.visit or Visit(id=work.new_id(), opened=event.at)
    scan = events.Scanned(event.at, line.item)
    checkin = Checkin(**work.stamp(visit, line.item, scan), undoes=line.id)
    work.change(replace(line, stage="voiding"))
    work.set(undoing={**work.state.undoing, checkin.id: line.id})
    work.want(effects.Record(checkin))


def recorded(work: Work, line: str) -> bool:
    """Say that a line of a closed visit is taken back, now that the disk has it, if it is one."""
    past = work.state.taking_back.get(line)
    if past is None:
        return False
    work.set(
        taking_back={k: v for k, v in work.state.taking_back.items() if k != line},
        undoing={k: v for k, v in work.state.undoing.items() if v != line},
    )
    follow_receipt(work, past)
    _off_slip(work, line)
    back = Line.of(past.transaction, "voided", past.title)
    work.answer(done(back, on_slip=past.stage == "by_hand"))
    if isinstance(past.transaction, Registration):
        leave_newcomer(work, past.transaction.patron)
    return True


def leave_newcomer(work: Work, card: str) -> None:
    """End the visit of a patron who is not registered any more, unless something counts in it."""
    visit = work.state.visit
    if visit is not None and visit.patron == card and not visit.counting:
        work.set(visit=None, closing=None)


def _off_slip(work: Work, line: str) -> None:
    """Take what counts no more off the last staff slip, or a person would enter it."""
    slip = work.state.slip
    if slip is not None:
        work.set(slip=replace(slip, lines=tuple(x for x in slip.lines if x.id != line)))


def done(line: Line, *, on_slip: bool = False) -> Answer:
    """Say that a line is taken back; `on_slip`: that a person may still enter it from a slip."""
    key = "undo.done_on_slip" if on_slip else "undo.done_detail"
    return Answer(
        tone="recorded",
        headline=say("undo.done"),
        detail=say(key, item=line.title or line.item),
        item=line.item if line.title else "",  # else its number is said already
    )


def follow_receipt(work: Work, past: Past) -> None:
    """Take what counts no more off the last receipt, where it stands on it."""
    last = work.state.last
    if last is None or last.visit != past.transaction.visit:
        return  # after an outage thousands come, and visits may be long: none is read for nothing
    visit = work.memory.visit_with(past.entry)
    if visit is None or not visit.has_due:
        return
    receipt = visit.receipt(work.session.library)
    work.set(last=receipt if receipt.lines else None)
