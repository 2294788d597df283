"""A connection to the library as the courier sees it: how it fares, and when to try again."""

from __future__ import annotations

import asyncio
import math
import random
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from kiosk.delivery.settings import DeliverySettings
    from kiosk.desk.words import Phrase

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


def _now() -> float:
    return asyncio.get_running_loop().time()
