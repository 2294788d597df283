"""A library system that speaks SIP2, over one connection.

    a loan, a return         11, 09
    a renewal, live          29
    a renewal, afterwards    as `renew_offline` says: 29; or 11 for the patron who has the item,
                             after a look whether that is still so; or a person enters it
    a renewal without card   a person enters it: 29 and 11 have to name the patron
    a number that cannot     a person enters it
    be written exactly

The due date of a loan is the library's, and compared with the printed one. Where a reply does not
tell it in a way that can be read, the item is asked about (17).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kiosk.desk.checks.functions import CARRIED_BY
from kiosk.desk.transactions import Checkin, Checkout, Kind, Outcome, PatronAnswer, Renewal
from kiosk.ils.base import ChargedItems, ItemStatus, Unreachable
from kiosk.ils.sip2 import replies
from kiosk.ils.sip2.requests import CHARGED, Requests
from kiosk.ils.sip2.talk import Talk
from kiosk.ils.sip2.wire import encode_body, read_date

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime, tzinfo

    from pysip2 import SIPRequest

    from kiosk.desk.transactions import Transaction
    from kiosk.ils.sip2.settings import Sip2Settings
    from kiosk.ils.sip2.wire import Reply


class Sip2Library:
    """A `kiosk.ils.base.Library` over SIP2.

    `zone` is where the library's dates are; `clock` gives the time, with its offset.
    """

    carries: frozenset[Kind] = CARRIED_BY["sip2"]

    def __init__(self, settings: Sip2Settings, zone: tzinfo, clock: Callable[[], datetime]) -> None:
        self._settings = settings
        self._quirks = settings.quirks
        self.takes_backlog = self._quirks.no_block != "never"
        self._zone = zone
        self._clock = clock
        self._requests = Requests(settings, self._quirks, zone, clock)
        self._talk = Talk(settings)
        self._prepared: tuple[Transaction, bool, SIPRequest] | None = None

    async def hello(self) -> None:
        """Connect and log in, or keep the connection alive. Raise `Unreachable`."""
        await self._talk.greet()

    async def patron(self, card: str) -> PatronAnswer:
        """Ask whose card this is (63). Raise `Unreachable`."""
        if not self._requests.fit(card):  # so the library cannot have such a card
            return PatronAnswer(patron=card, valid=False)
        return replies.patron_answer(card, await self._talk.ask(self._requests.patron(card)))

    def prepare(self, transaction: Transaction, *, no_block: bool) -> None:
        """Write the request of a checkout or checkin that will probably be sent next."""
        if isinstance(transaction, Checkout | Checkin) and self._fit(transaction):
            request = self._request(transaction, no_block=no_block)
            encode_body(request, self._quirks.encoding)
            self._prepared = transaction, no_block, request

    async def send(self, transaction: Transaction, *, no_block: bool) -> Outcome:
        """Carry a checkout, checkin or renewal. Raise `Unreachable` or `ReplyLost`."""
        if not self._fit(transaction):
            return self._by_hand(transaction, "not-writable")
        match transaction:
            case Checkout():
                request = self._request(transaction, no_block=no_block)
                return await self._lend(transaction, request, no_block=no_block)
            case Renewal():
                return await self._renew(transaction, no_block=no_block)
            case Checkin():
                request = self._request(transaction, no_block=no_block)
                return await self._take_back(transaction, request)
        raise TypeError(f"SIP2 does not carry a {transaction.kind}")

    def _fit(self, transaction: Transaction) -> bool:
        return self._requests.fit(transaction.item, getattr(transaction, "patron", ""))

    def _request(self, transaction: Checkout | Checkin, *, no_block: bool) -> SIPRequest:
        """Write a request, unless it is the one that was prepared."""
        if self._prepared is not None:
            prepared, under, request = self._prepared
            if prepared is transaction and under == no_block:
                return request
        if isinstance(transaction, Checkout):
            return self._requests.checkout(transaction, no_block=no_block)
        return self._requests.checkin(transaction, no_block=no_block)

    async def charged_items(self, card: str) -> ChargedItems:
        """Ask which items a patron has out (63 with the charged summary). Raise `Unreachable`."""
        return replies.charged_items(await self._talk.ask(self._requests.patron(card, CHARGED)))

    async def item_status(self, item: str) -> ItemStatus:
        """Ask where an item is (17). Raise `Unreachable`."""
        reply = await self._talk.ask(self._requests.item(item))
        return replies.item_status(reply, self._due(reply))

    async def end_session(self, card: str) -> None:
        """Tell that a patron is done (35), where there is a line and the server knows the word."""
        if self._requests.fit(card):
            await self._talk.mention(self._requests.end_session(card))

    async def close(self) -> None:
        """Hang up, after what is being asked at this moment. To hang up at once, cancel that."""
        await self._talk.close()

    # ------------------------------------------------------------------------ one transaction each

    async def _renew(self, renewal: Renewal, *, no_block: bool) -> Outcome:
        """Renew. A patron has to be named, by a 29 as by an 11."""
        if not renewal.patron:
            return self._by_hand(renewal, "no-card")
        how = self._quirks.renew_offline if no_block else "renew"
        if how == "by_hand":
            return self._by_hand(renewal, "renewal-offline")
        if how == "checkout":
            # Sent once the item has come back elsewhere, it would lend what stands on a shelf.
            charged = await self.charged_items(renewal.patron)
            if renewal.item not in charged.items:
                return self._by_hand(renewal, "not-charged")
            request: SIPRequest = self._requests.checkout(renewal, no_block=True)
        else:
            request = self._requests.renew(renewal, no_block=no_block)
        return await self._lend(renewal, request, no_block=no_block)

    async def _lend(
        self, loan: Checkout | Renewal, request: SIPRequest, *, no_block: bool
    ) -> Outcome:
        reply = await self._talk.tell(request)
        if not self._accepted(reply):
            return replies.refusal(loan, reply, self._clock())
        due = self._due(reply) or await self._asked_due(loan.item)
        return replies.loan_outcome(
            loan,
            reply,
            self._clock(),
            self._zone,
            due=due,
            doubtful=no_block and self._quirks.no_block == "own_date",
        )

    async def _asked_due(self, item: str) -> datetime | None:
        """Ask until when an item is lent. It has been lent, so no failure may say otherwise."""
        try:
            return (await self.item_status(item)).due
        except Unreachable:
            return None

    async def _take_back(self, checkin: Checkin, request: SIPRequest) -> Outcome:
        reply = await self._talk.tell(request)
        if not self._accepted(reply):
            return replies.refusal(checkin, reply, self._clock())
        return replies.checkin_outcome(checkin, reply, self._clock())

    def _accepted(self, reply: Reply) -> bool:
        try:
            return replies.accepted(reply)
        except ValueError as error:
            raise self._talk.reply_lost(str(error)) from error

    def _due(self, reply: Reply) -> datetime | None:
        return read_date(reply.first("AH"), self._zone, self._settings.due_format)

    def _by_hand(self, transaction: Transaction, code: str) -> Outcome:
        """Leave a transaction to a person, unsent."""
        return Outcome(transaction=transaction.id, kind="by_hand", at=self._clock(), code=code)
