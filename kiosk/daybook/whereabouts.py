"""Where an item is, as far as this daybook knows: with whom, or on the cart.

It follows from what was done with the item and still counts, by when it happened. Lines from paper
and corrections are entered after what happened later, so that the order of the daybook does not
tell:

    voided                        it never happened
    corrected                     it happened as the one says that is sent in its place
    loan refused                  it never was one; whoever had the item before has it still
    checkin that takes back a loan   nobody has the item, and it lies on no cart
    return refused                the item lies on the cart all the same: a person looks
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kiosk.desk.memory import Holder
from kiosk.desk.transactions import Checkin, Checkout, Renewal
from kiosk.desk.words import ending

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from kiosk.daybook.daybook import Daybook
    from kiosk.desk.transactions import Transaction

    Move = tuple[int, Transaction]
    """A transaction that lends an item, takes it back or makes its loan longer, by its number."""


def moves(daybook: Daybook, item: str) -> Iterator[Move]:
    """Give the moves of an item that were not voided, what happened last first."""
    late: list[tuple[datetime, Move]] = []
    """Lines from paper that wait for their turn, the latest last."""
    for number in daybook.kept(daybook.indexes.look_back.moves_of(item)):
        if daybook.indexes.is_gone(number):
            continue
        move = number, daybook.as_told(number)
        at = daybook.indexes.true_time(move[1])
        if move[1].source == "paper" or move[1].corrects:
            late.append((at, move))
            late.sort(key=lambda x: (x[0], x[1][0]))
            continue
        while late and late[-1][0] >= at:
            yield late.pop()[1]
        yield move
    yield from (move for _, move in reversed(late))


def holder(daybook: Daybook, item: str) -> Holder | None:
    """Tell who has an item."""
    due: datetime | None = None
    for number, move in moves(daybook, item):
        if daybook.was_refused(number):
            continue
        if isinstance(move, Renewal):
            due = due or move.due
        elif isinstance(move, Checkout) and (move.patron or move.guest):
            return _holder(move, due or move.due)
        else:
            return None
    return None


def _holder(loan: Checkout, due: datetime) -> Holder:
    card = loan.patron
    return Holder(card_ending=ending(card), at=loan.at, due=due, card=card, guest=loan.guest)


def last_loan(daybook: Daybook, item: str) -> int:
    """Give the loan by which somebody has an item; 0 where nobody has it."""
    for number, move in moves(daybook, item):
        if isinstance(move, Renewal) or daybook.was_refused(number):
            continue
        whose = isinstance(move, Checkout) and (move.patron or move.guest)
        return number if whose else 0
    return 0


def delivered_loan_after(daybook: Daybook, number: int, item: str) -> bool:
    """Tell whether the last that the library was told of an item is a loan after this return."""
    for later, move in moves(daybook, item):
        if later == number:
            return False
        waits = daybook.indexes.awaits(move.id)
        if isinstance(move, Checkout | Checkin) and not (waits or daybook.was_refused(later)):
            return isinstance(move, Checkout) and bool(move.patron or move.guest)
    return False


def delivered_last(daybook: Daybook, item: str) -> Transaction | None:
    """Read the last loan or return of an item that the library knows of, and that counts."""
    for number, move in moves(daybook, item):
        waits = daybook.indexes.awaits(move.id)
        if isinstance(move, Checkout | Checkin) and not (waits or daybook.was_refused(number)):
            return move
    return None


def knows(daybook: Daybook, item: str) -> bool:
    """Tell whether an item was ever here: lent, returned, or told of by the library."""
    if item in daybook.indexes.titles:
        return True
    here = daybook.kept(daybook.indexes.look_back.with_item(item))
    return any(map(daybook.lasts, here))
