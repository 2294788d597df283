"""Asking and telling a library system by HTTP: what may have arrived decides everything here.

    nothing of it went out: no name, no connection, no trust         `Unreachable`
    it was sent elsewhere (3xx); that is never followed              `Unreachable`
    it went out, and no whole answer came; of a question             `Unreachable`
                                          of what changes something  `ReplyLost`

What the answers mean is for each system's own module. httpx is loaded with the first request, in a
thread: that takes longer than a scan may wait.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from time import monotonic
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from kiosk.desk.words import say
from kiosk.ils import tls_failures
from kiosk.ils.addresses import server
from kiosk.ils.base import ReplyLost, Unreachable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import httpx

    from kiosk.desk.words import Phrase

KEPT: Final = 2.0
"""Seconds for which an idle connection is used again. Apache hangs up after five: what is written
at that moment is lost, and nobody knows whether it arrived."""
_LONGEST_WORDS: Final = 120
_PAGE: Final = ("<!doctype html", "<html")


class Web:
    """One connection at a time to one library system, opened when it is needed.

    `base` is the address before every path. `ca_file`: who signs its certificate, where that is
    none of the machine's. Times in seconds.
    """

    def __init__(
        self, base: str, ca_file: Path | None, connect_timeout: float, timeout: float
    ) -> None:
        self._base = base
        self._ca_file = ca_file
        self._connect_timeout = connect_timeout
        self._timeout = timeout
        self._client: httpx.AsyncClient | None = None
        self._date: datetime | None = None
        self._date_at = 0.0

    async def ask(self, method: str, path: str, **what: Any) -> httpx.Response:
        """Send what changes nothing. Raise `Unreachable`."""
        return await self._send(method, path, what, changes=False)

    async def tell(self, method: str, path: str, **what: Any) -> httpx.Response:
        """Send what changes something, once. Raise `Unreachable` or `ReplyLost`."""
        return await self._send(method, path, what, changes=True)

    def time(self) -> datetime | None:
        """Give what time it is there, by its last answer; None where that did not say."""
        if self._date is None:
            return None
        return self._date + timedelta(seconds=monotonic() - self._date_at)

    def about(self, key: str, **more: str | int) -> Phrase:
        """Say something of the server."""
        host, port = server(self._base)
        return say(key, host=host, port=port, **more)

    def forget(self) -> None:
        """Forget what the server had this kiosk remember: its session."""
        if self._client is not None:
            self._client.cookies.clear()

    async def close(self) -> None:
        """Hang up, and forget the session."""
        client, self._client = self._client, None
        if client is not None:
            await client.aclose()

    async def _send(
        self, method: str, path: str, what: dict[str, Any], *, changes: bool
    ) -> httpx.Response:
        if self._client is None:
            self._client = await self._made()
        import httpx  # noqa: PLC0415 - loaded by now

        try:
            async with asyncio.timeout(self._connect_timeout + self._timeout):
                answer = await self._client.request(method, self._base + path, **what)
        except (httpx.UnsupportedProtocol, httpx.InvalidURL) as error:
            raise Unreachable(self.about("library.name_unknown"), repr(error)) from error
        except (httpx.HTTPError, TimeoutError) as error:
            early = httpx.ConnectError | httpx.ConnectTimeout | httpx.PoolTimeout
            if changes and not isinstance(error, early):
                raise ReplyLost(self.about("library.reply_lost"), repr(error)) from error
            raise Unreachable(self.about(_why(error)), repr(error)) from error
        self._date, self._date_at = _date(answer), monotonic()
        if answer.is_redirect:
            to = answer.headers.get("Location", "")
            reason = self.about("library.sent_elsewhere", to=_host(to) or to[:80])
            raise Unreachable(reason, to)
        return answer

    async def _made(self) -> httpx.AsyncClient:
        try:
            return await asyncio.to_thread(self._make)
        except OSError as error:  # it was well when the configuration was read
            raise Unreachable(self.about("library.tls_files"), repr(error)) from error

    def _make(self) -> httpx.AsyncClient:
        import httpx  # noqa: PLC0415 - heavy

        verify: ssl.SSLContext | bool = False  # of what is not https there is nothing to trust
        if urlsplit(self._base).scheme == "https":
            ca_file = None if self._ca_file is None else str(self._ca_file)
            verify = ssl.create_default_context(cafile=ca_file)
        return httpx.AsyncClient(
            verify=verify,
            timeout=httpx.Timeout(self._timeout, connect=self._connect_timeout),
            limits=httpx.Limits(max_connections=1, keepalive_expiry=KEPT),
        )


def _date(answer: httpx.Response) -> datetime | None:
    try:
        return parsedate_to_datetime(answer.headers["Date"]).astimezone(UTC)
    except (KeyError, ValueError, OverflowError):
        return None


def _host(url: str) -> str:
    """Give the name of a server from an address; "" where it has none."""
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def is_page(answer: httpx.Response) -> bool:
    """Tell whether an answer is a page for people, such as one to log in, or of a proxy."""
    html = answer.headers.get("Content-Type", "").lower().startswith("text/html")
    return html or answer.text.lstrip("\ufeff \t\r\n")[:20].lower().startswith(_PAGE)


def shown(answer: httpx.Response) -> str:
    """Give the beginning of what was said, for the log and the administrator."""
    return " ".join(answer.text.split())[:_LONGEST_WORDS]


def _why(error: Exception) -> str:
    """Tell by its key why there was no answer, from what an error comes of."""
    causes = list(_causes(error))
    kinds = ssl.SSLError, socket.gaierror, ConnectionRefusedError, TimeoutError, OSError
    for kind in kinds:  # what says more comes first
        for cause in causes:
            if isinstance(cause, kind):
                return _key(cause)
    return "library.no_answer" if "Timeout" in type(error).__name__ else "library.broke_off"


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """Give an error and all that it comes of: of several addresses, each may have failed."""
    while error is not None:
        yield error
        if isinstance(error, BaseExceptionGroup):
            for each in error.exceptions:
                yield from _causes(each)
        error = error.__cause__ or error.__context__


def _key(error: OSError) -> str:
    match error:
        case ssl.SSLCertVerificationError():
            key = tls_failures.why(error)
            return "library.tls_certificate" if key == "library.tls_other_name" else key
        case ssl.SSLError():
            return "library.no_https"
        case socket.gaierror():
            return "library.name_unknown"
        case ConnectionRefusedError():
            return "library.refused_connection"
        case TimeoutError():
            return "library.no_answer"
        case ConnectionResetError() | BrokenPipeError():
            return "library.broke_off"
    return "library.no_network"
