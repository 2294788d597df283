"""The engine's end of the link.

It never waits for a client: of pictures only the newest is kept for a slow one, and a client that
stops reading is dropped when too much has piled up. One that reads more slowly than it writes is
read from no faster than it reads: what it asks for brings answers. Nor are lines taken from a
console while the engine is far behind with telling what became of those before.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
from collections import deque
from typing import TYPE_CHECKING

import msgspec

from kiosk.view.link import LENGTH, address_of, encode, framed
from kiosk.view.messages import (
    LINK_VERSION,
    Alive,
    FromClient,
    FromEngine,
    Happened,
    Hello,
    Picture,
    ReceiptDrawn,
    Screenshot,
    TurnedAway,
    Welcome,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from kiosk.view.messages import Intent
    from kiosk.view.state import AppState

log = logging.getLogger(__name__)

LARGEST = 4 * 1024 * 1024
"""Bytes of one message; a longer one is not ours."""
FRAME = 1 / 120
"""Seconds between two pictures for one client; no screen draws faster."""
SIGN = 2.0
"""Seconds between two signs that the engine lives."""
LOOK = 2.0
"""Seconds between two looks whether the socket can still be found."""
UNREAD = 1_000
"""Messages that may wait for a client before nothing more is read from it, until it has read."""
PILE = 20_000
"""Messages that may wait for a client before it is dropped."""

_decode_from_client = msgspec.msgpack.Decoder(FromClient).decode


class LinkServer:
    """The engine's end. `picture` is asked for when there is somebody to show it to.

    `telling` is set while the engine follows with telling what became of what it took.
    """

    def __init__(
        self,
        path: Path,
        *,
        engine_version: str,
        picture: Callable[[], AppState],
        on_intent: Callable[[Intent], None],
        telling: asyncio.Event | None = None,
    ) -> None:
        self._path = path
        self._engine_version = engine_version
        self._picture = picture
        self._on_intent = on_intent
        self._telling = telling
        self._clients: set[_Client] = set()
        self._server: asyncio.Server | None = None

    async def start(self) -> None:
        """Listen. The daybook's lock has made sure that no other engine listens here.

        Raises OSError where the folder takes no socket.
        """
        self._path.unlink(missing_ok=True)
        listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            with address_of(self._path) as address:
                listening.bind(address)
            self._path.chmod(0o600)
            # Only now does it let anybody in.
            self._server = await asyncio.start_unix_server(self._serve, sock=listening)
        except BaseException:
            listening.close()
            raise

    async def keep_open(self) -> None:
        """Listen again when the socket's file has gone: with a data folder that was made anew.

        Those who are connected stay so; those who come find the engine.
        """
        while True:
            await asyncio.sleep(LOOK)
            # Where there is no folder either, or its disk does not answer: again in a moment.
            with contextlib.suppress(OSError):
                if not await asyncio.to_thread(self._path.exists):
                    await self._listen_again()

    async def give_signs(self) -> None:
        """Tell the screens now and then that the engine lives: one that hangs cannot say so."""
        while True:
            await asyncio.sleep(SIGN)
            self.tell_screens(Alive())

    async def _listen_again(self) -> None:
        old = self._server
        await self.start()
        log.warning("the link's socket was gone, and is made again")
        if old is not None:
            old.close()

    async def stop(self) -> None:
        """Hang up."""
        if self._server is not None:
            self._server.close()
        for client in list(self._clients):
            client.close()
        self._path.unlink(missing_ok=True)

    def show(self) -> None:
        """Show the newest picture to everybody, if it differs from what they saw."""
        for client in self._clients:
            client.show()

    def tell(self, message: Happened | ReceiptDrawn) -> int:
        """Send to those who follow every happening; give how many they are."""
        followers = [client for client in self._clients if client.hello.happenings]
        for client in followers:
            client.send(encode(message))
        return len(followers)

    def tell_screens(self, message: Screenshot | Alive) -> int:
        """Send to the screens; give how many they are."""
        screens = [client for client in self._clients if client.hello.client == "screen"]
        for client in screens:
            client.send(encode(message))
        return len(screens)

    def answer_consoles(self, message: FromEngine) -> None:
        """Send to the consoles."""
        for client in self._clients:
            if client.hello.client == "console":
                client.send(encode(message))

    async def _engine_follows(self, client: _Client) -> None:
        """Wait until the engine has told most of what it took, with signs of life meanwhile.

        A screen is not held up by what consoles pour in.
        """
        if self._telling is None or client.hello.client != "console":
            return
        while not self._telling.is_set():
            try:
                async with asyncio.timeout(SIGN):
                    await self._telling.wait()
            except TimeoutError:
                client.send(encode(Alive()))

    def _frame(self) -> bytes:
        return encode(Picture(state=self._picture()))

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        client: _Client | None = None
        try:
            hello = _decode_from_client(await _read(reader))
            if not isinstance(hello, Hello) or hello.link_version != LINK_VERSION:
                turned_away = TurnedAway(
                    engine_version=self._engine_version, link_version=LINK_VERSION
                )
                writer.write(framed(turned_away))
                await writer.drain()
                return
            client = _Client(writer, hello, self._frame)
            client.send(encode(Welcome(engine_version=self._engine_version)))
            client.show()
            self._clients.add(client)
            while True:
                await client.follows()
                await self._engine_follows(client)
                message = _decode_from_client(await _read(reader))
                if not isinstance(message, Hello):
                    self._on_intent(message)
                await asyncio.sleep(0)  # a burst from one client must not hold up a scanner
        except (OSError, EOFError, msgspec.MsgspecError) as error:
            log.debug("a client left the link: %r", error)
        finally:
            if client is not None:
                self._clients.discard(client)
                client.close()
            writer.close()


class _Client:
    """A client as the server sees it: what waits to be sent to it, and the task that sends.

    A picture is made only when it is about to be sent, and at most 120 times a second: a client
    that is slow, or a burst of scans, costs the desk nothing.
    """

    def __init__(
        self, writer: asyncio.StreamWriter, hello: Hello, frame: Callable[[], bytes]
    ) -> None:
        self.hello = hello
        self._writer = writer
        self._frame = frame
        self._waiting: deque[bytes] = deque()
        self._changed = False
        self._shown = b""
        self._wake = asyncio.Event()
        self._follows = asyncio.Event()
        self._follows.set()
        self._task = asyncio.ensure_future(self._send_all())
        self._task.add_done_callback(lambda _: self._follows.set())

    def send(self, frame: bytes) -> None:
        self._waiting.append(frame)
        self._wake.set()
        if len(self._waiting) > UNREAD and not self._task.done():
            self._follows.clear()
        if len(self._waiting) > PILE and not self._writer.is_closing():
            log.warning("a client does not read: hanging up")
            self._writer.transport.abort()  # close() would wait for it to read

    def show(self) -> None:
        self._changed = True
        self._wake.set()

    async def follows(self) -> None:
        """Wait until it has read most of what was sent to it; not for one that has gone."""
        await self._follows.wait()

    def close(self) -> None:
        self._task.cancel()
        self._writer.close()

    async def _send_all(self) -> None:
        loop = asyncio.get_running_loop()
        next_picture = 0.0
        with contextlib.suppress(OSError):
            while True:
                await self._wake.wait()
                self._wake.clear()
                while self._waiting:
                    self._write(self._waiting.popleft())
                self._follows.set()
                if self._changed and loop.time() < next_picture:
                    loop.call_at(next_picture, self._wake.set)
                elif self._changed:
                    self._changed = False
                    self._show_newest()
                    next_picture = loop.time() + FRAME
                await self._writer.drain()

    def _show_newest(self) -> None:
        frame = self._frame()
        if frame != self._shown:
            self._shown = frame
            self._write(frame)

    def _write(self, frame: bytes) -> None:
        self._writer.write(LENGTH.pack(len(frame)) + frame)


async def _read(reader: asyncio.StreamReader) -> bytes:
    (length,) = LENGTH.unpack(await reader.readexactly(LENGTH.size))
    if length > LARGEST:
        raise EOFError(f"a message of {length} bytes")
    return await reader.readexactly(length)
