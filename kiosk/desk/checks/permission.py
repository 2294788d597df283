"""Whether something may be done here: the question of a function with a warning, and the refusal.

The rules are those of kiosk.desk.checks.functions. A warning is explained, and confirmed once in
each desk session; then the desk goes on with what was asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kiosk.desk.answers import news
from kiosk.desk.asking.question import Question
from kiosk.desk.checks import functions
from kiosk.desk.state import Warned
from kiosk.desk.words import say

if TYPE_CHECKING:
    from kiosk.desk.checks.functions import Function
    from kiosk.desk.events import Event
    from kiosk.desk.work import Work


def given(work: Work, function: Function, event: Event) -> bool:
    """Tell whether a function may be used now; if not, answer why, or ask.

    `event` is what asked for it: done again once staff have said yes.
    """
    ruling = functions.ruling(function, work.settings.functions, work.carries)
    if ruling.use == "on" or ruling.reason is None:
        return True
    if ruling.use == "off":
        work.refuse(say(f"function.off.{function}"), ruling.reason)
        return False
    if (work.session.id, function) in work.state.agreed:
        return True
    question = Question(
        headline=say(f"function.warn.{function}"),
        detail=ruling.reason,
        yes=say("function.go_on"),
        no=say("function.leave"),
    )
    work.ask(Warned(question=question, function=function, event=event))
    return False


def settle(work: Work, warned: Warned, *, yes: bool) -> bool:
    """Keep in mind that staff know of a warning, and tell whether they go on."""
    if yes:
        agreed = work.state.agreed | {(work.session.id, warned.function)}
        work.set(agreed=agreed)
    else:
        work.answer(news(say("function.left")))
    return yes
