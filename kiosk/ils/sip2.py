"""A library system that speaks SIP2, over one TCP connection.

What may be sent twice decides everything here. Asking (63, 17, 99) changes nothing, so a question
that met a dead connection is put once more on a fresh one. A checkout (11), checkin (09) or renewal
(29) is written at most once: servers carry out what they get twice, and a second checkout of the
same item is a renewal (Koha, SIPServer). So as long as no byte of it was written, a failure is
`Unreachable`; after that, whatever goes wrong is `ReplyLost`, and delivery asks what became of it.

    not connected --connect, 93, 99--> up --request--> asked --its reply--> up
          ^                            |                 |
          +-- found closed, close() ---+                 |
          +-- time-out, end of stream, cancelled --------+

Servers hang up on an idle client without a word (Koha after `client_timeout`, 60 s in its sample),
so before each request the line is looked at: closed by then means a new connection, not a lost
reply. And after a time-out the connection is dropped, so that the late reply dies with it.
"""

from __future__ import annotations

import asyncio
import socket
from contextlib import suppress
from datetime import datetime, time
from typing import TYPE_CHECKING, Final

from pysip2 import (
    CheckinRequest,
    CheckoutRequest,
    ItemInformationRequest,
    LoginRequest,
    PatronInformationRequest,
    RenewRequest,
    SCStatusRequest,
)

