"""Outages: from when to when the library was away, as far as anybody has to know.

    it begins     with the first failure, where something waits, or else with what is recorded next
    it goes on    over a restart, even where the library came back while this machine was off
    it ends       when the library counts as online again (kiosk.delivery.connectivity), or has
                  answered for all that waited

While the library was away and nobody needed it, that was no outage: nothing is written of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kiosk.daybook.facts import LibraryAway, LibraryBack
from kiosk.desk.afterwards.runs import Outage

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from kiosk.daybook.facts import Fact


class Outages:
    """Keeps count of outages. `put` has a fact written.

    `since`: when the one began that goes on, by the disk; `ended` are those of no run yet.
    """

    def __init__(
        self, put: Callable[[Fact], None], since: datetime | None, ended: Iterable[Outage]
    ) -> None:
        self._put = put
        self._since = since
        self._kept = since is not None
        self._ended = list(ended)

    def away(self, at: datetime, *, waiting: bool) -> None:
        """Take that the library is away at a moment, and whether something waits for it."""
        self._since = self._since or at
        if waiting and not self._kept:
            self._kept = True
            self._put(LibraryAway(at=self._since))

    def back(self, at: datetime) -> None:
        """Take that the library is there."""
        if self._since is not None and self._kept:
            ended = max(at, self._since)  # the clock may have been set meanwhile
            self._ended.append(Outage(self._since, ended))
            self._put(LibraryBack(at=ended))
        self._since, self._kept = None, False

    def of(self, since: datetime) -> tuple[Outage, ...]:
        """Give those that have ended since a moment, and are of no run yet."""
        return tuple(outage for outage in self._ended if outage.ended >= since)

    def told(self) -> None:
        """Take that they are in the report of a run."""
        self._ended.clear()
