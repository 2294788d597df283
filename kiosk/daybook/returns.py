"""Returned items: for which the library has yet to answer, and which are still on the cart.

A recorded return lies on the cart, kept off the shelves. Answered at once, it never lay there:
whoever scanned it had it in hand, and was told. Answered later, it stays there, and where it goes
is known now. It is off the cart when it was seen again or voided, and when its item was lent again;
it is back where that loan was voided or refused (kiosk.daybook.whereabouts).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from kiosk.desk.transactions import Route

if TYPE_CHECKING:
    from collections.abc import Iterable


IN_HAND = timedelta(seconds=5)
"""So long after its scan an item is still in the hand of whoever scanned it."""


@dataclass(slots=True)
class Return:
    """A returned item that was not dealt with yet. `route` is "" until the library has answered."""

    number: int
    id: str
    item: str
    at: datetime
    route: Route = ""
    to: str = ""


def stays_on_cart(back: Return, answered: datetime) -> bool:
    """Tell whether a return is on the cart after an answer: nobody had the item in hand then."""
    at_once = timedelta(0) <= answered - back.at <= IN_HAND
    return bool(back.route) and not at_once


@dataclass(slots=True)
class Returns:
    """The returns of one daybook that are not dealt with yet."""

    unanswered: set[str] = field(default_factory=set)
    """The ids of those for which the library has yet to answer, on the cart or not."""
    waiting: set[str] = field(default_factory=set)
    """The ids of those on the cart of which nobody knows yet where they go."""
    seen: set[str] = field(default_factory=set)
    """The ids of those that somebody has seen on the cart, or dealt with otherwise."""
    _on_cart: dict[str, Return] = field(default_factory=dict)
    _of_item: dict[str, list[Return]] = field(default_factory=dict)

    def __len__(self) -> int:
        """Count the items on the cart."""
        return len(self._of_item)

    def returned(self, number: int, id_: str, item: str, at: datetime) -> None:
        """Take in that an item was returned."""
        back = Return(number, id_, item, at)
        self.unanswered.add(id_)
        self._put(back)

    def lent(self, item: str) -> None:
        """Take in that an item was lent: it lies on no cart."""
        self._take_off(back.id for back in self._of_item.get(item, ()))

    def answered(self, id_: str, at: datetime, route: Route, to: str) -> None:
        """Take in where a returned item goes.

        An answer without a route came to an older version, whose returns were dealt with without
        a cart.
        """
        self.unanswered.discard(id_)
        self.waiting.discard(id_)
        back = self._on_cart.get(id_)
        if back is None:
            return
        back.route, back.to = route, to
        if not stays_on_cart(back, at):
            self._take_off([id_])

    def put(self, item: str, backs: Iterable[Return]) -> None:
        """Take in which returns of an item lie on the cart, the newest last."""
        self._take_off([back.id for back in self.of(item)])
        for back in backs:
            self._put(back)

    def saw(self, ids: Iterable[str]) -> None:
        """Take in that returns were seen again on the cart."""
        ids = tuple(ids)
        self.seen.update(ids)
        self.gone(ids)

    def again(self, id_: str) -> None:
        """Take in that the answer for a return counts no more: it is sent again."""
        if id_ not in self.seen:
            self.unanswered.add(id_)

    def gone(self, ids: Iterable[str]) -> None:
        """Take in that returns were seen again, voided, or forgotten."""
        ids = tuple(ids)
        self.unanswered.difference_update(ids)
        self._take_off(ids)

    def of(self, item: str) -> tuple[Return, ...]:
        """Give the returns of an item on the cart, the newest last."""
        return tuple(self._of_item.get(item, ()))

    def on_cart(self) -> list[Return]:
        """Give the newest return of each item on the cart, by when they came there."""
        return [backs[-1] for backs in self._of_item.values()]

    def answered_ids(self) -> tuple[str, ...]:
        """Give the returns on the cart of which it is known where they go."""
        return tuple(id_ for id_, back in self._on_cart.items() if back.route)

    def _put(self, back: Return) -> None:
        self._on_cart[back.id] = back
        self._of_item.setdefault(back.item, []).append(back)
        if not back.route:
            self.waiting.add(back.id)

    def _take_off(self, ids: Iterable[str]) -> None:
        for id_ in tuple(ids):
            back = self._on_cart.pop(id_, None)
            self.waiting.discard(id_)
            if back is not None:
                backs = self._of_item[back.item]
                backs.remove(back)
                if not backs:
                    del self._of_item[back.item]
