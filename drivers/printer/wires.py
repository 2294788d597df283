"""How bytes reach a receipt printer and its answers come back: by TCP, or by a serial port.

python-escpos opens the connection. It lasts for one job: a printer that was switched off in between
needs no care, and two desks can share one. A job is done once all of it has left this computer:
what is still here when a cable is pulled is on no paper.
"""

from __future__ import annotations

import asyncio
import fcntl
import math
import os
import socket
import struct
import termios
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Protocol

from drivers.printer.status import PrinterError

if TYPE_CHECKING:
    from collections.abc import Iterator

    import serial

    from drivers.settings import SerialPrinterSettings

ON_THE_WAY = 4096
"""Bytes that this computer may hold back for a printer on the network; else all of a long list
would count as printed at once."""


class Wire(Protocol):
    """A connection to a printer. `timeout`: seconds in which all that is sent has to be taken."""

    timeout: float

    def send(self, data: bytes) -> None:
        """Send all of it; raise OSError or TimeoutError."""

    def receive(self, seconds: float) -> bytes:
        """Give what comes within a time, at the first byte; b"" for nothing."""


async def look_up(host: str, seconds: float) -> str:
    """Give the IPv4 address of a host; python-escpos speaks no other."""
    try:
        async with asyncio.timeout(seconds):
            found = await asyncio.get_running_loop().getaddrinfo(host, None, family=socket.AF_INET)
    except (OSError, UnicodeError) as error:
        raise PrinterError("unreachable") from error
    return str(found[0][4][0])


@contextmanager
def network(address: str, port: int, timeout: float) -> Iterator[Wire]:
    """Connect to a printer on the network, and hang up at the end."""
    from escpos.printer import Network  # noqa: PLC0415 - slow to load

    printer = Network(address, port, timeout=timeout)
    printer.open()
    connection: socket.socket = printer.device
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, ON_THE_WAY)
    try:
        yield _Socket(connection, timeout)
        _arrive(connection, timeout)
    except BaseException:
        # What is still here would come out later, beside the copy that is printed instead.
        with suppress(OSError):
            if _on_the_way(connection):
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        raise
    finally:
        # Closed with a late answer unread, TCP would reset the connection, and the printer forget
        # what it has not printed yet.
        connection.settimeout(0)
        with suppress(OSError):
            connection.recv(4096)
        printer.close()


def _arrive(connection: socket.socket, timeout: float) -> None:
    """Wait until the printer has all that was sent; a slow one that takes more of it, longer.

    Raises TimeoutError where it takes nothing any more, OSError where it has hung up.
    """
    least, end = math.inf, 0.0
    while left := _on_the_way(connection):
        now = time.monotonic()
        if left < least:
            least, end = left, now + timeout
        elif now > end:
            raise TimeoutError
        time.sleep(0.01)


def _on_the_way(connection: socket.socket) -> int:
    """Count the bytes of which the other end has not said that it has them (tcp(7), SIOCOUTQ)."""
    if error := connection.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR):
        raise OSError(error, os.strerror(error))
    (count,) = struct.unpack("i", fcntl.ioctl(connection, termios.TIOCOUTQ, b"\0" * 4))
    return int(count)


class _Socket:
    def __init__(self, connection: socket.socket, timeout: float) -> None:
        self._connection, self.timeout = connection, timeout

    def send(self, data: bytes) -> None:
        self._connection.settimeout(self.timeout)
        self._connection.sendall(data)

    def receive(self, seconds: float) -> bytes:
        self._connection.settimeout(seconds)
        try:
            received = self._connection.recv(64)
        except TimeoutError:
            return b""
        if not received:  # a printer that serves somebody else may accept, and hang up
            raise ConnectionResetError
        return received


@contextmanager
def serial_port(settings: SerialPrinterSettings) -> Iterator[Wire]:
    """Open a serial port, and close it at the end; what was not sent by then is dropped."""
    from escpos.printer import Serial  # noqa: PLC0415 - slow to load

    printer = Serial(
        settings.port,
        baudrate=settings.baud,
        bytesize=settings.bytesize,
        parity=settings.parity,
        stopbits=settings.stopbits,
        xonxoff=settings.xonxoff,
        timeout=settings.timeout,
    )
    printer.open()
    port: serial.Serial = printer.device
    try:
        port.reset_input_buffer()  # an answer to an earlier job is none to this one
        yield _Port(port, settings.timeout)
    except BaseException:
        # What is not sent by now would hold up the closing, for as long as the printer holds it.
        with suppress(OSError, termios.error):
            port.reset_output_buffer()
        raise
    finally:
        port.close()  # not the printer's own close, which waits without end


class _Port:
    def __init__(self, port: serial.Serial, timeout: float) -> None:
        self._port, self.timeout = port, timeout
        port.write_timeout = timeout

    def send(self, data: bytes) -> None:
        """Send all of it, out of the computer too: what it still holds is lost on closing."""
        from serial import SerialTimeoutException  # noqa: PLC0415 - as python-escpos

        end = time.monotonic() + self.timeout
        try:
            self._port.write(data)
        except SerialTimeoutException as error:
            raise TimeoutError from error
        while self._port.out_waiting:
            if time.monotonic() > end:
                raise TimeoutError
            time.sleep(0.01)

    def receive(self, seconds: float) -> bytes:
        self._port.timeout = seconds
        return self._port.read(1)  # of more than one it would wait for the last
