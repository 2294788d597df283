"""Wrong PINs: after a few of them the next try is put off, longer each time.

    five wrong ones     30 seconds until the next try
    each one more       a minute, two, four, eight, then fifteen each time
    a right one         all is forgotten; so it is when the PIN is changed

It is kept in `pin-tries.json`, so that a restart gives no new tries: a try counts as wrong, on the
disk, before the PIN is looked at. Time is told by the uptime of the machine, which nobody can set;
after a reboot what was left of a pause begins anew.
"""

from __future__ import annotations

import logging
from contextlib import suppress
from typing import TYPE_CHECKING

import msgspec

from kiosk.staff.file import replace

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

log = logging.getLogger(__name__)

NAME = "pin-tries.json"
FREE = 5
PAUSES = (30, 60, 120, 240, 480, 900)
"""Seconds."""


class Failures(msgspec.Struct, frozen=True, kw_only=True):
    """The wrong PINs of one of the staff. `salt` says which PIN they were tried for."""

    salt: str
    count: int
    boot: str
    uptime: float


class Tries:
    """Counts wrong PINs. `uptime` gives the seconds since the machine started."""

    def __init__(self, folder: Path, boot: str, uptime: Callable[[], float]) -> None:
        self._folder = folder
        self._boot = boot
        self._uptime = uptime
        self._failures = self._read()

    def wait(self, staff: str, salt: str) -> int:
        """Give the seconds until the next try; 0 for none."""
        failures = self._of(staff, salt)
        if failures is None or failures.count < FREE:
            return 0
        pause = PAUSES[min(failures.count - FREE, len(PAUSES) - 1)]
        since = failures.uptime if failures.boot == self._boot else 0.0
        left = pause - (self._uptime() - since)
        return max(0, -int(-left // 1))

    def left(self, staff: str, salt: str) -> int:
        """Give how many tries there are before the next is put off."""
        failures = self._of(staff, salt)
        return max(FREE - (failures.count if failures is not None else 0), 0)

    def count(self, staff: str, salt: str) -> None:
        """Count a try as wrong, until it is known to be right. Waits for the disk."""
        failures = self._of(staff, salt)
        count = 1 + (failures.count if failures is not None else 0)
        self._failures[staff] = Failures(
            salt=salt, count=count, boot=self._boot, uptime=self._uptime()
        )
        self._write()

    def forget(self, staff: str) -> None:
        """Forget the wrong ones: the right one was given."""
        self._failures.pop(staff, None)
        self._write()

    def _of(self, staff: str, salt: str) -> Failures | None:
        failures = self._failures.get(staff)
        return failures if failures is not None and failures.salt == salt else None

    def _read(self) -> dict[str, Failures]:
        try:
            return msgspec.json.decode((self._folder / NAME).read_bytes(), type=dict[str, Failures])
        except FileNotFoundError:
            return {}
        except (OSError, msgspec.MsgspecError, UnicodeDecodeError) as error:
            log.warning("%s is not used: %s", NAME, error)
            return {}

    def _write(self) -> None:
        """Keep it. A disk that does not take it takes no transaction either: go on without."""
        with suppress(OSError):
            text = msgspec.json.encode(self._failures)
            replace(self._folder / f"{NAME}.new", self._folder / NAME, text)
