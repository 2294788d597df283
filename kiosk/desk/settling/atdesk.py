"""Settled at the desk: what the library says while the patron stands there is dealt with there.

Whatever is settled here is on no list the morning after; whatever is not, a person looks at later.

    the library says      of a line of the open visit                              settled at once
    --------------------  -------------------------------------------------------  ---------------
    applied               it is confirmed                                          (nothing to do)
    refused               it turns red and comes off the receipt; staff read why   yes
    noticed: another      nobody has ours on paper: the line, the receipt and      yes, with that
    due date              every reprint have the library's                         date
                          its slip was printed, or it is from paper: the patron    no
                          has ours
    noticed: the rest     it turns amber, with the library's words                 yes
    by hand               said when it was recorded; a person enters it            no
    unknown               it turns amber: nobody knows                             no

    ... of a line that was undone, or is just being undone: the same, but that it stays undone
    ... of a closed visit: nothing is settled. What was refused comes off the receipt, should that
        be wanted again
    ... of a return that was seen again on the cart (kiosk.desk.returns.cart): where it goes was
        read there, to the hold shelf or to another library; that settles it
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from kiosk.desk import effects, events, recording
from kiosk.desk.afterwards import undo
from kiosk.desk.answers import Answer, about_line, due_phrase
from kiosk.desk.asking import forms
from kiosk.desk.lending import slips
from kiosk.desk.words import say

if TYPE_CHECKING:
    from kiosk.desk.memory import CartItem
    from kiosk.desk.transactions import Outcome
    from kiosk.desk.visits import Line
    from kiosk.desk.work import Work


_DUE_NOT_KNOWN: Final = {
    "due-unread": "noticed.due_unread",
    "due-untold": "noticed.due_untold",
}
"""How it is said that an item is lent and the library's due date not known, by its code."""


def outcome_arrived(work: Work, event: events.OutcomeArrived) -> None:
    """Show what the library said of a line; what it refused comes off the receipt."""
    outcome, visit = event.outcome, work.state.visit
    line = visit.line(outcome.transaction) if visit is not None else None
    if visit is None or line is None:
        _answered_late(work, outcome)
        return
    said = slips.is_by_hand(visit, line, work.carries)
    line, settled = _with_outcome(work, line, outcome)
    work.change(line)
    if outcome.kind == "by_hand" and said:
        return  # said when it was recorded
    if settled is not None:
        work.want(settled)
    _answer(work, line, outcome)
    if work.settings.receipts == "item":
        recording.print_slip(work, line.id, event.at)


def _with_outcome(work: Work, line: Line, outcome: Outcome) -> tuple[Line, effects.Settle | None]:
    """Give a line as the library's answer leaves it, and what settles that, where it does."""
    stage = line.stage if line.stage in ("voiding", "voided") else outcome.kind
    note = say("plain.text", text=outcome.words) if outcome.words else line.note
    line = replace(line, stage=stage, title=outcome.title or line.title, note=note)
    if outcome.kind not in ("refused", "noticed"):
        return line, None
    if not _due_differs(outcome):
        return line, effects.Settle(outcome.transaction)
    if not _can_be_told(work, line):
        return line, None
    told = replace(line, due=outcome.due, due_by="usual")
    return told, effects.Settle(outcome.transaction, due=outcome.due)


def _due_differs(outcome: Outcome) -> bool:
    return outcome.code == "due-differs" and outcome.due is not None


def _can_be_told(work: Work, line: Line) -> bool:
    """Tell whether the patron stands here, and has no other due date of a line on paper."""
    return line.due is not None and not line.printed and work.state.paper is None


def _answer(work: Work, line: Line, outcome: Outcome) -> None:
    """Say it; a confirmation of an earlier line does not take the place of what is on show."""
    answer = _verdict(line, outcome)
    if outcome.kind == "applied" and work.state.answer_line != line.id:
        work.want(effects.Tell(answer))
    elif answer.tone in ("look", "not_taken"):
        forms.tell_meanwhile(work, answer, line.id)
    else:
        work.answer(answer, line.id)


def _verdict(line: Line, outcome: Outcome) -> Answer:
    """Tell what the library said of a line."""
    words = say("plain.text", text=outcome.words) if outcome.words else None
    if outcome.kind == "applied":
        return about_line(line, "confirmed", say(f"confirmed.{line.kind}"))
    if outcome.kind == "refused":
        detail = words or say("refused.no_words")
        headline = say(f"refused.{line.kind}")
        return Answer(tone="not_taken", headline=headline, detail=detail, item=line.item)
    if outcome.code == "due-differs" and outcome.due is not None:
        return about_line(line, "look", due_phrase("noticed.due_differs", outcome.due))
    if outcome.code in _DUE_NOT_KNOWN:
        detail = say(_DUE_NOT_KNOWN[outcome.code], text=outcome.words)
        return about_line(line, "look", detail)
    return about_line(line, "look", words or say(f"{outcome.kind}.look"))


def _answered_late(work: Work, outcome: Outcome) -> None:
    """Take what the library refused after the visit off its receipt, should it be wanted again."""
    past = work.memory.refused(outcome.transaction) if outcome.kind == "refused" else None
    if past is not None:
        undo.follow_receipt(work, past)


def seen_on_cart(work: Work, found: CartItem) -> None:
    """Settle what the library said of a return that was just seen again, and where it goes."""
    if found.route in ("hold", "transit"):
        for transaction in found.unseen:
            work.want(effects.Settle(transaction))
