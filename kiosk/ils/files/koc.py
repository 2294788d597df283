r"""Koha's offline circulation file, version 1.0: `.koc`.

    Version=1.0\tGenerator=Daybook\tGeneratorVersion=1
    2026-11-21 10:00:01 000\tissue\tCARD\tITEM
    2026-11-21 10:00:02 000\treturn\tITEM

Local time, with colons; the third part is milliseconds, which Koha ignores. (Koha wiki: "Koha
offline circulation file format"; enqueue_koc.pl splits at blanks and tabs and converts no time.)

It has no renewals: an issue to the patron who has the item renews it in Koha. It has no due date,
no branch and no operator: the rules say until when, and whoever uploads it says where.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kiosk.desk.transactions import Checkin, Checkout, Renewal
from kiosk.ils.files import fields
from kiosk.ils.returns import came_back

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime, tzinfo

    from kiosk.desk.transactions import Transaction

# Not Daybook's own version: a batch that is written again must be the same, after an upgrade too.
HEADER = "Version=1.0\tGenerator=Daybook\tGeneratorVersion=1\n"


def write(transactions: Iterable[Transaction], zone: tzinfo) -> bytes:
    """Write a whole file. Raises Unwritable."""
    return (HEADER + "".join(_line(each, zone) for each in transactions)).encode("ascii")


def _line(transaction: Transaction, zone: tzinfo) -> str:
    item = fields.item(transaction)
    match transaction:
        case Checkout() | Renewal():
            at = fields.moment(transaction, zone)
            return "\t".join((_time(at), "issue", fields.card(transaction), item)) + "\n"
        case Checkin():
            return "\t".join((_time(came_back(transaction, zone)), "return", item)) + "\n"
    raise fields.Unwritable(transaction, "not_carried")


def _time(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S} {at.microsecond // 1000:03}"
