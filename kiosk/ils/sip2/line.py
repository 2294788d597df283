"""One connection to a SIP2 server: how it is opened, raw or by telnet, plain or with TLS.

    TCP --with tls: the handshake--> with telnet: the prompts--> SIP2 messages

A TLS server that is spoken to without TLS answers with an alert of its own, or just hangs up
(OpenSSL); a plain one that is greeted with TLS says nothing, or hangs up. Both are told apart from
a network that is down as far as that goes, because only an administrator can mend them.

By telnet the server asks for the login before SIP2 begins (SIPServer and Koha, sample port 8023):
`login: `, `password: `, then `Login OK.  Initiating SIP`, or `Invalid login` and the first prompt
again.
"""

from __future__ import annotations

import asyncio
import re
import socket
import ssl
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

from kiosk.desk.words import say
from kiosk.ils import tls_failures
from kiosk.ils.base import Unreachable
from kiosk.ils.sip2 import tls
from kiosk.ils.sip2.inbox import Inbox
from kiosk.ils.sip2.wire import TRIES, Answered, Exchange, Reader, SendAgain, sanitised

if TYPE_CHECKING:
    from pysip2 import SIPRequest

    from kiosk.desk.words import Phrase
    from kiosk.ils.sip2.settings import Sip2Settings
    from kiosk.ils.sip2.wire import Reply

_MOST_UNASKED: Final = 16  # chunks; a line that says more than that unasked is not fit for use
_GOODBYE: Final = 1.0  # seconds

_TELNET_OPTION: Final = re.compile(rb"\xff[\xfb-\xfe].", re.DOTALL)
_LONGEST_PROMPT: Final = 4096


class WantsTls(EOFError):  # noqa: N818 - it names what is so
    """What came back is TLS, which was not asked for."""


class LoginRefused(Exception):  # noqa: N818
    """The server does not take the login."""


async def open_line(settings: Sip2Settings, context: ssl.SSLContext | None) -> Line:
    """Connect, with TLS where there is a context for it. Raise `Unreachable`."""
    most = settings.connect_timeout
    options: dict[str, Any] = {}
    if context is not None:
        options = {
            "ssl": context,
            "server_hostname": tls.server_name(settings),
            "ssl_handshake_timeout": most,
        }
    try:
        async with asyncio.timeout(most if context is None else 2 * most):
            loop = asyncio.get_running_loop()
            transport, inbox = await loop.create_connection(
                Inbox, settings.host, settings.port, **options
            )
    except (OSError, ValueError) as error:
        key = _why_not_open(error, encrypted=context is not None)
        if key == "library.tls_other_name":
            reason = about(settings, key, name=tls.server_name(settings))
        else:
            reason = about(settings, key)
        raise Unreachable(reason, repr(error)) from error
    return Line(transport, inbox, settings)


def about(settings: Sip2Settings, key: str, **more: str) -> Phrase:
    """Say something of the server."""
    return say(key, host=settings.host, port=settings.port, **more)


def _why_not_open(error: OSError | ValueError, *, encrypted: bool) -> str:
    match error:
        case ssl.SSLError():
            return tls_failures.why(error)
        case ConnectionResetError() | ConnectionAbortedError() if encrypted:
            return "library.not_tls"  # the handshake came to nothing
        case TimeoutError():
            return "library.no_answer"
        case ConnectionRefusedError():
            return "library.refused_connection"
        case socket.gaierror() | ValueError():  # ValueError: not a name at all
            return "library.name_unknown"
    return "library.no_network"  # most of all: no route, because the network is down


class Line:
    """One TCP connection: the sequence that is counted on it, and what came in so far."""

    def __init__(self, transport: asyncio.Transport, inbox: Inbox, settings: Sip2Settings) -> None:
        self._transport = transport
        self._inbox = inbox
        self._settings = settings
        self._quirks = settings.quirks
        self._wire = Reader(self._quirks.encoding, self._quirks.checksums)
        self._requests = 0

    async def answer_prompts(self) -> None:
        """Log in by telnet. Raise `LoginRefused`, EOFError or OSError."""
        encoding = self._quirks.encoding
        await self._until(rb"login: *$")
        self._transport.write(sanitised(self._settings.login, encoding).encode(encoding) + b"\r\n")
        await self._until(rb"password: *$")
        self._transport.write(
            sanitised(self._settings.password, encoding).encode(encoding) + b"\r\n"
        )
        said = await self._until(rb"login ok[^\r\n]*[\r\n]|invalid|incorrect|login: *$")
        if not re.search(rb"login ok", said, re.IGNORECASE):
            raise LoginRefused(said.decode(encoding, "replace").strip())

    async def _until(self, pattern: bytes) -> bytes:
        """Read until it has said so, in small letters or capitals."""
        said = b""
        while not re.search(pattern, said, re.IGNORECASE):
            if len(said) > _LONGEST_PROMPT:
                raise EOFError("no login prompt")
            said = _TELNET_OPTION.sub(b"", said + await self._read())
        return said

    async def is_up(self) -> bool:
        """Look whether the server has hung up; forget what it said unasked."""
        for _ in range(_MOST_UNASKED):
            stale = await self._inbox.look()
            if not stale:
                return not (self._inbox.ended or self._transport.is_closing())
            self._wire.feed(stale)  # a part of a message stays, to end where it ends
        return False

    async def exchange(self, request: SIPRequest, tries: int = TRIES) -> Reply:
        """Write a request and read until its reply. Raise EOFError, OSError or `GivenUp`."""
        sequence = self._requests % 10 if self._quirks.error_detection else None
        self._requests += 1
        exchange = Exchange(request, sequence=sequence, encoding=self._quirks.encoding, tries=tries)
        self._transport.write(exchange.message)
        while True:
            for reply in self._wire.feed(await self._read()):
                match exchange.take(reply):
                    case Answered(answer):
                        return answer
                    case SendAgain(message):
                        self._transport.write(message)

    async def _read(self) -> bytes:
        data = await self._inbox.read()
        if data.startswith(tls.ALERT) and not self._settings.tls:
            raise WantsTls("the reply is TLS")
        return data

    def drop(self) -> None:
        """Hang up without waiting for anything."""
        self._transport.abort()

    async def close(self) -> None:
        """Hang up in order."""
        self._transport.close()
        with suppress(TimeoutError):
            async with asyncio.timeout(_GOODBYE):
                await self._inbox.closed.wait()
