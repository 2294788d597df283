"""The staff of the desk: who they are now, and whether a PIN is right.

Both wait for the disk, and a PIN for scrypt, so both are done in a thread.
"""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from kiosk.desk.events import PinChecked
from kiosk.desk.session.sessions import Roster
from kiosk.desk.words import say
from kiosk.staff import file, pins
from kiosk.staff.tries import Tries

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path


log = logging.getLogger(__name__)

LOOK = 2.0
"""Seconds between two looks at the staff file."""


class StaffRoom:
    """Follows the staff file of a data folder, and checks PINs."""

    def __init__(self, folder: Path, boot: str, uptime: Callable[[], float]) -> None:
        self._folder = folder
        self._tries = Tries(folder, boot, uptime)
        self.roster = file.roster(folder)
        self._warn()

    def _look(self) -> Roster:
        """Read who the staff are now.

        A file that goes while the kiosk runs opens nothing: a disk that was unplugged would let in
        whoever is there. That there are no staff any more, only a start believes.
        """
        roster = file.roster(self._folder)
        if self.roster.asks and not roster.asks:
            return Roster(problem=say("duty.file_gone"))
        return roster

    async def watch(self, changed: Callable[[], None]) -> None:
        """Call `changed` whenever other staff, or none, stand in the file; until cancelled."""
        while True:
            await asyncio.sleep(LOOK)
            roster = await asyncio.to_thread(self._look)
            if roster != self.roster:
                self.roster = roster
                self._warn()
                changed()

    async def check(self, staff: str, pin: str, now: Callable[[], datetime]) -> PinChecked:
        """Tell whether a PIN is right. A wrong one is counted."""
        try:
            ok, tries, wait = await asyncio.to_thread(self._check, staff, pin)
        except FileNotFoundError:
            return PinChecked(now(), staff=staff, ok=False, problem=say("duty.file_gone"))
        except (file.StaffError, ValueError, OSError) as error:
            log.error("a PIN cannot be checked: %s", error)  # noqa: TRY400 - no bug
            return PinChecked(now(), staff=staff, ok=False, problem=say("duty.file_damaged"))
        return PinChecked(now(), staff=staff, ok=ok, tries=tries, wait=wait)

    def _check(self, staff: str, pin: str) -> tuple[bool, int, int]:
        people = file.read(self._folder)
        if people is None:
            raise FileNotFoundError(file.NAME)
        person = people.member(staff)
        if person is None:
            return False, 0, 0
        salt = person.pin.salt
        wait = self._tries.wait(staff, salt)
        if wait:
            return False, 0, wait
        self._tries.count(staff, salt)
        ok = pins.fits(pin, person.pin)
        if ok:
            self._tries.forget(staff)
        return ok, self._tries.left(staff, salt), self._tries.wait(staff, salt)

    def _warn(self) -> None:
        if self.roster.problem is not None:
            log.error("%s cannot be used: `kiosk staff list` says why", file.NAME)
