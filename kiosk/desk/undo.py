"""Undo: what was done is never erased, it is taken back by another fact.

Of a transaction not delivered yet, or never to be because a person enters it: a void. Of a
delivered checkout: a checkin linked to it. Of anything else that was delivered: impossible.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from kiosk.desk import events
from kiosk.desk.answers import refusal
from kiosk.desk.transactions import Checkin
from kiosk.desk.words import say

if TYPE_CHECKING:
    from kiosk.desk.events import Event
    from kiosk.desk.visits import Line, Visit
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
    elif work.state.alarm is not None:
        work.refuse(say("alarm.not_recorded"), say("alarm.use_paper"))
    elif line.stage == "by_hand" or (
        line.stage == "recorded" and not work.memory.under_way(line.id)
    ):
        work.change(replace(line, stage="voiding"))
        work.want(events.Void(line.id))
    elif line.stage in ("recorded", "unknown"):
        work.refuse(say("undo.wait"), say("undo.wait_detail"))
    elif line.kind != "checkout":
        work.refuse(say("undo.impossible"), say(f"undo.impossible_{line.kind}"))
    else:
        _undo_delivered(work, visit, line, event)


def _undo_delivered(work: Work, visit: Visit, line: Line, event: Event) -> None:
    scan = events.Scanned(event.at, line.item)
    checkin = Checkin(**work.stamp(visit, line.item, scan), undoes=line.id)
    work.change(replace(line, stage="voiding"))
    work.set(undoing={**work.state.undoing, checkin.id: line.id})
    work.want(events.Record(checkin))
