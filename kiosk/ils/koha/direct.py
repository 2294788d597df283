"""What has happened, into Koha at once, one transaction at a time; SIP2 for all that has answers.

    a loan, a renewal that has happened    by the service: it takes them whatever the rules say
    a return                               by SIP2: it finds holds and reckons fines, the service
                                           does not
    what the patron waits for, questions   by SIP2

So a lost reply is asked about, and the due date that Koha has reckoned is compared with the one on
the receipt.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from kiosk.desk.checks.functions import CARRIED_BY
from kiosk.desk.transactions import Checkin, Renewal
from kiosk.ils.base import Unreachable
from kiosk.ils.koha import results
from kiosk.ils.koha.compared import with_due
from kiosk.ils.koha.operations import unsendable
from kiosk.ils.koha.service import Service

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime, tzinfo

    from kiosk.desk.transactions import Kind, Outcome, PatronAnswer, Transaction
    from kiosk.ils.base import ChargedItems, ItemStatus, Library
    from kiosk.ils.koha.settings import KohaSettings


class ServiceLibrary:
    """A `kiosk.ils.base.Library` by the service.

    `sip2` is the same library by SIP2. `zone` is where the library is; `clock` gives the time, with
    its offset.
    """

    carries: frozenset[Kind] = CARRIED_BY["koha"]
    takes_backlog = True

    def __init__(
        self,
        settings: KohaSettings,
        zone: tzinfo,
        clock: Callable[[], datetime],
        sip2: Library,
    ) -> None:
        self._zone = zone
        self._clock = clock
        self._sip2 = sip2
        self._service = Service(settings, zone)
        self._service_fails = False

    async def hello(self) -> None:
        """Greet SIP2; and the service, where it has not answered.

        So what the patron waits for does not wait for a service that is away.
        """
        await self._sip2.hello()
        if self._service_fails:
            await self._service.hello()
            self._service_fails = False

    async def patron(self, card: str) -> PatronAnswer:
        """Ask whose card this is, by SIP2. Raise `Unreachable`."""
        return await self._sip2.patron(card)

    def prepare(self, transaction: Transaction, *, no_block: bool) -> None:
        """Prepare what goes by SIP2. The service is asked before it is told of anything."""
        if isinstance(transaction, Checkin) or not no_block:
            self._sip2.prepare(transaction, no_block=no_block)

    async def send(self, transaction: Transaction, *, no_block: bool) -> Outcome:
        """Carry a checkout, checkin or renewal. Raise `Unreachable` or `ReplyLost`."""
        if isinstance(transaction, Checkin) or not no_block:
            return await self._sip2.send(transaction, no_block=no_block)
        code = unsendable(transaction) or await self._not_charged(transaction)
        if code:
            return results.by_hand(transaction, code, self._clock())
        words = await self._said(transaction)
        at = self._clock()
        outcome = results.of_words(transaction, words, at)
        if outcome is None:
            return results.queued(transaction, at)
        with suppress(Unreachable):
            return await with_due(self._sip2, transaction, outcome, self._zone)
        return outcome

    async def charged_items(self, card: str) -> ChargedItems:
        """Ask which items a patron has out, by SIP2. Raise `Unreachable`."""
        return await self._sip2.charged_items(card)

    async def item_status(self, item: str) -> ItemStatus:
        """Ask where an item is, by SIP2. Raise `Unreachable`."""
        return await self._sip2.item_status(item)

    async def end_session(self, card: str) -> None:
        """Tell that a patron is done, by SIP2."""
        await self._sip2.end_session(card)

    async def close(self) -> None:
        """Hang up."""
        await self._service.close()
        await self._sip2.close()

    async def _not_charged(self, transaction: Transaction) -> str:
        """Tell by its code whether a renewal would lend what has come back since; "" where not."""
        if not isinstance(transaction, Renewal):
            return ""
        charged = await self._sip2.charged_items(transaction.patron)
        return "" if transaction.item in charged.items else "not-charged"

    async def _said(self, transaction: Transaction) -> str:
        try:
            words = await self._service.tell(transaction, pending=False)
        except Exception:
            self._service_fails = True
            raise
        self._service_fails = False
        return words
