"""Asking and telling a SIP2 server: what may be sent twice decides everything here.

Asking (63, 17, 99) changes nothing, so a question that met a dead connection is put once more on a
fresh one. A checkout (11), checkin (09) or renewal (29) is written at most once: servers carry out
what they get twice, and a second checkout of the same item is a renewal (Koha, SIPServer). So as
long as no byte of it was written, a failure is `Unreachable`; after that, whatever goes wrong is
`ReplyLost`, and delivery asks what became of it.

    not connected --connect, log in, 99--> up --request--> asked --its reply--> up
          ^                                 |                 |
          +-- found closed, close() --------+                 |
          +-- time-out, end of stream, cancelled -------------+

Servers hang up on an idle client without a word (Koha after `client_timeout`, 60 s in its sample),
so before each request the line is looked at: closed by then means a new connection, not a lost
reply. And after a time-out the connection is dropped, so that the late reply dies with it.
"""

from __future__ import annotations

import asyncio
import ssl
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from pysip2 import LoginRequest, SCStatusRequest

from kiosk.ils import tls_failures
from kiosk.ils.base import ReplyLost, Unreachable
from kiosk.ils.sip2 import tls
from kiosk.ils.sip2.line import LoginRefused, WantsTls, about, open_line
from kiosk.ils.sip2.wire import TRIES, GivenUp

if TYPE_CHECKING:
    from pysip2 import SIPRequest

    from kiosk.desk.words import Phrase
    from kiosk.ils.sip2.line import Line
    from kiosk.ils.sip2.settings import Sip2Settings
    from kiosk.ils.sip2.wire import Reply

STATUS: Final = SCStatusRequest(status_code="0", max_print_width="080", protocol_version="2.00")

_SHORTEST_WAIT: Final = 5.0
_LONGEST_WAIT: Final = 30.0
_MOST_TRIES: Final = 5
_GOODBYE: Final = 1.0  # seconds
_END_SESSION: Final = 8  # its position in BX


@dataclass(frozen=True, slots=True)
class _Terms:
    """What a 98 says of how to speak to the server.

    `wait`: seconds for a reply. A server that asks for less than 5 is waited for all the same: to
    give up early makes lost replies of late ones, and one that asks for more than 30 would hold up
    everything behind it. `tries`: how often a damaged message is sent again, at most 5.
    """

    wait: float = _SHORTEST_WAIT
    tries: int = TRIES
    ends_sessions: bool = False

    @classmethod
    def of(cls, status: Reply) -> _Terms:
        """Read a 98: time-out in tenths of a second, retries, and the messages it knows (BX)."""
        tenths, retries = status.fixed[8:11], status.fixed[11:14]
        wait = int(tenths) / 10 if tenths.isdecimal() else 0
        knows = status.first("BX")
        return cls(
            wait=min(max(wait, _SHORTEST_WAIT), _LONGEST_WAIT),
            tries=min(int(retries), _MOST_TRIES) if retries.isdecimal() else TRIES,
            ends_sessions=knows[_END_SESSION : _END_SESSION + 1] == "Y",
        )


