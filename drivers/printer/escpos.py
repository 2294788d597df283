"""Receipt printers that speak ESC/POS, on the network or on a serial port.

python-escpos makes the bytes and opens the connection; it is imported when the first document is
printed, since it takes longer to load than a whole screen. A connection lasts for one job: a
printer that was switched off in between needs no care, and two desks can share one.

Every job first asks for the printer's status, and prints nothing onto a printer that says it
cannot. A printer that says nothing gets the job: many never answer, and most of them print.

A job goes out in pieces, each in its own time: a list of 2 m takes a slow printer half a minute. So
it can also be broken off, and how far it is can be told.
"""

from __future__ import annotations

import asyncio
import re
import socket
import termios
import time
import unicodedata
from abc import ABC, abstractmethod
from contextlib import AbstractContextManager, contextmanager, suppress
from itertools import pairwise
from typing import TYPE_CHECKING, Protocol

from drivers.printer.characters import printable
from drivers.printer.document import BAR, Barcode, Cut, Document, Text, bars_fit
from drivers.printer.status import QUERIES, PrinterError, problem_in, query, reply_in

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import serial
    from escpos.escpos import Escpos

    from drivers.printer.status import GoesOn
    from drivers.settings import NetworkPrinterSettings, SerialPrinterSettings

    _Settings = NetworkPrinterSettings | SerialPrinterSettings

ANSWER_WITHIN = 1.0
"""Seconds a printer has to answer for its status; over USB and Wi-Fi some take half of it."""

BAR_HEIGHT = 64
"""Dots: 8 mm, enough for a hand scanner."""
PIECE = 512
"""Bytes at the least, and whole elements: nothing is broken off within a barcode's command. Half a
second at 9600 baud."""
ON_THE_WAY = 4096
"""Bytes that this computer may hold back for a printer on the network; else all of a long list
would count as printed at once."""
TEAR_GAP = 6
"""Blank lines that bring the last line of a slip out to where it can be torn."""

# python-escpos would send these in GB18030, which only printers made for China understand; others
# print a row of wrong characters, and switch code pages in the middle of it.
_CHINESE = re.compile(r"[\u4e00-\u9fa5]")


class _Wire(Protocol):
    timeout: float

    def send(self, data: bytes) -> None:
        """Send all of it; raise OSError or TimeoutError."""

    def receive(self, seconds: float) -> bytes:
        """Give what comes within a time, at the first byte; b"" for nothing."""


class _Printer(ABC):
    """What the printers share; how each is reached is its own."""

    def __init__(self, settings: _Settings, place: str) -> None:
        self.name = settings.name or place
        self.columns = settings.columns
        self._layout = settings
        self._one_job = asyncio.Lock()

    async def print(self, document: Document, goes_on: GoesOn | None = None) -> None:
        """Print a document, or as much of it as is wanted; raise PrinterError if it cannot."""
        await self._run(lambda wire: _print(wire, document, self._layout, goes_on))

    async def check(self) -> None:
        """Raise PrinterError if the printer cannot be reached or cannot print."""
        await self._run(_ask)

    @abstractmethod
    async def _run(self, job: Callable[[_Wire], None]) -> None:
        """Connect, do one job, hang up."""


class NetworkPrinter(_Printer):
    """An ESC/POS printer on TCP port 9100."""

    def __init__(self, settings: NetworkPrinterSettings) -> None:
        super().__init__(settings, settings.host)
        self.settings = settings

    async def _run(self, job: Callable[[_Wire], None]) -> None:
        settings = self.settings
        async with self._one_job:
            # Looking up a name has no time-out of its own, so it is done here, where it has one.
            address = await _look_up(settings.host, settings.timeout)
            connect = _network(address, settings.port, settings.timeout)
            await asyncio.to_thread(_do, connect, job)


class SerialPrinter(_Printer):
    """An ESC/POS printer on a serial port."""

    def __init__(self, settings: SerialPrinterSettings) -> None:
        super().__init__(settings, settings.port)
        self.settings = settings

    async def _run(self, job: Callable[[_Wire], None]) -> None:
        async with self._one_job:
            await asyncio.to_thread(_do, _serial(self.settings), job)


def encode(
    document: Document, *, columns: int, profile: str = "default", cut: bool = True
) -> bytes:
    """Make a document's bytes; a character in none of the printer's code pages becomes "?".

    Raise KeyError for a profile that python-escpos does not know. Takes long the first time.
    """
    return b"".join(_pieces(document, columns, profile, cut))


