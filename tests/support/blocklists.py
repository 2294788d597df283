"""Block lists made in a line, and the moments that go with them."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from kiosk.daybook.blocklist.build import Builder
from kiosk.daybook.blocklist.file import BIT

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from kiosk.daybook.blocklist.file import Header
    from kiosk.desk.checks.blocklist import Status

ZONE = ZoneInfo("Europe/Vienna")
MADE = datetime(2026, 11, 21, 2, 30, tzinfo=ZONE)
MAYA, JONAS = "21234000094417", "21234000194944"


def built(folder: Path, lines: Iterable[tuple[str, Status]], made: datetime = MADE) -> Header:
    """Build a list of cards and statuses, and put it in place."""
    pairs = list(lines)
    batch = ([card for card, _ in pairs], [BIT[status] for _, status in pairs])
    with Builder(folder) as builder:
        builder.take([batch] if pairs else [])
        header = builder.write(made=made, built=made, origin="", unreadable=0)
        builder.put_in_place()
    return header
