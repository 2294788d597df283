"""What is said of something that needs a person: what it is about, what the library said."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kiosk.desk.answers import due_phrase, news, whose
from kiosk.desk.settling import doubt
from kiosk.desk.visits import Line
from kiosk.desk.words import Phrase, say

if TYPE_CHECKING:
    from kiosk.desk.memory import ToSettle
    from kiosk.desk.settling.advice import Advice
    from kiosk.desk.transactions import Transaction
    from kiosk.desk.work import Work


def what(transaction: Transaction, title: str = "") -> Phrase:
    """Say what a transaction is about: its item and whose it is, of a card the ending alone."""
    line = Line.of(transaction, "recorded", title)
    return say(
        f"lookback.{line.kind}",
        what=line.title or line.item,
        whose=whose(transaction),
        day=line.day.isoformat() if line.day is not None else "",
        count=line.count,
    )


def brief(found: ToSettle) -> Phrase:
    """Say what one is about in as few words as a row has room for."""
    line = Line.of(found.transaction, "recorded", found.title)
    return say(
        f"exceptions.brief_{line.kind}",
        what=line.title or line.item,
        whose=whose(found.transaction),
        count=line.count,
    )


def name(found: ToSettle) -> Phrase:
    """Name the item that one is about; or whose it is, where it is about none."""
    item = found.title or found.transaction.item
    return say("plain.text", text=item) if item else whose(found.transaction)


def advised_on(work: Work, found: ToSettle) -> Advice:
    """Give what is advised about one."""
    return doubt.advised(work.system, work.memory, found)


def said(found: ToSettle) -> Phrase:
    """Say what the library said, in its own words and with its code, as they are."""
    outcome = found.outcome
    due = outcome.due is not None and outcome.code == "due-differs"
    if due and outcome.due is not None:
        return say("exceptions.said_due", due=due_phrase("plain.due", outcome.due))
    who = "nothing" if not outcome.words else "report" if found.reported else "library"
    code = say("exceptions.code", code=outcome.code) if outcome.code else say("plain.text", text="")
    return say(f"exceptions.said_{who}", words=outcome.words, code=code)


def gone(work: Work) -> None:
    """Say that one needs nobody any more."""
    work.answer(news(say("exceptions.gone"), say("exceptions.gone_detail")))
