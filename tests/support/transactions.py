"""Transactions to test with: everything that does not matter is filled in."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any

from kiosk.desk.transactions import Checkin, Checkout, Outcome, OutcomeKind, Transaction

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
DUE = datetime(2026, 12, 12, 23, 59, tzinfo=UTC)
MAYA, OMAR, INES = "21234000094417", "21234000194944", "21234000802397"

_numbers = count(1)


def checkout(item: str, patron: str = MAYA, *, visit: str = "v1", **more: Any) -> Checkout:
    return Checkout(**_stamp(visit, item) | {"patron": patron, "due": DUE} | more)


def checkin(item: str, *, visit: str = "v1", returned: date | None = None, **more: Any) -> Checkin:
    return Checkin(**_stamp(visit, item) | {"returned": returned} | more)


def outcome(transaction: Transaction, kind: OutcomeKind = "applied", **more: Any) -> Outcome:
    return Outcome(**{"transaction": transaction.id, "kind": kind, "at": NOW, **more})


def _stamp(visit: str, item: str) -> dict[str, Any]:
    number = next(_numbers)
    return {
        "id": f"t{number}",
        "visit": visit,
        "position": 1,
        "at": NOW + timedelta(seconds=number),
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
