"""The connections of the fake library, and the channel by which a test steers it.

The control channel takes one JSON object a line on a second port, and answers each with another:

    {"do": "ledger", "since": 0}                what was really carried out
    {"do": "heard"}                             all messages, both ways: [connection, way, text]
    {"do": "loans"}                             who has what
    {"do": "world", "patrons": […], "items": […]}
    {"do": "be", "personality": "koha-old", "rules": {…}, "layout": {…}}
    {"do": "fault", "name": "lost-after", …}    see faults.py; {"do": "clear"} ends them all
    {"do": "struck"}                            how often each fault struck
    {"do": "quiet"}                             wait until no request is being worked on
    {"do": "listen", "on": false}               the network: down until it is turned on again
    {"do": "cut"}                               end all connections
    {"do": "clock", "now": "2026-11-21T10:00"}  stop the library's clock; null: let it run
    {"do": "anew"}                              an empty library, plain, without faults
"""

from __future__ import annotations

import asyncio
import json
import socket
import struct
from collections import Counter, deque
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from . import wire
from .answers import Library
from .faults import Effect, armed
from .personalities import PERSONALITIES
from .wire import Message
from .world import World

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from .faults import Armed
    from .wire import Layout

REMEMBERED = 20_000
"""Messages that can be looked at afterwards."""


@dataclass(eq=False)
class Connection:
    """One client, and what its server child remembers of it."""

    number: int
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    lines: wire.Lines = field(default_factory=wire.Lines)
    logged_in: bool = False
    mute: bool = False
    last: Message | None = None
    """What was said last; None stands for a 96."""
    previous: tuple[int | None, str] | None = None
    """Sequence and checksum of the request before."""
    child: asyncio.Task[None] | None = field(default_factory=asyncio.current_task)

    def reset(self) -> None:
        """End it with a RST instead of a goodbye."""
        with suppress(OSError):
            line: socket.socket = self.writer.get_extra_info("socket")
            line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.writer.transport.abort()


