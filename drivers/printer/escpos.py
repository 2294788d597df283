"""Receipt printers that speak ESC/POS, on the network or on a serial port.

Every job first asks for the printer's status, and prints nothing onto a printer that says it
cannot. A printer that says nothing gets the job: many never answer, and most of them print.

A job goes out in pieces, each in its own time: a list of 2 m takes a slow printer half a minute. So
it can also be broken off, and how far it is can be told.
"""

from __future__ import annotations

import asyncio
import termios
import time
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING

from drivers.printer.document import Cut, Document
from drivers.printer.encoding import encode
from drivers.printer.status import QUERIES, PrinterError, problem_in, query, reply_in
from drivers.printer.wires import look_up, network, serial_port

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from drivers.printer.status import GoesOn
    from drivers.printer.wires import Wire
    from drivers.settings import NetworkPrinterSettings, SerialPrinterSettings

    _Settings = NetworkPrinterSettings | SerialPrinterSettings

ANSWER_WITHIN = 1.0
"""Seconds a printer has to answer for its status; over USB and Wi-Fi some take half of it."""


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
    async def _run(self, job: Callable[[Wire], None]) -> None:
        """Connect, do one job, hang up."""


class NetworkPrinter(_Printer):
    """An ESC/POS printer on TCP port 9100."""

    def __init__(self, settings: NetworkPrinterSettings) -> None:
        super().__init__(settings, settings.host)
        self.settings = settings

    async def _run(self, job: Callable[[Wire], None]) -> None:
        settings = self.settings
        async with self._one_job:
            # Looking up a name has no time-out of its own, so it is done here, where it has one.
            address = await look_up(settings.host, settings.timeout)
            connect = network(address, settings.port, settings.timeout)
            await asyncio.to_thread(_do, connect, job)


class SerialPrinter(_Printer):
    """An ESC/POS printer on a serial port."""

    def __init__(self, settings: SerialPrinterSettings) -> None:
        super().__init__(settings, settings.port)
        self.settings = settings

    async def _run(self, job: Callable[[Wire], None]) -> None:
        async with self._one_job:
            await asyncio.to_thread(_do, serial_port(self.settings), job)


def _print(wire: Wire, document: Document, settings: _Settings, goes_on: GoesOn | None) -> None:
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
    columns, profile, cut = settings.columns, settings.profile, settings.cut
    try:
        return encode(document, columns=columns, profile=profile, cut=cut)
    except KeyError as error:  # no such profile
        raise PrinterError("error") from error


def _ask(wire: Wire) -> None:
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


def _reply(wire: Wire) -> int | None:
    end = time.monotonic() + min(ANSWER_WITHIN, wire.timeout / 2)
    while (left := end - time.monotonic()) > 0:
        received = wire.receive(left)
        if not received:
            return None
        if (reply := reply_in(received)) is not None:
            return reply
    return None


def _do(connect: AbstractContextManager[Wire], job: Callable[[Wire], None]) -> None:
    """Connect, do a job and hang up, with every failure as a PrinterError."""
    from escpos.exceptions import Error  # noqa: PLC0415 - slow to load

    try:
        with connect as wire:
            job(wire)
    except TimeoutError as error:
        raise PrinterError("timeout") from error
    except (Error, OSError, termios.error) as error:
        raise PrinterError("unreachable") from error
