"""Looks through what waits for what will probably go wrong, and tells; in nobody's way."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from kiosk.delivery.lookahead import Reader
from kiosk.delivery.preview import foresee, told
from kiosk.desk.answers import Answer
from kiosk.desk.words import say

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from kiosk.daybook.daybook import Daybook
    from kiosk.delivery.preview import Foreseen
    from kiosk.desk.checks.blocklist import Status
    from kiosk.desk.transactions import Transaction
    from kiosk.desk.words import Phrase

SOME = 50
"""So many transactions are read before a scan has its turn: about 2 ms."""
ROWS = 20
"""So many are told; `kiosk preview` lists them all."""


async def look_ahead(daybook: Daybook, refused: Callable[[str], Status | None]) -> Answer:
    """Look through all that waits at this moment. A long backlog takes a while."""
    reader = Reader(daybook)
    backlog: list[Transaction] = []
    for transaction in reader.waiting():
        backlog.append(transaction)
        if len(backlog) % SOME == 0:
            await asyncio.sleep(0)
    found: list[Foreseen] = []
    for number, each in enumerate(foresee(backlog, before=reader.before, refused=refused), start=1):
        found.append(each)
        if number % SOME == 0:
            await asyncio.sleep(0)
    more = len(found) - ROWS
    return Answer(
        tone="look" if found or reader.missing else "neutral",
        headline=say("preview.found", count=len(backlog)),
        detail=say("preview.trouble", count=len(found)) if found else say("preview.well"),
        aside=say("preview.more", count=more) if more > 0 else None,
        rows=(
            *(told(x, reader.title(x.transaction.item)) for x in found[:ROWS]),
            *_left_out(reader),
        ),
    )


def _left_out(reader: Reader) -> Iterator[Phrase]:
    if reader.missing:
        yield say("preview.unreadable", count=reader.missing)