class Talk:
    """One logged-in line at a time, opened when it is needed; one request at a time."""

    def __init__(self, settings: Sip2Settings) -> None:
        self._settings = settings
        self._tls: ssl.SSLContext | None = None
        self._terms = _Terms()
        self._deaf_to_goodbyes = False
        self._line: Line | None = None
        self._lock = asyncio.Lock()

    async def greet(self) -> None:
        """Connect and log in, or keep the connection alive. Raise `Unreachable`."""
        async with self._lock:
            if not await self._be_connected():  # a new connection has just asked
                self._heed(await self._ask_twice(STATUS))

    async def ask(self, request: SIPRequest) -> Reply:
        """Send what changes nothing. Raise `Unreachable`."""
        async with self._lock:
            if await self._be_connected():
                return await self._ask_once(request)
            return await self._ask_twice(request)

    async def tell(self, request: SIPRequest) -> Reply:
        """Send what changes something: never twice. Raise `Unreachable` or `ReplyLost`."""
        async with self._lock:
            await self._be_connected()
            try:
                return await self._exchange(request)
            except _Lost as lost:
                raise self.reply_lost(lost.detail) from lost

    async def mention(self, request: SIPRequest) -> None:
        """Send an end of session (35) where there is a line and the server knows such a message.

        Nothing depends on it: it is worth neither a new connection nor a long wait, and a server
        that does not answer it is never told again.
        """
        async with self._lock:
            knows = self._terms.ends_sessions and not self._deaf_to_goodbyes
            if self._line is None or not knows:
                return
            try:
                if await self._is_still_up(self._line):
                    await self._exchange(request, most=_GOODBYE)
            except _Lost:
                self._deaf_to_goodbyes = True

    async def close(self) -> None:
        """Hang up, after what is being asked at this moment. To hang up at once, cancel that."""
        async with self._lock:
            line, self._line = self._line, None
            if line is not None:
                await line.close()

    def reply_lost(self, detail: str) -> ReplyLost:
        """Say that nobody knows whether a request was carried out."""
        return ReplyLost(self._about("library.reply_lost"), detail)

    # ------------------------------------------------------------------------------- one request

    async def _ask_twice(self, request: SIPRequest) -> Reply:
        """Ask on the old connection, and once more on a new one if the old one proves dead."""
        try:
            return await self._exchange(request)
        except _Lost as lost:
            if not lost.hung_up:
                raise Unreachable(lost.reason, lost.detail) from lost
        await self._be_connected()
        return await self._ask_once(request)

    async def _ask_once(self, request: SIPRequest) -> Reply:
        try:
            return await self._exchange(request)
        except _Lost as lost:
            raise Unreachable(lost.reason, lost.detail) from lost

    async def _exchange(self, request: SIPRequest, most: float | None = None) -> Reply:
        """Put one request to the line and await its reply. On any failure the line is dropped."""
        assert self._line is not None  # noqa: S101 - every caller has just connected
        wait = self._settings.timeout or self._terms.wait
        try:
            async with asyncio.timeout(wait if most is None else min(wait, most)):
                return await self._line.exchange(request, self._terms.tries)
        except (TimeoutError, GivenUp, OSError, EOFError) as error:
            self._drop()
            raise _Lost(
                self._about(_why_lost(error)), repr(error), hung_up=_is_end(error)
            ) from error
        except BaseException:  # above all cancellation: the reply would come to the next request
            self._drop()
            raise

    # ------------------------------------------------------------------------------- connections

    async def _be_connected(self) -> bool:
        """See to it that a line is up and logged in; say whether it is a new one."""
        if self._line is not None and await self._is_still_up(self._line):
            return False
        self._drop()
        if self._settings.tls and self._tls is None:
            self._tls = await self._tls_context()
        self._line = await open_line(self._settings, self._tls)
        try:
            await self._log_in(self._line)
        except BaseException:
            self._drop()
            raise
        return True

    async def _is_still_up(self, line: Line) -> bool:
        try:
            return await line.is_up()
        except BaseException:
            self._drop()
            raise

    async def _tls_context(self) -> ssl.SSLContext:
        """Read the certificates, in a thread: it takes longer than a scan may wait."""
        try:
            return await asyncio.to_thread(tls.context, self._settings)
        except OSError as error:  # they were well when the configuration was read
            raise Unreachable(self._about("library.tls_files"), repr(error)) from error

    async def _log_in(self, line: Line) -> None:
        """Log in where there is a login, then exchange the status (99), as servers expect."""
        if self._settings.transport == "telnet":
            await self._answer_prompts(line)
        elif self._settings.login:
            reply = await self._ask_once(self._login())
            if reply.fixed[2] != "1":
                raise Unreachable(self._about("library.login_refused"), reply.fixed)
        self._heed(await self._ask_once(STATUS))

    def _login(self) -> LoginRequest:
        settings = self._settings
        return LoginRequest(
            uid_algorithm="0",
            pwd_algorithm="0",  # noqa: S106 - not a password: it says that none is scrambled
            login_user_id=settings.login,
            login_password=settings.password,
            location_code=settings.location or None,
        )

    async def _answer_prompts(self, line: Line) -> None:
        try:
            async with asyncio.timeout(self._settings.timeout or _SHORTEST_WAIT):
                await line.answer_prompts()
        except LoginRefused as error:
            raise Unreachable(self._about("library.login_refused"), str(error)) from error
        except TimeoutError as error:
            raise Unreachable(self._about("library.no_prompt"), repr(error)) from error
        except (OSError, EOFError) as error:
            raise Unreachable(self._about(_why_lost(error)), repr(error)) from error

    def _heed(self, status: Reply) -> None:
        """Take up what a 98 says. Raise `Unreachable` where it takes no work.

        Its checkin and checkout positions count only where it is known that they are true:
        SIPServer and Koha answer N there and take both. Its off-line position never does.
        """
        self._terms = _Terms.of(status)
        denies = self._settings.quirks.heed_permissions and "N" in status.fixed[3:5]
        if status.fixed[2] == "N" or denies:
            self._drop()
            key = "library.denies" if denies else "library.says_offline"
            raise Unreachable(self._about(key), " ".join(status.texts("AF")))

    def _drop(self) -> None:
        line, self._line = self._line, None
        if line is not None:
            line.drop()

    def _about(self, key: str) -> Phrase:
        return about(self._settings, key)


class _Lost(Exception):  # noqa: N818 - it names what is so
    """A request was written, and its reply did not come. What that means depends on the request."""

    def __init__(self, reason: Phrase, detail: str, *, hung_up: bool) -> None:
        super().__init__(detail)
        self.reason = reason
        self.detail = detail
        self.hung_up = hung_up


def _why_lost(error: Exception) -> str:
    match error:
        case TimeoutError():
            return "library.no_answer"
        case GivenUp():
            return "library.unreadable"
        case WantsTls():
            return "library.wants_tls"
        case ssl.SSLError():
            return tls_failures.why(error)
    return "library.hung_up"


def _is_end(error: Exception) -> bool:
    """Whether the connection was found dead, which it may have been for a while."""
    return isinstance(error, OSError | EOFError) and not isinstance(error, TimeoutError | WantsTls)
