"""Outages: from when to when the library was away, as far as anybody has to know.

    it begins     with the first failure, where something waits, or else with what is recorded next
    it goes on    over a restart, even where the library came back while this machine was off
    it ends       when the library counts as online again (kiosk.delivery.connectivity), or has
                  answered for all that waited

While the library was away and nobody needed it, that was no outage: nothing is written of it. When
it began is told by the clock as it is now: where that was set meanwhile, the beginning moves along,
and its length is right (kiosk.daybook.clock).
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from kiosk.daybook.clock import true_time
from kiosk.daybook.facts import LibraryAway, LibraryBack
from kiosk.desk.afterwards.runs import Outage

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from kiosk.daybook.facts import ClockReading, Fact


class Outages:
    """Keeps count of outages. `put` has a fact written.

    `away`: the one that goes on, by the disk; `ended` are those of no run yet. `true_time` tells
    when one began by what is known of the clock.
    """

    def __init__(
        self,
        put: Callable[[Fact], None],
        away: LibraryAway | None,
        ended: Iterable[Outage],
        true_time: Callable[[LibraryAway], datetime] = lambda away: away.at,
    ) -> None:
        self._put = put
        self._away = away
        self._kept = away is not None
        self._ended = list(ended)
        self._true_time = true_time

    @property
    def since(self) -> datetime | None:
        """When the one began that goes on, and because of which something waits."""
        return self._true_time(self._away) if self._away is not None and self._kept else None

    def away(self, now: LibraryAway, *, waiting: bool) -> None:
        """Take that the library is away now, and whether something waits for it."""
        self._away = self._away or now
        if waiting and not self._kept:
            self._kept = True
            self._put(self._away)

    def back(self, at: datetime) -> None:
        """Take that the library is there."""
        since = self.since
        if since is not None:
            ended = max(
                at, since, key=datetime.timestamp
            )  # it began by a clock that nobody can set right any more
            self._ended.append(Outage(since, ended))
            self._put(LibraryBack(at=ended, since=since))
        self._away, self._kept = None, False

    def of(self, since: datetime) -> tuple[Outage, ...]:
        """Give those that have ended since a moment, and are of no run yet."""
        return tuple(outage for outage in self._ended if outage.ended >= since)

    def told(self) -> None:
        """Take that they are in the report of a run."""
        self._ended.clear()


class OutageClock:
    """Tells when the library went away, also where the desk's clock is set meanwhile.

    `uptime`: which boot of the machine this is, and for how many seconds it has gone on. `known`:
    what is known of the clock, by boot.
    """

    def __init__(
        self,
        clock: Callable[[], datetime],
        uptime: Callable[[], tuple[str, float | None]],
        known: Mapping[str, ClockReading],
    ) -> None:
        self._clock = clock
        self._uptime = uptime
        self._known = known

    def away_now(self) -> LibraryAway:
        """Note this moment as the one in which it went away."""
        boot, uptime = self._uptime()
        return LibraryAway(at=self._clock(), boot=boot, uptime=uptime)

    def true_time(self, away: LibraryAway) -> datetime:
        """Tell when that was, by the clock as it is now, or by what is known of its boot."""
        boot, uptime = self._uptime()
        if away.boot == boot and away.uptime is not None and uptime is not None:
            now = self._clock()
            began = now.astimezone(UTC) - timedelta(seconds=uptime - away.uptime)
            return began.astimezone(now.tzinfo)
        return true_time(away, self._known.get(away.boot))
