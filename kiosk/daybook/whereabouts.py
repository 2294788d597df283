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

from kiosk.daybook.returns import Return, stays_on_cart
from kiosk.desk.events import CartItem, Holder
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


def on_cart(daybook: Daybook, item: str) -> CartItem | None:
    """Tell where an item goes that is on the cart, or that came back last."""
    backs = daybook.indexes.returns.of(item)
    number = backs[-1].number if backs else _last_return(daybook, item)
    if not number:
        return None
    found = CartItem(item=item, title=daybook.title(item), unseen=tuple(x.id for x in backs))
    outcome = daybook.outcome(number)
    if outcome is None:
        return found
    return CartItem(
        item=item,
        route=outcome.route or ("shelve" if outcome.kind == "applied" else "ask"),
        to=outcome.to,
        title=outcome.title or found.title,
        words=outcome.words,
        unseen=found.unseen,
    )


def _last_return(daybook: Daybook, item: str) -> int:
    """Give the return that was the last thing done with an item; 0 where it was something else."""
    for number, move in moves(daybook, item):
        if isinstance(move, Checkin):
            return 0 if move.undoes else number
        if isinstance(move, Checkout) and not daybook.was_refused(number):
            return 0
    return 0


def look_at_cart(daybook: Daybook, item: str) -> None:
    """See anew which returns of an item lie on the cart: what happened since may count no more."""
    backs: list[Return] = []
    for number, move in moves(daybook, item):
        if isinstance(move, Checkout) and not daybook.was_refused(number):
            break
        if isinstance(move, Checkin) and not move.undoes:
            backs += _left_on_cart(daybook, number, move)
    daybook.indexes.returns.put(item, backs[::-1])


def _left_on_cart(daybook: Daybook, number: int, back: Checkin) -> Iterator[Return]:
    """Give a return, unless it was dealt with."""
    if back.id in daybook.indexes.returns.seen or back.id in daybook.indexes.reported:
        return
    outcome = daybook.outcome(number)
    left = Return(number, back.id, back.item, back.at)
    if outcome is not None:
        left.route, left.to = outcome.route, outcome.to
    if outcome is None or stays_on_cart(left, outcome.at):
        yield left
