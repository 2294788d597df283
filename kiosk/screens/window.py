"""The screen process: a window, the link to the engine, and the Root that draws what comes."""

from __future__ import annotations

import logging
import os
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from kivy.app import App
from kivy.clock import Clock
from kivy.core.window import Window

from kiosk import __version__
from kiosk.screens.root import Root
from kiosk.screens.skin import skin
from kiosk.view.messages import Screenshot, ScreenshotTaken

if TYPE_CHECKING:
    from kiosk.screens.inbox import Inbox
    from kiosk.view.messages import Intent, TurnedAway
    from kiosk.view.state import AppState

log = logging.getLogger("kiosk.screens")

TRACE = "KIOSK_TRACE_FRAMES"
"""Names a file that gets a line for every state drawn: `monotonic_ns newest_line_id`."""

FIND_TIME = 10.0
"""Seconds to look for the engine before saying that it is lost."""


class Link(Protocol):
    """What the screen needs of the link to the engine."""

    def stop(self) -> None:
        """Hang up."""

    def send(self, message: Intent) -> bool:
        """Send an intent; False where the engine is not there to take it."""


class KioskApp(App):
    """The Kivy application: draws what comes into the inbox, sends through the link."""

    title = "Daybook"

    def __init__(
        self, link: Link, inbox: Inbox, language: str = "en", theme: str = "light"
    ) -> None:
        super().__init__()
        skin.speak(language)
        skin.wear(theme)
        self._link = link
        self._inbox = inbox
        self._first = True
        self._differs = False
        self._undrawn: AppState | None = None
        self._wake = Clock.create_trigger(self._catch_up)
        self._give_up = Clock.create_trigger(lambda _: self.window.engine_lost(), FIND_TIME)

    def build(self) -> Root:
        """Make the window's widget, in the sizes that fit."""
        skin.fit(*Window.size)
        self.window = Root(send=self._send)
        Window.bind(
            on_resize=self._resized,
            on_key_down=self._key,
            on_textinput=lambda _window, text: self.window.written(text),
            on_flip=self._flipped,
        )
        self._inbox.wake = self._wake
        self._wake()
        if not self._show_newest():
            self.window.engine_sought()
            self._give_up()
        return self.window

    def on_stop(self) -> None:
        """Hang up."""
        self._link.stop()

    def open_settings(self, *_: object) -> bool:
        """Open nothing: Kivy's own settings are no business of a kiosk's."""
        return False

    def _catch_up(self, _seconds: float) -> None:
        """Do what was asked for, and draw the newest state."""
        for news in self._inbox.take_news():
            if news is None:
                self._lose()
            elif isinstance(news, Screenshot):
                self._take_screenshot(Path(news.path))
            else:
                self._differ(news)
        self._show_newest()

    def _show_newest(self) -> bool:
        """Draw the newest state; say whether there is one."""
        state = self._inbox.take_state()
        if state is None:
            return False
        self._give_up.cancel()
        self.window.show(state)
        self.window.engine_found()
        self._undrawn = state
        # A state may look the same as the one before; the frame after it counts all the same.
        self.window.canvas.ask_update()
        return True

    def _resized(self, _window: Any, width: int, height: int) -> None:
        """Make the widgets anew where the window has come to need other sizes."""
        if not skin.fit(width, height):
            return
        before, self.window = self.window, Root(send=self._send)
        self.root = self.window
        Window.remove_widget(before)
        Window.add_widget(self.window)
        self.window.notice = before.notice
        if before.state is not None:
            self.window.show(before.state)

    def _lose(self) -> None:
        self._give_up.cancel()
        if not self._differs:
            self.window.engine_lost()

    def _differ(self, message: TurnedAway) -> None:
        # The engine hangs up next; that it is lost would be the lesser half of the truth.
        self._differs = True
        self._give_up.cancel()
        self.window.engine_differs(__version__, message)

    def _send(self, intent: Intent) -> None:
        if not self._link.send(intent):
            self._lose()

    def _key(self, _window: Any, key: int, _scan: int, text: str | None, mods: list[str]) -> bool:
        return self.window.key(key, text, mods)

    def _flipped(self, window: Any) -> bool:
        """Count a frame that shows a new state, once it is really on the screen."""
        state, self._undrawn = self._undrawn, None
        if state is None:
            return False
        window.flip()
        if self._first:
            self._first = False
            log.info("first frame")
            self._make_ready()
        if path := os.environ.get(TRACE):
            _trace(Path(path), state)
        return True  # flipped already

    def _make_ready(self) -> None:
        """Make, between frames, what the first visit will show."""
        rest = self.window.make_ready()
        Clock.schedule_interval(lambda _: next(rest, False), 0)

    def _take_screenshot(self, path: Path) -> None:
        """Save the next frame at exactly `path`, and say so."""

        def save(_window: object) -> None:
            Window.unbind(on_flip=save)
            self._send(ScreenshotTaken(path=str(path), problem=_save(path)))

        # Before the flip the frame is whole and still in the buffer that can be read.
        Window.bind(on_flip=save)
        self.window.canvas.ask_update()


def _save(path: Path) -> str:
    """Save what the window shows; give the reason where that fails."""
    try:
        with tempfile.TemporaryDirectory(dir=path.parent) as folder:
            # Kivy adds a number to the name.
            taken = Window.screenshot(name=str(Path(folder) / "screen.png"))
            Path(taken).replace(path)
    except OSError as error:
        return str(error)
    return ""


def _trace(path: Path, state: AppState) -> None:
    newest = state.lines[0].id if state.lines else "-"
    with path.open("a") as file:
        file.write(f"{time.monotonic_ns()} {newest}\n")
