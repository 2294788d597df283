"""What the tests of Evergreen's module share."""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from kiosk.ils.evergreen import lines
from kiosk.ils.evergreen.settings import EvergreenSettings

if TYPE_CHECKING:
    from kiosk.desk.transactions import Transaction

ZONE = ZoneInfo("America/New_York")
SETTINGS = EvergreenSettings(
    url="http://127.0.0.1:9", org=4, login="kiosk", password="secret", patron_profile=2
)


def local(*moment: int) -> datetime:
    """Give a moment by the library's clock."""
    return datetime(*moment, tzinfo=ZONE)  # type: ignore[misc,arg-type] # as many as one likes


def command(transaction: Transaction, settings: EvergreenSettings = SETTINGS) -> dict[str, Any]:
    """Give what the server would read."""
    return dict(json.loads(lines.line(transaction, settings, ZONE)))
