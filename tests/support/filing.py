"""Days at a desk, to write into files: at random, and as a strategy for hypothesis."""

from __future__ import annotations

import string
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from support.transactions import (
    checkin,
    checkout,
    in_house_use,
    noncat_checkout,
    registration,
    renewal,
)

if TYPE_CHECKING:
    from kiosk.desk.transactions import Kind, Transaction

DENVER = ZoneInfo("America/Denver")

NUMBERS = st.text(string.ascii_letters + string.digits + "-.$/+%", min_size=1, max_size=24)
"""What is on labels: the characters of Code 39, and small letters."""

_BEGIN = datetime(2026, 1, 1, tzinfo=UTC)


@st.composite
def days(draw: st.DrawFn, kinds: frozenset[Kind]) -> list[Transaction]:
    """Draw transactions of some kinds, a second or more apart, as delivery hands them over."""
    makers = [(kind, make) for kind, make in _MAKERS.items() if kind in kinds]
    at = _BEGIN + timedelta(minutes=draw(st.integers(0, 525_600)))
    found = []
    for _ in range(draw(st.integers(1, 12))):
        at += timedelta(milliseconds=draw(st.integers(1000, 90_000_000)))
        _, make = draw(st.sampled_from(makers))
        found.append(make(draw, at))
    return found


def _lent(draw: st.DrawFn, at: datetime) -> Transaction:
    return checkout(draw(NUMBERS), draw(NUMBERS), at=at, due=_due(draw, at))


def _renewed(draw: st.DrawFn, at: datetime) -> Transaction:
    return renewal(draw(NUMBERS), draw(NUMBERS), at=at, due=_due(draw, at))


def _returned(draw: st.DrawFn, at: datetime) -> Transaction:
    before = draw(st.none() | st.integers(0, 5))
    day = None if before is None else (at - timedelta(days=before)).astimezone(DENVER).date()
    return checkin(draw(NUMBERS), at=at, returned=day)


def _used(draw: st.DrawFn, at: datetime) -> Transaction:
    return in_house_use(draw(NUMBERS), at=at, count=draw(st.integers(1, 99)))


def _noncat(draw: st.DrawFn, at: datetime) -> Transaction:
    return noncat_checkout(draw(NUMBERS), at=at, count=draw(st.integers(1, 99)))


def _registered(draw: st.DrawFn, at: datetime) -> Transaction:
    name = draw(st.text(min_size=1, max_size=20))
    return registration(draw(NUMBERS), at=at, details={"family_name": name})


def _due(draw: st.DrawFn, at: datetime) -> datetime:
    return at + timedelta(minutes=draw(st.integers(1, 60 * 24 * 60)))


_MAKERS: dict[Kind, Any] = {
    "checkout": _lent,
    "renewal": _renewed,
    "checkin": _returned,
    "in_house_use": _used,
    "noncat_checkout": _noncat,
    "registration": _registered,
}
