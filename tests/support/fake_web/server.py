"""The connections of a fake library system, and the channel by which a test steers it.

The control channel takes one JSON object a line on a second port, and answers each with another:

    {"do": "heard", "call": "load"}             the calls, with what was replied to each
    {"do": "fault", "name": "lost-after", …}    see faults.py; {"do": "clear"} ends them all
    {"do": "struck"}                            how often each fault struck
    {"do": "be", "rules": {…}}                  behave otherwise: see the `Rules` of the system
    {"do": "quiet"}                             wait until nothing is being worked on
    {"do": "listen", "on": false}               the network: down until it is turned on again
    {"do": "cut"}                               end all connections
    {"do": "clock", "now": 1795289820}          stop the server's clock there
    {"do": "clock", "offset": 3600}             let it run, an hour ahead; without both: true
    {"do": "anew"}                              as it was when it was started, without faults

and what the system itself has besides.
"""

from __future__ import annotations

import asyncio
import json
import socket
import ssl
import struct
import time
from collections import Counter, deque
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Protocol

from . import http
from .faults import Armed, Effect, armed
from .http import Reply, Request

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

REMEMBERED = 20_000
"""Calls that can be looked at afterwards."""


@dataclass
class Clock:
    """The server's clock, in seconds since 1970."""

    stopped: float | None = None
    offset: float = 0.0

    def now(self) -> float:
        return time.time() + self.offset if self.stopped is None else self.stopped

    def set(self, now: float | None = None, offset: float = 0.0) -> None:
        self.stopped, self.offset = now, offset


class System(Protocol):
    """A library system: what it is asked, and what it says."""

    clock: Clock
    faults: dict[str, tuple[Effect, tuple[str, ...]]]
    """Its own faults, and the calls at which they strike."""

    async def listen_besides(self, ports: list[int]) -> list[int]:
        """Begin to listen for what is not HTTP, on those ports if some are given; give them."""

    def name(self, request: Request) -> str:
        """Name the call that a request is."""

    async def answer(self, request: Request, call: str, effect: Effect) -> Reply:
        """Carry a call out."""

    def commands(self) -> dict[str, Callable[..., Any]]:
        """Give what can be done by the control channel alone."""

    def be(self, rules: dict[str, Any]) -> None:
        """Behave so, and else as usual."""

    async def begin_anew(self) -> None:
        """Forget everything."""

    def at_work(self) -> list[asyncio.Task[None]]:
        """Give what goes on in the background."""


@dataclass(eq=False)
class Connection:
    """One client."""

    writer: asyncio.StreamWriter
    mute: bool = False

    def reset(self) -> None:
        """End it with a reset."""
        with suppress(OSError, AttributeError):
            sock = self.writer.get_extra_info("socket")
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.writer.transport.abort()


