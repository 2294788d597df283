"""Answers that come too late: somebody else at this desk was quicker.

Two windows, or a window and a console, are asked the same, and both are answered within a moment.
The second answer must not be taken for one to what is asked next: a PIN would stand in a field that
is shown. So who answers says what was asked, as they have seen it (`Prompt`), and what is asked no
more takes no answer. Scanners do not look; what they read is judged by what is asked now.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kiosk.desk import commands, effects, events
from kiosk.desk.answers import look, refusal
from kiosk.desk.asking import forms, listing
from kiosk.desk.words import say

if TYPE_CHECKING:
    from kiosk.desk.commands import Command
    from kiosk.desk.work import Work

BY_STAFF = events.Scanned | events.Pressed

ANSWERING = frozenset({"yes", "no", "next", "back", "choose", "key", "undo", "reprint", "who"})
"""The commands that mean what is asked, or a line that is on show."""

ENDING = frozenset({"done", "done-noslip"})
"""Those that end a visit."""


def is_late(work: Work, event: BY_STAFF, command: Command | None) -> bool:
    """Tell an answer to what is not asked any more, or a line typed before something was asked.

    Or a Done for the visit that was on show, `done:#VISIT`: the next card has closed that one.
    """
    if command is not None and command.word in ENDING and command.value:
        visit = work.state.visit
        return visit is None or command.value != f"{listing.NAMED}{visit.id}"
    seen, now = event.prompt, work.state.prompt
    if seen is None:
        return False
    if command is not None and command.word in ANSWERING:
        return seen != now and not listing.is_named(command.word, command.value)
    if isinstance(event, events.Pressed) or commands.is_marked(event.text):
        return False
    return seen.form != now.form  # a number is no answer to a question, which is yes or no


def leave_out(work: Work, event: BY_STAFF) -> None:
    """Leave a late answer out. Of what was typed nothing is shown: it may be a PIN.

    Who pressed a button sees that something else is asked now. Who typed a number for the desk may
    think that it was taken: that is told on the screens, too.
    """
    if not isinstance(event, events.Scanned) or event.prompt is None:
        return
    if event.prompt.form or commands.is_marked(event.text):
        work.want(effects.Tell(look(say("late.answered"), say("late.answered_detail"))))
    else:
        forms.tell_meanwhile(work, refusal(say("late.not_taken"), say("late.not_taken_detail")))
