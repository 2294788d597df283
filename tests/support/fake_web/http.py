"""HTTP as a small server sees it: requests, forms, files that are uploaded, replies."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, unquote

if TYPE_CHECKING:
    import asyncio

Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Part:
    """One part of a multipart form. `filename` is None where the part has none."""

    name: str
    filename: str | None
    data: bytes


@dataclass(frozen=True)
class Request:
    """What came in. Names of headers are in small letters."""

    method: str
    path: str
    query: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""

    @property
    def is_multipart(self) -> bool:
        return self.headers.get("content-type", "").lower().startswith("multipart/form-data")

    def asked(self) -> Pairs:
        """Give what is in the query."""
        return pairs(self.query)

    def posted(self) -> Pairs:
        """Give the fields of the form in the body, files not among them."""
        if self.is_multipart:
            fields = (part for part in self.parts() if not part.filename)
            return tuple((part.name, part.data.decode(errors="replace")) for part in fields)
        if "urlencoded" in self.headers.get("content-type", ""):
            return pairs(self.body.decode("latin-1"))
        return ()

    def parts(self) -> list[Part]:
        """Take a multipart form apart."""
        boundary = parameter(self.headers.get("content-type", ""), "boundary")
        if not self.is_multipart or not boundary:
            return []
        pieces = (b"\r\n" + self.body).split(b"\r\n--" + boundary.encode())
        return [_part(piece) for piece in pieces[1:] if not piece.startswith(b"--")]

    def cookies(self) -> dict[str, str]:
        """Give the cookies by their names."""
        pieces = (x.partition("=") for x in self.headers.get("cookie", "").split(";"))
        return {name.strip(): unquote(value.strip()) for name, _, value in pieces}


@dataclass(frozen=True)
class Reply:
    """What goes out."""

    body: str | bytes = ""
    status: int = 200
    kind: str = "text/plain; charset=utf-8"
    headers: Pairs = ()

    def encoded(self, *, close: bool) -> bytes:
        """Give its bytes."""
        data = self.body.encode() if isinstance(self.body, str) else self.body
        try:
            phrase = HTTPStatus(self.status).phrase
        except ValueError:
            phrase = "Odd"
        lines = [f"HTTP/1.1 {self.status} {phrase}", f"Content-Type: {self.kind}"]
        lines += [f"{name}: {value}" for name, value in self.headers]
        if self.status not in {204, 304}:
            lines.append(f"Content-Length: {len(data)}")
        lines.append(f"Connection: {'close' if close else 'keep-alive'}")
        return "\r\n".join([*lines, "", ""]).encode("latin-1") + data


def answer_json(value: Any, status: int = 200, **more: Any) -> Reply:
    """Reply with JSON."""
    return Reply(json.dumps(value), status, "application/json; charset=utf-8", **more)


def pairs(text: str) -> Pairs:
    """Read what stands in a query or a form; a word without "=" is there, and empty."""
    return tuple(parse_qsl(text, keep_blank_values=True, separator="&", errors="replace"))


def first(fields: Pairs, name: str) -> str:
    """Give the first value of that name, or ""."""
    return next((value for key, value in fields if key == name), "")


def parameter(header: str, name: str) -> str | None:
    """Give a parameter of a header, as `boundary` of Content-Type; None where it is not there."""
    for piece in header.split(";")[1:]:
        key, given, value = piece.strip().partition("=")
        if given and key.lower() == name:
            return value.strip('"')
    return None


async def read(reader: asyncio.StreamReader) -> Request | None:
    """Read one request; None at the end. Raise ValueError where it is none."""
    line = (await reader.readline()).decode("latin-1").strip()
    if not line:
        return None
    method, target, _ = line.split(" ")
    headers: dict[str, str] = {}
    while header := (await reader.readline()).decode("latin-1").strip():
        name, _, value = header.partition(":")
        headers[name.lower()] = value.strip()
    if "chunked" in headers.get("transfer-encoding", ""):
        body = await _chunks(reader)
    else:
        body = await reader.readexactly(int(headers.get("content-length", 0)))
    path, _, query = target.partition("?")
    return Request(method, unquote(path), query, headers, body)


async def _chunks(reader: asyncio.StreamReader) -> bytes:
    body = b""
    while size := int((await reader.readline()).split(b";")[0], 16):
        body += await reader.readexactly(size)
        await reader.readline()
    while (await reader.readline()).strip():
        pass
    return body


def _part(piece: bytes) -> Part:
    head, _, data = piece.removeprefix(b"\r\n").partition(b"\r\n\r\n")
    disposition = ""
    for line in head.decode(errors="replace").split("\r\n"):
        name, _, value = line.partition(":")
        if name.lower() == "content-disposition":
            disposition = value
    return Part(parameter(disposition, "name") or "", parameter(disposition, "filename"), data)
