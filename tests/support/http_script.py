"""A web server that says what a test has written down, and keeps what it was asked."""

from __future__ import annotations

import asyncio
import json
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

HANG_UP = None
"""Instead of a reply: it closes the connection when it has read the request."""


@dataclass(frozen=True)
class Reply:
    """What it says. `headers` besides its length."""

    body: str = ""
    status: int = 200
    type: str = "text/plain; charset=utf-8"
    headers: dict[str, str] = field(default_factory=dict)
    after: float = 0.0

    @property
    def written(self) -> bytes:
        body = self.body.encode()
        lines = [f"HTTP/1.1 {self.status} So", f"Content-Type: {self.type}"]
        lines += [f"Content-Length: {len(body)}"]
        lines += [f"{name}: {value}" for name, value in self.headers.items()]
        return "\r\n".join([*lines, "", ""]).encode() + body


@dataclass(frozen=True)
class Request:
    """What it was asked. Names of headers are in small letters."""

    method: str
    path: str
    query: str
    headers: dict[str, str]
    body: bytes

    @property
    def form(self) -> dict[str, str]:
        return dict(parse_qsl(self.body.decode(), keep_blank_values=True))

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Script:
    """The replies yet to come, for one address each or for "*" any; and the requests so far."""

    url: str = ""
    replies: dict[str, list[Reply | None]] = field(default_factory=dict)
    requests: list[Request] = field(default_factory=list)

    def say(self, path: str, *replies: Reply | None) -> None:
        """Answer to what ends with this so, in this order; the last one for good."""
        self.replies[path] = list(replies)

    def asked(self, path: str) -> list[Request]:
        """Give what was asked at addresses that end so."""
        return [each for each in self.requests if each.path.endswith(path)]

    def _next(self, path: str) -> Reply | None:
        for end, replies in self.replies.items():
            if path.endswith(end):
                return replies.pop(0) if len(replies) > 1 else replies[0]
        return Reply("Not Found", status=404)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while (request := await _read(reader)) is not None:
                self.requests.append(request)
                reply = self._next(request.path)
                if reply is HANG_UP:
                    break
                await asyncio.sleep(reply.after)
                writer.write(reply.written)
                await writer.drain()
        except (OSError, EOFError):
            pass
        finally:
            writer.close()


async def _read(reader: asyncio.StreamReader) -> Request | None:
    try:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    except asyncio.IncompleteReadError:
        return None
    first, *lines = head.strip().split("\r\n")
    headers = {}
    for line in lines:
        name, _, value = line.partition(":")
        headers[name.strip().lower()] = value.strip()
    method, target, _ = first.split(" ")
    parts = urlsplit(target)
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    return Request(method, parts.path, parts.query, headers, body)


@asynccontextmanager
async def web_server(port: int = 0) -> AsyncIterator[Script]:
    """Run one on this machine."""
    script = Script()
    server = await asyncio.start_server(script._serve, "127.0.0.1", port)
    script.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield script
    finally:
        server.close()
