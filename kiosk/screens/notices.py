"""What covers the whole window: the alarm, and over it what is to be said of the engine itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kiosk.screens import fullscreen
from kiosk.view.state import Support

if TYPE_CHECKING:
    from collections.abc import Callable

    from kiosk.screens.fullscreen import FullScreen, Loss
    from kiosk.view.messages import TurnedAway
    from kiosk.view.state import AppState


class Notices:
    """The gravest of them is `top`. `changed()` is called when another one is to be seen."""

    def __init__(self, changed: Callable[[], None]) -> None:
        self._changed = changed
        self._support = Support()
        self.alarm: FullScreen | None = None
        self.engine: FullScreen | None = None
        """Nothing comes from the engine, or nothing that this screen understands."""
        self._untaken = 0
        """How many lines came while no engine took them."""

    @property
    def top(self) -> FullScreen | None:
        """What covers everything else, if anything does."""
        return self.engine or self.alarm

    @property
    def support(self) -> Support:
        """Whom to ask."""
        return self._support

    def show(self, state: AppState) -> None:
        """Draw the alarm, or take it away; remember whom to ask."""
        self._support = state.support
        self.alarm = fullscreen.alarm(state.alarm, state.support) if state.alarm else None

    def sought(self) -> None:
        """Say that the engine has not been found yet."""
        self.engine = fullscreen.starting()
        self._changed()

    def found(self) -> None:
        """Take away what was said of the engine: a state has come."""
        self._untaken = 0
        if self.engine:
            self.engine = None
            self._changed()

    def lost(self, loss: Loss) -> None:
        """Say that the engine is not to be reached, and whether it records."""
        self.engine = fullscreen.lost(loss, self._support)
        if self._untaken:
            self.engine.tell_untaken(self._untaken)
        self._changed()

    def differs(self, mine: str, message: TurnedAway) -> None:
        """Say that the engine speaks another version."""
        self.engine = fullscreen.other_version(mine, message, self._support)
        self._changed()

    def line_untaken(self) -> None:
        """Say that nobody has taken a line: it is not recorded."""
        self._untaken += 1
        if self.engine:
            self.engine.tell_untaken(self._untaken)
