"""Transactions to test with: everything that does not matter is filled in."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any

from kiosk.desk.transactions import (
    Checkin,
    Checkout,
    Guest,
    InHouseUse,
    NoncatCheckout,
    Outcome,
    OutcomeKind,
    Registration,
    Renewal,
    Transaction,
)

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
DUE = datetime(2026, 12, 12, 23, 59, tzinfo=UTC)
NEW = "21234000777775"
"""The card of somebody who is being registered."""
MAYA, OMAR, INES = "21234000094417", "21234000194944", "21234000802397"

_numbers = count(1)


class _Day:
    """A second for each transaction of a test: all that a run of tests makes would not fit in."""

    first = 1


def begin_the_day_again() -> None:
    """Let the transactions that follow begin at `NOW`, as at the start."""
    _Day.first = next(_numbers)


def checkout(item: str, patron: str = MAYA, *, visit: str = "v1", **more: Any) -> Checkout:
    return Checkout(**_stamp(visit, item) | {"patron": patron, "due": DUE} | more)


def checkin(item: str, *, visit: str = "v1", returned: date | None = None, **more: Any) -> Checkin:
    return Checkin(**_stamp(visit, item) | {"returned": returned} | more)


def renewal(item: str, patron: str = MAYA, *, visit: str = "v1", **more: Any) -> Renewal:
    return Renewal(**_stamp(visit, item) | {"patron": patron, "due": DUE} | more)


def in_house_use(item: str, *, visit: str = "v1", count: int = 1, **more: Any) -> InHouseUse:
    return InHouseUse(**_stamp(visit, item) | {"count": count} | more)


def noncat_checkout(patron: str = MAYA, *, visit: str = "v1", **more: Any) -> NoncatCheckout:
    kind = {"noncat": "2", "name": "Paperback", "count": 3, "due": DUE}
    return NoncatCheckout(**_stamp(visit, "") | {"patron": patron} | kind | more)


def guest_checkout(item: str, *, visit: str = "v1", **more: Any) -> Checkout:
    return checkout(item, "", visit=visit, guest=Guest(name="Anna Maier", phone="555 0100"), **more)


def registration(patron: str = NEW, *, visit: str = "v1", **more: Any) -> Registration:
    details = {"family_name": "Maier", "first_name": "Anna", "born": "1990-04-30"}
    return Registration(**_stamp(visit, "") | {"patron": patron, "details": details} | more)


def outcome(transaction: Transaction, kind: OutcomeKind = "applied", **more: Any) -> Outcome:
    return Outcome(**{"transaction": transaction.id, "kind": kind, "at": NOW, **more})


def _stamp(visit: str, item: str) -> dict[str, Any]:
    number = next(_numbers)
    return {
        "id": f"t{number}",
        "visit": visit,
        "position": 1,
        "at": NOW + timedelta(seconds=number - _Day.first),
        "boot": "b1",
        "terminal": "desk-1",
        "library": "Northside Branch",
        "profile": "Circulation",
        "staff": "Ines",
        "desk_session": "s1",
        "source": "scan",
        "item": item,
        "uptime": float(number),
    }
