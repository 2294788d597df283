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
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from kiosk.readiness import Found, judge
from kiosk.view.state import Readiness

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from datetime import datetime
    from pathlib import Path

    from kiosk.desk.session.sessions import Roster
    from kiosk.ils.trial import Step
    from kiosk.readiness import Soundness
    from kiosk.view.state import AppState, Looked

log = logging.getLogger(__name__)

T = TypeVar("T")

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

LOOKED_AT: tuple[Looked, ...] = ("daybook", "library", "printer")
"""What takes its time."""

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
        self._judged = Readiness()
        self._data = data
        self._receipts = receipts
        self._now = now
        self._state = state
        self._roster = roster
        self._look_at_printer = look_at_printer
        self._look_at_library = look_at_library
        self._changed = changed
        self._one_look = asyncio.Lock()
        self._look: asyncio.Task[Found] | None = None
        self._left: list[Looked] = []
        self._stopped = 0
        self._found: tuple[Found, datetime] | None = None
        """What was found last, and when."""

    async def watch(self) -> None:
        """Look until cancelled."""
        await asyncio.sleep(FIRST)
        while True:
            await self.look()
            await asyncio.sleep(SOON if self.shown.state == "bad" else DAY)

    async def look(self) -> Readiness | None:
        """Look now; None where that was stopped."""
        async with self._one_look:
            self._left[:] = LOOKED_AT
            self._changed()
            self._look = asyncio.create_task(self._find())
            try:
                self._found = await self._look, self._now()
            except asyncio.CancelledError:
                if _is_to_end():
                    raise
                self._stopped += 1
                return None
            finally:
                self._look = None
                self._left.clear()
                self.judge_again()
                self._changed()
        for check in self.shown.checks:
            if check.state != "good":
                log.info("ready for an outage? %s: %s", check.state, check.says.key)
        return self.shown

    def stop(self) -> None:
        """Look no further, if anybody looks; what was found before stays."""
        if self._look is not None:
            self._look.cancel()

    def judge_again(self) -> None:
        """Judge what was found by what is on show now: staff have mended something meanwhile."""
        if self._found is not None:
            found, at = self._found
            self._judged = judge(self._state(), found, at)

    @property
    def shown(self) -> Readiness:
        """Give what was found, and what is being looked at."""
        return replace(self._judged, looking=tuple(self._left), stopped=self._stopped)

    async def _find(self) -> Found:
        daybook, connection, _ = await asyncio.gather(
            self._look_at("daybook", read_daybook(self._data)),
            self._look_at("library", self._library()),
            self._look_at("printer", self._printer()),
        )
        return Found(
            daybook=daybook,
            receipts=self._receipts,
            roster=self._roster(),
            connection=connection,
        )

    async def _look_at(self, what: Looked, look: Awaitable[T]) -> T:
        """Look at one thing, and show once that is done."""
        try:
            return await look
        finally:
            if len(self._left) > 1:  # the last one stays until all is judged
                self._left.remove(what)
                self._changed()

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


def _is_to_end() -> bool:
    """Tell whether the task that runs is to end, and not only what it waits for."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


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
