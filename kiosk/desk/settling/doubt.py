"""Why it may be wrong to send something again, or another in its place: staff are asked first.

    overtaken   something happened with its item later, which the library may know already
    reported    it was sent before; a report from elsewhere says that it failed
    unknown     its reply was lost: the library may have it
    noticed     the library has it

What the library has of it stays there, also where another item or card is sent in its place.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kiosk.desk.asking.prompts import Question
from kiosk.desk.words import Phrase, say

if TYPE_CHECKING:
    from kiosk.desk.events import ToSettle
    from kiosk.desk.work import Work


def of(work: Work, found: ToSettle) -> str:
    """Tell why it may be wrong to send one again; "" where nothing is in doubt."""
    past = work.memory.past(found.entry)
    if past is not None and past.overtaken:
        return "overtaken"
    return about_library(found)


def about_library(found: ToSettle) -> str:
    """Tell why the library may have it; "" where it has not."""
    if found.reported:
        return "reported"
    return found.outcome.kind if found.outcome.kind in ("unknown", "noticed") else ""


def question(headline: Phrase, *whys: Phrase) -> Question:
    """Ask whether it is sent all the same."""
    detail, *more = whys
    for why in more:
        detail = say("exceptions.besides", first=detail, second=why)
    return Question(
        headline=headline,
        detail=detail,
        yes=say("exceptions.twice_yes"),
        no=say("exceptions.twice_no"),
    )


def why(doubt: str) -> Phrase:
    """Say why."""
    return say(f"exceptions.twice_{doubt}")
