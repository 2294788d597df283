"""Whether an item was ever seen here: a number that was not may be misread, or may have broken off.

What was never seen is worth a question only where nearly everything is known by now, or a new desk
would ask about each book; and where the library, which knows better, does not answer. Of cards
nothing is remembered, so nothing is said.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from kiosk.desk.words import say

if TYPE_CHECKING:
    from kiosk.desk.checks.barcodes import Reading
    from kiosk.desk.work import Work

NEVER = say("scan.unseen")

FAMILIAR, MOST_FAMILIAR, UNFAMILIAR = 50, 100, 10
"""Each known item counts one up, to `MOST_FAMILIAR`; each unknown one counts `UNFAMILIAR` down. So
`FAMILIAR` is only reached where more than ten of eleven items are known."""


def doubt(work: Work, reading: Reading) -> Reading:
    """Doubt a number by what is known of items."""
    if reading.kind == "item" and work.memory.knows(reading.text):
        _count(work, 1)
        return reading
    if reading.kind not in ("item", "doubtful") or reading.likely == "card":
        return reading
    longer = work.memory.longer(reading.text)
    if longer:
        problem = say("scan.cut_short", longer=longer)
        return replace(reading, kind="doubtful", problem=problem, likely="item")
    if reading.kind == "doubtful":
        return reading
    familiar = work.state.familiar
    _count(work, -UNFAMILIAR)
    if familiar < FAMILIAR or work.state.online or not work.settings.barcodes.ask_unseen:
        return reading
    return replace(reading, kind="doubtful", problem=NEVER, likely="item")


def _count(work: Work, change: int) -> None:
    familiar = min(max(work.state.familiar + change, 0), MOST_FAMILIAR)
    if familiar != work.state.familiar:
        work.set(familiar=familiar)
