"""Scanners on a serial port, or on USB in serial (CDC-ACM) mode.

Better than a scanner that plays a keyboard: the bytes come to this program whatever has the focus,
and its keyboard layout cannot spoil them. 9600 baud, 8N1 and a CR are the customary settings.
"""

from __future__ import annotations

import asyncio
import errno
import logging
import os
import termios
from collections.abc import Callable
from typing import TYPE_CHECKING, Literal

import serial

from drivers.scanner.symbology import Damaged, Framer, Scan

if TYPE_CHECKING:
    from drivers.settings import SerialScannerSettings

log = logging.getLogger(__name__)

REOPEN_AFTER = 1.0
"""Seconds between two attempts to open a port that is not there."""

Status = Literal["present", "missing"]
Reason = Literal["", "not connected", "no permission", "in use", "unplugged", "not working"]
"""Why a scanner is missing; "" when it is present."""

OnScan = Callable[[Scan | Damaged], None]
OnStatus = Callable[[Status, Reason], None]

_REASONS: dict[int | None, Reason] = {
    errno.ENOENT: "not connected",
    errno.ENODEV: "not connected",
    errno.ENXIO: "not connected",
    errno.EACCES: "no permission",
    errno.EPERM: "no permission",
    errno.EBUSY: "in use",
    errno.EWOULDBLOCK: "in use",  # the lock that pyserial takes is another program's
    errno.EIO: "unplugged",
}


class SerialScanner:
    """One scanner on a serial port, there or not."""

    def __init__(self, settings: SerialScannerSettings) -> None:
        self.settings = settings
        self.name = settings.name or settings.port

    async def run(self, on_scan: OnScan, on_status: OnStatus) -> None:
        """Read scans for ever, through unplugging and plugging in, until cancelled.

        `on_status` is called when the scanner comes, goes, or is missing for another reason.
        """
        told: tuple[Status, Reason] | None = None

        def tell(status: Status, reason: Reason) -> None:
            nonlocal told
            if (status, reason) != told:
                told = (status, reason)
                on_status(status, reason)

        while True:
            try:
                port = _open(self.settings)
            except (OSError, ValueError, termios.error) as error:
                log.debug("%s: %s", self.name, error)
                tell("missing", _REASONS.get(getattr(error, "errno", None), "not working"))
            else:
                tell("present", "")
                try:
                    await _read(port.fileno(), self.settings.gap, on_scan)
                finally:
                    port.close()
                tell("missing", "unplugged")
            await asyncio.sleep(REOPEN_AFTER)


def _open(settings: SerialScannerSettings) -> serial.Serial:
    # Exclusive: of two programs on one port, each would get a part of every scan.
    port = serial.Serial(
        settings.port,
        baudrate=settings.baud,
        bytesize=settings.bytesize,
        parity=settings.parity,
        stopbits=settings.stopbits,
        timeout=0,
        exclusive=True,
    )
    os.set_blocking(port.fileno(), False)
    return port


async def _read(fd: int, gap: float, on_scan: OnScan) -> None:
    """Give scans to `on_scan` until the port hangs up."""
    loop = asyncio.get_running_loop()
    framer = Framer()
    hung_up = loop.create_future()
    silence: asyncio.TimerHandle | None = None

    def broke_off() -> None:
        for damaged in framer.gap():
            on_scan(damaged)

    def readable() -> None:
        nonlocal silence
        data = _receive(fd)
        if data is None:
            return
        if silence:
            silence.cancel()
        if not data:
            loop.remove_reader(fd)
            hung_up.set_result(None)
            return
        for scan in framer.feed(data):
            on_scan(scan)
        silence = loop.call_later(gap, broke_off) if framer.partial else None

    loop.add_reader(fd, readable)
    try:
        await hung_up
    finally:
        loop.remove_reader(fd)
        if silence:
            silence.cancel()
    broke_off()


def _receive(fd: int) -> bytes | None:
    """Read what is there: b"" for a port that hung up, None for nothing yet."""
    try:
        return os.read(fd, 4096)
    except BlockingIOError:
        return None
    except OSError:  # EIO: the device, or the other end of a pseudo-terminal, has gone
        return b""
