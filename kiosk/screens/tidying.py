"""When Python looks for garbage: while nobody waits.

By itself it does so when enough has been made: in the middle of drawing something, and for up to
50 ms. What is made is kept for reuse, mostly; little of it becomes garbage in a day.
"""

from __future__ import annotations

import gc

from kivy.clock import Clock

REST = 0.25
"""Seconds after the last that happened; then what is new is looked through."""

LONG_REST = 20.0
"""Seconds after which all is; less than the minute after which the clock goes on."""

SELDOM = 10
"""So many times what is new, before all of it is."""


class Tidying:
    """Looks for garbage after a rest. Python by itself is to be told to do so seldom."""

    def __init__(self) -> None:
        self._times = 0
        self._after_rest = Clock.create_trigger(self._look_at_new, REST)
        self._after_long_rest = Clock.create_trigger(self._look_at_all, LONG_REST)

    def keep(self) -> None:
        """Throw away the garbage of what is new; take the rest for what stays, and look no more.

        To look through what the window consists of would take a quarter of a second each time.
        """
        gc.collect()
        gc.freeze()

    def begin(self) -> None:
        """Take all that the start has made for what stays, unseen: there was no time to look."""
        gc.freeze()

    def make_anew(self) -> None:
        """Look again at what was kept: much of it is being replaced."""
        gc.unfreeze()

    def postpone(self) -> None:
        """Wait for the next rest: something happens."""
        for each in (self._after_rest, self._after_long_rest):
            each.cancel()
            each()

    def _look_at_new(self, _seconds: float) -> None:
        gc.collect(1)
        self._times += 1

    def _look_at_all(self, _seconds: float) -> None:
        if self._times >= SELDOM:
            self._times = 0
            gc.collect()
