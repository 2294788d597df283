"""What comes in by a connection, until it is read.

Not a stream of asyncio's, because of one question that those do not answer at once: whether there
is anything new. A backlog asks it before each request, thousands of times.
"""

from __future__ import annotations

import asyncio
import select
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    import socket

_MOST: Final = 65536  # bytes; what a server says beyond that stays in the socket
_TURNS: Final = 2  # of the loop, in which it polls the socket and takes what is there


class Inbox(asyncio.Protocol):
    """The incoming side of one connection. To be made known to its transport."""

    def __init__(self) -> None:
        self.closed = asyncio.Event()
        self._data = b""
        self._end: Exception | None = None
        self._news = asyncio.Event()
        self._poll = select.poll()
        self._transport: asyncio.Transport | None = None

    @property
    def ended(self) -> bool:
        """Whether nothing more will come."""
        return self._end is not None

    async def read(self) -> bytes:
        """Wait for more. Raise EOFError, or the OSError that ended it, where no more will come."""
        while not self._data:
            if self._end is not None:
                raise self._end
            self._news.clear()
            await self._news.wait()
        return self._take()

    async def look(self) -> bytes:
        """Give what has come in by now, without waiting for more."""
        if not self.ended and self._poll.poll(0):
            for _ in range(_TURNS):
                await asyncio.sleep(0)
        return self._take()

    def _take(self) -> bytes:
        data, self._data = self._data, b""
        if self._transport is not None:
            self._transport.resume_reading()
        return data

    # -- what the transport tells (asyncio.Protocol) ---------------------------------------------

    def connection_made(self, transport: Any) -> None:
        """Take where it comes from."""
        self._transport = transport
        connected: socket.socket = transport.get_extra_info("socket")
        self._poll.register(connected, select.POLLIN)

    def data_received(self, data: bytes) -> None:
        """Keep what has come in."""
        self._data += data
        if len(self._data) > _MOST and self._transport is not None:
            self._transport.pause_reading()
        self._news.set()

    def eof_received(self) -> None:
        """Take that the server has hung up; the connection closes."""
        self._ends(EOFError("the server hung up"))

    def connection_lost(self, exc: Exception | None) -> None:
        """Take that the connection is closed, by whomever."""
        self._ends(exc or EOFError("the server hung up"))
        self._transport = None
        self.closed.set()

    def _ends(self, why: Exception) -> None:
        self._end = self._end or why
        self._news.set()
