"""Where the desks of a library meet: the upload session into which all of them upload.

the one that staff chose          as long as it is open
else today's                      open, of this library, called as the settings say
else a new one                    and of several that desks have made at once, the oldest
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

from kiosk.ils.base import ReplyLost, Unreachable
from kiosk.ils.evergreen.sessions import plain, title, todays

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from datetime import datetime

    from kiosk.ils.evergreen.offline import Offline
    from kiosk.ils.evergreen.sessions import Told

SETTLING: Final = 1.5
"""Seconds after which whoever made a session at the same time sees it too: times are in seconds."""


class Meeting:
    """Finds the session. `template` is what it is called, `usable` tells what can be used at all.

    `now` gives the time by the server, which says when a session was made. `settling`: seconds to
    wait for other desks that may be making one; `turn`: seconds after which it is this desk's turn
    to make one. After an outage all desks come at once, and a session can never be deleted.
    """

    def __init__(
        self,
        offline: Offline,
        template: str,
        usable: Callable[[Told], bool],
        now: Callable[[], Awaitable[datetime]],
        *,
        settling: float,
        turn: float,
    ) -> None:
        self.chosen = ""
        """The key of the one that staff chose; "" for today's."""
        self._offline = offline
        self._template = template
        self._usable = usable
        self._now = now
        self._settling = settling
        self._turn = turn

    async def find(self) -> Told:
        """Give the session for the next upload; make it where there is none."""
        return await self._chosen() or await self._todays() or await self._make_todays()

    async def make(self, called: str) -> Told:
        """Make one; where an open one of today has that name, give that."""
        called = plain(called)
        before = await self._offline.sessions()
        today = (await self._now()).date()
        for told in filter(self._usable, before):
            if told.session.title == called and told.session.created.date() == today:
                return told
        try:
            key = await self._offline.create(called)
        except ReplyLost as lost:
            return await self._made_all_the_same(called, {told.key for told in before}, lost)
        return await self._offline.known(key)

    async def _chosen(self) -> Told | None:
        if not self.chosen:
            return None
        told = await self._offline.session(self.chosen)
        if told is not None and self._usable(told):
            return told
        self.chosen = ""
        return None

    async def _todays(self) -> Told | None:
        usable = filter(self._usable, await self._offline.sessions())
        return todays(usable, self._template, (await self._now()).date())

    async def _make_todays(self) -> Told:
        """Make today's session. Another desk may be at it too: all go to the oldest then."""
        await asyncio.sleep(self._turn)
        if self._turn and (told := await self._todays()) is not None:
            return told
        made = await self.make(title(self._template, (await self._now()).date()))
        await asyncio.sleep(self._settling)
        return await self._todays() or made

    async def _made_all_the_same(self, called: str, before: set[str], lost: ReplyLost) -> Told:
        """Find the session that was made although its reply was lost."""
        for told in await self._offline.sessions():
            if told.key not in before and told.session.title == called:
                return told
        raise Unreachable(lost.reason, lost.detail) from lost
