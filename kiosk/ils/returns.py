"""When an item came back, for library systems that are told a moment and not a day."""

from __future__ import annotations

from datetime import datetime, time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import tzinfo

    from kiosk.desk.transactions import Checkin


def came_back(checkin: Checkin, zone: tzinfo) -> datetime:
    """Give when an item came back, by the library's clocks: for a book drop, the end of its day.

    The end, because whoever used the drop on a day had that whole day; and what was lent and
    dropped on one day must not come back before it was lent. But no later than the checkin itself,
    because libraries refuse a return from the future.
    """
    at = checkin.at.astimezone(zone)
    if checkin.returned is None:
        return at
    return min(datetime.combine(checkin.returned, time(23, 59, 59), zone), at)
