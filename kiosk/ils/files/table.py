"""A table of all that was recorded, for whoever has a use for it: `.csv`.

UTF-8, a header, one row for each transaction, whatever its kind. Times are ISO 8601 with their
offset, in the library's own zone.
"""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING

from kiosk.desk.transactions import Checkin, NoncatCheckout, Registration
from kiosk.ils.files.fields import Unwritable

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime, tzinfo

    from kiosk.desk.transactions import Transaction

COLUMNS = (
    "id", "kind", "at", "library", "profile", "terminal", "staff", "source",
    "item", "patron", "due", "returned", "count", "noncat", "name", "details", "undoes", "corrects",
)  # fmt: skip

FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet takes for a formula, or trims, at the beginning of a cell."""


def write(transactions: Iterable[Transaction], zone: tzinfo) -> bytes:
    """Write a whole file. Raises Unwritable."""
    text = io.StringIO(newline="")
    table = csv.DictWriter(text, COLUMNS, lineterminator="\r\n")
    table.writeheader()
    table.writerows(_row(each, zone) for each in transactions)
    return text.getvalue().encode("utf-8")


def _row(transaction: Transaction, zone: tzinfo) -> dict[str, str]:
    row = {name: str(getattr(transaction, name, "")) for name in COLUMNS}
    due: datetime | None = getattr(transaction, "due", None)
    row |= {
        "at": transaction.at.astimezone(zone).isoformat(),
        "due": due.astimezone(zone).isoformat() if due is not None else "",
        "returned": "",
        "name": transaction.name if isinstance(transaction, NoncatCheckout) else "",
        "details": _details(transaction),
    }
    if isinstance(transaction, Checkin) and transaction.returned is not None:
        row["returned"] = transaction.returned.isoformat()
    _check(transaction, row)
    return row


def _details(transaction: Transaction) -> str:
    """Give what has no column: a new patron's particulars, or who borrowed without a card."""
    guest = getattr(transaction, "guest", None)
    if guest is not None:
        born = guest.born.isoformat() if guest.born is not None else ""
        return json.dumps({"name": guest.name, "born": born, "phone": guest.phone})
    if isinstance(transaction, Registration):
        return json.dumps(transaction.details, sort_keys=True)
    return ""


def _check(transaction: Transaction, row: dict[str, str]) -> None:
    for cell in row.values():
        if cell.startswith(FORMULA) or not cell.isprintable():
            raise Unwritable(transaction, "not_writable", cell)
