"""What clients send over the link: what staff do there, and what programs ask for."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING

from drivers.scanner.symbology import unwrap_typed
from kiosk import reports
from kiosk.desk import events
from kiosk.view.messages import (
    Alive,
    ChangeSetting,
    FileDecided,
    Leave,
    LookReady,
    Ping,
    Pong,
    Pressed,
    ReportCame,
    Screenshot,
    ScreenshotTaken,
    SettingsLeft,
    Typed,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from datetime import datetime

    from kiosk.desk.desk import Desk
    from kiosk.desk.transactions import Source
    from kiosk.engine.delivery import Delivery
    from kiosk.engine.readiness import ReadinessWatch
    from kiosk.engine.recording import Recording
    from kiosk.engine.settings import SettingsRoom
    from kiosk.engine.tasks import Tasks
    from kiosk.view.messages import Intent
    from kiosk.view.server import LinkServer

STILL_BUSY = 0.025
"""Seconds between two looks whether all that came before a question is taken care of."""
SIGN = 2.0
"""Seconds between two signs to whoever waits for that: a slow printer says nothing for minutes."""


class Clients:
    """Takes what they send, and answers them.

    `staff_did` lets the desk take an event, with the number of its line; `busy` tells whether it
    has yet to finish one.
    """

    def __init__(
        self,
        desk: Desk,
        link: LinkServer,
        recording: Recording,
        tasks: Tasks,
        *,
        settings: SettingsRoom,
        readiness: ReadinessWatch,
        delivery: Delivery,
        now: Callable[[], datetime],
        staff_did: Callable[[events.Event, int], None],
        busy: Callable[[], bool],
    ) -> None:
        self._desk = desk
        self._link = link
        self._recording = recording
        self._tasks = tasks
        self._settings = settings
        self._readiness = readiness
        self._delivery = delivery
        self._now = now
        self._staff_did = staff_did
        self._busy = busy

    def take(self, intent: Intent) -> None:
        """Take what a client sends."""
        match intent:
            case Pressed(command=command, prompt=prompt):
                self._staff_did(events.Pressed(self._now(), command, prompt), 0)
            case Typed(text=text, scanned=scanned, prompt=prompt, number=number):
                source: Source = "scan" if scanned else "typed"
                scan = events.Scanned(self._now(), unwrap_typed(text), source, prompt=prompt)
                self._staff_did(scan, number)
            case Screenshot():
                self._have_taken(intent)
            case ScreenshotTaken():
                self._link.answer_consoles(intent)
            case ChangeSetting() | Leave() | SettingsLeft():
                self._settings.take(intent)
            case LookReady():
                self._tasks.start(self._look_ready())
            case ReportCame(failures=failures):
                came = reports.facts_of(failures, self._now())
                self._recording.put(came, partial(self._go_on, self._delivery.settled))
            case FileDecided(batch=batch, what=what):
                decided = reports.decided(batch, what, self._now())
                self._recording.put([decided], partial(self._go_on, self._delivery.wake))
            case Ping():
                self._ping(intent)

    def _have_taken(self, wanted: Screenshot) -> None:
        """Have a screen take its picture; or say that there is none."""
        if not self._link.tell_screens(wanted):
            self._link.answer_consoles(ScreenshotTaken(path=wanted.path, problem="no screen"))

    def _go_on(self, deliver: Callable[[], None], recorded: Collection[str] | None) -> None:
        """Let delivery go on with what was said elsewhere, once that is on the disk."""
        if recorded is not None:
            deliver()
        self._link.show()

    async def _look_ready(self) -> None:
        await self._readiness.look()

    def _ping(self, ping: Ping) -> None:
        if ping.settled:
            self._recording.put([], lambda _: self._pong_when_settled(ping))
        else:
            self._pong(ping)

    def _pong_when_settled(self, ping: Ping, next_sign: float = 0.0) -> None:
        """Answer once everything that came before it was taken care of, or has failed."""
        if not self._busy():
            self._pong(ping)
            return
        loop = asyncio.get_running_loop()
        if loop.time() >= next_sign:
            self._link.answer_consoles(Alive())
            next_sign = loop.time() + SIGN
        loop.call_later(STILL_BUSY, partial(self._pong_when_settled, ping, next_sign))

    def _pong(self, ping: Ping) -> None:
        alarm = self._desk.state.alarm
        library = self._delivery.shown()
        self._link.answer_consoles(Pong(number=ping.number, library=library, alarm=alarm))
