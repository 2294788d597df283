"""A run: one delivery of a backlog, from its first transaction to its last. And outages."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Literal

Why = Literal["start", "outage", "time", "staff"]
"""What began it: the kiosk was started, the library came back, it was the time of the day for it
(`load_at`), or staff said so."""


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
    outages: tuple[Outage, ...] = ()

    @property
    def done(self) -> int:
        """How many transactions have an outcome."""
        return self.applied + self.needing

    @property
    def needing(self) -> int:
        """How many of these need a person."""
        return self.noticed + self.refused + self.unknown + self.by_hand
