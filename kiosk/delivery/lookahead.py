"""What a preview reads of a daybook; what the disk does not give is left out, and counted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kiosk.daybook import whereabouts
from kiosk.daybook.facts import UNREADABLE
from kiosk.daybook.journal import JournalError
from kiosk.delivery.order import in_order

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kiosk.daybook.daybook import Daybook
    from kiosk.desk.transactions import Transaction

_UNREADABLE = (*UNREADABLE, JournalError)


class Reader:
    """Reads a daybook past what cannot be read."""

    def __init__(self, daybook: Daybook) -> None:
        self._daybook = daybook
        self.missing = 0
        """How many transactions could not be read."""

    def waiting(self) -> Iterator[Transaction]:
        """Read what waits at this moment, in the order in which it will be sent."""
        for pending in list(in_order(self._daybook.indexes.pending.values())):
            yield from self._transaction(pending.number)

    def all_ids(self) -> set[str]:
        """Name all that was ever recorded here."""
        numbers = list(self._daybook.journal.places("transactions"))
        return {x.id for number in numbers for x in self._transaction(number)}

    def before(self, item: str) -> Transaction | None:
        """Read the last of an item that was delivered already."""
        try:
            return whereabouts.delivered_last(self._daybook, item)
        except _UNREADABLE:
            self.missing += 1
            return None

    def title(self, item: str) -> str:
        """Read what an item is called, as far as that is known."""
        try:
            return self._daybook.title(item)
        except _UNREADABLE:
            return ""

    def _transaction(self, number: int) -> Iterator[Transaction]:
        """Give one transaction, or none."""
        try:
            transaction = self._daybook.transaction(number)
        except _UNREADABLE:
            self.missing += 1
        else:
            yield transaction
