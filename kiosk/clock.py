"""The engine's clock: what the machine says, unless somebody knows better.

The theory is in `kiosk.daybook.clock`: the uptime is certain, and one number, the moment at which
the boot began, makes a time of it. Here that number is found and kept:

    the network has set the machine's clock     its time is taken, and kept as a reading
    staff have said what time it is             theirs, until the network does
    neither, and it may be right                the machine's, whatever it is set to: `unconfirmed`
    neither, and it lies behind the daybook     it is `wrong`. Time goes on from the last
                                                transaction, until somebody says what it is

Once somebody knows, only somebody who knows better moves the clock: when the network is gone, it
runs on by the uptime, and nothing else that sets the machine's clock can lead it astray.
"""

from __future__ import annotations

import ctypes
import logging
import time
from datetime import UTC, datetime, timedelta, tzinfo
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol

from kiosk.daybook.facts import ClockReading
from kiosk.desk.dates.clocks import FIRST_YEAR, DeskClock

if TYPE_CHECKING:
    from collections.abc import Callable

log = logging.getLogger(__name__)

STEP = 1.0
"""Seconds by which a clock has to be off before it counts as set."""
BEHIND = timedelta(seconds=5)
"""So far behind the last transaction a clock may be: none keeps time so well over a power cut."""

TIME_ERROR = 5
"""What adjtimex(2) gives while the kernel's clock is not synchronised."""
SYNCHRONISED = Path("/run/systemd/timesync/synchronized")
"""What systemd-timesyncd leaves there once it has set the clock of this boot."""


class Machine(Protocol):
    """The clocks of a machine. All in seconds; `wall` counts from 1970."""

    def uptime(self) -> float:
        """Give the time since it started; never set, and counting sleep."""

    def wall(self) -> float:
        """Give what its clock says."""

    def synchronised(self) -> bool:
        """Tell whether the network keeps its clock right."""


class ThisMachine:
    """The machine that this runs on."""

    def uptime(self) -> float:
        """Give the time since the kernel started."""
        return time.clock_gettime(time.CLOCK_BOOTTIME)

    def wall(self) -> float:
        """Give the kernel's time of day."""
        return time.time()

    def synchronised(self) -> bool:
        """Ask the kernel, which every daemon tells; where that cannot be, look for a mark."""
        said = _kernel_says()
        return SYNCHRONISED.exists() if said is None else said


class Clock:
    """What time it is at this desk.

    `kept`: the newest reading of this boot. `latest` gives the moment of the last transaction.
    """

    def __init__(
        self,
        machine: Machine,
        zone: tzinfo,
        boot: str,
        *,
        kept: ClockReading | None,
        latest: Callable[[], datetime | None],
    ) -> None:
        self.reading = kept
        """What is known for certain of this boot."""
        self.behind: datetime | None = None
        """What the machine's clock lies behind, so that it cannot be right."""
        self._machine = machine
        self._zone = zone
        self._boot = boot
        self._latest = latest
        self._seen = self._by_machine()
        self._started = self._seen if kept is None else kept.started.timestamp()
        if kept is None:
            self._judge()

    def now(self) -> datetime:
        """Give the time."""
        return datetime.fromtimestamp(self._started + self._machine.uptime(), self._zone)

    def uptime(self) -> tuple[str, float]:
        """Give which boot this is, and for how many seconds it has gone on."""
        return self._boot, self._machine.uptime()

    def look(self) -> bool:
        """Look at the machine's clock; say whether that has changed anything."""
        machine = self._by_machine()
        moved = abs(machine - self._seen) > STEP
        self._seen = machine if moved else self._seen
        if self._machine.synchronised():
            by_network = self.reading is not None and self.reading.by == "network"
            if by_network and abs(machine - self._started) <= STEP:
                return False
            self._trust(machine, "network")
            return True
        if not moved:
            return False
        if self.reading is not None:
            log.warning("the machine's clock was set, not by the network; the desk keeps its time")
            return False
        self._judge()
        return True

    def set(self, to: datetime) -> None:
        """Take it from staff that it is this time now."""
        self._trust(to.timestamp() - self._machine.uptime(), "staff")

    @property
    def by_network(self) -> bool:
        """Tell whether the time is the network's."""
        return self.reading is not None and self.reading.by == "network"

    @property
    def off(self) -> float:
        """By how many seconds the machine's own clock is ahead of this one."""
        return self._by_machine() - self._started

    @property
    def for_desk(self) -> DeskClock:
        """Give what the desk has to know."""
        known = self.reading is not None
        return DeskClock(
            state="fine" if known else "unconfirmed" if self.behind is None else "wrong",
            by="" if self.reading is None else self.reading.by,
            started=datetime.fromtimestamp(self._started, UTC),
            latest=self.behind,
        )

    def _by_machine(self) -> float:
        """Give when this boot began, if its clock is right."""
        return self._machine.wall() - self._machine.uptime()

    def _judge(self) -> None:
        """Take the machine's clock at its word, unless it cannot be right."""
        first = datetime(FIRST_YEAR, 1, 1, tzinfo=self._zone)
        latest = max(self._latest() or first, first)
        uptime = self._machine.uptime()
        if self._seen + uptime >= (latest - BEHIND).timestamp():
            self.behind = None
            self._started = self._seen
        else:
            self.behind = latest.astimezone(self._zone)
            self._started = max(self._started, latest.timestamp() - uptime)

    def _trust(self, started: float, by: Literal["network", "staff"]) -> None:
        self.behind = None
        self._started = started
        moment = datetime.fromtimestamp(started, UTC)
        self.reading = ClockReading(boot=self._boot, started=moment, by=by, at=self.now())


def boot_id() -> str:
    """Name this run of the machine (proc(5), random/boot_id)."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text().strip().replace("-", "")
    except OSError:
        return ""


def _kernel_says() -> bool | None:
    """Ask the kernel whether its clock is synchronised; None where it does not say.

    Nothing is changed: the first field of the struct, `modes`, is 0. The struct has 208 bytes on
    64-bit Linux, less on 32-bit (adjtimex(2)).
    """
    adjtimex = _adjtimex()
    said = -1 if adjtimex is None else adjtimex(ctypes.create_string_buffer(512))
    return None if said < 0 else said != TIME_ERROR


@cache
def _adjtimex() -> Any:
    return getattr(ctypes.CDLL(None), "adjtimex", None)
