"""What staff ask the engine for, and what only it can look up: the desk is told what was found."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from kiosk.delivery.preview import refusing
from kiosk.desk import effects, events
from kiosk.desk.answers import look
from kiosk.desk.words import say
from kiosk.engine import tidings
from kiosk.engine.history import tell_history
from kiosk.engine.preview import look_ahead
from kiosk.ils.base import LibraryError
from kiosk.readiness import told

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from kiosk.daybook.blocklist.keeper import Keeper
    from kiosk.desk.answers import Answer
    from kiosk.desk.desk import Desk
    from kiosk.engine.delivery import Delivery
    from kiosk.engine.devices import Devices
    from kiosk.engine.readiness import ReadinessWatch
    from kiosk.engine.recording import Recording
    from kiosk.engine.tasks import Tasks

log = logging.getLogger(__name__)

FOLLOW = 4.0
"""Seconds between two looks at the upload sessions while they are on show."""

MOST_TOLD, MOST_PRINTED = 10, 100
"""So many transactions that need a person are told, or printed, in full: 2 m of paper."""


class Lookups:
    """Looks up, after what is being written, and lets the desk take a `Found`."""

    def __init__(
        self,
        desk: Desk,
        recording: Recording,
        tasks: Tasks,
        *,
        block_list: Keeper,
        readiness: ReadinessWatch,
        devices: Devices,
        delivery: Delivery,
        now: Callable[[], datetime],
        handle: Callable[[events.Event], None],
    ) -> None:
        self._desk = desk
        self._recording = recording
        self._tasks = tasks
        self._block_list = block_list
        self._readiness = readiness
        self._devices = devices
        self._delivery = delivery
        self._now = now
        self._handle = handle
        self._following = False

    def begin(self, effect: effects.Effect) -> None:
        """Begin with what an effect asks for, where it asks for anything."""
        match effect:
            case effects.LookWhetherReady():
                self._tasks.start(self._tell_readiness())
            case effects.BreakOff():
                self._readiness.stop()
                self._devices.stop_printing()
            case effects.TellDelivery():
                self._recording.put([], lambda _: self._tell_delivery())
            case effects.TellReport(to_print=to_print):
                self._recording.put([], lambda _: self._report(to_print=to_print))
            case effects.AskSessions(then):
                self._tasks.start(self._list_sessions(then))
                self._follow_sessions()
            case effects.MakeSession(title, by):
                self._tasks.start(self._make_session(title, by))
            case effects.ProcessSession(key=key, title=title):
                self._tasks.start(self._delivery.process_session(key, title))
            case effects.TellHistory(entry):
                self._recording.put([], lambda _: self._tasks.start(self._tell_history(entry)))
            case effects.TellPreview():
                self._recording.put([], lambda _: self._tasks.start(self._tell_preview()))

    async def _tell_readiness(self) -> None:
        found = await self._readiness.look()
        if found is not None:
            self._found(*told(found))

    def _tell_delivery(self) -> None:
        self._found(tidings.of_library(self._delivery.shown()))

    def _report(self, *, to_print: bool) -> None:
        report = self._delivery.report(MOST_PRINTED if to_print else MOST_TOLD)
        if to_print:
            self._devices.print(report)
        else:
            self._found(tidings.of_report(report))

    async def _tell_preview(self) -> None:
        today = self._now().date()
        listed, rules = self._block_list.listed, self._desk.session.block_list
        try:
            preview = await look_ahead(self._recording.daybook, refusing(listed, today, rules))
        except Exception:  # it only looks: nothing of the desk has stopped half-way
            log.exception("the preview met something unforeseen")
            preview = look(say("preview.failed"), say("preview.failed_detail"))
        self._found(preview)

    async def _tell_history(self, entry: str) -> None:
        try:
            told = await tell_history(self._recording.daybook, entry)
        except Exception:  # as above
            log.exception("a history met something unforeseen")
            told = look(say("history.failed"), say("history.failed_detail"))
        self._found(told)

    async def _list_sessions(self, then: events.WhySessions) -> None:
        try:
            sessions, title = await self._delivery.sessions()
        except LibraryError as error:
            self._handle(events.SessionsListed(self._now(), then=then, problem=error.reason))
        else:
            self._handle(
                events.SessionsListed(self._now(), then=then, sessions=sessions, title=title)
            )

    def _follow_sessions(self) -> None:
        """Keep the list of them up to date for as long as it is on show."""
        if not self._following:
            self._following = True
            self._tasks.start(self._keep_listing())

    async def _keep_listing(self) -> None:
        try:
            while True:
                await asyncio.sleep(FOLLOW)
                on_show = self._desk.state.listing
                if on_show is None or on_show.kind != "sessions":
                    return
                await self._list_sessions("follow")
        finally:
            self._following = False

    async def _make_session(self, title: str, by: str) -> None:
        try:
            made = await self._delivery.make_session(title, by)
        except LibraryError as error:
            self._handle(events.SessionMade(self._now(), problem=error.reason))
        else:
            self._handle(events.SessionMade(self._now(), session=made))

    def _found(self, *answers: Answer) -> None:
        self._handle(events.Found(self._now(), answers))
