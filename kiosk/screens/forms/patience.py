"""For how long no PIN is taken, counted down."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kivy.clock import Clock

from kiosk.desk.words import say
from kiosk.screens.skin import skin

if TYPE_CHECKING:
    from collections.abc import Callable

    from kiosk.desk.words import Phrase

HALF_A_SECOND = 0.5


class Patience:
    """Counts down what a problem says. `tick()` is called twice a second while it is looked at."""

    def __init__(self, tick: Callable[[], None]) -> None:
        self._until = 0.0
        self._again = Clock.create_trigger(lambda _: tick(), HALF_A_SECOND)

    def begin(self, problem: Phrase | None) -> None:
        """Wait for as long as a problem says, if it says so."""
        seconds = seconds_to_wait(problem)
        self._until = Clock.get_time() + seconds if seconds else 0.0

    def stop(self) -> None:
        """Look no more."""
        self._again.cancel()

    def left(self) -> str:
        """Write the time that is left, and look again in a moment; "" where there is none."""
        seconds = self._seconds()
        if seconds <= 0:
            return ""
        self._again()
        minutes, seconds = divmod(seconds, 60)
        return str(skin.tell("screen.form.wait", minutes=minutes, seconds=f"{seconds:02}"))

    def told(self, problem: Phrase) -> Phrase:
        """Give a problem as it is by now."""
        return still_to_wait(self._seconds()) if self._until else problem

    def _seconds(self) -> int:
        return int(self._until - Clock.get_time() + 0.999)


def seconds_to_wait(problem: Phrase | None) -> int:
    """Tell for how long no PIN is taken; 0 where that is not the problem."""
    if problem is None or problem.key not in ("duty.wait_seconds", "duty.wait_minutes"):
        return 0
    count = int(str(problem.args["count"]))
    return count * 60 if problem.key == "duty.wait_minutes" else count


def still_to_wait(seconds: int) -> Phrase:
    """Say for how long no PIN is taken."""
    if seconds <= 0:
        return say("screen.form.try_now")
    if seconds < 2 * 60:
        return say("duty.wait_seconds", count=seconds)
    return say("duty.wait_minutes", count=-(-seconds // 60))
