"""A run: one delivery of a backlog, from its first transaction to its last. And outages."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable

Why = Literal["start", "outage", "time", "staff", "processed"]
"""What began it: the kiosk was started, the library came back, it was the time of the day for it
(`load_at`), or staff said so. `processed`: what had been uploaded before was processed there."""
Rests = Literal["waiting", "handed_over"]
"""How what is in a batch rests: until it is processed, which is seen; or until somebody tells."""


@dataclass(frozen=True, slots=True)
class Outage:
    """The library could not be reached, and something waited because of it."""

    began: datetime
    ended: datetime

    @property
    def length(self) -> timedelta:
        """How long it was."""
        return self.ended.astimezone(UTC) - self.began.astimezone(UTC)


@dataclass(frozen=True, kw_only=True, slots=True)
class Run:
    """One delivery of a backlog. An outage in the middle interrupts it, and does not end it.

    `since` is when the oldest of its transactions was recorded, `waiting` how many there were at
    its beginning. The counts are of outcomes (kiosk.desk.transactions.Outcome) of what had waited;
    `kinds` counts the same by what they were. `left` could not be sent, because it waits for a
    person; `to_fix` names those that need one, by the ids of the transactions. `outages`: those
    because of which something of it had waited, the oldest first.

    `loaded` were put into batches, so that their fate is not known yet (`rests_as`); `into` says
    where: the names of upload sessions, or of files. What becomes of them is told by a later run.
    """

    id: str
    why: Why
    began: datetime
    since: datetime
    waiting: int
    ended: datetime | None = None
    applied: int = 0
    noticed: int = 0
    refused: int = 0
    unknown: int = 0
    by_hand: int = 0
    left: int = 0
    to_fix: tuple[str, ...] = ()
    kinds: dict[str, int] = field(default_factory=dict)
    loaded: int = 0
    into: tuple[str, ...] = ()
    rests_as: Rests = "waiting"
    outages: tuple[Outage, ...] = ()

    @property
    def done(self) -> int:
        """How many transactions have an outcome."""
        return self.applied + self.needing

    @property
    def sent(self) -> int:
        """How many have arrived: what has an outcome, and what rests in batches."""
        return self.done + self.loaded

    @property
    def needing(self) -> int:
        """How many of these need a person."""
        return self.noticed + self.refused + self.unknown + self.by_hand

    def with_loaded(self, into: str, kinds: Iterable[str], rests_as: Rests) -> Run:
        """Count what was put into a batch, by what it is."""
        counts = Counter(kinds)
        return replace(
            self,
            loaded=self.loaded + counts.total(),
            kinds=dict(Counter(self.kinds) + counts),
            into=tuple(dict.fromkeys((*self.into, into))),
            rests_as=rests_as,
        )
