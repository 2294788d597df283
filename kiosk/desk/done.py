"""Done waits two seconds: for the library's last answers, and for nobody else's.

    Done is pressed, and ...                            the visit closes
    --------------------------------------------------  --------------------------------------------
    a line is on its way to the disk                    when it is there, whatever else
    every line has its answer                           at once
    the library is away, or the lines are from paper    at once: no answer is to be expected
    an answer is missing                                when it comes, at most `answer_wait` seconds
                                                        (2) after Done was pressed first
    the clock is set meanwhile                          at once where it seems to have been longer,
                                                        or was set back

    a scan, or a question                               takes Done back: the patron goes on
    the same card once more                             takes it back, too, and says so: one visit,
                                                        one receipt, and what the library still has
                                                        to answer is settled while the patron is
                                                        there; to close and open anew would make
                                                        exceptions of it, and two receipts
    the next card, another mode                         at once, without waiting: the queue moves on
                                                        (kiosk.desk.closing.left_visit)
    Done again                                          nothing: it stays what was said of the visit

What has no answer by then counts as lent. What was not sent yet is sent as something that has
happened, what was sent and not answered is asked about first (kiosk.delivery).
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from kiosk.desk import closing
from kiosk.desk.answers import news
from kiosk.desk.state import Closing
from kiosk.desk.words import say

if TYPE_CHECKING:
    from datetime import datetime

    from kiosk.desk.events import Event
    from kiosk.desk.work import Work


AGAIN = timedelta(seconds=5)
"""So long after a visit has closed, Done is for that one: what was said of it stays on show."""


def done(work: Work, event: Event, _: str) -> None:
    """Close the visit, with its receipt, once the library has had its moment to answer."""
    _done(work, event, slip=True)


def done_noslip(work: Work, event: Event, _: str) -> None:
    """Close the visit without a receipt."""
    _done(work, event, slip=False)


def _done(work: Work, event: Event, *, slip: bool) -> None:
    if work.state.visit is None:
        if work.state.mode == "cart":
            closing.enter(work, "checkout", event)
        elif not _just_closed(work, event.at):
            work.answer(news(say("done.nobody")))
        return
    before = work.state.closing
    until = before.until if before is not None else event.at + _patience(work)
    work.set(closing=Closing(until=until, slip=slip))


def _just_closed(work: Work, at: datetime) -> bool:
    """Tell a second Done for the same visit: pressed twice, or at another screen as well."""
    closed = work.state.closed
    return closed is not None and abs(at - closed) < AGAIN


def close_if_due(work: Work, at: datetime) -> None:
    """Close a visit on which Done was pressed, once nothing is worth waiting for."""
    waiting, visit = work.state.closing, work.state.visit
    if waiting is None or visit is None or visit.pending:
        return
    left = waiting.until - at  # more than was to be waited: the clock was set back
    asking = work.state.online and work.state.paper is None
    if visit.unanswered and asking and timedelta(0) < left <= _patience(work):
        return
    closing.close(work, at, slip=waiting.slip)


def _patience(work: Work) -> timedelta:
    """How long Done waits for the library's last answers."""
    return timedelta(seconds=work.settings.answer_wait)
