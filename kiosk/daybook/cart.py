"""Returned items that are not where they belong yet: the cart."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kiosk.daybook.returns import Return, stays_on_cart
from kiosk.daybook.whereabouts import moves
from kiosk.desk.memory import CartItem
from kiosk.desk.returns.count import Returns
from kiosk.desk.transactions import Checkin, Checkout

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kiosk.daybook.daybook import Daybook


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


def cart_items(daybook: Daybook) -> list[str]:
    """List the items on the cart, by where they go, those that wait last."""
    by_place = sorted(daybook.indexes.returns.on_cart(), key=_place_of)
    return [back.item for back in by_place]


def _place_of(back: Return) -> tuple[int, str, int]:
    places = ("shelve", "hold", "transit", "ask", "")
    return places.index(back.route), back.to, back.number


def counts(daybook: Daybook) -> Returns:
    """Count the returns that are not dealt with yet."""
    known = daybook.indexes.returns
    return Returns(unanswered=len(known.unanswered), cart=len(known), waiting=len(known.waiting))
