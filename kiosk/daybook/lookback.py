"""Looking back: which transactions a day has brought, and those of an item or a card before.

All of it by numbers, in a few bytes for each transaction, so that nothing has to be searched.
"""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field
from itertools import chain, takewhile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kiosk.daybook.facts import Head


MOVES = frozenset({"checkout", "checkin", "renewal"})
"""The kinds of transactions that say who has an item, and until when."""


@dataclass(slots=True)
class LookBack:
    """What went before what, in one daybook. Days are ISO dates."""

    days: dict[str, list[range]] = field(default_factory=dict)
    """The numbers of each day: mostly one run, more where lines from paper came in between."""
    of_item: dict[str, int] = field(default_factory=dict)
    """The newest transaction with each item."""
    of_card: dict[str, int] = field(default_factory=dict)
    moved: dict[str, int] = field(default_factory=dict)
    """The newest transaction that lends an item, takes it back or makes its loan longer."""
    undone: set[str] = field(default_factory=set)
    """The ids of delivered checkouts that a checkin took back."""
    _item_before: array[int] = field(default_factory=lambda: array("Q"))
    """By number: the transaction before with the same item; 0 where there is none."""
    _card_before: array[int] = field(default_factory=lambda: array("Q"))
    _moved_before: array[int] = field(default_factory=lambda: array("Q"))

    def add(self, number: int, head: Head) -> None:
        """Take a transaction in. Call in the order of the daybook."""
        runs = self.days.setdefault(head.at[:10], [])
        if runs and runs[-1].stop == number:
            runs[-1] = range(runs[-1].start, number + 1)
        else:
            runs.append(range(number, number + 1))
        _link(self.of_item, self._item_before, head.item, number)
        _link(self.of_card, self._card_before, head.patron, number)
        moved = head.item if head.kind in MOVES else ""
        _link(self.moved, self._moved_before, moved, number)
        if head.undoes:
            self.undone.add(head.undoes)

    def on_day(self, day: str) -> list[int]:
        """Give the transactions of a day, the newest first."""
        return [number for run in reversed(self.days.get(day, [])) for number in reversed(run)]

    def with_item(self, item: str) -> Iterator[int]:
        """Give the transactions with an item, the newest first."""
        return _chain(self._item_before, self.of_item.get(item, 0))

    def moves_of(self, item: str) -> Iterator[int]:
        """Give the transactions that say who has an item, the newest first."""
        return _chain(self._moved_before, self.moved.get(item, 0))

    def with_card(self, card: str) -> Iterator[int]:
        """Give the transactions with a card, the newest first."""
        return _chain(self._card_before, self.of_card.get(card, 0))

    def ending_since(self, first: int, digits: str) -> set[str]:
        """Give the cards and items that end so, of which there is a transaction from `first` on."""
        newest = chain(self.of_item.items(), self.of_card.items())
        return {name for name, last in newest if last >= first > 0 and name.endswith(digits)}

    def since(self, first: int, chain: Iterator[int]) -> Iterator[int]:
        """Give those of a chain that are not older than a transaction; none where there is none."""
        return takewhile(lambda number: first and number >= first, chain)

    def is_on(self, number: int, day: str) -> bool:
        """Tell whether a transaction is of a day."""
        return any(number in run for run in self.days.get(day, ()))

    def first_on(self, day: str) -> int:
        """Give the first transaction of a day; 0 where there is none."""
        runs = self.days.get(day)
        return runs[0].start if runs else 0


def _link(newest: dict[str, int], before: array[int], key: str, number: int) -> None:
    """Keep what went before a transaction with the same item, or card."""
    if number > len(before):  # some are forgotten by now
        before.extend([0] * (number - len(before)))
    before.append(newest.get(key, 0) if key else 0)
    if key:
        newest[key] = number


def _chain(before: array[int], number: int) -> Iterator[int]:
    while 0 < number < len(before):
        yield number
        number = before[number]