class Server:
    """The fake library. `path` keeps its world."""

    def __init__(self, path: Path | None = None, personality: str = "plain") -> None:
        rules, self.layout = PERSONALITIES[personality]
        self.library = Library(World(path), rules, self._now)
        self.faults: list[Armed] = []
        self.heard: deque[tuple[int, str, str]] = deque(maxlen=REMEMBERED)
        self._stopped_clock: datetime | None = None
        self._connections: dict[int, Connection] = {}
        self._count = 0
        self._busy = 0
        self._quiet = asyncio.Condition()
        self._port = 0
        self._listener: asyncio.Server | None = None

    async def listen(self, port: int) -> int:
        """Begin to listen; give the port."""
        self._listener = await asyncio.start_server(self._serve, "127.0.0.1", port)
        self._port = int(self._listener.sockets[0].getsockname()[1])
        return self._port

    def _now(self) -> datetime:
        return self._stopped_clock or datetime.now()  # noqa: DTZ005 - SIP2 has local time

    # -- connections -------------------------------------------------------------------------------

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._count += 1
        connection = Connection(self._count, reader, writer)
        connection.mute = self.library.rules.one_client and bool(self._connections)
        self._connections[connection.number] = connection
        try:
            await self._talk(connection)
        except (OSError, TimeoutError, asyncio.CancelledError):
            pass
        finally:
            del self._connections[connection.number]
            writer.transport.abort() if writer.is_closing() else writer.close()

    async def _talk(self, connection: Connection) -> None:
        while not connection.writer.is_closing():
            async with asyncio.timeout(self.library.rules.idle or None):
                data = await connection.reader.read(1024)
            if not data:
                return
            for line in connection.lines.feed(data):
                if not connection.mute:
                    await self._work_on(connection, line)

    async def _work_on(self, connection: Connection, line: bytes) -> None:
        self._busy += 1
        try:
            await self._take(connection, line)
        finally:
            self._busy -= 1
            async with self._quiet:
                self._quiet.notify_all()

    async def _take(self, connection: Connection, line: bytes) -> None:
        """Take one line, as a child of a real server does."""
        self.heard.append((connection.number, "in", line.decode("latin-1")))
        rules = self.library.rules
        try:
            request = wire.read(line, self.layout.encoding)
        except ValueError:
            if rules.unknown == "96":
                await self._write(connection, b"96\r", Effect())
            else:
                connection.writer.close()
            return
        if request.code != "93" and rules.login_first and not connection.logged_in:
            connection.writer.close()
        elif not request.right:
            connection.last = None
            await self._write(connection, wire.resend_request(), Effect())
        else:
            await self._answer(connection, request)

    async def _answer(self, connection: Connection, request: Message) -> None:
        effect = self._effect(request)
        await asyncio.sleep(self.library.rules.takes + effect.wait)
        if effect.say == "96":
            connection.last = None
            await self._write(connection, wire.resend_request(), effect)
            return
        layout = replace(self.layout, **effect.layout)
        if request.code == "97":
            reply = self._again(connection.last)
            if layout.again_as_0:
                layout = replace(layout, end="\r")
        else:
            reply = self._reply(connection, request, effect)
        if reply is None:
            await self._write(connection, wire.resend_request(), effect)
            return
        await self._say(connection, _edited(reply, effect), layout, effect)

    def _again(self, last: Message | None) -> Message | None:
        """Give what was said last, as this server says it once more."""
        if last is None or last.sequence is None:
            return last
        return replace(last, sequence=0) if self.layout.again_as_0 else last

    def _reply(self, connection: Connection, request: Message, effect: Effect) -> Message | None:
        """Carry a request out, unless it is the one before once more; give the reply."""
        same = (request.sequence, request.checksum)
        repeated = request.sequence is not None and same == connection.previous
        if repeated and self.library.rules.answers_repeated:
            return connection.last
        connection.previous = same
        reply = self.library.answer(request, connection.number, act=effect.act)
        if reply is None:
            connection.last = None
            return None
        reply = replace(reply, sequence=request.sequence)
        if request.code == "93":
            connection.logged_in = _edited(reply, effect).fixed == "1"
        connection.last = reply
        return reply

    async def _say(
        self, connection: Connection, reply: Message, layout: Layout, effect: Effect
    ) -> None:
        await asyncio.sleep(effect.late)
        stale = replace(
            reply.having("AB", "39999999999999"),
            fixed=("0" if reply.fixed[:1] == "1" else "1") + reply.fixed[1:],
            sequence=None if reply.sequence is None else (reply.sequence - 1) % 10,
        )
        said = {
            "reply": [stale, *[reply] * effect.copies] if effect.stale_first else [reply],
            "half": [reply],
            "stale": [stale],
            "another": [Message("36", f"Y{wire.BLANK_DATE}", (), reply.sequence)],
            "nothing": [],
        }[effect.say]
        if not effect.stale_first:
            said *= effect.copies
        data = b"".join(wire.write(message, layout) for message in said)
        if effect.say == "half":
            data = data[: len(data) // 2]
        await self._write(connection, data, effect)

    async def _write(self, connection: Connection, data: bytes, effect: Effect) -> None:
        if data:
            self.heard.append((connection.number, "out", data.decode("latin-1")))
        pieces = [data[n : n + 1] for n in range(len(data))] if effect.gap else [data]
        for piece in pieces:
            connection.writer.write(piece)
            await connection.writer.drain()
            if effect.gap:
                await asyncio.sleep(effect.gap)
        if effect.then == "reset":
            connection.reset()
        elif effect.then == "close":
            connection.writer.close()
        elif effect.then == "mute":
            connection.mute = True

    def _effect(self, request: Message) -> Effect:
        """Find out what goes wrong with this one; of several that would, the first one does."""
        strikes = (fault.effect for fault in self.faults if fault.strikes(request))
        return next(strikes, Effect())

    # -- the control channel -----------------------------------------------------------------------

    async def control(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Take commands until the other end hangs up."""
        while line := await reader.readline():
            try:
                command = json.loads(line)
                result = await self._command(command.pop("do"), command)
                answer: dict[str, Any] = {"result": result}
            except (KeyError, TypeError, ValueError) as error:
                answer = {"error": f"{type(error).__name__}: {error}"}
            writer.write(json.dumps(answer).encode() + b"\n")
            await writer.drain()
        writer.close()

    async def _command(self, do: str, given: dict[str, Any]) -> Any:
        commands: dict[str, Callable[..., Any]] = {
            "ledger": lambda since=0: [asdict(x) for x in self.library.world.ledger[since:]],
            "heard": lambda: list(self.heard),
            "loans": lambda: {k: asdict(x) for k, x in self.library.world.loans.items()},
            "world": self._add,
            "be": self._be,
            "fault": lambda **fault: self.faults.append(armed(**fault)),
            "clear": self.faults.clear,
            "struck": self._struck,
            "cut": self._cut,
            "clock": self._set_clock,
            "anew": self._anew,
        }
        if do == "listen":
            return await self._turn(**given)
        if do == "quiet":
            return await self._become_quiet()
        return commands[do](**given)

    def _add(
        self, patrons: list[dict[str, Any]] | None = None, items: list[dict[str, Any]] | None = None
    ) -> None:
        for patron in patrons or ():
            self.library.world.add_patron(**patron)
        for item in items or ():
            self.library.world.add_item(**item)

    def _be(
        self,
        personality: str = "plain",
        rules: dict[str, Any] | None = None,
        layout: dict[str, Any] | None = None,
    ) -> None:
        usual_rules, usual_layout = PERSONALITIES[personality]
        self.library.rules = replace(usual_rules, **rules or {})
        self.layout = replace(usual_layout, **layout or {})

    def _struck(self) -> dict[str, int]:
        struck: Counter[str] = Counter()
        for fault in self.faults:
            struck[fault.name] += fault.struck
        return struck

    def _cut(self) -> None:
        for connection in self._connections.values():
            connection.reset()

    def _set_clock(self, now: str | None) -> None:
        self._stopped_clock = None if now is None else datetime.fromisoformat(now)

    def _anew(self) -> None:
        for connection in self._connections.values():
            connection.reset()
            if connection.child is not None:
                connection.child.cancel()  # what it would still do belongs to another life
        self.library.world.begin_anew()
        self.faults.clear()
        self.heard.clear()
        self._be()
        self._set_clock(None)

    async def _become_quiet(self) -> None:
        async with self._quiet:
            await self._quiet.wait_for(lambda: not self._busy)

    async def _turn(self, *, on: bool) -> None:
        """Turn the network on or off."""
        if on and self._listener is None:
            await self.listen(self._port)
        elif not on and self._listener is not None:
            self._listener.close()
            self._listener = None
            self._cut()


def _edited(reply: Message, effect: Effect) -> Message:
    """Give the reply as the fault has it."""
    if effect.ok:
        reply = replace(reply, fixed=effect.ok + reply.fixed[1:])
    if effect.ah is not None:
        reply = reply.having("AH", effect.ah)
    if effect.words is not None:
        fields = tuple(x for x in reply.fields if x[0] != "AF")
        reply = replace(reply, fields=(*fields, ("AF", effect.words)))
    return reply
