"""What a lost reply meant: found out by asking, never by sending blindly again.

    transaction  what the library says                                 verdict
    -----------  ----------------------------------------------------  -----------------------
    checkout     the patron has the item, due as printed or unsaid     applied
                 ... due on another day                                noticed
                 the patron's list is complete, the item is not on it  send again
                 the list is not complete; the item is not charged     send again
                 ... the item is charged and due as printed            applied
                 ... anything else                                     unknown: a person looks
    checkin      the item is not charged                               applied
                 it is charged, by no later loan delivered from here   send again
                 anything else                                         unknown: a person looks
    renewal      the item is charged and due as printed                applied
                 anything else                                         unknown: a person looks
    the rest     cannot be asked about                                 unknown: a person looks

A renewal is never sent again: one more might use up the last one that the patron is allowed.

What the library does not say clearly is never guessed.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC
from typing import TYPE_CHECKING

from kiosk.desk.dates.duedates import as_promised
from kiosk.desk.transactions import Checkin, Checkout, Outcome, Renewal, Transaction

if TYPE_CHECKING:
    from datetime import datetime

    from kiosk.ils.base import ItemStatus, Library


async def ask(
    library: Library, transaction: Transaction, at: datetime, *, lent_again: bool
) -> Outcome | None:
    """Find out what became of a transaction. None: it did not arrive, send it again.

    `lent_again`: a later checkout of the item was delivered from here. Raises LibraryError.
    """
    unknown = Outcome(transaction=transaction.id, kind="unknown", at=at, code="asked")
    if isinstance(transaction, Checkout):
        return await _ask_checkout(library, transaction, unknown)
    if isinstance(transaction, Checkin):
        item = await library.item_status(transaction.item)
        if item.charged is False:
            return replace(unknown, kind="applied", title=item.title, route=item.route)
        if item.charged and not lent_again:
            return None
        return replace(unknown, title=item.title, words=item.words, route="ask")
    if isinstance(transaction, Renewal):
        item = await library.item_status(transaction.item)
        known = replace(unknown, title=item.title, due=item.due, words=item.words)
        if item.charged and _due_as_printed(transaction, item):
            return replace(known, kind="applied", words="")
        return known
    return unknown


async def _ask_checkout(library: Library, checkout: Checkout, unknown: Outcome) -> Outcome | None:
    charged = await library.charged_items(checkout.patron)
    listed = checkout.item in charged.items
    if charged.complete and not listed:
        return None
    item = await library.item_status(checkout.item)
    known = replace(unknown, title=item.title, due=item.due, words=item.words)
    if listed:
        if item.due is None or _due_as_printed(checkout, item):
            return replace(known, kind="applied", words="")
        return replace(known, kind="noticed", code="due-differs", words="")
    if item.charged is False:
        return None
    if item.charged and _due_as_printed(checkout, item):
        return replace(known, kind="applied", words="")
    return known


def _due_as_printed(loan: Checkout | Renewal, item: ItemStatus) -> bool:
    zone = loan.due.tzinfo or UTC
    return item.due is not None and as_promised(loan.due, item.due, zone)
