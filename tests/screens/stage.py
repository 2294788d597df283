"""One window for all tests, through SDL's offscreen driver. Import before anything of Kivy."""

# ruff: noqa: E402 - the environment has to be set before Kivy is imported

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

os.environ.setdefault("SDL_VIDEODRIVER", "offscreen")
os.environ["KIVY_METRICS_DENSITY"] = "1"
os.environ["KIVY_DPI"] = "96"

from kiosk.screens.setup import prepare

HOME = Path(tempfile.mkdtemp(prefix="kivy-home-"))
prepare((1024, 600), home=HOME)
atexit.register(shutil.rmtree, HOME, ignore_errors=True)

from kivy.base import EventLoop
from kivy.clock import Clock
from kivy.core.window import Window
from kivy.input import motionevent
from kivy.lang import Builder

from kiosk.screens import touching
from kiosk.screens.root import Root
from kiosk.screens.skin import skin
from kiosk.screens.whereabouts import Whereabouts
from tests.screens.stories import tell

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from kivy.uix.widget import Widget

SIZES = NORMAL, COMPACT, ROOMY = (1024, 600), (800, 480), (1280, 800)


class Touch(motionevent.MotionEvent):
    """A finger on the screen."""

    def __init__(self, x: float, y: float) -> None:
        super().__init__("test", 1, {"x": x / Window.width, "y": y / Window.height}, is_touch=True)
        self.scale_for_screen(Window.width, Window.height)

    def depack(self, args: dict[str, float]) -> None:
        self.sx, self.sy = args["x"], args["y"]
        self.profile = ["pos"]
        super().depack(args)


class Time:
    """The time that Kivy goes by. Usually each frame takes the same, however busy the machine is.

    Where the window has to do with other processes, it is the machine's.
    """

    def __init__(self) -> None:
        self._machine: Callable[[], float] = Clock.time
        self._sleep: Callable[[float], None] = Clock.usleep
        self._ahead = 0.0
        self._stands: float | None = self._machine()
        Clock.time, Clock.usleep = self.now, self._wait
        motionevent.time = touching.monotonic = self.now
        Clock._max_fps = 60.0

    def now(self) -> float:
        """Give seconds since some moment."""
        return self._machine() + self._ahead if self._stands is None else self._stands

    @contextmanager
    def of_machine(self) -> Iterator[None]:
        """Go by the machine's clock until the end of the block."""
        self._ahead = self.now() - self._machine()
        self._stands = None
        try:
            yield
        finally:
            self._stands = self.now()

    def _wait(self, microseconds: float) -> None:
        """Wait for the next frame, as Kivy does."""
        if self._stands is None:
            self._sleep(microseconds)
        else:
            self._stands += microseconds / 1e6


class Stage:
    """The window with a Root in it, and all that it has sent."""

    def __init__(self) -> None:
        self.time = Time()
        self.sent: list[object] = []
        self.root: Root | None = None
        self._worn: tuple[object, ...] = ()

    def fresh(
        self, size: tuple[int, int] = NORMAL, theme: str = "light", language: str = "en"
    ) -> Root:
        """Give the Root as it is before anything has come over the link."""
        EventLoop.ensure_window()
        if self._worn != (size, theme, language):
            if self.root:
                Window.remove_widget(self.root)  # before it is laid out once more, in another size
            Window.size = size
            self._dress(size, theme, language)
        root = self.root
        if root._on_show is not None:
            root._on_show.leave()
        root.state, root.panels.opened, root.notices.alarm, root._on_show = None, None, None, None
        root.where = Whereabouts()
        self.sent.clear()
        root.keyboard.line.clear()
        root.keyboard._last_enter = -10.0
        root.keyboard.focus.clear()
        root.notices.sought()
        self.frames()
        return root

    def forget(self) -> None:
        """Have the next Root made anew: somebody else has used the window."""
        self._worn = ()

    def _dress(self, size: tuple[int, int], theme: str, language: str) -> None:
        self._worn = (size, theme, language)
        skin.speak(language)
        skin.wear(theme)
        skin.fit(*size)
        self.root = Root(send=self.sent.append)
        Window.add_widget(self.root)

    def turn_to(self, name: str) -> None:
        """Put one screen, by its name, in place of the one before, and lay it out.

        Drawn no further than that: see `frames`.
        """
        root = self.root
        root.where = Whereabouts()
        root.panels.close()
        tell(root, name)
        for _ in range(3):
            Clock.tick()
            Builder.sync()
            Clock.tick_draw()

    def frames(self, count: int = 4) -> None:
        """Let some frames pass."""
        for _ in range(count):
            EventLoop.idle()

    def wait(self, seconds: float) -> None:
        """Let time pass, frame by frame."""
        end, drawn = self.time.now() + seconds, 0
        while self.time.now() < end or drawn < 12:
            self.frames(1)
            drawn += 1

    def show(self, state: object) -> None:
        """Show a state, as if it had come over the link."""
        self.root.show(state)
        self.root.notices.found()
        self.frames()

    def tap(self, widget: Widget) -> None:
        """Touch a widget in its middle, through the window; long after the last touch."""
        self.root.touches.forget()
        touch = Touch(*widget.to_window(*widget.center))
        EventLoop.post_dispatch_input("begin", touch)
        self.frames(1)
        EventLoop.post_dispatch_input("end", touch)
        self.frames(3)

    def type(self, text: str) -> None:
        """Type characters on the keyboard, as quickly as a scanner: no frame is drawn meanwhile."""
        for character in text:
            self.root.keyboard.key(ord(character.lower()), character.lower(), [])
            self.root.keyboard.written(character)

    def picture(self, path: Path) -> None:
        """Save what the window shows."""
        self.frames(2)
        self.root.export_to_png(str(path))
