"""The due date on the receipt, compared with Koha's own, which is asked for by SIP2.

Koha takes what has happened without a due date, and reckons one by its rules.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from kiosk.desk.dates.duedates import as_promised
from kiosk.desk.transactions import Checkout, Renewal

if TYPE_CHECKING:
    from datetime import tzinfo

    from kiosk.desk.transactions import Outcome, Transaction
    from kiosk.ils.base import Library


async def with_due(
    sip2: Library, transaction: Transaction, outcome: Outcome, zone: tzinfo
) -> Outcome:
    """Give an outcome with what Koha says of the item: another due date is for a person.

    Raise `Unreachable`: it was lent all the same.
    """
    if outcome.kind != "applied" or not isinstance(transaction, Checkout | Renewal):
        return outcome
    item = await sip2.item_status(transaction.item)
    known = replace(outcome, title=item.title, due=item.due)
    if item.due is None or as_promised(transaction.due, item.due, zone):
        return known
    return replace(known, kind="noticed", code="due-differs")
