"""Whether the engine is there, as far as the screen can tell; the window says what has come of it.

it has hung up            it is lost: whether it records all the same is looked at now and then
a line has no answer      it is silent
no sign of it for long    the same, until there is one
it is of another version  that is said for a while; then this process ends, to be started anew
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kivy.clock import Clock

from kiosk import __version__

if TYPE_CHECKING:
    from collections.abc import Callable

    from kivy.clock import ClockEvent

    from kiosk.screens.root import Root
    from kiosk.screens.tidying import Tidying
    from kiosk.view.messages import TurnedAway
    from kiosk.view.state import AppState

FIND_TIME = 10.0
"""Seconds to look for the engine before saying that it is lost."""

ANSWER = 5.0
"""Seconds for which a line may stay without an answer, as it does while a slow disk writes it."""

SILENCE = 32
"""Looks in a row that find no sign of the engine, and it is missed: one comes every two seconds.

Looks, four in a second, and not the time: this process may have stood still itself.
"""

LOOK_AGAIN = 2.0
"""Seconds between two looks whether a lost engine records."""

DIFFERS = 15.0
"""Seconds for which a screen says that the engine is of another version, before it ends.

Whoever keeps it running starts it anew then: in the version that is installed now.
"""


class EngineWatch:
    """`window()` gives the Root there is by now. `stop()` ends this process.

    `is_recording` tells whether an engine that cannot be reached records all the same.
    """

    def __init__(
        self,
        window: Callable[[], Root],
        tidying: Tidying,
        *,
        is_recording: Callable[[], bool],
        stop: Callable[[], None],
    ) -> None:
        self._window = window
        self._tidying = tidying
        self._is_recording = is_recording
        self._differs = False
        self._losing: ClockEvent | None = None
        self._silent = 0
        """How many looks in a row have found no sign of the engine."""
        self._missed = False
        """Staff read that the engine is silent, because there was no sign of it."""
        self._scans = 0
        """How many scans the engine had taken when the last line was sent."""
        self._give_up = Clock.create_trigger(lambda _: self.lose(), FIND_TIME)
        self._unanswered = Clock.create_trigger(lambda _: self._say_silent(), ANSWER)
        self._start_anew = Clock.create_trigger(lambda _: stop(), DIFFERS)

    def seek(self) -> None:
        """Say that the engine has not been found yet; after a while, that it is lost."""
        self._window().notices.sought()
        self._give_up()

    def found(self, state: AppState) -> None:
        """Take notice that the engine is there: a picture has come.

        One from before the last line, which was on its way, is no answer to that.
        """
        unanswered = self._unanswered.is_triggered and state.scans == self._scans
        self._stop_waiting()
        if unanswered:
            self._unanswered()
        if self._losing:
            self._losing.cancel()
            self._losing = None

    def look(self, *, sign: bool) -> None:
        """Take notice whether there was a sign of the engine since the last look."""
        notices = self._window().notices
        if sign:
            self._silent = 0
            if self._missed:
                self._missed = False
                notices.found()
        elif not notices.engine:
            self._silent += 1
            if self._silent >= SILENCE:
                self._missed = True
                self._say_silent()

    def line_sent(self) -> None:
        """Expect an answer to a line."""
        state = self._window().state
        self._scans = state.scans if state else 0
        self._unanswered()

    def lose(self) -> None:
        """Say that the engine is gone, and whether it records; look again now and then."""
        self._tidying.postpone()
        self._stop_waiting()
        if self._differs:
            return
        window = self._window()
        if window.state is not None and window.state.leaving == "restart" and not self._losing:
            window.notices.lost("restarting")
        else:
            window.notices.lost("recording" if self._is_recording() else "stopped")
        if not self._losing:
            self._losing = Clock.schedule_interval(lambda _: self.lose(), LOOK_AGAIN)

    def differ(self, message: TurnedAway) -> None:
        """Say that the engine speaks another version, and end after a while."""
        # The engine hangs up next; that it is lost would be the lesser half of the truth.
        self._differs = True
        self._stop_waiting()
        self._start_anew()
        self._window().notices.differs(__version__, message)

    def _say_silent(self) -> None:
        self._window().notices.lost("silent")

    def _stop_waiting(self) -> None:
        self._missed, self._silent = False, 0
        for wait in (self._give_up, self._unanswered):
            wait.cancel()
