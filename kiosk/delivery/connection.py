"""Connections to the library as the courier sees them: how each fares, and which carries what.

    talk      answers while the patron waits; takes what has happened too, unless the library takes
              none by this way, or another way is there for it
    second    takes what has happened, where the account allows two. Given up for a while where it
              fails again and again: `talk` carries all then
    loads     takes what has happened in batches (kiosk.delivery.loading)

The first of these that there is tells whether the library can be reached, and no other.
"""

from __future__ import annotations

import asyncio
import math
import random
from typing import TYPE_CHECKING, Any, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kiosk.delivery.settings import DeliverySettings
    from kiosk.desk.words import Phrase
    from kiosk.ils.base import Library
    from kiosk.ils.batches import BatchLibrary

GIVEN_UP = 600.0
"""Seconds until one that was given up is tried again."""
_MOST_DOUBLINGS = 16
"""Of a pause; an outage of days has more failures than a float has powers of two."""

L = TypeVar("L")


class Connection(Generic[L]):
    """One connection. To be used on a running event loop.

    `wake` is set when there may be something to do.
    """

    def __init__(self, library: L) -> None:
        self.library = library
        self.wake = asyncio.Event()
        self.trouble: Phrase | None = None
        """Why the last attempt failed, if it did."""
        self.failures = 0
        """Attempts that failed since the last answer."""
        self._heard_at = -math.inf
        self._given_up_until = -math.inf

    def succeeded(self) -> None:
        """Take that the library has answered."""
        self.failures, self.trouble = 0, None
        self._heard_at = _now()

    def failed(self, why: Phrase) -> None:
        """Take that it has not."""
        self.failures += 1
        self.trouble = why

    @property
    def unheard(self) -> float:
        """For how many seconds the library has not answered."""
        return _now() - self._heard_at

    def give_up(self) -> None:
        """Leave it alone for a while."""
        self.failures = 0
        self._given_up_until = _now() + GIVEN_UP

    @property
    def given_up(self) -> float:
        """For how many seconds yet it is left alone."""
        return max(self._given_up_until - _now(), 0.0)

    async def back_off(self, settings: DeliverySettings) -> None:
        """Pause, longer after each failure, at random so that desks do not knock together."""
        doublings = min(max(self.failures - 1, 0), _MOST_DOUBLINGS)
        pause = min(settings.first_pause * 2**doublings, settings.longest_pause)
        await asyncio.sleep(settings.first_pause / 2)
        await self.sleep(pause * random.uniform(0.5, 1.0))  # noqa: S311 - not a secret

    async def sleep(self, seconds: float) -> None:
        """Pause until then, or until there is news."""
        try:
            async with asyncio.timeout(seconds):
                await self.wake.wait()
        except TimeoutError:
            return


class Connections:
    """Those that there are: one at the least. To be used on a running event loop."""

    def __init__(
        self, library: Library | None, second: Library | None, batches: BatchLibrary | None
    ) -> None:
        self.talk = Connection(library) if library is not None else None
        self.second = Connection(second) if second is not None else None
        self.loads = Connection(batches) if batches is not None else None
        self._all: tuple[Connection[Any], ...] = tuple(
            each for each in (self.talk, self.second, self.loads) if each is not None
        )
        self.first = self._all[0]
        """The one that tells whether the library can be reached."""
        self.carries = self._all[-1].library.carries
        """The kinds of transactions that go anywhere."""

    def __iter__(self) -> Iterator[Connection[Any]]:
        """Give them all."""
        return iter(self._all)

    @property
    def takes_backlog(self) -> bool:
        """Whether what has happened goes the same way as what the patron waits for."""
        return self.talk is not None and self.talk.library.takes_backlog

    @property
    def backlog(self) -> Connection[Any] | None:
        """The one that carries the backlog; None: it waits."""
        if self.loads is not None:
            return self.loads
        if not self.takes_backlog:
            return None
        return self.talk if self.second is None or self.second.given_up else self.second

    def wake(self) -> None:
        """Let all look again whether there is something to do."""
        for connection in self._all:
            connection.wake.set()

    def wake_others(self, than: Connection[Any]) -> None:
        """Let the others look again, but for one that pauses because it fails."""
        for other in self._all:
            if other is not than and not other.failures:
                other.wake.set()


def _now() -> float:
    return asyncio.get_running_loop().time()