from kiosk.desk.checks.functions import CARRIED_BY
from kiosk.desk.dates.duedates import as_promised
from kiosk.desk.transactions import Checkin, Checkout, Kind, Outcome, PatronAnswer, Renewal
from kiosk.desk.words import say
from kiosk.ils.base import ChargedItems, ItemStatus, ReplyLost, Unreachable
from kiosk.ils.sip2_wire import (
    Answered,
    Exchange,
    GivenUp,
    Reader,
    SendAgain,
    read_date,
    write_date,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import tzinfo

    from pysip2 import SIPRequest

    from kiosk.desk.transactions import Route, Transaction
    from kiosk.desk.words import Phrase
    from kiosk.ils.settings import Sip2Settings
    from kiosk.ils.sip2_wire import Reply

_CHUNK: Final = 65536
_GLANCE: Final = 0.001  # seconds to look whether something arrived unasked: enough to poll once
_MOST_UNASKED: Final = 16  # chunks; a line that says more than that unasked is not fit for use
_GOODBYE: Final = 1.0  # seconds

_NO_SUMMARY: Final = " " * 10
_CHARGED_SUMMARY: Final = "  Y       "

# Circulation status of an 18. Recalled (07) is charged, and wanted back.
_CHARGED: Final = frozenset({"04", "05", "07"})
# Available, on the hold shelf, to be reshelved, in transit.
_NOT_CHARGED: Final = frozenset({"03", "08", "09", "10"})
# Where an item goes by its circulation status. One in transit: to where, an 18 does not say.
_ROUTES: Final[dict[str, Route]] = {"03": "shelve", "09": "shelve", "08": "hold"}

# Alert types (CV) of a 10. Koha writes 00 for "no alert", where it is set to write one always.
_NO_ALERT: Final = frozenset({"", "00"})
_HOLD_HERE: Final = "01"
_SENT_ON: Final = frozenset({"02", "03", "04"})  # for a hold elsewhere, another library, its home


class Sip2Library:
    """A `kiosk.ils.base.Library` over SIP2.

    `zone` is where the library's dates are; `clock` gives the time, with its offset.
    """

    carries: frozenset[Kind] = CARRIED_BY["sip2"]

    def __init__(self, settings: Sip2Settings, zone: tzinfo, clock: Callable[[], datetime]) -> None:
        self._settings = settings
        self._zone = zone
        self._clock = clock
        self._line: _Line | None = None
        self._lock = asyncio.Lock()

    # ------------------------------------------------------------------------- the Library face

    async def hello(self) -> None:
        """Connect and log in, or keep the connection alive. Raise `Unreachable`."""
        async with self._lock:
            if not await self._be_connected():  # a new connection has just asked
                self._check_on_line(await self._ask_twice(_STATUS))

    async def patron(self, card: str) -> PatronAnswer:
        """Ask whose card this is (63). Raise `Unreachable`.

        Not valid: BL says so, or charging is denied, or the card is reported lost (64, patron
        status, positions 0 and 4). Without BL, which is optional, the positions decide.
        """
        reply = await self._ask(self._patron_request(card, _NO_SUMMARY))
        denied, lost = reply.fixed[2] == "Y", reply.fixed[6] == "Y"
        return PatronAnswer(
            patron=card,
            valid=reply.first("BL") != "N" and not denied and not lost,
            name=reply.first("AE").strip(),
            words=_words(reply),
        )

    async def send(self, transaction: Transaction, *, no_block: bool) -> Outcome:
        """Carry a checkout (11), checkin (09) or renewal (29). Raise `Unreachable`, `ReplyLost`.

        A renewal without a card is not sent: a 29 has to name the patron.
        """
        if isinstance(transaction, Renewal) and not transaction.patron:
            at = self._clock()
            return Outcome(transaction=transaction.id, kind="by_hand", at=at, code="no-card")
        if isinstance(transaction, Checkout):
            reply = await self._tell(self._checkout_request(transaction, no_block=no_block))
            return self._loan_outcome(transaction, reply)
        if isinstance(transaction, Renewal):
            reply = await self._tell(self._renew_request(transaction, no_block=no_block))
            return self._loan_outcome(transaction, reply)
        if isinstance(transaction, Checkin):
            reply = await self._tell(self._checkin_request(transaction, no_block=no_block))
            return self._checkin_outcome(transaction, reply)
        raise TypeError(f"SIP2 does not carry a {transaction.kind}")

    async def charged_items(self, card: str) -> ChargedItems:
        """Ask which items a patron has out (63 with the charged summary). Raise `Unreachable`.

        Some servers write more than the barcode into AU, so the first word of each is listed too.
        Complete means as many as the charged count (64, [45:49]) says; with a blank count, any.
        """
        reply = await self._ask(self._patron_request(card, _CHARGED_SUMMARY))
        charged = set(reply.texts("AU"))  # a set: SIPServer may list everything twice
        count = reply.fixed[45:49].strip()
        return ChargedItems(
            items=frozenset(charged | {text.split()[0] for text in charged}),
            complete=int(count) == len(charged) if count.isdecimal() else bool(charged),
        )

    async def item_status(self, item: str) -> ItemStatus:
        """Ask where an item is (17). Raise `Unreachable`.

        An item that the library does not know has status 01 and no title (Koha): not clear.
        """
        reply = await self._ask(
            ItemInformationRequest(
                transaction_date=self._now(),
                institution_id=self._settings.institution,
                item_identifier=item,
                terminal_password=self._settings.terminal_password,
            )
        )
        status = reply.fixed[2:4]
        return ItemStatus(
            charged=True if status in _CHARGED else False if status in _NOT_CHARGED else None,
            due=read_date(reply.first("AH"), self._zone),
            title=reply.first("AJ").strip(),
            words=_words(reply),
            route=_ROUTES.get(status, "ask"),
        )

    async def close(self) -> None:
        """Hang up, after what is being asked at this moment. To hang up at once, cancel that."""
        async with self._lock:
            line, self._line = self._line, None
            if line is not None:
                await line.close()

    # ------------------------------------------------------------------ requests and what they mean

    def _now(self) -> str:
        return write_date(self._clock(), self._zone)

    def _patron_request(self, card: str, summary: str) -> PatronInformationRequest:
        return PatronInformationRequest(
            language="000",
            transaction_date=self._now(),
            summary=summary,
            institution_id=self._settings.institution,
            patron_identifier=card,
            terminal_password=self._settings.terminal_password,
        )

    def _checkout_request(self, checkout: Checkout, *, no_block: bool) -> CheckoutRequest:
        """Write an 11. The due date is always there: without one, Koha ignores the no-block."""
        return CheckoutRequest(
            sc_renewal_policy="N",
            no_block="Y" if no_block else "N",
            transaction_date=write_date(checkout.at, self._zone),
            nb_due_date=write_date(checkout.due, self._zone),
            institution_id=self._settings.institution,
            patron_identifier=checkout.patron,
            item_identifier=checkout.item,
            terminal_password=self._settings.terminal_password,
        )

    def _renew_request(self, renewal: Renewal, *, no_block: bool) -> RenewRequest:
        """Write a 29. Most servers ignore its no-block, and may refuse what has happened."""
        return RenewRequest(
            third_party_allowed="N",
            no_block="Y" if no_block else "N",
            transaction_date=write_date(renewal.at, self._zone),
            nb_due_date=write_date(renewal.due, self._zone),
            institution_id=self._settings.institution,
            patron_identifier=renewal.patron,
            item_identifier=renewal.item,
            terminal_password=self._settings.terminal_password,
        )

    def _checkin_request(self, checkin: Checkin, *, no_block: bool) -> CheckinRequest:
        return CheckinRequest(
            no_block="Y" if no_block else "N",
            transaction_date=write_date(checkin.at, self._zone),
            return_date=write_date(_returned_at(checkin, self._zone), self._zone),
            current_location=self._settings.location,
            institution_id=self._settings.institution,
            item_identifier=checkin.item,
            terminal_password=self._settings.terminal_password,
        )

    def _loan_outcome(self, loan: Checkout | Renewal, reply: Reply) -> Outcome:
        """Read a 12 or 30. A due date on another day than the receipt says needs a person."""
        due = read_date(reply.first("AH"), self._zone)
        differs = due is not None and not as_promised(loan.due, due, self._zone)
        return Outcome(
            transaction=loan.id,
            kind="refused" if not self._accepted(reply) else "noticed" if differs else "applied",
            at=self._clock(),
            title=reply.first("AJ").strip(),
            media=reply.first("CK").strip(),
            due=due,
            words=_words(reply),
            code="due-differs" if differs and self._accepted(reply) else "",
        )

    def _checkin_outcome(self, checkin: Checkin, reply: Reply) -> Outcome:
        """Read a 10. An alert, or an alert type (CV) but 00, means: do not just shelve it."""
        alert = reply.fixed[5] == "Y" or reply.first("CV").strip() not in _NO_ALERT
        accepted = self._accepted(reply)
        route, to = _route(reply, alert=alert) if accepted else ("ask", "")
        return Outcome(
            transaction=checkin.id,
            kind="refused" if not accepted else "noticed" if alert else "applied",
            at=self._clock(),
            title=reply.first("AJ").strip(),
            media=reply.first("CK").strip(),
            words=_words(reply) or reply.first("CT").strip(),
            code=f"alert CV{reply.first('CV').strip()}" if alert else "",
            route=route,
            to=to,
        )

    def _accepted(self, reply: Reply) -> bool:
        """Read the ok of a 10, 12 or 30. Anything but 0 or 1 leaves open what was done."""
        if reply.fixed[2] not in "01":
            raise self._reply_lost(f"ok is {reply.fixed[2]!r} in a {reply.code}")
        return reply.fixed[2] == "1"

    # ----------------------------------------------------------------------- asking and telling

    async def _ask(self, request: SIPRequest) -> Reply:
        """Send what changes nothing."""
        async with self._lock:
            if await self._be_connected():
                return await self._ask_once(request)
            return await self._ask_twice(request)

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

    async def _tell(self, request: SIPRequest) -> Reply:
        """Send what changes something: never twice."""
        async with self._lock:
            await self._be_connected()
            try:
                return await self._exchange(request)
            except _Lost as lost:
                raise self._reply_lost(lost.detail) from lost

    async def _exchange(self, request: SIPRequest) -> Reply:
        """Put one request to the line and await its reply. On any failure the line is dropped."""
        assert self._line is not None  # noqa: S101 - every caller has just connected
        try:
            async with asyncio.timeout(self._settings.timeout):
                return await self._line.exchange(request)
        except TimeoutError as error:
            self._drop()
            raise _Lost(self._about("library.no_answer"), "timed out") from error
        except GivenUp as error:
            self._drop()
            raise _Lost(self._about("library.unreadable"), str(error)) from error
        except (OSError, EOFError) as error:
            self._drop()
            raise _Lost(self._about("library.hung_up"), repr(error), hung_up=True) from error
        except BaseException:  # above all cancellation: the reply would come to the next request
            self._drop()
            raise

    async def _be_connected(self) -> bool:
        """See to it that a line is up and logged in; say whether it is a new one."""
        if self._line is not None and await self._is_still_up(self._line):
            return False
        self._drop()
        self._line = await self._connect()
        try:
            await self._log_in()
        except BaseException:
            self._drop()
            raise
        return True

    async def _is_still_up(self, line: _Line) -> bool:
        try:
            return await line.is_up()
        except BaseException:
            self._drop()
            raise

    async def _connect(self) -> _Line:
        settings = self._settings
        try:
            async with asyncio.timeout(settings.connect_timeout):
                reader, writer = await asyncio.open_connection(settings.host, settings.port)
        except TimeoutError as error:
            raise Unreachable(self._about("library.no_answer"), repr(error)) from error
        except ConnectionRefusedError as error:
            raise Unreachable(self._about("library.refused_connection"), repr(error)) from error
        except (socket.gaierror, UnicodeError) as error:  # UnicodeError: not a name at all
            raise Unreachable(self._about("library.name_unknown"), repr(error)) from error
        except OSError as error:  # most of all: no route, because the network is down
            raise Unreachable(self._about("library.no_network"), repr(error)) from error
        return _Line(reader, writer, settings)

    async def _log_in(self) -> None:
        """Log in (93) where there is a login, then exchange the status (99), as servers expect."""
        settings = self._settings
        if settings.login:
            login = LoginRequest(
                uid_algorithm="0",
                pwd_algorithm="0",  # noqa: S106 - not a password: it says that none is scrambled
                login_user_id=settings.login,
                login_password=settings.password,
                location_code=settings.location or None,
            )
            reply = await self._ask_once(login)
            if reply.fixed[2] != "1":
                raise Unreachable(self._about("library.login_refused"), reply.fixed)
        self._check_on_line(await self._ask_once(_STATUS))

    def _check_on_line(self, status: Reply) -> None:
        """Raise `Unreachable` where a 98 says that the library system itself is off-line.

        Its checkin, checkout and off-line positions say nothing: SIPServer and Koha answer N there
        and take all three.
        """
        if status.fixed[2] == "N":
            self._drop()
            raise Unreachable(self._about("library.says_offline"), _words(status))

    def _drop(self) -> None:
        line, self._line = self._line, None
        if line is not None:
            line.drop()

    def _about(self, key: str) -> Phrase:
        return say(key, host=self._settings.host, port=self._settings.port)

    def _reply_lost(self, detail: str) -> ReplyLost:
        return ReplyLost(self._about("library.reply_lost"), detail)


_STATUS: Final = SCStatusRequest(status_code="0", max_print_width="080", protocol_version="2.00")


class _Lost(Exception):  # noqa: N818
    """A request was written, and its reply did not come. What that means depends on the request."""

    def __init__(self, reason: Phrase, detail: str, *, hung_up: bool = False) -> None:
        super().__init__(detail)
        self.reason = reason
        self.detail = detail
        self.hung_up = hung_up


class _Line:
    """One TCP connection: the sequence that is counted on it, and what came in so far."""

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, settings: Sip2Settings
    ) -> None:
        self._reader = reader
        self._writer = writer
        self._settings = settings
        self._wire = Reader(settings.encoding, settings.checksums)
        self._requests = 0

    async def is_up(self) -> bool:
        """Look whether the server has hung up; forget what it said unasked."""
        for _ in range(_MOST_UNASKED):
            try:
                async with asyncio.timeout(_GLANCE):
                    data = await self._reader.read(_CHUNK)
            except TimeoutError:
                return not (self._reader.at_eof() or self._writer.is_closing())
            except OSError:
                return False
            if not data:
                return False
            self._wire.feed(data)  # stale; a part of a message stays, to end where it ends
        return False

    async def exchange(self, request: SIPRequest) -> Reply:
        """Write a request and read until its reply. Raise EOFError, OSError or `GivenUp`."""
        sequence = self._requests % 10 if self._settings.error_detection else None
        self._requests += 1
        exchange = Exchange(request, sequence=sequence, encoding=self._settings.encoding)
        await self._write(exchange.message)
        while True:
            data = await self._reader.read(_CHUNK)
            if not data:
                raise EOFError("the server hung up")
            for reply in self._wire.feed(data):
                match exchange.take(reply):
                    case Answered(answer):
                        return answer
                    case SendAgain(message):
                        await self._write(message)

    async def _write(self, message: bytes) -> None:
        self._writer.write(message)
        await self._writer.drain()

    def drop(self) -> None:
        """Hang up without waiting for anything."""
        self._writer.transport.abort()

    async def close(self) -> None:
        """Hang up in order."""
        self._writer.close()
        with suppress(OSError, TimeoutError):
            async with asyncio.timeout(_GOODBYE):
                await self._writer.wait_closed()


def _returned_at(checkin: Checkin, zone: tzinfo) -> datetime:
    """Give the moment an item counts as returned: for a book drop, the end of its day.

    The end, because whoever used the drop on a day had that whole day; but no later than the
    checkin itself, because libraries refuse a return from the future.
    """
    if checkin.returned is None:
        return checkin.at
    return min(datetime.combine(checkin.returned, time(23, 59, 59), zone), checkin.at)


def _route(reply: Reply, *, alert: bool) -> tuple[Route, str]:
    """Tell where an item goes, from the alert type (CV) and the destination (CT) of a 10.

    A destination alone says nothing: Koha can be set to write one for every item.
    """
    kind, to = reply.first("CV").strip(), reply.first("CT").strip()
    if not alert:
        return "shelve", ""
    if kind == _HOLD_HERE:
        return "hold", ""
    if kind in _SENT_ON and to:
        return "transit", to
    return "ask", ""


def _words(reply: Reply) -> str:
    """Give what the library wants shown (AF), as it says it."""
    return " ".join(reply.texts("AF"))
