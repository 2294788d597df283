"""Which transaction goes next.

1. What the patron at the desk waits for goes first: it overtakes an unrelated backlog.
2. It never overtakes a transaction with the same patron or the same item: that one goes first.
3. The rest goes in the order of the daybook.
4. An item whose fate is unknown holds up its later transactions until a person has looked, but
   not what else its patrons do. A refused one holds up nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from kiosk.daybook.indexes import Pending


class Queue:
    """Transactions on their way, by their order in the daybook. `add` in that order."""

    def __init__(self) -> None:
        self._all: dict[str, Pending] = {}
        self._by_key: dict[str, dict[str, Pending]] = {}
        self._held: set[str] = set()

    def __len__(self) -> int:
        return len(self._all)

    def __contains__(self, transaction: str) -> bool:
        return transaction in self._all

    def add(self, pending: Pending) -> None:
        """Take a transaction in, behind all others."""
        self._all[pending.transaction.id] = pending
        for key in _keys(pending):
            self._by_key.setdefault(key, {})[pending.transaction.id] = pending

    def discard(self, transaction: str) -> None:
        """Take a transaction out: it has an outcome, or was voided."""
        pending = self._all.pop(transaction, None)
        if pending is None:
            return
        for key in _keys(pending):
            line = self._by_key[key]
            del line[transaction]
            if not line:
                del self._by_key[key]

    def hold(self, item: str) -> None:
        """Hold up an item whose fate is unknown."""
        self._held.add(item)

    def next(self, is_open: Callable[[str], bool]) -> Pending | None:
        """Give what goes next; None where nothing may go. `is_open` tells of a visit by its id."""
        free = (p for p in self._fresh(is_open) if not self._is_held(p))
        fresh = next(free, None)
        if fresh is not None:
            return self._before(fresh)
        return next((p for p in self._all.values() if not self._is_held(p)), None)

    def _fresh(self, is_open: Callable[[str], bool]) -> list[Pending]:
        """Find the open visit's transactions: they are the newest ones."""
        fresh: list[Pending] = []
        for pending in reversed(self._all.values()):
            if not is_open(pending.transaction.visit):
                break
            fresh.append(pending)
        return fresh[::-1]

    def _before(self, pending: Pending) -> Pending:
        """Follow what has to go before a transaction to its beginning."""
        while True:
            first = min(self._lines(pending), key=lambda p: p.number)
            if first is pending:
                return pending
            pending = first

    def _lines(self, pending: Pending) -> Iterator[Pending]:
        """Give the first of each line in which a transaction stands; who is held steps aside."""
        for key in _keys(pending):
            yield next(p for p in self._by_key[key].values() if not self._is_held(p))

    def _is_held(self, pending: Pending) -> bool:
        return pending.transaction.item in self._held


def _keys(pending: Pending) -> tuple[str, ...]:
    patron = getattr(pending.transaction, "patron", None)
    item = f"item {pending.transaction.item}"
    return (item,) if patron is None else (item, f"patron {patron}")
