"""Keeps the desk's block list: opens it, has it brought when it is time, and knows what is wrong.

Everything slow is done by a child process. What the desk asks is answered from the built list,
with one small read.
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Any

import msgspec

from kiosk.daybook.blocklist.child import Done, Refresh, Verify, encode
from kiosk.daybook.blocklist.errors import BlockListDamagedError, BlockListError
from kiosk.daybook.blocklist.file import NAME, BlockListFile, identity
from kiosk.daybook.children import ChildError, run_child

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from pathlib import Path
    from zoneinfo import ZoneInfo

    from kiosk.daybook.blocklist.file import Header
    from kiosk.daybook.blocklist.settings import BlockListSettings
    from kiosk.desk.checks.blocklist import Listed
    from kiosk.desk.words import Phrase

log = logging.getLogger(__name__)

LOOK = 5.0
"""Seconds between two looks at file and clock."""
LONGEST = 3600.0
"""Seconds after which a child that has not come to an end is stopped."""
FIRST_PAUSE = timedelta(minutes=1)
LONGEST_PAUSE = timedelta(hours=1)


@dataclass(slots=True)
class Attempts:
    """When something was tried last, and how often in vain since."""

    last: datetime | None = None
    failures: int = 0


def is_due(settings: BlockListSettings, attempts: Attempts, now: datetime) -> bool:
    """Tell whether it is time to ask the source.

    After a failure it is asked again in a minute, then in two, and so on up to an hour. A last
    time that is still to come was taken from a clock that has been set back since.
    """
    last = attempts.last
    if not settings.has_source:
        return False
    if last is None or last > now:
        return True
    if attempts.failures and _has_paused(attempts, now):
        return True
    if settings.folder is not None:
        return now - last >= timedelta(minutes=settings.every)
    return any(last < _latest(at, now) for at in settings.times)


def _has_paused(attempts: Attempts, now: datetime) -> bool:
    """Tell whether it was long enough ago that it failed last."""
    pause = min(LONGEST_PAUSE, FIRST_PAUSE * (1 << min(max(attempts.failures - 1, 0), 10)))
    return attempts.last is None or not timedelta() <= now - attempts.last < pause


def _latest(at: str, now: datetime) -> datetime:
    """Give the last moment at which it was so late by the library's clock."""
    hour, minute = map(int, at.split(":"))
    moment = datetime.combine(now.date(), time(hour, minute), now.tzinfo)
    return moment if moment <= now else moment - timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Found:
    """What stands in the list's place: nothing, the file seen before, or another one."""

    seen: tuple[int, int] | None = None
    file: BlockListFile | None = None
    error: Exception | None = None


def _found(path: Path, before: tuple[int, int] | None) -> Found:
    """Look for a list, and open it if it is another one. This waits for the disk."""
    try:
        seen = identity(path.stat())
    except OSError:
        return Found()
    if seen == before:
        return Found(seen)
    try:
        return Found(seen, BlockListFile(path))
    except (BlockListDamagedError, OSError) as error:
        return Found(seen, error=error)


