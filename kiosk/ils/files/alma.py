r"""Alma's offline circulation file: `.dat`, in columns.

    columns   1 to 12   the time, YYYYMMDDHHMM, local
             13         L: lent, R: returned
             14 to 93   the item
             94 and on  the patron, of a loan

(Alma's help, "Offline Circulation"; that the item's column is 80 wide, and not the line up to the
patron, is what two public writers of such files agree on: the University of Oregon's
alma-offline-circulation-tool, whose line ends are these, and bediniupi/Alma-LoanTransfer.)

It has no renewals: a loan to the patron who has the item renews it. It has no due date: the terms
of use say until when, and what would be in the past becomes the time of the upload.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kiosk.desk.transactions import Checkin, Checkout, Renewal
from kiosk.ils.files import fields
from kiosk.ils.returns import came_back

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import tzinfo

    from kiosk.desk.transactions import Transaction

ITEM = 80


def write(transactions: Iterable[Transaction], zone: tzinfo) -> bytes:
    """Write a whole file. Raises Unwritable."""
    return "".join(_line(each, zone) + "\r\n" for each in transactions).encode("ascii")


def _line(transaction: Transaction, zone: tzinfo) -> str:
    item = fields.item(transaction, most=ITEM)
    match transaction:
        case Checkout() | Renewal():
            at = fields.moment(transaction, zone)
            return f"{at:%Y%m%d%H%M}L{item:{ITEM}}{fields.card(transaction)}"
        case Checkin():
            return f"{came_back(transaction, zone):%Y%m%d%H%M}R{item}"
    raise fields.Unwritable(transaction, "not_carried")
