"""A real desk behind the window: what is touched goes to it, and what it says is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from support.desk_script import Day

from kiosk.view.messages import Pressed, Typed, answering
from kiosk.view.picture import picture
from kiosk.view.state import AppState, BlockList, Library, Support
from tests.screens.audit import audit, visible
from tests.screens.stage import NORMAL
from tests.screens.states import PRINTER, SCANNER

if TYPE_CHECKING:
    from kivy.uix.widget import Widget

    from tests.screens.stage import Stage


class Acting:
    """Somebody at the desk of a `Day`, with a finger and a scanner."""

    def __init__(self, stage: Stage, day: Day | None = None, size: tuple[int, int] = NORMAL):
        self.stage = stage
        self.day = day or Day()
        self.root = stage.fresh(size)
        self.show()

    def show(self) -> None:
        """Show the desk as it stands; nothing on show may be clipped."""
        self.stage.show(self._state())
        assert audit(self.root) == []

    def scans(self, *numbers: str) -> None:
        """Scan numbers, with the disk keeping up."""
        for number in numbers:
            self.day.records(number)
            self.show()

    def touches(self, *words: str) -> None:
        """Touch what has these words, one after the other."""
        for says in words:
            self.stage.tap(self._find(says))
            self.stage.wait(0.3)  # what scrolls waits a moment, whether the finger moves
            self.carry()

    def types(self, text: str) -> None:
        """Type a line on the keyboard, and Enter."""
        self.stage.type(text)
        self.root.line_done(self.root.keyboard.line.take())
        self.carry()

    def carry(self) -> None:
        """Take to the desk what the screen has sent, and show what came of it."""
        sent, self.stage.sent[:] = list(self.stage.sent), []
        for intent in [answering(each, self.root.state) for each in sent]:
            if isinstance(intent, Pressed):
                self.day.presses(intent.command, prompt=intent.prompt)
            elif isinstance(intent, Typed):
                self.day.types(intent.text, intent.prompt)
        self.day.disk_syncs()
        self.show()

    def _find(self, says: str) -> Widget:
        for widget, _ in visible(self.root.topmost()):
            if getattr(widget, "says", "") == says and hasattr(widget, "trigger_action"):
                return widget
        raise AssertionError(f"nothing to touch says {says!r}")

    def _state(self) -> AppState:
        desk = self.day.desk
        return picture(
            desk,
            self.day.now,
            library=Library(state="online" if desk.state.online else "offline"),
            block_list=BlockList(),
            devices=(SCANNER, PRINTER),
            space=None,
            support=Support(name="Library IT", phone="555 0142"),
        )
