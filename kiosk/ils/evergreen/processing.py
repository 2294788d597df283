"""Having an upload session processed: once, whatever the server says or does not say.

A server that is asked a second time before it says that it is at work carries out everything
twice. And one that finds a line which is no JSON dies of it, each time again.
"""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final, Protocol

from kiosk.ils.base import LibraryError, Refused, ReplyLost
from kiosk.ils.evergreen.offline import ACTIVE, COMPLETE, GONE, NO_FILE

if TYPE_CHECKING:
    from collections.abc import Callable

    from kiosk.desk.words import Phrase
    from kiosk.ils.evergreen.events import Event
    from kiosk.ils.evergreen.offline import Offline
    from kiosk.ils.evergreen.sessions import Told

DIED: Final = 500
"""The status of HTTP where a program has died."""
STARTING: Final = timedelta(minutes=10)
"""So long a server may take from saying yes to `execute` until it says that it is at work."""


class About(Protocol):
    """What says something of the server."""

    def __call__(self, key: str, **more: str | int) -> Phrase:
        """Say it."""


class Processing:
    """Asks for it. `poll`: seconds between two looks whether it has begun."""

    def __init__(
        self, offline: Offline, about: About, clock: Callable[[], datetime], poll: float
    ) -> None:
        self.in_vain: dict[str, Phrase] = {}
        """Why a session could not be processed, by its key."""
        self._offline = offline
        self._about = about
        self._clock = clock
        self._poll = poll
        self._asked: dict[str, datetime] = {}
        self._executing: set[asyncio.Task[Event]] = set()

    def is_starting(self, key: str) -> bool:
        """Whether a session may begin to be processed at any moment: this desk has asked."""
        asked = self._asked.get(key)
        return asked is not None and self._clock() - asked < STARTING

    def stop(self) -> None:
        """Wait for no answers any more."""
        for task in self._executing:
            task.cancel()

    async def begin(self, told: Told) -> None:
        """Ask for it once, and go on asking whether it has begun.

        Some servers answer at once, some when all is done: minutes or an hour later. Raises
        `Refused`, `Unreachable` or `ReplyLost`.
        """
        self._asked[told.key] = self._clock()
        task = asyncio.create_task(self._offline.execute(told))
        self._executing.add(task)
        task.add_done_callback(self._executed)
        while not (await asyncio.wait({task}, timeout=self._poll))[0]:
            if await self._has_begun(told):
                return
        try:
            event = task.result()
        except ReplyLost as lost:
            await self._begun_all_the_same(told, lost)
            return
        except LibraryError:  # nothing was begun
            del self._asked[told.key]
            raise
        if event.ok:
            await self._begins(told)
        elif event.name not in (ACTIVE, COMPLETE):
            del self._asked[told.key]
            key = {GONE: "evergreen.session_gone", NO_FILE: "evergreen.file_missing"}.get(
                event.name, "evergreen.says_no"
            )
            self.in_vain[told.key] = reason = self._about(key, name=event.name)
            raise Refused(reason, event.words)

    def _executed(self, task: asyncio.Task[Event]) -> None:
        self._executing.discard(task)
        if not task.cancelled():
            task.exception()  # it was looked at, or nobody waits for it any more

    async def _begins(self, told: Told) -> bool:
        """Wait a little until it has begun, and tell whether it has."""
        for _ in range(3):
            if await self._has_begun(told):
                return True
            await asyncio.sleep(self._poll)
        return False

    async def _has_begun(self, told: Told) -> bool:
        try:
            now = await self._offline.session(told.key)
        except LibraryError:
            return False
        return now is not None and not now.is_open

    async def _begun_all_the_same(self, told: Told, lost: ReplyLost) -> None:
        """See what became of a request without an answer.

        A server that finds a line which is no JSON dies of it, before anything is done and each
        time again. A reply that says so looks the same as one of a server that is just ill; but a
        proxy that has waited too long (502 to 504) says nothing of the server behind it.
        """
        if await self._begins(told):
            return
        died = lost.reason.key == "evergreen.empty" or lost.reason.args.get("code") == DIED
        if not died:
            raise lost
        del self._asked[told.key]
        reason = self._about("evergreen.not_started", title=told.session.title)
        self.in_vain[told.key] = reason
        raise Refused(reason, lost.detail) from lost