class Keeper:
    """The desk's block list. `run` keeps it up to date; `changed()` is called when it has.

    `log_in` gives what the server knows us by, where it wants a login of its own; it raises
    BlockListError.
    """

    def __init__(
        self,
        settings: BlockListSettings,
        folder: Path,
        zone: ZoneInfo,
        now: Callable[[], datetime],
        changed: Callable[[], None],
        *,
        log_in: Callable[[], Coroutine[Any, Any, str]] | None = None,
    ) -> None:
        self.trouble: Phrase | None = None
        """Why the newest list is not here, if it is not."""
        self.damaged = False
        self._settings = settings
        self._folder = folder
        self._zone = zone
        self._now = now
        self._changed = changed
        self._log_in = log_in
        self._file: BlockListFile | None = None
        self._seen: tuple[int, int] | None = None
        self._attempts = Attempts()
        self._take(_found(folder / NAME, None))
        self._attempts.last = self._asked()

    @property
    def header(self) -> Header | None:
        """What the list says of itself; None without one."""
        return self._file.header if self._file is not None else None

    def listed(self, card: str) -> Listed | None:
        """Tell what the list says of a card; nothing where it turns out to be damaged."""
        try:
            return self._file.listed(card) if self._file is not None else None
        except BlockListDamagedError as error:
            self._give_up(error)
            return None

    async def run(self) -> None:
        """Keep the list up to date until cancelled."""
        verifying: Attempts | None = Attempts()
        try:
            while True:
                if await self.look():
                    self._changed()
                if verifying is not None and _has_paused(verifying, self._now()):
                    verifying = await self._verify(verifying)
                elif is_due(self._settings, self._attempts, self._now()):
                    await self._refresh(self._attempts)
                else:
                    await asyncio.sleep(LOOK)
        finally:
            self._close()

    def _asked(self) -> datetime | None:
        """Tell when the source was asked last; a list read by other settings is none of it."""
        if self.header is None or not self.header.origin.startswith(self._settings.reading):
            return None
        return self.header.built

    async def look(self) -> bool:
        """Open the list where another one has taken its place; tell whether one has.

        A disk that hangs holds a thread, and no scan.
        """
        return self._take(await asyncio.to_thread(_found, self._folder / NAME, self._seen))

    def _take(self, found: Found) -> bool:
        if found.seen == self._seen:
            return False
        self._close()
        self._seen, self._file, self.damaged = found.seen, found.file, False
        if found.error is not None:
            self._give_up(found.error)
        elif found.file is not None:
            header = found.file.header
            log.info("the block list is of %s, with %d cards", header.made, header.cards)
        return True

    def _give_up(self, error: Exception) -> None:
        """Use the list no more, and have another brought: at once, if none was just asked for."""
        log.error("the block list is not used: %s", error)
        self._close()
        self.damaged = True
        self._attempts.failures += 1

    def _close(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None

    async def _verify(self, attempts: Attempts) -> Attempts | None:
        """Have the list read to its end, which is worth nobody's waiting; None when that is done.

        A child that could not tell says nothing about the list: it is used, and read again later.
        """
        if self._file is None:
            return None
        done = await _child(Verify(self._folder))
        if done.trouble is None:
            return None
        if await self.look():  # another has come, and nobody knows which of the two was read
            self._changed()
            return Attempts()
        if done.damaged:
            self._give_up(BlockListDamagedError(done.trouble.key, **done.trouble.args))
            self._changed()
            return None
        log.warning("the block list was not verified: %s %s", done.trouble.key, done.trouble.args)
        return Attempts(self._now(), attempts.failures + 1)

    async def _refresh(self, attempts: Attempts) -> None:
        before = self.trouble
        done = await self._brought()
        self.trouble = done.trouble
        attempts.last = self._now()
        attempts.failures = attempts.failures + 1 if self.trouble is not None else 0
        if self.trouble is not None and self.trouble != before:
            log.warning("no new block list: %s %s", self.trouble.key, self.trouble.args)
        await self.look()
        self._changed()

    async def _brought(self) -> Done:
        """Have the newest list brought."""
        try:
            login = await self._log_in() if self._log_in is not None else ""
        except BlockListError as error:
            return Done(error.phrase)
        zone, now = self._zone.key, self._now()
        return await _child(Refresh(self._folder, zone, now, self._settings, self.damaged, login))


async def _child(job: Refresh | Verify) -> Done:
    """Have a child process do a job; tell how it went, even where there was no child."""
    try:
        async with asyncio.timeout(LONGEST):
            printed = await run_child("kiosk.daybook.blocklist.child", job=encode(job))
        return msgspec.json.decode(printed, type=Done)
    except (TimeoutError, ChildError, msgspec.MsgspecError) as error:
        log.error("the block list's child failed: %r", error)  # noqa: TRY400 - its bug, if any
        return Done(BlockListError("blocklist.child_failed").phrase)
    except OSError as error:  # no memory, or too many processes: the desk goes on
        return Done(BlockListError("blocklist.disk", reason=error.strerror or str(error)).phrase)
