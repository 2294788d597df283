"""What a library is asked and told, as SIP2 requests."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import TYPE_CHECKING, Final

from pysip2 import (
    CheckinRequest,
    CheckoutRequest,
    EndPatronSessionRequest,
    ItemInformationRequest,
    PatronInformationRequest,
    RenewRequest,
)

from kiosk.ils.returns import came_back
from kiosk.ils.sip2.servers import Quirks
from kiosk.ils.sip2.settings import Sip2Settings
from kiosk.ils.sip2.wire import fits, write_date

if TYPE_CHECKING:
    from kiosk.desk.transactions import Checkin, Checkout, Renewal

NO_SUMMARY: Final = " " * 10
CHARGED: Final = "  Y       "


@dataclass(frozen=True, slots=True)
class Requests:
    """Writes requests: for a server with these settings and quirks, with dates in its `zone`."""

    settings: Sip2Settings
    quirks: Quirks
    zone: tzinfo
    clock: Callable[[], datetime]

    def fit(self, *numbers: str) -> bool:
        """Whether these numbers can be written as they are: none is ever sent altered."""
        return all(fits(number, self.quirks.encoding) for number in numbers)

    def patron(self, card: str, summary: str = NO_SUMMARY) -> PatronInformationRequest:
        """Write a 63. Without the patron's password (AD), so a 64's CQ says nothing."""
        return PatronInformationRequest(
            language="000",
            transaction_date=self._now(),
            summary=summary,
            institution_id=self.settings.institution,
            patron_identifier=card,
            terminal_password=self.settings.terminal_password,
        )

    def item(self, item: str) -> ItemInformationRequest:
        """Write a 17."""
        return ItemInformationRequest(
            transaction_date=self._now(),
            institution_id=self.settings.institution,
            item_identifier=item,
            terminal_password=self.settings.terminal_password,
        )

    def end_session(self, card: str) -> EndPatronSessionRequest:
        """Write a 35."""
        return EndPatronSessionRequest(
            transaction_date=self._now(),
            institution_id=self.settings.institution,
            patron_identifier=card,
            terminal_password=self.settings.terminal_password,
        )

    def checkout(self, loan: Checkout | Renewal, *, no_block: bool) -> CheckoutRequest:
        """Write an 11. The due date is always there: without one, Koha ignores the no-block.

        Of a renewal too, where the server renews what the same patron takes out once more.
        """
        return CheckoutRequest(
            sc_renewal_policy="N",
            no_block="Y" if no_block else "N",
            transaction_date=write_date(loan.at, self.zone),
            nb_due_date=write_date(loan.due, self.zone),
            institution_id=self.settings.institution,
            patron_identifier=loan.patron,
            item_identifier=loan.item,
            terminal_password=self.settings.terminal_password,
        )

    def renew(self, renewal: Renewal, *, no_block: bool) -> RenewRequest:
        """Write a 29. Most servers ignore its no-block, and may refuse what has happened."""
        return RenewRequest(
            third_party_allowed="N",
            no_block="Y" if no_block else "N",
            transaction_date=write_date(renewal.at, self.zone),
            nb_due_date=write_date(renewal.due, self.zone),
            institution_id=self.settings.institution,
            patron_identifier=renewal.patron,
            item_identifier=renewal.item,
            terminal_password=self.settings.terminal_password,
        )

    def checkin(self, checkin: Checkin, *, no_block: bool) -> CheckinRequest:
        """Write a 09, with the day of the return, whatever the server makes of no-block."""
        no_block = no_block and self.quirks.no_block_checkin
        return CheckinRequest(
            no_block="Y" if no_block else "N",
            transaction_date=write_date(checkin.at, self.zone),
            return_date=write_date(came_back(checkin, self.zone), self.zone),
            current_location=self.settings.location,
            institution_id=self.settings.institution,
            item_identifier=checkin.item,
            terminal_password=self.settings.terminal_password,
        )

    def _now(self) -> str:
        return write_date(self.clock(), self.zone)
