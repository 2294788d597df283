"""What delivery puts on the disk, in the order in which it happened.

What nobody waits for is gathered for a moment and goes as one, with a single sync. It goes before
whatever comes after it: what the library said of a loan is on the disk before it is announced that
the same item is sent again. A power cut loses what is gathered; delivery asks about it then.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kiosk.daybook.facts import Fact
    from kiosk.daybook.journal import JournalError
    from kiosk.daybook.writer import Done, Writer

LONGEST = 0.05
"""Seconds for which something is gathered."""


class Gathering:
    """Writes for delivery, behind what the desk has to write."""

    def __init__(self, writer: Writer) -> None:
        self._writer = writer
        self._gathered: list[tuple[Sequence[Fact], Done]] = []
        self._until: asyncio.TimerHandle | None = None

    def put_soon(self, facts: Sequence[Fact], done: Done) -> None:
        """Write facts within a moment; call `done` when they are on the disk, or could not be."""
        self._gathered.append((facts, done))
        if self._until is None:
            self._until = asyncio.get_running_loop().call_later(LONGEST, self.put_gathered)

    def put(self, facts: Sequence[Fact], done: Done) -> None:
        """Write facts now; call `done` when they are on the disk, or could not be."""
        self._gathered.append((facts, done))
        self.put_gathered()

    async def write(self, facts: Sequence[Fact]) -> None:
        """Write facts now and wait until they are on the disk. Raises JournalError."""
        self.put_gathered()
        await self._writer.write(facts, urgent=False)

    def put_gathered(self) -> None:
        """Write now what is gathered, in one commit."""
        if self._until is not None:
            self._until.cancel()
        gathered, self._gathered, self._until = self._gathered, [], None

        def written(error: JournalError | None) -> None:
            for _, done in gathered:  # each by itself: one that fails stops no other
                asyncio.get_running_loop().call_soon(done, error)

        if gathered:
            self._writer.put([x for facts, _ in gathered for x in facts], written, urgent=False)
