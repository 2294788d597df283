"""Looks once a day whether the desk is ready for an outage, and whenever somebody asks.

Nothing here is in the way of a scan: the daybook is read by a process of its own that lets
everything else go first, and a device that does not answer is not waited for.
"""

from __future__ import annotations

import asyncio
import json
import logging
import sys
from contextlib import suppress
from typing import TYPE_CHECKING

from kiosk.readiness import Found, judge
from kiosk.view.state import Readiness

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from datetime import datetime
    from pathlib import Path

    from kiosk.desk.session.sessions import Roster
    from kiosk.ils.trial import Step
    from kiosk.readiness import Soundness
    from kiosk.view.state import AppState

log = logging.getLogger(__name__)

FIRST = 20.0
"""Seconds after the start: by then devices and library have answered, or do not."""
DAY = 24 * 3600.0
SOON = 600.0
"""Seconds until the next look where something is bad: it may be mended by then."""
PATIENCE = 15.0
"""Seconds that a device may take."""
ANSWERING = 30.0
"""Seconds that the library system may take for all of its answers."""
READING = 600.0
"""Seconds that reading the daybook may take; an old card reads 10 MB a second."""

_KIOSK_THAT_GIVES_WAY = """
import sys
from kiosk.cli import main
from kiosk.daybook.background import give_way
give_way()
sys.exit(main(sys.argv[1:]))
"""


class ReadinessWatch:
    """Keeps what was found, with its time.

    `state` gives what is on show, `look_at_printer` sees whether it could print, `look_at_library`
    what is wrong with the connection; `changed` is called after each look.
    """

    def __init__(
        self,
        data: Path,
        *,
        receipts: bool,
        now: Callable[[], datetime],
        state: Callable[[], AppState],
        roster: Callable[[], Roster],
        look_at_printer: Callable[[], Awaitable[None]],
        look_at_library: Callable[[], Awaitable[tuple[Step, ...]]],
        changed: Callable[[], None],
    ) -> None:
        self.shown = Readiness()
        self._data = data
        self._receipts = receipts
        self._now = now
        self._state = state
        self._roster = roster
        self._look_at_printer = look_at_printer
        self._look_at_library = look_at_library
        self._changed = changed
        self._looking = asyncio.Lock()
        self._found: tuple[Found, datetime] | None = None
        """What was found last, and when."""

    async def watch(self) -> None:
        """Look until cancelled."""
        await asyncio.sleep(FIRST)
        while True:
            readiness = await self.look()
            await asyncio.sleep(SOON if readiness.state == "bad" else DAY)

    async def look(self) -> Readiness:
        """Look now."""
        async with self._looking:
            daybook, connection, _ = await asyncio.gather(
                read_daybook(self._data), self._library(), self._printer()
            )
            found = Found(
                daybook=daybook,
                receipts=self._receipts,
                roster=self._roster(),
                connection=connection,
            )
            self._found = found, self._now()
            self.judge_again()
        for check in self.shown.checks:
            if check.state != "good":
                log.info("ready for an outage? %s: %s", check.state, check.says.key)
        self._changed()
        return self.shown

    def judge_again(self) -> None:
        """Judge what was found by what is on show now: staff have mended something meanwhile."""
        if self._found is not None:
            found, at = self._found
            self.shown = judge(self._state(), found, at)

    async def _library(self) -> tuple[Step, ...]:
        if self._state().library.state != "online":  # which is on show, and nobody should wait
            return ()
        try:
            return await asyncio.wait_for(self._look_at_library(), ANSWERING)
        except TimeoutError:  # that it does not answer is on show already
            return ()

    async def _printer(self) -> None:
        with suppress(TimeoutError):  # what is wrong with it is on show already
            await asyncio.wait_for(self._look_at_printer(), PATIENCE)


async def read_daybook(data: Path) -> Soundness:
    """Read every byte of a daybook in a child process, and tell what came of it."""
    check = ("daybook", "check", "--json", "--data", str(data))
    try:
        child = await asyncio.create_subprocess_exec(
            sys.executable,
            "-c",
            _KIOSK_THAT_GIVES_WAY,
            *check,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
        )
    except OSError as error:
        log.warning("the daybook cannot be checked: %s", error)
        return "unknown"
    try:
        told, _ = await asyncio.wait_for(child.communicate(), READING)
        return "sound" if json.loads(told)["ok"] else "damaged"
    except (TimeoutError, ValueError, KeyError):
        return "unknown"
    finally:
        if child.returncode is None:
            child.kill()
            await child.wait()
