"""When an item came back, for those who want to know the moment."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from support.transactions import checkin

from kiosk.ils.returns import came_back

DENVER = ZoneInfo("America/Denver")
AT = datetime(2026, 11, 21, 3, 30, tzinfo=UTC)
"""In Denver it is still the evening of the day before."""


@pytest.mark.parametrize(
    ("returned", "moment"),
    [
        (None, "2026-11-20T20:30:00-07:00"),
        (date(2026, 11, 18), "2026-11-18T23:59:59-07:00"),
        (date(2026, 11, 20), "2026-11-20T20:30:00-07:00"),
        (date(2026, 11, 21), "2026-11-20T20:30:00-07:00"),
    ],
    ids=["just now", "in the book drop", "on the library's day of today", "on a day to come there"],
)
def test_it_is_the_end_of_the_day_of_the_book_drop_and_never_to_come(
    returned: date | None, moment: str
) -> None:
    assert came_back(checkin("1", at=AT, returned=returned), DENVER).isoformat() == moment
