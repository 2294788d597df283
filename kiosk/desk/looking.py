"""What the engine looks up for staff: whether the desk is ready; and how all that is told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kiosk.desk import effects
from kiosk.desk.answers import news
from kiosk.desk.words import say

if TYPE_CHECKING:
    from kiosk.desk import events
    from kiosk.desk.events import Event
    from kiosk.desk.work import Work

LOOKING = frozenset(
    f"{what}.looking" for what in ("ready", "delivery", "preview", "runs", "history")
)
"""What stands on show while something is looked up."""


def whether_ready(work: Work, _: Event, __: str) -> None:
    """Have it looked whether the desk is ready for an outage."""
    work.answer(news(say("ready.looking")))
    work.want(effects.LookWhetherReady())


def stop(work: Work, _: Event, __: str) -> None:
    """Break off what takes long."""
    work.answer(news(say("stop.done"), say("stop.done_detail")))
    work.want(effects.BreakOff())


def found(work: Work, event: events.Found) -> None:
    """Answer what was looked up; where staff went on meanwhile, only tell it."""
    first, *more = event.answers
    on_show = work.state.answer
    if on_show is not None and on_show.headline.key in LOOKING:
        work.answer(first)
    else:
        work.want(effects.Tell(first))
    for answer in more:
        work.want(effects.Tell(answer))
