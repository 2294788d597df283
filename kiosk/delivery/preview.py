"""What will probably go wrong with a backlog, seen before it is sent.

    in the order in which it will be sent          what will probably happen
    ---------------------------------------------  -------------------------------------------------
    an item is lent while somebody has it (in the  the library moves the loan to the second patron,
    backlog, or since before), not returned        or refuses it
    between
    ... and the two were recorded at two desks     the same; one of the two desks holds the item
    an item is lent again to who has it            the library takes it for a renewal
    an item is returned earlier than it was lent,  the library takes the return, or ignores it: the
    by the day or time it counts from              loan may stay open although the item is back
    a card that the block list refuses by now:     the library refuses it, unless it takes whatever
    lost and replaced, blocked, expired            has happened

Nothing is held back because of it. What happened has happened; staff know whom to expect.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from kiosk.desk.checks.blocklist import Status, judge
from kiosk.desk.transactions import Checkin, Checkout, NoncatCheckout, Renewal, Transaction
from kiosk.desk.words import ending, say

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from datetime import date, datetime

    from kiosk.desk.checks.blocklist import BlockListRules, Listed
    from kiosk.desk.words import Phrase

Kind = Literal["out_twice", "two_desks", "renewed", "returned_first", "card_listed"]
"""The worst first."""


@dataclass(frozen=True, slots=True)
class Foreseen:
    """Something to expect of one transaction of a backlog. `before`: what it does not go with."""

    kind: Kind
    transaction: Transaction
    before: Transaction | None = None
    status: Status | Literal[""] = ""


def foresee(
    backlog: Iterable[Transaction],
    *,
    before: Callable[[str], Transaction | None],
    refused: Callable[[str], Status | None],
) -> Iterator[Foreseen]:
    """Go through a backlog in the order in which it will be sent.

    `before` gives the last of an item that was delivered already, `refused` says why the block list
    refuses a card.
    """
    last: dict[str, Transaction | None] = {}
    for transaction in backlog:
        item = transaction.item
        if isinstance(transaction, Checkout | Checkin):
            known = last[item] if item in last else before(item)
            yield from _of_item(transaction, known)
            last[item] = transaction
        status = refused(_card(transaction)) if _card(transaction) else None
        if status is not None:
            yield Foreseen("card_listed", transaction, status=status)


def _of_item(transaction: Checkout | Checkin, known: Transaction | None) -> Iterator[Foreseen]:
    if not isinstance(known, Checkout):
        return
    if isinstance(transaction, Checkin):
        if _counts_from(transaction) < _same_scale(transaction, known.at):
            yield Foreseen("returned_first", transaction, known)
    elif transaction.patron and transaction.patron == known.patron:
        yield Foreseen("renewed", transaction, known)
    elif transaction.terminal != known.terminal:
        yield Foreseen("two_desks", transaction, known)
    else:
        yield Foreseen("out_twice", transaction, known)


def _counts_from(checkin: Checkin) -> date | datetime:
    return checkin.at if checkin.returned is None else checkin.returned


def _same_scale(checkin: Checkin, moment: datetime) -> date | datetime:
    """Give a moment as the day it is at the desk, where the return counts by its day."""
    return moment if checkin.returned is None else moment.astimezone(checkin.at.tzinfo).date()


def refusing(
    listed: Callable[[str], Listed | None], today: date, rules: BlockListRules | None
) -> Callable[[str], Status | None]:
    """Give a function that says why the block list refuses a card; None: it does not."""

    def status(card: str) -> Status | None:
        found = listed(card) if rules is not None else None
        block = judge(found, today, rules) if found is not None and rules is not None else None
        return block.status if block is not None and block.refuses else None

    return status


def _card(transaction: Transaction) -> str:
    if isinstance(transaction, Checkout | NoncatCheckout | Renewal):
        return transaction.patron
    return ""


def told(foreseen: Foreseen, title: str = "") -> Phrase:
    """Say what to expect. Of a card its ending alone."""
    transaction, before = foreseen.transaction, foreseen.before
    return say(
        f"preview.{foreseen.kind}",
        at=transaction.at.isoformat(),
        what=title or transaction.item or getattr(transaction, "name", ""),
        ending=_ending(transaction),
        terminal=transaction.terminal,
        before=before.at.isoformat() if before is not None else "",
        before_ending=_ending(before) if before is not None else "",
        before_terminal=before.terminal if before is not None else "",
        status=say(f"preview.status_{foreseen.status}") if foreseen.status else "",
    )


def _ending(transaction: Transaction) -> str:
    card = _card(transaction)
    guest = getattr(transaction, "guest", None)
    return f"••{ending(card)}" if card else guest.name if guest is not None else "?"
