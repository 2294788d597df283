"""What needs a person, on paper: the whole list; or one alone, with the patron's card whole."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from kiosk.desk import effects
from kiosk.desk.answers import news
from kiosk.desk.settling import wording
from kiosk.desk.settling.fixlist import FixLine, FixList, reference
from kiosk.desk.words import say

if TYPE_CHECKING:
    from kiosk.desk.events import Event
    from kiosk.desk.memory import ToSettle
    from kiosk.desk.work import Work


def print_list(work: Work, event: Event) -> bool:
    """Print the whole list; tell whether anything stands on it."""
    found = map(work.memory.exception, work.memory.to_fix())
    lines = tuple(_fix_line(work, each) for each in found if each is not None)
    if lines:
        _put_out(work, _papers(work, event, lines))
    return bool(lines)


def print_one(work: Work, event: Event, entry: str) -> None:
    """Print one, with the patron's card to scan; its list stays on show."""
    found = work.memory.exception(entry)
    if found is None:
        wording.gone(work)
        return
    card = getattr(found.transaction, "patron", "")
    line = replace(_fix_line(work, found), card=card)
    _put_out(work, _papers(work, event, (line,)))


def _put_out(work: Work, papers: FixList) -> None:
    """Have a list printed, where there is a printer for it."""
    if work.settings.receipts == "none":
        work.refuse(say("exceptions.no_printer"), say("exceptions.no_printer_detail"))
        return
    work.want(effects.Print(papers))
    count = len(papers.lines) + len(papers.unmet)
    work.answer(news(say("exceptions.printed", count=count), say("exceptions.printed_detail")))


def _papers(work: Work, event: Event, lines: tuple[FixLine, ...]) -> FixList:
    session = work.session
    return FixList(at=event.at, library=session.library, staff=session.staff, lines=lines)


def _fix_line(work: Work, found: ToSettle) -> FixLine:
    advised = wording.advised_on(work, found)
    return FixLine(
        reference=reference(found.transaction.id),
        group=say(f"exceptions.is_{found.group}"),
        what=wording.what(found.transaction, found.title),
        at=found.transaction.at,
        said=wording.said(found),
        means=advised.means,
        todo=advised.says,
        item=found.transaction.item,
    )
