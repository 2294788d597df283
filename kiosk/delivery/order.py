"""Which transaction goes next.

1. What the patron at the desk waits for goes first: it overtakes an unrelated backlog.
2. It never overtakes a transaction with the same patron or the same item: that one goes first.
3. The rest goes in the order of the daybook.
4. One from paper, or that corrects another, goes where it would have stood, had it been recorded
   when it happened: before what happened later, as far as that is not under way yet. What was
   sent, and has no answer, goes first of its item: it has to be asked about.
5. What is under way by another connection holds up its patron and its item until it is over.
6. An item whose fate is unknown holds up its later transactions until a person has looked, but
   not what else its patrons do. A refused one holds up nothing. So does an item that was lent by
   hand, and a patron who was registered so, with the items lent to that card: until a person has
   entered that in the library system.
"""

from __future__ import annotations

from bisect import insort
from collections import Counter, OrderedDict
from heapq import merge
from itertools import islice, takewhile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from kiosk.daybook.pending import Pending


Place = tuple[int, bool, float, int]
"""Where a transaction stands: its number, or the one that it goes before, then by its time."""


class Queue:
    """Transactions on their way, by their order in the daybook. `add` in that order.

    `rests` tells of an item whether something with it rests in a batch.
    """

    def __init__(self, rests: Callable[[str], bool] = lambda _: False) -> None:
        self._all: OrderedDict[str, Pending] = OrderedDict()
        """Not a dict: its first would be found past all that were taken from the front."""
        self._places: dict[str, Place] = {}
        self._by_item: dict[str, list[Pending]] = {}
        self._by_patron: dict[str, list[Pending]] = {}
        self._late: dict[str, Pending] = {}
        """Those that do not stand where they were recorded."""
        self._under_way: dict[str, Pending] = {}
        self._busy_items = Counter[str]()
        self._busy_patrons = Counter[str]()
        self._rests = rests
        self._held: set[str] = set()
        self._held_patrons: set[str] = set()

    def add(self, pending: Pending) -> None:
        """Take a transaction in, behind all others; one that is there already, not once more."""
        if pending.id in self._all:
            return
        self._places[pending.id] = self._found_place(pending)
        self._all[pending.id] = pending
        if pending.late:
            self._late[pending.id] = pending
        for line in self._lines(pending):
            insort(line, pending, key=self._place)

    def add_again(self, some: Iterable[Pending]) -> None:
        """Take in what had left, where it stood; in the order of the daybook."""
        for pending in some:
            self.add(pending)
        in_order = sorted(self._all.values(), key=lambda x: x.number)
        self._all = OrderedDict((x.id, x) for x in in_order)

    def discard(self, transaction: str) -> None:
        """Take a transaction out: it has an outcome, or was voided."""
        pending = self._all.pop(transaction, None)
        if pending is None:
            return
        del self._places[transaction]
        self._late.pop(transaction, None)
        for line in self._lines(pending):
            line.remove(pending)
        if pending.item and not self._by_item[pending.item]:
            del self._by_item[pending.item]
        if pending.patron and not self._by_patron[pending.patron]:
            del self._by_patron[pending.patron]

    def _found_place(self, pending: Pending) -> Place:
        """Find where a transaction goes: behind all others, unless it was written down earlier.

        It looks back over what happened since then, and no further.
        """
        if not pending.late:
            return self._beside_sent(pending, (pending.number, True, 0.0, pending.number))
        before = pending.number
        for other in reversed(self._all.values()):
            under_way = other.sent and other.item == pending.item
            if under_way or (other.at <= pending.at and not other.aside):
                break
            if other.at > pending.at and not other.sent:
                before = min(before, self._place(other)[0])
        return self._beside_sent(pending, (before, False, pending.at.timestamp(), pending.number))

    def _beside_sent(self, pending: Pending, place: Place) -> Place:
        """Keep a place behind what was sent of the same item, or before all of it, if it was sent.

        What became of that is asked first: what overtakes it might undo it, so that it goes twice.
        """
        line = [(self._place(x), x.sent) for x in self._by_item.get(pending.item, ())]
        if pending.sent:
            return min([place, *((number, False, 0.0, pending.number) for (number, *_), _ in line)])
        at = pending.at.timestamp()
        behind = [
            (*where[:2], max(where[2] + 1, at), pending.number) for where, sent in line if sent
        ]
        return max([place, *behind])

    def _place(self, pending: Pending) -> Place:
        return self._places[pending.id]

    def hold(self, item: str = "", patron: str = "") -> None:
        """Hold up an item, or all that a patron does, until a person has looked."""
        self._held |= {item} - {""}
        self._held_patrons |= {patron} - {""}

    def release(self) -> None:
        """Hold up nothing any more."""
        self._held.clear()
        self._held_patrons.clear()

    def begin(self, pending: Pending) -> None:
        """Take that a transaction is under way, if that is news."""
        if pending.id in self._under_way:
            return
        self._under_way[pending.id] = pending
        self._busy_items[pending.item] += 1
        self._busy_patrons[pending.patron] += 1

    def end(self, pending: Pending) -> None:
        """Take that it is so no more, however that ended."""
        if self._under_way.pop(pending.id, None) is not None:
            self._busy_items[pending.item] -= 1
            self._busy_patrons[pending.patron] -= 1

    @property
    def idle(self) -> bool:
        """Whether nothing is under way."""
        return not self._under_way

    def __contains__(self, transaction: str) -> bool:
        """Tell whether a transaction is on its way, by its id."""
        return transaction in self._all

    def __len__(self) -> int:
        """Count what waits, for whatever."""
        return len(self._all)

    def held_up(self, may_go: Callable[[Pending], bool]) -> int:
        """Count what waits for a person although its time has come."""
        return sum(self._is_held(pending) for pending in takewhile(may_go, self._all.values()))

    def fresh(
        self, is_open: Callable[[str], bool], may_go: Callable[[Pending], bool] = lambda _: True
    ) -> Pending | None:
        """Give what goes next of what the patron at the desk waits for, if anything may.

        `is_open` tells of a visit by its id. It may be something else that has to go before; where
        that may not go, neither may what is behind it.
        """
        fresh = (p for p in self._fresh(is_open) if not self._is_held(p))
        return self._first_of(fresh, lambda p: may_go(p) and not self._rests(p.item))

    def lost(self) -> Pending | None:
        """Give what was sent and not answered for: to be asked about, which needs no order."""
        return next((p for p in self._free() if p.sent and not self._is_disturbed(p)), None)

    def due(self, may_go: Callable[[Pending], bool]) -> Pending | None:
        """Give what goes next of the backlog, up to the first that may not go yet."""
        return self._first_of(takewhile(may_go, self._free()))

    def _first_of(
        self, wanted: Iterable[Pending], may_go: Callable[[Pending], bool] = lambda _: True
    ) -> Pending | None:
        firsts = (self._before(pending) for pending in wanted)
        return next((p for p in firsts if may_go(p) and not self._is_disturbed(p)), None)

    def _is_disturbed(self, pending: Pending) -> bool:
        """Tell whether it is under way, or something of the same patron or item is."""
        return (
            pending.id in self._under_way
            or (pending.item != "" and self._busy_items[pending.item] > 0)
            or (pending.patron != "" and self._busy_patrons[pending.patron] > 0)
        )

    def batch(
        self,
        most: int,
        may_go: Callable[[Pending], bool] = lambda _: True,
        *,
        item_once: bool = False,
    ) -> list[Pending]:
        """Give what goes together, in order, up to the first that may not go yet.

        What was sent already, or is held up, holds up what is behind it with its item or patron;
        with `item_once` what is in the batch holds up what is behind it with its item.
        """
        batch: list[Pending] = []
        items, patrons = {""}, {""}
        for pending in takewhile(may_go, self._in_order()):
            behind = {pending.item} & items | {pending.patron} & patrons
            busy = pending.sent or self._is_disturbed(pending) or self._is_held(pending)
            if busy or behind - {""}:
                items.add(pending.item)
                patrons.add(pending.patron)
            else:
                batch.append(pending)
                items |= {pending.item} if item_once else set()
            if len(batch) == most:
                break
        return batch

    def _in_order(self) -> Iterator[Pending]:
        """Give all by their places."""
        if not self._late:
            return iter(self._all.values())
        usual = (p for p in self._all.values() if p.id not in self._late)
        return merge(usual, sorted(self._late.values(), key=self._place), key=self._place)

    def group(
        self, first: Pending, most: int, may_go: Callable[[Pending], bool] = lambda _: True
    ) -> list[Pending]:
        """Give what goes next and, where that is the head of a backlog, what follows it.

        It ends before what may not go, an item that is in it already, or a card that is registered
        in it: its fate may turn out unknown.
        """
        group: list[Pending] = []
        items: set[str] = set()
        cards: set[str] = set()
        for pending in islice(takewhile(may_go, self._free()), most):
            waits = pending.item in items or pending.patron in cards
            if waits or (not group and pending is not first):
                break
            group.append(pending)
            items |= {pending.item} - {""}
            cards |= {pending.patron} if pending.kind == "registration" else set()
        return group or [first]

    def _free(self) -> Iterator[Pending]:
        return (p for p in self._all.values() if not self._is_held(p))

    def _fresh(self, is_open: Callable[[str], bool]) -> list[Pending]:
        """Find the open visit's transactions: the newest ones, but for what came in out of turn."""
        fresh: list[Pending] = []
        for pending in reversed(self._all.values()):
            if is_open(pending.visit):
                fresh.append(pending)
            elif not pending.aside:
                break
        return fresh[::-1]

    def _before(self, pending: Pending) -> Pending:
        """Follow what has to go before a transaction to its beginning."""
        while True:
            lines = self._lines(pending)
            firsts = (next(p for p in line if not self._is_held(p)) for line in lines)
            first = min(firsts, key=self._place, default=pending)  # who is held steps aside
            if first is pending:
                return pending
            pending = first

    def _lines(self, pending: Pending) -> Iterator[list[Pending]]:
        """Give the lines in which a transaction stands: its item's, and its patron's.

        One that is about neither stands in none: nothing has to go before it.
        """
        if pending.item:
            yield self._by_item.setdefault(pending.item, [])
        if pending.patron:
            yield self._by_patron.setdefault(pending.patron, [])

    def _is_held(self, pending: Pending) -> bool:
        """Tell whether it waits for a person, or for what happened before with its item and does.

        A return sent before its loan would be refused, and the loan be sent all the same.
        """
        if pending.item in self._held or pending.patron in self._held_patrons:
            return True
        if not self._held_patrons:  # nearly always; a long backlog is gone through often
            return False
        before = takewhile(lambda x: x is not pending, self._by_item.get(pending.item, ()))
        return any(x.patron in self._held_patrons for x in before)


def in_order(waiting: Iterable[Pending]) -> Iterator[Pending]:
    """Put what waits in the order in which it will be sent, if nobody stands at the desk."""
    queue = Queue()
    for pending in waiting:
        queue.add(pending)
    while (following := queue.due(lambda _: True)) is not None:
        queue.discard(following.id)
        yield following
