"""One HTTP request to Evergreen, and what its failures mean.

Whatever changes something there is sent once. If it may have arrived, a failure is `ReplyLost`;
else, and for all that only asks, it is `Unreachable`.

    no connection                      Unreachable: nothing was sent
    a status of 300 to 499             Unreachable: turned away before the program ran
    anything else but 200              it may have run: the program may have died of it
    no answer, or one that is empty    the same
    a web page                         the same
"""

from __future__ import annotations

import asyncio
import errno
import json
import socket
import ssl
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, NoReturn
from urllib.parse import urlsplit

from kiosk.desk.words import say
from kiosk.ils.base import ReplyLost, Unreachable
from kiosk.ils.sip2 import tls

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import httpx

    from kiosk.desk.words import Phrase
    from kiosk.ils.evergreen.settings import EvergreenSettings

SLOWEST: Final = 10_000
"""Bytes a second that an upload goes at least."""

_TURNED_AWAY: Final = {
    401: "evergreen.not_from_here",
    403: "evergreen.not_from_here",
    404: "evergreen.not_there",
    413: "evergreen.too_large",
}
_NO_WAY: Final = frozenset({errno.ENETUNREACH, errno.EHOSTUNREACH, errno.ENETDOWN})


@dataclass(frozen=True, slots=True)
class File:
    """A file of an upload. Without a name the server says yes and stores nothing."""

    name: str
    content: bytes


class Web:
    """Requests to one server, on connections that are kept open."""

    def __init__(self, settings: EvergreenSettings) -> None:
        self._settings = settings
        self._client: httpx.AsyncClient | None = None

    async def post(
        self,
        path: str,
        fields: Mapping[str, str | list[str]],
        *,
        file: File | None = None,
        changes: bool = False,
        within: float | None = None,
    ) -> Any:
        """Send a form, and give what comes back as JSON. Raises `Unreachable` or `ReplyLost`.

        `changes`: it changes something. `within`: so many seconds, for all of it.
        """
        client = await self._connected()
        files = None if file is None else {"file": (file.name, file.content, "text/plain")}
        size = 0 if file is None else len(file.content)
        most = (within or self._settings.timeout) + size / SLOWEST
        try:
            async with asyncio.timeout(most):
                answer = await client.post(
                    self._settings.base + path, data=dict(fields), files=files
                )
        except Exception as error:  # noqa: BLE001 - sorted out there
            self._failed(error, changes=changes)
        return self._read(answer, changes=changes)

    async def close(self) -> None:
        """Hang up."""
        client, self._client = self._client, None
        if client is not None:
            await client.aclose()

    def about(self, key: str, **more: str | int | Phrase) -> Phrase:
        """Say something of the server."""
        return say(key, host=self._host, **more)

    # ------------------------------------------------------------------------------- the connection

    @property
    def _host(self) -> str:
        return urlsplit(self._settings.url).hostname or self._settings.url

    @property
    def _port(self) -> int:
        parts = urlsplit(self._settings.url)
        return parts.port or (80 if parts.scheme == "http" else 443)

    async def _connected(self) -> httpx.AsyncClient:
        """Give the client. It is made in a thread: that takes longer than a scan may wait."""
        if self._client is None:
            try:
                made = await asyncio.to_thread(_client, self._settings)
            except OSError as error:  # they were well when the configuration was read
                reason = self._about_connection("library.tls_files")
                raise Unreachable(reason, repr(error)) from error
            if self._client is None:
                self._client = made
            else:
                await made.aclose()
        return self._client

    def _about_connection(self, key: str) -> Phrase:
        return say(key, host=self._host, port=self._port, name=self._host)

    # ----------------------------------------------------------------------------- what went wrong

    def _failed(self, error: Exception, *, changes: bool) -> NoReturn:
        import httpx  # noqa: PLC0415 - heavy

        if not isinstance(error, httpx.HTTPError | httpx.InvalidURL | OSError | TimeoutError):
            raise error
        reason = self._about_connection(_why(error))
        early = isinstance(error, httpx.ConnectError | httpx.ConnectTimeout | httpx.PoolTimeout)
        if early or not changes or isinstance(error, httpx.UnsupportedProtocol | httpx.InvalidURL):
            raise Unreachable(reason, repr(error)) from error
        raise ReplyLost(reason, repr(error)) from error

    def _read(self, answer: httpx.Response, *, changes: bool) -> Any:
        code = answer.status_code
        if 300 <= code < 500:
            key = _TURNED_AWAY.get(code, "evergreen.status")
            raise Unreachable(self.about(key, code=code), answer.text[:500])
        if code != 200:
            self._unclear("evergreen.status", answer, changes=changes)
        if not answer.content.strip():
            self._unclear("evergreen.empty", answer, changes=changes)
        try:
            return json.loads(_text(answer.content))
        except ValueError:
            page = answer.content.lstrip()[:1] == b"<"
            key = "evergreen.web_page" if page else "evergreen.unreadable"
            self._unclear(key, answer, changes=changes)

    def _unclear(self, key: str, answer: httpx.Response, *, changes: bool) -> NoReturn:
        error = ReplyLost if changes else Unreachable
        raise error(self.about(key, code=answer.status_code), answer.text[:500])


def _client(settings: EvergreenSettings) -> httpx.AsyncClient:
    import httpx  # noqa: PLC0415 - heavy

    verify: ssl.SSLContext | bool = False
    if settings.url.casefold().startswith("https"):
        ca_file = None if settings.ca_file is None else str(settings.ca_file)
        verify = ssl.create_default_context(cafile=ca_file)
    timeout = httpx.Timeout(None, connect=settings.connect_timeout)
    return httpx.AsyncClient(verify=verify, timeout=timeout)


def _text(content: bytes) -> str:
    """Read a reply. Programs in Perl may write Latin-1 where they mean to write UTF-8."""
    try:
        return content.decode()
    except UnicodeDecodeError:
        return content.decode("latin-1")


def _why(error: BaseException) -> str:
    """Tell by its key what a failure means, by what it comes of."""
    for cause in _causes(error):
        match cause:
            case ssl.SSLError():
                return tls.why(cause)
            case ConnectionRefusedError():
                return "library.refused_connection"
            case socket.gaierror():
                return "library.name_unknown"
            case OSError() if cause.errno in _NO_WAY:
                return "library.no_network"
            case TimeoutError():
                return "library.no_answer"
    return "library.no_answer" if "Timeout" in type(error).__name__ else "library.hung_up"


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """Give an error and all that it comes of."""
    while error is not None:
        yield error
        if isinstance(error, BaseExceptionGroup):
            for each in error.exceptions:
                yield from _causes(each)
        error = error.__cause__ or error.__context__
