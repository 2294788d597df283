"""A hand at a real window: it looks, touches and types. The desk behind it is a real one.

The window is this process's; the engine, the library and the link between them are real ones.
"""

from __future__ import annotations

import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
from support.patience import PATIENCE

from kiosk.screens.skin import BLANK
from kiosk.view.link import LinkThread, link_path
from kiosk.view.messages import LINK_VERSION, Hello
from tests.screens.audit import visible, words
from tests.screens.stage import NORMAL

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class Hand:
    """What a person does at the window: looks, touches, types."""

    def __init__(self, stage, app) -> None:
        self.stage, self._app = stage, app

    @property
    def root(self):
        return self._app.window

    def sees(self, so, what: str):
        """Let frames pass until the window is as expected."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            self.stage.frames(1)
            seen = so()
            if seen:
                return seen
        pytest.fail(f"{what} was expected; the window says {words(self.root)}")

    def reads(self, text: str) -> None:
        self.sees(lambda: any(text in each for each in words(self.root)), text)

    def is_asked(self, text: str) -> None:
        """Wait for a field, and until it takes a touch."""
        place = self.sees(lambda: self.root.place == "form" and self.root.screen, "a form")
        self.sees(lambda: place.head.asks.startswith(text), text)
        self.stage.wait(0.35)

    def touches(self, *names: str) -> None:
        for name in names:
            found = self.sees(lambda name=name: self._find(name), f"{name} to touch")
            self.root.touches.forget()  # long after the last touch, as with people
            self.stage.tap(found)
            self.stage.wait(0.1)

    def types(self, text: str) -> None:
        """Type on the keyboard of the screen, which begins with a capital by itself."""
        self.touches(*text)

    def _find(self, name: str):
        from kivy.uix.behaviors import ButtonBehavior

        for widget, _ in visible(self.root.topmost()):
            told = [getattr(widget, each, "") for each in ("says", "label", "title")]
            named = (*map(_plain, told), f"*{getattr(widget, 'icon', '')}")
            if isinstance(widget, ButtonBehavior) and _plain(name) in named:
                return widget
        return None


def _plain(says: str) -> str:
    """Give a text as somebody reads it: where lines may be broken does not matter."""
    return says.replace(BLANK, " ")


@contextmanager
def hand_at(stage, data: Path) -> Iterator[Hand]:
    """Open the window in this process; the desk whose folder this is works in one of its own."""
    from kivy.clock import Clock
    from kivy.core.window import Window

    from kiosk.screens.inbox import Inbox
    from kiosk.screens.window import KioskApp

    stage.fresh(NORMAL)
    inbox = Inbox()
    link = LinkThread(
        link_path(data),
        Hello(link_version=LINK_VERSION, client="screen"),
        on_message=inbox.heard,
        on_up=inbox.link_up,
        on_down=inbox.link_down,
    )
    link.start()
    app = KioskApp(link, inbox)
    app.root = app.build()
    Window.remove_widget(stage.root)
    Window.add_widget(app.root)
    try:
        with stage.time.of_machine():
            yield Hand(stage, app)
    finally:
        app.on_stop()
        Clock.unschedule(app._look_around)
        Window.remove_widget(app.window)
        Window.unbind(on_resize=app._resized, on_key_down=app._key, on_flip=app._flipped)
        stage.forget()
