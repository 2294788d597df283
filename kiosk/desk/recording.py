"""Lines of a visit, from the scan to the disk to the library's answer."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from kiosk.desk import answers, events
from kiosk.desk.answers import Alarm, Answer, look
from kiosk.desk.visits import PENDING, Receipt, Visit
from kiosk.desk.words import ending, say, shown

if TYPE_CHECKING:
    from datetime import datetime

    from kiosk.desk.barcodes import Reading
    from kiosk.desk.events import Event
    from kiosk.desk.transactions import Transaction
    from kiosk.desk.visits import Line
    from kiosk.desk.work import Work

JUST_NOW = timedelta(minutes=10)
"""An item returned again within this time was scanned twice. Later it may have been lent at another
desk meanwhile, and a batch of returns can stay open for days."""


def not_taken(work: Work, reading: Reading, at: datetime) -> None:
    """Say that a number became nothing, and leave it in the visit's history."""
    work.set(doubt=None)
    problem = reading.problem or say("scan.damaged")
    number, visit = shown(reading.text), work.state.visit
    if reading.likely == "card":
        number = "••••" + ending(number)
    if visit is not None:
        line = work.line(visit, work.new_id(), number, at)
        work.set(visit=visit.with_line(replace(line, stage="not_taken", note=problem)))
    work.refuse(say("scan.not_taken", number=number), problem)


def open_visit(work: Work, at: datetime) -> Visit:
    """Give the open visit, or a new batch of returns. A scan takes back a Done under way."""
    work.set(closing=None)
    return work.state.visit or Visit(id=work.new_id(), opened=at)


def twice(work: Work, visit: Visit, item: str, event: Event) -> bool:
    """Tell that an item is on the list already, if it is."""
    line = visit.holding(item)
    if line is not None and line.stage == "voiding":
        work.hold_back(event)  # taken anew as soon as it is undone
    elif line is not None and line.due is None and abs(event.at - line.at) > JUST_NOW:
        return False
    elif line is not None:
        work.answer(answers.twice(line))
    return line is not None


def record(work: Work, visit: Visit, transaction: Transaction, line: Line) -> None:
    """Put a transaction on its way to the disk."""
    work.set(visit=visit.with_line(line))
    work.want(events.Record(transaction))


def recorded(work: Work, event: events.Recorded) -> None:
    """Acknowledge what is on the disk now. Nothing is acknowledged before."""
    work.set(safe_until=event.at.isoformat())
    undone = work.state.undoing.get(event.transaction, event.transaction)
    visit = work.state.visit
    line = visit.line(undone) if visit is not None else None
    if line is not None and line.stage == "voiding":
        _undone(work, line)
    elif line is not None and line.stage == "recording":
        line = replace(line, stage="recorded")
        work.change(line)
        work.answer(answers.acknowledgement(line, online=work.state.online), line.id)
    if work.settings.receipts == "item" and not work.state.online:
        _print_slip(work, event.transaction, event.at)


def _undone(work: Work, line: Line) -> None:
    work.change(replace(line, stage="voided", note=say("line.undone")))
    work.set(undoing={k: v for k, v in work.state.undoing.items() if v != line.id})
    work.answer(
        Answer(
            tone="recorded",
            headline=say("undo.done"),
            detail=say("undo.done_detail", item=line.title or line.item),
            item=line.item,
        ),
        line.id,
    )


def record_failed(work: Work, event: events.RecordFailed) -> None:
    """Turn red what was on its way to the disk, and raise the alarm."""
    failed = _turn_red(work)
    known = work.state.alarm is not None  # every write that fails comes here
    work.set(
        alarm=work.state.alarm or Alarm(reason=event.reason, safe_until=work.state.safe_until),
        closing=None,
        doubt=None,
        undoing={},
    )
    if not known:
        work.refuse(say("alarm.headline"), say("alarm.use_paper"))
    for line in failed:
        work.want(events.Tell(answers.not_recorded(line.item)))


def _turn_red(work: Work) -> list[Line]:
    """Turn red what was on its way to the disk, and give it."""
    visit = work.state.visit
    if visit is None:
        return []
    undoing = work.state.undoing.values()
    lines = tuple(_failed(line, delivered=line.id in undoing) for line in visit.lines)
    work.set(visit=replace(visit, lines=lines))
    pairs = zip(lines, visit.lines, strict=True)
    return [line for line, was in pairs if line.stage == "failed" and was.stage != "failed"]


def recording_restored(work: Work, _: events.RecordingRestored) -> None:
    """End the alarm."""
    work.set(alarm=None)
    work.answer(look(say("alarm.over"), say("alarm.over_detail")))


def outcome_arrived(work: Work, event: events.OutcomeArrived) -> None:
    """Show what the library said of a line; what it refused comes off the receipt."""
    outcome, visit = event.outcome, work.state.visit
    line = visit.line(outcome.transaction) if visit is not None else None
    if line is None:
        return
    stage = line.stage if line.stage in ("voiding", "voided") else outcome.kind
    note = say("plain.text", text=outcome.words) if outcome.words else line.note
    line = replace(line, stage=stage, title=outcome.title or line.title, note=note)
    work.change(line)
    answer = answers.verdict(line, outcome)
    if outcome.kind in ("refused", "noticed"):
        work.want(events.Settle(outcome.transaction))
    if outcome.kind == "applied" and work.state.answer_line != line.id:
        work.want(events.Tell(answer))
    else:
        work.answer(answer, line.id)
    if work.settings.receipts == "item":
        _print_slip(work, line.id, event.at)


def _print_slip(work: Work, transaction: str, at: datetime) -> None:
    """Print the slip of one item, unless it was printed or the item does not count."""
    visit = work.state.visit
    line = visit.line(transaction) if visit is not None else None
    if visit is None or line is None or line.slip_printed or line not in visit.counting:
        return
    if line.due is not None:
        work.change(replace(line, slip_printed=True))
        receipt = Receipt.of(visit, at, work.session.library)
        work.want(events.Print(receipt.only(line.item)))


def _failed(line: Line, *, delivered: bool) -> Line:
    """Turn a line that was on its way to the disk red.

    So does one whose void was: the void may be on the disk all the same. A delivered line, whose
    checkin was on its way, stays what it was.
    """
    if line.stage == "voiding" and delivered:
        return replace(line, stage="applied")
    if line.stage in PENDING:
        return replace(line, stage="failed", note=say("line.failed"))
    return line
