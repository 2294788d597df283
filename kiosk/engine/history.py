"""Looks through the daybook for the whole history of a transaction; in nobody's way."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from kiosk.daybook.history import Search
from kiosk.desk.afterwards.history import told
from kiosk.desk.answers import look
from kiosk.desk.words import say

if TYPE_CHECKING:
    from kiosk.daybook.daybook import Daybook
    from kiosk.desk.answers import Answer

SOME = 100
"""So many facts are read before a scan has its turn: about 2 ms."""


async def tell_history(daybook: Daybook, entry: str) -> Answer:
    """Tell all that happened to the transaction that a list names."""
    past = daybook.past(entry)
    if past is None:
        return look(say("lookback.gone"))
    search = Search(daybook, entry)
    for number, _ in enumerate(search.look(), start=1):
        if number % SOME == 0:
            await asyncio.sleep(0)
    return told(past, search.found)
