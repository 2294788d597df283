"""The whole screen process, without a link: tests fill its inbox with what an engine would send."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from kivy.clock import Clock
from kivy.core.window import Window

from kiosk.screens.inbox import Inbox
from kiosk.screens.window import KioskApp
from kiosk.view.messages import Picture

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kiosk.view.state import AppState
    from tests.screens.stage import Stage


class Link:
    def __init__(self) -> None:
        self.up = True
        self.sent: list[object] = []

    def stop(self) -> None: ...

    def send(self, message: object) -> bool:
        self.sent.append(message)
        return self.up


class Heard:
    """Remembers what would have been heard."""

    def __init__(self) -> None:
        self.volume = 0
        self.tones: list[str] = []
        self.answered = self.tones.append
        self.made_ready_for: list[int] = []

    def make_ready(self):
        self.made_ready_for.append(self.volume)
        yield from ()


@contextmanager
def app_on(stage: Stage, first: AppState | None) -> Iterator[KioskApp]:
    """Run it in the one window. `first`: a state that has come before Kivy was there."""
    stage.fresh()
    before = set(Clock.get_events())
    app = KioskApp(Link(), Inbox(), player=Heard())
    app.link, app.inbox = app._link, app._inbox
    if first is not None:
        app.inbox.heard(Picture(state=first))
    app.root = app.build()
    Window.remove_widget(stage.root)
    Window.add_widget(app.root)
    yield app
    Window.remove_widget(app.window)
    Window.unbind(on_resize=app._resized, on_key_down=app._key, on_flip=app._flipped)
    Window.unbind(on_touch_down=app._pointed)
    for event in set(Clock.get_events()) - before:
        event.cancel()  # what it had still to do would be done in the next test
    stage.forget()
