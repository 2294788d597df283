"""Housekeeping: once a day the journal is rewritten without what may not be remembered.

A child process does the reading and writing; here it is started, and the daybook changed over to
what it wrote, a piece at a time between commits. Whatever fails is tried again the next time:
nothing at the desk waits for it.
"""

from __future__ import annotations

import asyncio
import logging
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from kiosk.daybook.children import ChildError, run_child
from kiosk.daybook.journal import JournalError, compaction, segments

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from kiosk.daybook.daybook import Daybook
    from kiosk.daybook.settings import RetentionSettings
    from kiosk.daybook.writer import Writer

log = logging.getLogger(__name__)

FIRST = 10 * 60.0
"""Seconds after the start: a desk that is switched off every night comes to it too."""
EVERY = 23 * 3600.0
"""Seconds. A patron is to be gone within a day of the term."""
_AHEAD = timedelta(days=1)


class Housekeeping:
    """Keeps a daybook in order. To be used from the event loop of its writer."""

    def __init__(
        self,
        daybook: Daybook,
        writer: Writer,
        settings: RetentionSettings,
        *,
        clock: Callable[[], datetime],
        sure: Callable[[], bool],
    ) -> None:
        self._daybook = daybook
        self._writer = writer
        self._settings = settings
        self._clock = clock
        self._sure = sure
        self._done_at = -1
        """The number of the last commit when it was last in order."""

    async def run(self) -> None:
        """Do it again and again, until cancelled."""
        pause = FIRST
        while True:
            await asyncio.sleep(pause)
            pause = EVERY
            try:
                await self.tidy()
            except (JournalError, OSError) as error:
                log.warning("housekeeping is put off: %s", error)

    async def tidy(self) -> None:
        """Rewrite the journal, if that changes anything. Raises JournalError, OSError."""
        now = self._now()
        sequence = self._daybook.journal.sequence
        folder = self._daybook.journal.folder
        files = await asyncio.to_thread(segments.look_at, folder)
        unfinished = [path for path in files.useless if path.match("*.base.*.new")]
        await asyncio.to_thread(segments.remove, unfinished)  # by a child that was killed
        if files.base != self._daybook.journal.base:  # the last change-over came to no end
            await self._change_over(files.base)
        if sequence == self._done_at and await self._child(str(folder), now) == "0":
            return
        number = await self._writer.do(self._daybook.journal.seal)
        new = compaction.unfinished(folder, number)
        await self._child(str(new), now)
        # By the writer: a base that got its name after another storage was opened would hide what
        # that one has committed since.
        await self._writer.do(partial(compaction.publish, new))
        await self._change_over(number)
        self._done_at = sequence

    async def _change_over(self, number: int) -> None:
        """Let memory follow, piece by piece; scans go in between."""
        pieces = self._daybook.journal.adopt(number)
        count = 0
        while (old := await self._writer.do(lambda: next(pieces, None))) is not None:
            count += len(old)
            self._daybook.forget(old)
        old_files = self._daybook.release()
        await asyncio.to_thread(segments.remove, old_files)
        log.info("the journal was rewritten up to segment %d; %d documents changed", number, count)

    async def _child(self, path: str, now: datetime) -> str:
        """Let a process of its own read a journal or write a base; give what it printed."""
        days = (self._settings.patron_days, self._settings.transaction_days)
        arguments = (path, now.isoformat(), *map(str, days))
        try:
            printed = await run_child("kiosk.daybook.retention", *arguments)
        except ChildError as error:
            raise JournalError(str(error)) from error
        return printed.decode().strip()

    def _now(self) -> datetime:
        """Give the time. A clock that nobody has confirmed does not make years pass in a night."""
        now, latest = self._clock(), self._daybook.latest()
        if self._sure() or latest is None:
            return now
        return min(now, latest + _AHEAD)
