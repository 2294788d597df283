"""Where a server is, and what time it is there."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone

ZONE = re.compile(r"(?:Z|([+-])(\d\d):?(\d\d)?)$")


def zone(text: str) -> timezone:
    """Read a zone from the end of a text, as "-05:00" or "Z"."""
    found = ZONE.search(text)
    if found is None or found[1] is None:
        return UTC
    offset = timedelta(hours=int(found[2]), minutes=int(found[3] or 0))
    return timezone(offset if found[1] == "+" else -offset)


def at(seconds: float, local: timezone) -> datetime:
    """Give the time there, to the second."""
    return datetime.fromtimestamp(seconds, local).replace(microsecond=0)
