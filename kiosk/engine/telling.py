"""Tells what happened in the order in which it happened, although some of it waits for the disk.

What an event puts on the disk is told only once it is there, and acknowledged in its place. What
was told of later events would overtake it, so that waits behind it; the desk waits for nothing.
"""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from kiosk.view.messages import Happened

if TYPE_CHECKING:
    from collections.abc import Callable


MANY = 1_000
"""Turns that may wait for the disk before no more lines are taken from consoles."""


@dataclass(eq=False, slots=True)
class Turn:
    """What there is to tell of one event. `waits`: for so many groups of facts on their way.

    `number`: of the line that was the event.
    """

    number: int = 0
    waits: int = 0
    told: list[Happened] = field(default_factory=list)


class Telling:
    """A queue of turns, the oldest first."""

    def __init__(self, tell: Callable[[Happened], object]) -> None:
        self._tell = tell
        self._turns: deque[Turn] = deque()
        self.follows = asyncio.Event()
        """Set while few turns wait: a disk that hangs must not let thousands pile up."""
        self.follows.set()

    def turn(self, number: int = 0) -> Turn:
        """Give the next event its turn."""
        turn = Turn(number)
        self._turns.append(turn)
        if len(self._turns) > MANY:
            self.follows.clear()
        return turn

    def wait_no_more(self) -> None:
        """Tell all that there is: what still waited for the disk has failed, and is not told."""
        for turn in self._turns:
            turn.waits = 0
        self.go_on()

    def go_on(self) -> None:
        """Tell what waits for nothing any more."""
        while self._turns and not self._turns[0].waits:
            for happened in self._turns.popleft().told:
                self._tell(happened)
        if len(self._turns) <= MANY:
            self.follows.set()
