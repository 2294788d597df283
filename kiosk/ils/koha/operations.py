"""What Koha is told has happened. Pure: no I/O.

    a loan       issue    to the card
    a renewal    issue    to the card that has it: Koha takes that for a renewal (AddIssue)
    a return     return   of the item, whoever has it

There is nothing else but payments. Times go to the second, and Koha's queue is in their order.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from kiosk.desk.transactions import Checkin, Checkout, Renewal
from kiosk.desk.words import say
from kiosk.ils.returns import came_back

if TYPE_CHECKING:
    from datetime import tzinfo

    from kiosk.desk.transactions import Transaction
    from kiosk.desk.words import Phrase

_WHY: Final = {"no-card": "koha.no_card", "not-writable": "koha.not_writable"}

Operation = dict[str, str]
"""What both ways in know by the same names: timestamp, action, barcode and, of a loan, cardnumber.
"""


def unfit(transaction: Transaction) -> Phrase | None:
    """Say why a transaction cannot be put into a batch; None where it can."""
    code = unsendable(transaction)
    return say(_WHY[code]) if code else None


def unsendable(transaction: Transaction) -> str:
    """Tell by its code why a person has to enter it; "" where it can be sent.

    A loan and a renewal have to name the patron, and Koha cuts off blanks around a number.
    """
    card = getattr(transaction, "patron", "")
    if isinstance(transaction, Checkout | Renewal) and not card:
        return "no-card"
    numbers = (transaction.item, card) if card else (transaction.item,)
    fit = all(number and number.isprintable() and number == number.strip() for number in numbers)
    return "" if fit else "not-writable"


def operation(transaction: Transaction, zone: tzinfo, *, utc: bool = True) -> Operation:
    """Say what has happened.

    `zone` is the library's. `utc`: times are read as UTC; else as the server's own, which is taken
    to be there too.
    """
    match transaction:
        case Checkout() | Renewal():
            return {
                "timestamp": _written(transaction.at, zone, utc=utc),
                "action": "issue",
                "barcode": transaction.item,
                "cardnumber": transaction.patron,
            }
        case Checkin():
            return {
                "timestamp": _written(came_back(transaction, zone), zone, utc=utc),
                "action": "return",
                "barcode": transaction.item,
            }
    raise TypeError(f"Koha does not carry a {transaction.kind}")


def _written(at: datetime, zone: tzinfo, *, utc: bool) -> str:
    if utc:
        return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
    return f"{at.astimezone(zone):%Y-%m-%d %H:%M:%S}"


def ahead(theirs: datetime | None, ours: datetime) -> timedelta:
    """Give how far Koha's clock is ahead of ours; 0 where it does not say."""
    return timedelta(0) if theirs is None else theirs - ours
