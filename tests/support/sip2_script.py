"""SIP2 servers that follow a script, and a client for them."""

from __future__ import annotations

import asyncio
import re
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from kiosk.desk.transactions import Checkin, Checkout, Renewal
from kiosk.ils.sip2.library import Sip2Library
from kiosk.ils.sip2.settings import Sip2Settings

if TYPE_CHECKING:
    import ssl
    from collections.abc import AsyncIterator, Awaitable, Callable

ZONE = ZoneInfo("America/Chicago")
NOW = datetime(2025, 11, 21, 9, 30, 12, tzinfo=ZONE)
DUE = datetime(2025, 12, 12, 23, 59, tzinfo=ZONE)

MAYA, BLOCKED, EXPIRED = "21234000094417", "21234000194944", "21234000802397"
BELOVED, PIPPI = "31234000381408", "31234000841153"
FILM = "31234000176022"
HELD, WESTSIDE, LOST = "31234000856425", "31234000867489", "31234000619930"

COMMON: dict[str, Any] = {
    "id": "t1",
    "visit": "v1",
    "position": 1,
    "at": NOW,
    "boot": "b1",
    "terminal": "desk-1",
    "library": "central",
    "profile": "desk",
    "staff": "sam",
    "desk_session": "s1",
    "source": "scan",
}


def checkout(item: str = BELOVED, patron: str = MAYA) -> Checkout:
    return Checkout(**COMMON, item=item, patron=patron, due=DUE)


def checkin(item: str = BELOVED, returned: date | None = None) -> Checkin:
    return Checkin(**COMMON, item=item, returned=returned)


def renewal(item: str = BELOVED, patron: str = MAYA) -> Renewal:
    return Renewal(**COMMON, item=item, patron=patron, due=DUE)


_clients: list[Sip2Library] = []

clients: list[Sip2Library] = []


def client(port: int, **settings: Any) -> Sip2Library:
    """Make a client; it is hung up when the test is over."""
    wanted: dict[str, Any] = {"host": "127.0.0.1", "port": port, **settings}
    clients.append(Sip2Library(Sip2Settings(**wanted), ZONE, clock=lambda: NOW))
    return clients[-1]


STATUS = "98YNNNYN05000320251121    0930122.00AOmain|BXYYYYYYYYYYYYYYYY|"
LENT = f"121NUU20251121    093012AOmain|AA{MAYA}|AB{BELOVED}|AJBeloved|AH20251212    235900|"
BACK = f"101NUN20251121    093012AOmain|AB{BELOVED}|AQmain|AJBeloved|"
PATRON = f"64{' ' * 14}00120251121    093012{' ' * 24}AOmain|AA{MAYA}|AEMaya Okafor|BLY|"
ON_SHELF = f"1803000120251121    093012AB{BELOVED}|AJBeloved|"


@dataclass
class Peer:
    """The server's end of one connection. It answers under the sequence it heard last."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    heard: list[str]
    sequence: str = ""

    async def hear(self) -> str:
        line = (await self.reader.readuntil(b"\r")).decode(errors="replace").strip()
        self.heard.append(line)
        found = re.search("AY([0-9])AZ....$", line)
        self.sequence = found[1] if found else ""
        return line

    def say(self, body: str, *, sequence: str = "", wrong: bool = False, end: str = "\r") -> None:
        self.writer.write(self.framed(body, sequence=sequence, wrong=wrong, end=end))

    def framed(
        self, body: str, *, sequence: str = "", wrong: bool = False, end: str = "\r"
    ) -> bytes:
        message = f"{body}AY{sequence or self.sequence}AZ".encode()
        checksum = -sum(message) + wrong & 0xFFFF
        return message + f"{checksum:04X}{end}".encode()

    async def answer(self, body: str) -> None:
        await self.hear()
        self.say(body)

    async def hang_up(self) -> None:
        self.writer.close()
        await self.writer.wait_closed()

    async def listen_until_hung_up(self) -> None:
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                await self.hear()


@dataclass
class Server:
    port: int = 0
    heard: list[list[str]] = field(default_factory=list)
    """What was heard, by connection."""


@asynccontextmanager
async def server(
    *talks: Callable[[Peer], Awaitable[None]], tls: ssl.SSLContext | None = None
) -> AsyncIterator[Server]:
    """Serve each connection by the next talk; at its end, listen until the client hangs up."""
    served = Server()
    remaining = iter(talks)
    tasks: list[asyncio.Task[None]] = []

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        served.heard.append([])
        peer = Peer(reader, writer, served.heard[-1])
        try:
            await next(remaining)(peer)
            await peer.listen_until_hung_up()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        tasks.append(asyncio.create_task(connected(reader, writer)))

    listening = await asyncio.start_server(accept, "127.0.0.1", 0, ssl=tls)
    served.port = listening.sockets[0].getsockname()[1]
    try:
        yield served
    finally:
        listening.close()
        for task in tasks:
            task.cancel()
        for result in await asyncio.gather(*tasks, return_exceptions=True):
            if isinstance(result, Exception):
                raise result


def answering(*bodies: str) -> Callable[[Peer], Awaitable[None]]:
    """Greet, then answer each request with the next body."""

    async def talk(peer: Peer) -> None:
        for body in (STATUS, *bodies):
            await peer.answer(body)

    return talk


def codes(heard: list[str]) -> list[str]:
    return [line[:2] for line in heard]
