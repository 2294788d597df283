"""One window for all tests, through SDL's offscreen driver. Import before anything of Kivy."""

# ruff: noqa: E402 - the environment has to be set before Kivy is imported

from __future__ import annotations

import os
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

os.environ.setdefault("SDL_VIDEODRIVER", "offscreen")
os.environ["KIVY_METRICS_DENSITY"] = "1"
os.environ["KIVY_DPI"] = "96"

from kiosk.screens.setup import prepare

prepare((1024, 600), home=Path(tempfile.mkdtemp(prefix="kivy-home-")))

from kivy.config import Config

Config.set("graphics", "maxfps", "0")

from kivy.base import EventLoop
from kivy.core.window import Window
from kivy.input.motionevent import MotionEvent

from kiosk.screens import fullscreen
from kiosk.screens.root import Root
from kiosk.screens.skin import skin
from kiosk.view.messages import TurnedAway

if TYPE_CHECKING:
    from collections.abc import Callable

    from kivy.uix.widget import Widget

NORMAL, COMPACT, ROOMY = (1024, 600), (800, 480), (1280, 800)


class Touch(MotionEvent):
    """A finger on the screen."""

    def __init__(self, x: float, y: float) -> None:
        super().__init__("test", 1, {"x": x / Window.width, "y": y / Window.height}, is_touch=True)
        self.scale_for_screen(Window.width, Window.height)

    def depack(self, args: dict[str, float]) -> None:
        self.sx, self.sy = args["x"], args["y"]
        self.profile = ["pos"]
        super().depack(args)


class Stage:
    """The window with a Root in it, and all that it has sent."""

    def __init__(self) -> None:
        self.sent: list[object] = []
        self.root: Root | None = None
        self._worn: tuple[object, ...] = ()

    def fresh(self, size: tuple[int, int] = NORMAL, theme: str = "light") -> Root:
        """Give the Root as it is before anything has come over the link."""
        EventLoop.ensure_window()
        Window.size = size
        self.sent.clear()
        if self._worn != (size, theme):
            self._dress(size, theme)
        root = self.root
        root.state, root.overlay, root.alarm = None, None, None
        root.line.clear()
        root.engine_sought()
        self.frames()
        return root

    def forget(self) -> None:
        """Have the next Root made anew: somebody else has used the window."""
        self._worn = ()

    def _dress(self, size: tuple[int, int], theme: str) -> None:
        self._worn = (size, theme)
        skin.wear(theme)
        skin.fit(*size)
        if self.root:
            Window.remove_widget(self.root)
        self.root = Root(send=self.sent.append)
        Window.add_widget(self.root)

    def frames(self, count: int = 4) -> None:
        """Let some frames pass."""
        for _ in range(count):
            EventLoop.idle()

    def wait(self, seconds: float) -> None:
        """Let time pass, frame by frame."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            EventLoop.idle()

    def show(self, state: object) -> None:
        """Show a state, as if it had come over the link."""
        self.root.show(state)
        self.root.engine_found()
        self.frames()

    def tap(self, widget: Widget) -> None:
        """Touch a widget in its middle, through the window."""
        touch = Touch(*widget.to_window(*widget.center))
        EventLoop.post_dispatch_input("begin", touch)
        self.frames(1)
        EventLoop.post_dispatch_input("end", touch)
        self.frames(3)

    def type(self, text: str) -> None:
        """Type characters on the keyboard."""
        for character in text:
            self.root.key(ord(character.lower()), character.lower(), [])
            self.root.written(character)
        self.frames(1)

    def picture(self, path: Path) -> None:
        """Save what the window shows."""
        self.frames(2)
        self.root.export_to_png(str(path))


MISTAKE = (
    "/etc/daybook/kiosk.toml: [ils.sip2] password does not belong in this file: put it into a file "
    "of its own, readable by the kiosk alone, and write password_file = "
    '"/etc/daybook/sip2.password"'
)


def make_mistake(root: Root) -> None:
    root.notice = fullscreen.mistake(MISTAKE)
    root._stack()


STORIES: dict[str, Callable[[Root], None]] = {
    "overlay-number-pad": lambda root: (root.line.put("3123400051"), root.open_pad()),
    "overlay-due": lambda root: root.checkout.open_calendar(),
    "overlay-bookdrop": lambda root: root.checkin.open_calendar(),
    "overlay-help": lambda root: root._go("help"),
    "overlay-library": lambda root: root.ids.status._tell_library(),
    "overlay-block-list": lambda root: root.ids.status._tell_block_list(),
    "overlay-devices": lambda root: root.ids.status._tell_devices("printer"),
    "overlay-disk": lambda root: root.ids.status._tell_space(),
    "overlay-time": lambda root: root._open_clock(),
    "lost": lambda root: root.engine_lost(),
    "mistake": make_mistake,
    "other-version": lambda root: root.engine_differs(
        "0.1.0", TurnedAway(engine_version="0.2.0", link_version=2)
    ),
}
"""What the screen shows by itself, over the state named in STORY_STATES."""

STORY_STATES = {
    "overlay-number-pad": "checkout-idle",
    "overlay-due": "checkout-online",
    "overlay-bookdrop": "checkin-bookdrop",
    "overlay-help": "checkout-idle",
    "overlay-library": "checkout-offline",
    "overlay-block-list": "block-list-too-old",
    "overlay-devices": "devices-troubled",
    "overlay-disk": "disk-low",
    "overlay-time": "time-unconfirmed",
    "lost": "checkout-online",
    "mistake": "checkout-idle",
    "other-version": "checkout-idle",
}