def _pieces(document: Document, columns: int, profile: str, cut: bool) -> list[bytes]:
    """Make a document's bytes, cut between elements. As for `encode`."""
    from escpos.printer import Dummy  # noqa: PLC0415 - slow to load

    paper = Dummy(profile=profile)
    paper.hw("INIT")  # the job before may have left the printer bold, or in another code page
    style = "normal"
    ends = [0]
    for element in document.elements:
        match element:
            case Text():
                if element.style != style:
                    style = element.style
                    paper.set(bold=style == "bold")
                paper.textln(_line(element.text)[:columns])
            case Barcode() if bars_fit(element.text, columns):
                _barcode(paper, element.text)
            case Barcode():
                paper.textln(_line(element.text).center(columns)[:columns])
            case Cut() if cut:
                paper.cut()
            case Cut():
                paper.ln(TEAR_GAP)
        if len(paper.output) - ends[-1] >= PIECE:
            ends.append(len(paper.output))
    output: bytes = paper.output
    return [output[begin:end] for begin, end in pairwise((*ends, len(output))) if begin < end]


def _barcode(paper: Escpos, text: str) -> None:
    """Have the printer draw a barcode; then go on at the left edge, as before.

    In subset B a "{" begins a special character, and two of them are one.
    """
    data = "{B" + text.replace("{", "{{")
    # Its public face says on standard output how it draws; and it may draw a picture.
    paper._hw_barcode(data, "CODE128", BAR_HEIGHT, BAR, function_type="B", check=False)  # noqa: SLF001
    paper.set(align="left")
    paper.ln()


def _line(text: str) -> str:
    """Give a text of which each character takes one byte, and so one column."""
    composed = (c for c in printable(text) if not unicodedata.combining(c))
    return _CHINESE.sub("?", "".join(composed))


def _print(wire: _Wire, document: Document, settings: _Settings, goes_on: GoesOn | None) -> None:
    pieces = _laid_out(document, settings)
    _ask(wire)
    sent, whole = 0, sum(map(len, pieces))
    for piece in pieces:
        if goes_on is not None and not goes_on(sent / whole):
            out = Document(document.columns, (Cut(),))  # what is on paper can be torn off
            wire.send(b"".join(_laid_out(out, settings)))
            return
        wire.send(piece)
        sent += len(piece)


def _laid_out(document: Document, settings: _Settings) -> list[bytes]:
    layout = settings.columns, settings.profile, settings.cut
    try:
        return _pieces(document, *layout)
    except KeyError as error:  # no such profile
        raise PrinterError("error") from error


def _ask(wire: _Wire) -> None:
    """Raise PrinterError if the printer reports a problem."""
    replies: dict[int, int] = {}
    for n in QUERIES:
        wire.send(query(n))
        reply = _reply(wire)
        if reply is None:
            break  # one that does not answer the first question will not answer the next
        replies[n] = reply
    if problem := problem_in(replies):
        raise PrinterError(problem)


def _reply(wire: _Wire) -> int | None:
    end = time.monotonic() + min(ANSWER_WITHIN, wire.timeout / 2)
    while (left := end - time.monotonic()) > 0:
        received = wire.receive(left)
        if not received:
            return None
        if (reply := reply_in(received)) is not None:
            return reply
    return None


def _do(connect: AbstractContextManager[_Wire], job: Callable[[_Wire], None]) -> None:
    """Connect, do a job and hang up, with every failure as a PrinterError."""
    from escpos.exceptions import Error  # noqa: PLC0415 - slow to load

    try:
        with connect as wire:
            job(wire)
    except TimeoutError as error:
        raise PrinterError("timeout") from error
    except (Error, OSError, termios.error) as error:
        raise PrinterError("unreachable") from error


async def _look_up(host: str, seconds: float) -> str:
    """Give the IPv4 address of a host; python-escpos speaks no other."""
    try:
        async with asyncio.timeout(seconds):
            found = await asyncio.get_running_loop().getaddrinfo(host, None, family=socket.AF_INET)
    except (OSError, UnicodeError) as error:
        raise PrinterError("unreachable") from error
    return str(found[0][4][0])


@contextmanager
def _network(address: str, port: int, timeout: float) -> Iterator[_Wire]:
    from escpos.printer import Network  # noqa: PLC0415 - slow to load

    printer = Network(address, port, timeout=timeout)
    printer.open()
    connection: socket.socket = printer.device
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, ON_THE_WAY)
    try:
        yield _Socket(connection, timeout)
    finally:
        # Closed with a late answer unread, TCP would reset the connection, and the printer forget
        # what it has not printed yet.
        connection.settimeout(0)
        with suppress(OSError):
            connection.recv(4096)
        printer.close()


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
def _serial(settings: SerialPrinterSettings) -> Iterator[_Wire]:
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