@dataclass
class Server:
    """The process. `tls` makes it speak https."""

    system: System
    tls: ssl.SSLContext | None = None
    armed: list[Armed] = field(default_factory=list)
    heard: deque[dict[str, Any]] = field(default_factory=lambda: deque(maxlen=REMEMBERED))
    _port: int = 0
    _listener: asyncio.Server | None = None
    _connections: set[Connection] = field(default_factory=set)
    _busy: int = 0
    _quiet: asyncio.Condition = field(default_factory=asyncio.Condition)
    _held: dict[str, asyncio.Event] = field(default_factory=dict)
    """Calls that wait until they are let go, by their names."""

    async def listen(self, port: int) -> int:
        """Let clients in; give the port."""
        self._listener = await asyncio.start_server(
            self._serve, "127.0.0.1", port, limit=2**20, ssl=self.tls
        )
        self._port = int(self._listener.sockets[0].getsockname()[1])
        return self._port

    # -- connections -------------------------------------------------------------------------------

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connection = Connection(writer)
        self._connections.add(connection)
        with suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            await self._talk(connection, reader)
        self._connections.discard(connection)
        writer.close()

    async def _talk(self, connection: Connection, reader: asyncio.StreamReader) -> None:
        while not connection.writer.is_closing():
            try:
                request = await http.read(reader)
            except ValueError:
                connection.writer.write(Reply("", 400).encoded(close=True))
                return
            if request is None:
                return
            if not connection.mute:
                await self._work_on(connection, request)

    async def _work_on(self, connection: Connection, request: Request) -> None:
        self._busy += 1
        try:
            await self._take(connection, request)
        finally:
            self._busy -= 1
            async with self._quiet:
                self._quiet.notify_all()

    async def _take(self, connection: Connection, request: Request) -> None:
        call = self.system.name(request)
        effect = next((x.effect for x in self.armed if x.strikes(call, request)), Effect())
        entry = _entry(call, request)
        self.heard.append(entry)
        if call in self._held:
            await self._held[call].wait()
        await asyncio.sleep(effect.wait)
        if effect.act:
            reply = await self.system.answer(request, call, effect)
        else:
            reply = Reply("")
        if effect.status is not None:
            kind = "text/html; charset=utf-8" if effect.page else "text/plain"
            reply = Reply(effect.body or "", effect.status, kind)
        elif effect.body is not None:
            reply = replace(reply, body=effect.body)
        entry["status"], entry["reply"] = reply.status, _text(reply.body)
        await asyncio.sleep(effect.late)
        await self._write(connection, request, reply, effect)

    async def _write(
        self, connection: Connection, request: Request, reply: Reply, effect: Effect
    ) -> None:
        if effect.say == "cut":
            body = reply.body.encode() if isinstance(reply.body, str) else reply.body
            reply = replace(reply, body=body[: len(body) // 2])
        close = request.headers.get("connection", "").lower() == "close"
        data = b"" if effect.say == "nothing" else reply.encoded(close=close)
        if request.method == "HEAD":
            data = data.partition(b"\r\n\r\n")[0] + b"\r\n\r\n"
        if effect.say == "half":
            data = data[: len(data) - max(1, len(_text(reply.body)) // 2)]
        pieces = [data[n : n + 1] for n in range(len(data))] if effect.gap else [data]
        for piece in pieces:
            connection.writer.write(piece)
            await connection.writer.drain()
            if effect.gap:
                await asyncio.sleep(effect.gap)
        if effect.then == "reset":
            connection.reset()
        elif effect.then == "close" or (close and data):
            connection.writer.close()
        elif effect.then == "mute" or not data:
            connection.mute = True

    # -- the control channel -----------------------------------------------------------------------

    async def control(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Take commands until the other end hangs up."""
        while line := await reader.readline():
            try:
                command = json.loads(line)
                result = self._command(command.pop("do"), command)
                if asyncio.iscoroutine(result):
                    result = await result
                answer: dict[str, Any] = {"result": result}
            except (KeyError, TypeError, ValueError) as error:
                answer = {"error": f"{type(error).__name__}: {error}"}
            writer.write(json.dumps(answer).encode() + b"\n")
            await writer.drain()
        writer.close()

    def _command(self, do: str, given: dict[str, Any]) -> Any | Coroutine[Any, Any, Any]:
        commands: dict[str, Callable[..., Any]] = {
            "heard": self._heard,
            "fault": lambda **x: self.armed.append(armed(self.system.faults, **x)),
            "clear": self.armed.clear,
            "struck": self._struck,
            "be": self.system.be,
            "hold": self._hold,
            "let_go": self._let_go,
            "quiet": self._become_quiet,
            "listen": self._turn,
            "cut": self._cut,
            "clock": self.system.clock.set,
            "anew": self._anew,
            **self.system.commands(),
        }
        return commands[do](**given)

    def _heard(self, call: str = "") -> list[dict[str, Any]]:
        return [x for x in self.heard if call in {"", x["call"]}]

    def _struck(self) -> dict[str, int]:
        struck: Counter[str] = Counter()
        for fault in self.armed:
            struck[fault.name] += fault.struck
        return struck

    def _hold(self, call: str) -> None:
        self._held[call] = asyncio.Event()

    def _let_go(self) -> None:
        for held in self._held.values():
            held.set()
        self._held.clear()

    def _cut(self) -> None:
        for connection in list(self._connections):
            connection.reset()

    async def _anew(self) -> None:
        self._cut()
        self._let_go()
        for task in self.system.at_work():
            task.cancel()  # what it would still do belongs to another life
        await asyncio.sleep(0)
        await self.system.begin_anew()
        self.system.clock.set()
        self.armed.clear()
        self.heard.clear()

    async def _become_quiet(self) -> None:
        async with self._quiet:
            await self._quiet.wait_for(lambda: not self._busy)
        await asyncio.gather(*self.system.at_work(), return_exceptions=True)

    async def _turn(self, *, on: bool) -> None:
        """Turn the network on or off."""
        if on and self._listener is None:
            await self.listen(self._port)
        elif not on and self._listener is not None:
            self._listener.close()
            self._listener = None
            self._cut()


def _entry(call: str, request: Request) -> dict[str, Any]:
    return {
        "call": call,
        "method": request.method,
        "path": request.path,
        "query": request.query,
        "headers": request.headers,
        "body": _text(request.body),
        "status": None,
        "reply": None,
    }


def _text(data: str | bytes) -> str:
    return data if isinstance(data, str) else data.decode("latin-1")
