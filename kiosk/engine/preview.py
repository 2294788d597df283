"""Looks through what waits for what will probably go wrong, and tells; in nobody's way."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from kiosk.delivery.order import in_order
from kiosk.delivery.preview import foresee, told
from kiosk.desk.answers import Answer
from kiosk.desk.words import say

if TYPE_CHECKING:
    from collections.abc import Callable

    from kiosk.daybook.daybook import Daybook
    from kiosk.delivery.preview import Foreseen
    from kiosk.desk.checks.blocklist import Status
    from kiosk.desk.transactions import Transaction

SOME = 50
"""So many transactions are read before a scan has its turn: about 2 ms."""
ROWS = 20
"""So many are told; `kiosk preview` lists them all."""


async def look_ahead(daybook: Daybook, refused: Callable[[str], Status | None]) -> Answer:
    """Look through all that waits at this moment. A long backlog takes a while."""
    backlog: list[Transaction] = []
    for pending in list(in_order(daybook.indexes.pending.values())):
        backlog.append(daybook.transaction(pending.number))
        if len(backlog) % SOME == 0:
            await asyncio.sleep(0)
    found: list[Foreseen] = []
    for number, each in enumerate(
        foresee(backlog, before=daybook.delivered_last, refused=refused), start=1
    ):
        found.append(each)
        if number % SOME == 0:
            await asyncio.sleep(0)
    more = len(found) - ROWS
    return Answer(
        tone="look" if found else "neutral",
        headline=say("preview.found", count=len(backlog)),
        detail=say("preview.trouble", count=len(found)) if found else say("preview.well"),
        aside=say("preview.more", count=more) if more > 0 else None,
        rows=tuple(told(each, daybook.title(each.transaction.item)) for each in found[:ROWS]),
    )
