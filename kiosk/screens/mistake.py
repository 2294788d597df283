"""The window of a screen that cannot start: it says what is wrong with the settings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kivy.app import App
from kivy.clock import Clock
from kivy.core.window import Window

from kiosk.screens import fullscreen
from kiosk.screens.skin import skin

if TYPE_CHECKING:
    from collections.abc import Callable

    from kiosk.screens.fullscreen import FullScreen

LOOK = 1.0
"""Seconds between two looks whether the settings have been mended."""


class MistakeApp(App):
    """Shows the mistake that `find` gives, until it gives ""."""

    title = "Daybook"

    def __init__(self, find: Callable[[], str]) -> None:
        super().__init__()
        self._find = find
        self._shown = ""
        self.root: FullScreen | None = None

    def build(self) -> FullScreen:
        """Make the message, in the language and the colours that need no settings."""
        skin.speak("en")
        skin.wear("light")
        Window.bind(on_resize=lambda *_: self._draw())
        Clock.schedule_interval(self._look, LOOK)
        self._shown = self._find()
        skin.fit(*Window.size)
        return fullscreen.mistake(self._shown)

    def _look(self, _seconds: float) -> None:
        problem, before = self._find(), self._shown
        if not problem:
            self.stop()
        elif problem != before:
            self._shown = problem
            self._draw()

    def _draw(self) -> None:
        skin.fit(*Window.size)
        if self.root is not None:
            Window.remove_widget(self.root)
        self.root = fullscreen.mistake(self._shown)
        Window.add_widget(self.root)
