"""Batches: what went to the library system together, and how far that has come.

    fact                      its transactions                         the batch
    ------------------------  ---------------------------------------  ------------------------
    batched                   are under way: they may have arrived     begun
    loaded                    rest there: waiting, or handed over      loaded
    unloaded                  wait to be sent, as if never batched     forgotten; or spoiled
    an answer, or a report    are over, each by itself                 as before
    confirmed, wanted         as before                                as before, but noted
    closed                    as before                                forgotten

A spoiled batch is kept in mind until it is closed, because somebody might process it.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Literal

from kiosk.daybook.facts import (
    BatchConfirmed,
    Batched,
    BatchFact,
    BatchLoaded,
    BatchUnloaded,
    BatchWanted,
)
from kiosk.desk.batches.standing import HandedFile

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kiosk.daybook.daybook import Daybook
    from kiosk.daybook.pending import Pending

Stage = Literal["begun", "loaded", "spoiled"]


@dataclass(slots=True)
class KnownBatch:
    """A batch that is not closed. `since`: when it came to this stage.

    `written`: how often it was sent. `confirmed`: somebody says that it was loaded where it
    was handed over to; `wanted`: that it is lost, and has to be written once more.
    """

    fact: Batched
    stage: Stage
    since: datetime
    written: int = 0
    confirmed: BatchConfirmed | None = None
    wanted: BatchWanted | None = None

    @property
    def where(self) -> str:
        """Give the place that it went to, without its name there."""
        return self.fact.key.removesuffix(f"/{self.fact.name}")


class Batches:
    """The batches that are not closed, by their ids, the oldest first."""

    def __init__(self) -> None:
        self._all: dict[str, KnownBatch] = {}
        self._of: dict[str, str] = {}
        """The batch in which a transaction went last."""
        self.resting: dict[str, Pending] = {}
        """What the library has in a batch and has not processed yet, by id."""
        self._items = Counter[str]()
        """Of what rests."""

    def __iter__(self) -> Iterator[KnownBatch]:
        """Give them all, the oldest first."""
        return iter(self._all.values())

    def __contains__(self, batch: str) -> bool:
        """Tell whether one is not closed."""
        return batch in self._all

    def of(self, transaction: str) -> KnownBatch | None:
        """Give the batch in which a transaction went last, unless that is closed."""
        return self._all.get(self._of.get(transaction, ""))

    def learn(self, fact: BatchFact) -> tuple[str, ...]:
        """Take a fact in; give the transactions whose lot it changes."""
        if isinstance(fact, Batched):
            self._all[fact.id] = KnownBatch(fact, "begun", fact.at)
            self._of |= dict.fromkeys(fact.transactions, fact.id)
            return fact.transactions
        known = self._all.get(fact.batch)
        if known is None:
            return ()
        if isinstance(fact, BatchConfirmed | BatchWanted):
            _note(known, fact)
            return ()
        mine = tuple(x for x in known.fact.transactions if self._of.get(x) == fact.batch)
        if isinstance(fact, BatchLoaded):
            known.stage, known.wanted = "loaded", None
            if fact.anew:
                known.since, known.written = fact.at, known.written + 1
            return mine
        for transaction in mine:
            del self._of[transaction]
        if isinstance(fact, BatchUnloaded) and fact.spoiled:
            known.stage, known.since = "spoiled", fact.at
        else:
            del self._all[fact.batch]
        return mine

    def over(self, transaction: str) -> Pending | None:
        """Take that a transaction has an outcome; give it, where it rested."""
        self._of.pop(transaction, None)
        return self.leave(transaction)

    def rest(self, pending: Pending) -> None:
        """Take that a transaction rests with the library."""
        self.resting[pending.id] = pending
        self._items[pending.item] += 1

    def leave(self, transaction: str) -> Pending | None:
        """Take that one does so no more; give it, where it did."""
        pending = self.resting.pop(transaction, None)
        if pending is not None:
            self._items[pending.item] -= 1
        return pending

    def has(self, item: str) -> bool:
        """Tell whether something with an item rests with the library."""
        return item != "" and self._items[item] > 0


def handed_over(daybook: Daybook) -> list[HandedFile]:
    """List what was handed over and nobody has said yet was loaded, the oldest first."""
    batches = daybook.indexes.batches
    counts = Counter(known.fact.id for x in batches.resting if (known := batches.of(x)))
    return [
        HandedFile(
            batch=known.fact.id,
            name=known.fact.title or known.fact.name,
            stem=known.fact.name,
            where=known.where,
            at=known.since,
            count=counts[known.fact.id],
            times=known.written,
            wanted=known.wanted is not None,
        )
        for known in batches
        if known.fact.rests_as == "handed_over" and known.stage == "loaded" and not known.confirmed
    ]


def _note(known: KnownBatch, fact: BatchConfirmed | BatchWanted) -> None:
    """Note what somebody says of a batch that was handed over."""
    if isinstance(fact, BatchConfirmed):
        known.confirmed = fact
    else:
        known.wanted = fact
