"""Practice outage: two minutes at a desk whose cable is cut and whose records are thrown away.

A desk to practise on is a desk like any other, with a session that says so
(`DeskSession.practice`); who makes it, and throws it away, is the engine. Here stand the command,
and what is told at the end.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from kiosk.desk import effects, events
from kiosk.desk.answers import Answer, look, not_recorded, whose
from kiosk.desk.words import say

if TYPE_CHECKING:
    from kiosk.desk.events import Event
    from kiosk.desk.transactions import Transaction
    from kiosk.desk.words import Phrase
    from kiosk.desk.work import Work

LISTED = 30
"""So many transactions are listed at the end, the last ones; nobody does more in two minutes."""


def practise(work: Work, _: Event, __: str) -> None:
    """Begin to practise, where nobody is at the desk; while practising, end it."""
    if work.session.practice:
        work.want(effects.Practise())
    elif work.state.alarm is not None:
        work.answer(not_recorded())
    elif work.state.visit is not None:
        work.refuse(say("practice.visit_open"), say("practice.visit_open_detail"))
    else:
        work.want(effects.Practise())


def begun(work: Work, event: events.PracticeBegun) -> None:
    """Say at the desk to practise on what this is."""
    until = event.until.astimezone(work.session.zone).isoformat()
    work.answer(
        Answer(
            tone="look",
            headline=say("practice.begun", until=until),
            detail=say("practice.begun_detail"),
        )
    )


def ended(work: Work, event: events.PracticeEnded) -> None:
    """Say at the real desk what was done meanwhile, and that nothing of it is recorded."""
    done = event.transactions
    rows = tuple(_row(x) for x in done[-LISTED:])
    said = look(say("practice.ended"), _what(done) if done else say("practice.ended_nothing"))
    work.answer(replace(said, rows=rows))


def _what(done: tuple[Transaction, ...]) -> Phrase:
    lent = sum(x.kind == "checkout" for x in done)
    back = sum(x.kind == "checkin" for x in done)
    return say("practice.ended_detail", lent=lent, back=back, more=len(done) - lent - back)


def failed(work: Work, _: events.PracticeFailed) -> None:
    """Say at the real desk why nobody can practise."""
    work.answer(look(say("practice.failed"), say("practice.mend")))


def cut(work: Work, _: events.PracticeCut) -> None:
    """Say at the real desk that it is the real one: the banner has gone without anybody's doing."""
    if not work.state.locked:
        work.answer(look(say("practice.ended"), say("practice.cut_detail")))


def _row(transaction: Transaction) -> Phrase:
    return say(
        f"practice.row_{transaction.kind}",
        at=transaction.at.isoformat(),
        item=transaction.item,
        whose=whose(transaction),
    )
