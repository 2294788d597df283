"""The banner over everything while somebody practises: nothing that is on show counts."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from kivy.clock import Clock
from kivy.properties import ObjectProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout

from kiosk.screens.skin import skin
from kiosk.screens.widgets import load_kv
from kiosk.view.state import PRACTICE


class PracticeBanner(BoxLayout):
    """How long it goes on, and a button that ends it. `end()` is called by that."""

    left = StringProperty()
    end = ObjectProperty(lambda: None)

    def __init__(self, **kwargs: Any) -> None:
        load_kv(__file__)
        self._until = ""
        super().__init__(**kwargs)
        self._ticking = Clock.schedule_interval(self._draw, 1)
        self._ticking.cancel()

    def show(self, until: str) -> None:
        """Count down to this moment; "" for no more."""
        self._until = until
        if until:
            self._draw()
            self._ticking()
        else:
            self._ticking.cancel()

    def _draw(self, *_: object) -> None:
        self.left = time_left(self._until, datetime.now(UTC))


def time_left(until: str, now: datetime) -> str:
    """Write how long it is until then; by a clock that cannot be right, when that will be."""
    seconds = round((datetime.fromisoformat(until) - now).total_seconds())
    if not 0 <= seconds <= PRACTICE.total_seconds():
        return str(skin.tell("screen.practice.until", until=until))
    left = f"{seconds // 60}:{seconds % 60:02}"
    return str(skin.tell("screen.practice.left", left=left))
