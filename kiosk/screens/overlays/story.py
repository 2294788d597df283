"""A text to read."""

from __future__ import annotations

from typing import Any

from kivy.properties import StringProperty

from kiosk.screens.overlays.overlay import Overlay
from kiosk.screens.widgets import load_kv


class Story(Overlay):
    """A headline and a text to read, and a button to close."""

    headline = StringProperty()
    text = StringProperty()

    def __init__(self, **kwargs: Any) -> None:
        load_kv(__file__)
        super().__init__(**kwargs)
