"""Why it may be wrong to send something again, or another in its place: staff are asked first.

    overtaken   something happened with its item later, which the library may know already
    lent        the item that is right now is lent already: the number may be wrong again
    reported    it was sent before; a report from elsewhere says that it failed
    unknown     its reply was lost: the library may have it
    noticed     the library has it

What the library has of it stays there, also where another item or card is sent in its place.

So is the advice another one where the daybook knows better than the library's words:

    moved on    the item came back or was lent again here since: there is nothing to send
    forgotten   the patron is (`[retention]`): without the card it cannot be sent
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from kiosk.desk.asking.question import Question
from kiosk.desk.settling import advice
from kiosk.desk.transactions import Checkin
from kiosk.desk.words import Phrase, say

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kiosk.desk.memory import Memory, Past, ToSettle
    from kiosk.desk.settling.advice import Advice
    from kiosk.desk.transactions import Transaction
    from kiosk.desk.work import Work

MOVES = ("checkout", "checkin")
"""What ends what was before with an item."""


def of(work: Work, found: ToSettle) -> str:
    """Tell why it may be wrong to send one again; "" where nothing is in doubt."""
    return "overtaken" if is_overtaken(work.memory, found) else about_library(found)


def is_overtaken(memory: Memory, found: ToSettle) -> bool:
    """Tell whether something happened with its item later."""
    past = memory.past(found.entry)
    return (past is not None and past.overtaken) or came_back_in_vain(memory, found.transaction)


def came_back_in_vain(memory: Memory, transaction: Transaction) -> bool:
    """Tell whether the library has refused the return with which a loan was over.

    It had not been told of the loan.
    """
    if isinstance(transaction, Checkin):
        return False
    return any(past.stage == "refused" for past in _returned_since(memory, transaction))


def has_moved_on(memory: Memory, transaction: Transaction) -> bool:
    """Tell whether its item came back or was lent later, so that it is of the past."""
    later = (past for past in _since(memory, transaction) if past.transaction.kind in MOVES)
    return came_back_in_vain(memory, transaction) or any(x.stage != "refused" for x in later)


def _returned_since(memory: Memory, transaction: Transaction) -> Iterator[Past]:
    later = _since(memory, transaction)
    return (past for past in later if isinstance(past.transaction, Checkin))


def _since(memory: Memory, transaction: Transaction) -> Iterator[Past]:
    """Give what happened with its item later, apart from what was undone or put right."""
    item = transaction.item
    for past in map(memory.past, memory.about(item) if item else ()):
        if past is None or past.transaction.item != item or past.transaction.at <= transaction.at:
            continue
        if not (past.stage == "voided" or past.is_undo or past.corrected):
            yield past


def is_forgotten(transaction: Transaction) -> bool:
    """Tell whether it had a patron who is forgotten by now."""
    cardless = transaction.kind == "renewal" or getattr(transaction, "guest", None) is not None
    return getattr(transaction, "patron", None) == "" and not cardless


def advised(system: str, memory: Memory, found: ToSettle) -> Advice:
    """Give what is advised about one, by the library's words and by what happened here since."""
    usual = advice.of(system, found.transaction.kind, found.outcome)
    is_sent = usual.choice != "settle" or usual.todo in ("look_there", "look_refused")
    if is_sent and has_moved_on(memory, found.transaction):
        return replace(usual, todo="moved_on")
    if is_sent and is_forgotten(found.transaction):
        return replace(usual, todo="forgotten")
    return usual


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
