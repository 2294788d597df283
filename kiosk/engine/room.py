"""Looks now and then how much more the disk takes, so that it is told before anything stops."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from typing import TYPE_CHECKING

from kiosk.daybook import space
from kiosk.daybook.journal import JournalError
from kiosk.view import state as show

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from kiosk.engine.recording import Recording

log = logging.getLogger(__name__)

LOOK = 60.0
"""Seconds between two looks."""


class Room:
    """What the disk of a recording has room for. `changed` is called after each look."""

    def __init__(self, data: Path, recording: Recording, changed: Callable[[], None]) -> None:
        self.shown: show.Space | None = None
        """What is on show; None while there is room enough."""
        self._data = data
        self._recording = recording
        self._changed = changed

    async def watch(self) -> None:
        """Look until cancelled; reserve what could not be before."""
        while True:
            recording = self._recording
            with contextlib.suppress(JournalError):  # the alarm is up: the disk is looked at there
                await recording.writer.do(recording.daybook.journal.reserve)
            with contextlib.suppress(OSError):  # a folder that is gone is found by the next write
                self.shown = self._judge(await asyncio.to_thread(space.look, self._data))
                self._changed()
            await asyncio.sleep(LOOK)

    def _judge(self, disk: space.Disk | None) -> show.Space | None:
        if disk is None:
            return None
        daybook = self._recording.daybook
        reserved, busiest = daybook.journal.reserved, daybook.indexes.busiest_day()
        room = space.room(disk, reserved=reserved, busiest=busiest)
        if room.state == "ok":
            return None
        if self.shown is None or self.shown.state != room.state:
            log.warning("the disk has room for %s more transactions", room.transactions)
        return show.Space(
            state=room.state, headline=space.headline(room), lasting=space.lasting(room)
        )
