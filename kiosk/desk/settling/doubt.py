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
from kiosk.desk.transactions import Checkin
from kiosk.desk.words import Phrase, say

if TYPE_CHECKING:
    from kiosk.desk.events import Past, ToSettle
    from kiosk.desk.work import Work


def of(work: Work, found: ToSettle) -> str:
    """Tell why it may be wrong to send one again; "" where nothing is in doubt."""
    return "overtaken" if is_overtaken(work, found) else about_library(found)


def is_overtaken(work: Work, found: ToSettle) -> bool:
    """Tell whether something happened with its item later.

    A loan is over with a return that the library refused, too: it had not been told of the loan.
    """
    past = work.memory.past(found.entry)
    if past is not None and past.overtaken:
        return True
    item = found.transaction.item
    if not item or isinstance(found.transaction, Checkin):
        return False
    later = (x for x in work.memory.about(item) if int(x) > int(found.entry))
    return any(_is_refused_return(each) for each in map(work.memory.past, later))


def _is_refused_return(past: Past | None) -> bool:
    return past is not None and past.transaction.kind == "checkin" and past.stage == "refused"


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
