"""The screen process: a window, the link to the engine, and the Root that draws what comes."""

from __future__ import annotations

import logging
import os
import tempfile
import time
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from kivy.app import App
from kivy.clock import Clock
from kivy.core.window import Window

from kiosk.screens.enginewatch import EngineWatch
from kiosk.screens.root import Root
from kiosk.screens.skin import skin
from kiosk.screens.sound import Player
from kiosk.screens.tidying import Tidying
from kiosk.view.messages import Screenshot, ScreenshotTaken, Typed, answering

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from kivy.clock import ClockEvent
    from kivy.input import MotionEvent

    from kiosk.screens.inbox import Inbox
    from kiosk.view.messages import Intent
    from kiosk.view.state import AppState, Display

log = logging.getLogger("kiosk.screens")

TRACE = "KIOSK_TRACE_FRAMES"
"""Names a file that gets a line for every state drawn: `monotonic_ns newest_line_id`."""

LOOK_AROUND = 0.25
"""Seconds between two looks whether the system has asked this process to end, and the engine lives.
"""


class Link(Protocol):
    """What the screen needs of the link to the engine."""

    def stop(self) -> None:
        """Hang up."""

    def send(self, message: Intent) -> bool:
        """Send an intent; False where the engine is not there to take it."""


class KioskApp(App):
    """The Kivy application: draws what comes into the inbox, sends through the link.

    `is_recording` tells whether an engine that cannot be reached records all the same. `stays`: the
    window is closed by an administrator alone.
    """

    title = "Daybook"

    def __init__(
        self,
        link: Link,
        inbox: Inbox,
        *,
        language: str = "en",
        theme: str = "light",
        player: Player | None = None,
        is_recording: Callable[[], bool] = lambda: False,
        stays: bool = False,
    ) -> None:
        super().__init__()
        self._worn = (language, theme)
        skin.speak(language)
        skin.wear(theme)
        self._link = link
        self._inbox = inbox
        self._player = player or Player(0)
        self._stays = stays
        self.closed = False
        """An administrator has closed the kiosk."""
        self.told_to_end = False
        """The system asks this process to end. May be set at any moment: see `run_screen`."""
        self._first = True
        self._making: ClockEvent | None = None
        """Makes what will be wanted of the window, until all of it is there."""
        self._undrawn: AppState | None = None
        self._tidying = Tidying()
        self._wake = Clock.create_trigger(self._catch_up)
        self._engine = EngineWatch(
            lambda: self.window,
            self._tidying,
            is_recording=is_recording,
            stop=lambda: self.stop(),  # noqa: PLW0108 - as it is by then
        )

    def build(self) -> Root:
        """Make the window's widget, in the sizes that fit."""
        skin.fit(*Window.size)
        self.window = Root(send=self._send)
        Window.bind(
            on_resize=self._resized,
            on_key_down=self._key,
            on_textinput=lambda _window, text: self.window.keyboard.written(text),
            on_flip=self._flipped,
            on_request_close=lambda *_args, **_more: self._stays,
            on_touch_down=self._pointed,
        )
        Window.show_cursor = not self._stays
        Clock.schedule_interval(self._look_around, LOOK_AROUND)
        self._inbox.wake = self._wake
        self._wake()
        if not self._show_newest():
            self._engine.seek()
        return self.window

    def on_stop(self) -> None:
        """Hang up."""
        self._link.stop()

    def _look_around(self, _seconds: float) -> None:
        if self.told_to_end:
            self.stop()
        self._engine.look(sign=self._inbox.take_sign())

    def open_settings(self, *_: object) -> bool:
        """Open nothing: Kivy's own settings are no business of a kiosk's."""
        return False

    def _catch_up(self, _seconds: float) -> None:
        """Draw the newest state, and do what was asked for."""
        self._tidying.postpone()
        self._show_newest()
        for news in self._inbox.take_news():
            if news is None:
                self._engine.lose()
            elif isinstance(news, Screenshot):
                self._take_screenshot(Path(news.path))
            else:
                self._engine.differ(news)

    def _show_newest(self) -> bool:
        """Draw the newest state; say whether there is one."""
        state = self._inbox.take_state()
        if state is None:
            return False
        self._engine.found(state)
        self._let_hear(state)
        self._wear(state.display)
        self.window.show(state)
        self.window.notices.found()
        self._undrawn = state
        # A state may look the same as the one before; the frame after it counts all the same.
        self.window.canvas.ask_update()
        if state.leaving == "close":
            self.closed = True
            self.stop()
        return True

    def _wear(self, display: Display) -> None:
        """Look, speak and sound as it was chosen: the window's widgets are made anew for that."""
        was_silent, self._player.volume = not self._player.volume, display.volume
        if was_silent and display.volume and not self._first:
            self._make(self._player.make_ready())
        wanted = (display.language, display.theme)
        if wanted != self._worn:
            self._worn = wanted
            skin.speak(display.language)
            skin.wear(display.theme)
            self._make_anew()

    def _pointed(self, _window: Any, touch: MotionEvent) -> bool:
        """Show an arrow to those who have a mouse, and none to those who touch."""
        self._tidying.postpone()
        Window.show_cursor = touch.device == "mouse"
        return False

    def _let_hear(self, state: AppState) -> None:
        """Let an answer be heard that has come since the state before."""
        before = self.window.state
        if before and state.answer and state.answers > before.answers:
            self._player.answered(state.answer.tone)

    def _resized(self, _window: Any, width: int, height: int) -> None:
        """Make the widgets anew where the window has come to need other sizes."""
        if not skin.fit(width, height):
            return
        self._make_anew()

    def _make_anew(self) -> None:
        """Make the window's widgets anew, where they were."""
        before, self.window = self.window, Root(send=self._send)
        self.root = self.window
        Window.remove_widget(before)
        Window.add_widget(self.window)
        self.window.carry_on(before)
        self._tidying.make_anew()
        self._make_ready()

    def _send(self, intent: Intent) -> None:
        """Send; but no line to an engine of which staff read that it does not answer.

        Told not to be recorded, its number may be on paper by the time that the engine would do so.
        """
        intent = answering(intent, self.window.state)
        line = isinstance(intent, Typed)
        if line and self.window.notices.engine:
            self._refuse_line()
        elif self._link.send(intent):
            if line:
                self._engine.line_sent()
        else:
            self._engine.lose()
            if line:
                self._refuse_line()

    def _refuse_line(self) -> None:
        self.window.notices.line_untaken()
        self._player.answered("not_taken")

    def _key(self, _window: Any, key: int, _scan: int, text: str | None, mods: list[str]) -> bool:
        self._tidying.postpone()
        return self.window.keyboard.key(key, text, mods)

    def _flipped(self, window: Any) -> bool:
        """Count a frame that shows a new state, once it is really on the screen."""
        state, self._undrawn = self._undrawn, None
        if state is None:
            return False
        window.flip()
        if self._first:
            self._first = False
            log.info("first frame")
            self._tidying.begin()
            self._make_ready()
        if path := os.environ.get(TRACE):
            _trace(Path(path), state)
        return True  # flipped already

    def _make_ready(self) -> None:
        """Make what the first visit will show; for a window that is gone, nothing any more."""
        if self._making is not None:
            self._making.cancel()
        self._making = self._make(chain(self.window.make_ready(), self._player.make_ready()))

    def _make(self, parts: Iterator[None]) -> ClockEvent:
        """Make what will be wanted, a part between two frames."""

        def make_next(_seconds: float) -> bool | None:
            more = next(parts, False)
            self._tidying.keep()
            return more

        return Clock.schedule_interval(make_next, 0)

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
