"""Lines of a visit, from the scan to the disk."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from kiosk.desk import answers, effects, events
from kiosk.desk.afterwards import undo
from kiosk.desk.answers import Alarm, look
from kiosk.desk.lending import slips
from kiosk.desk.visits import PENDING, Line, Receipt, Visit
from kiosk.desk.words import ending, say, shown

if TYPE_CHECKING:
    from datetime import datetime

    from kiosk.desk.checks.barcodes import Reading
    from kiosk.desk.events import Event
    from kiosk.desk.transactions import Kind, Transaction
    from kiosk.desk.vocabulary import Mode
    from kiosk.desk.work import Work

JUST_NOW = timedelta(minutes=10)
"""An item returned again within this time was scanned twice. Later it may have been lent at another
desk meanwhile, and a batch of returns can stay open for days. So it is with items used."""

IN_BATCHES: frozenset[Kind] = frozenset({"checkin", "in_house_use"})
"""What staff scan for themselves, with no patron waiting."""

NEXT_LINE = timedelta(seconds=1)
"""Between two lines from one sheet of paper: a library is told whole seconds."""

KINDS: dict[Mode, Kind] = {
    "checkout": "checkout",
    "checkin": "checkin",
    "renew": "renewal",
    "inhouse": "in_house_use",
    "cart": "checkin",
}
"""What a scan would have become."""


def not_taken(work: Work, reading: Reading, at: datetime) -> None:
    """Say that a number became nothing, and leave it in the visit's history."""
    problem = reading.problem or say("scan.damaged")
    number, visit = shown(reading.text), work.state.visit
    if reading.likely == "card":
        number = "••••" + ending(number)
    if visit is not None:
        line = Line(
            id=work.new_id(),
            kind=KINDS[work.state.mode],
            number=visit.next_number,
            item=number,
            at=at,
            stage="not_taken",
            note=problem,
        )
        work.set(visit=visit.with_line(line))
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
    elif line is not None and line.kind in IN_BATCHES and abs(event.at - line.at) > JUST_NOW:
        return False
    elif line is not None:
        work.answer(answers.twice(line))
    return line is not None


def record(work: Work, visit: Visit, transaction: Transaction) -> None:
    """Put a transaction on its way to the disk."""
    line = Line.of(transaction, "recording", work.memory.title(transaction.item))
    work.set(visit=visit.with_line(line))
    _count_on_sheet(work, line, transaction)
    work.want(effects.Record(transaction))


def recorded(work: Work, event: events.Recorded) -> None:
    """Acknowledge what is on the disk now. Nothing is acknowledged before."""
    undone = work.state.undoing.get(event.transaction, event.transaction)
    if undo.recorded(work, undone):
        _strike_off_sheet(work, undone)
        return
    visit = work.state.visit
    line = visit.line(undone) if visit is not None else None
    if visit is None or line is None:
        pass
    elif line.stage == "voiding":
        _undone(work, line)
    elif line.stage == "recording":
        line = replace(line, stage="recorded")
        work.change(line)
        by_hand = slips.is_by_hand(visit, line, work.carries)
        answer = answers.acknowledgement(line, online=_asking(work), by_hand=by_hand)
        work.answer(answer, line.id)
    if work.settings.receipts == "item" and not _asking(work):
        print_slip(work, event.transaction, event.at)


def library_lost(work: Work) -> None:
    """Say of the last item that its answer comes later: nobody stands and waits for it.

    It says what to do with a return, too, which it did not while the library was being asked.
    """
    state = work.state
    line = state.visit.line(state.answer_line) if state.visit is not None else None
    if line is None or state.answer is None:
        return
    asking = answers.acknowledgement(line, online=True, by_hand=False)
    if line.stage == "recorded" and state.answer.detail == asking.detail:
        later = answers.acknowledgement(line, online=False, by_hand=False)
        work.set(answer=replace(state.answer, detail=later.detail))


def _asking(work: Work) -> bool:
    """Tell whether the library's answer is worth waiting for."""
    return work.state.online and work.state.paper is None


def _count_on_sheet(work: Work, line: Line, transaction: Transaction) -> None:
    """Count a line from paper, and go on to the time of the next one.

    It is kept with the line itself: a restart finds both, or neither.
    """
    paper = work.state.paper
    if paper is not None and transaction.source == "paper":
        next_line = transaction.at + NEXT_LINE
        lines, failed = paper.lines | {line.id}, paper.failed - {_number(line)}
        work.set(paper=replace(paper, at=next_line, lines=lines, failed=failed))


def _strike_off_sheet(work: Work, line: str) -> None:
    """Count a line no more: it was undone."""
    paper = work.state.paper
    if paper is not None:
        work.set(paper=replace(paper, lines=paper.lines - {line}))


def _number(line: Line) -> str:
    """Give what a line is known by when it is entered once more."""
    return line.item or (line.title if line.kind == "registration" else line.id)


def _undone(work: Work, line: Line) -> None:
    _strike_off_sheet(work, line.id)
    work.change(replace(line, stage="voided", note=say("line.undone")))
    work.set(undoing={k: v for k, v in work.state.undoing.items() if v != line.id})
    work.answer(undo.done(line), line.id)
    visit = work.state.visit
    if line.kind == "registration" and visit is not None:
        undo.leave_newcomer(work, visit.patron or "")


def record_failed(work: Work, event: events.RecordFailed) -> None:
    """Turn red what was on its way to the disk, and raise the alarm."""
    failed = _turn_red(work)
    known = work.state.alarm is not None  # every write that fails comes here
    work.set(
        alarm=work.state.alarm or Alarm(reason=event.reason, safe_until=work.state.safe_until),
        alarm_from=work.state.alarm_from or event.at,
        closing=None,
        asked=None,
        undoing={},
        seeing={},
        going_on={},
        entering={},
        deciding={},
        steering={},
        taking_back={},
    )
    if not known:
        work.refuse(say("alarm.headline"), say("alarm.use_paper"))
    paper = work.state.paper
    if paper is not None:
        lost, numbers = {line.id for line in failed}, {_number(line) for line in failed}
        work.set(paper=replace(paper, lines=paper.lines - lost, failed=paper.failed | numbers))
    for line in failed:
        work.want(effects.Tell(answers.not_recorded(line.item)))


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


def recording_restored(work: Work, event: events.RecordingRestored) -> None:
    """End the alarm."""
    work.set(alarm=None)
    since = work.state.alarm_from or event.at
    work.answer(look(say("alarm.over"), say("alarm.over_detail", at=since.isoformat())))


def record_cut(work: Work, _: events.RecordCut) -> None:
    """Say that the newest record could not be read."""
    work.answer(look(say("cut.headline"), say("cut.detail")))


def print_slip(work: Work, transaction: str, at: datetime) -> None:
    """Print the slip of one item, unless it was printed or the item does not count."""
    visit = work.state.visit
    line = visit.line(transaction) if visit is not None else None
    if work.state.paper is not None:
        return
    if visit is None or line is None or line.printed or line not in visit.counting:
        return
    if line.due is not None:
        work.change(replace(line, printed=True))
        receipt = Receipt.of(visit, at, work.session.library, only=line.id)
        work.want(effects.Print(receipt))


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
