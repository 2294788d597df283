"""What a screen with much to read begins with."""

from __future__ import annotations

from typing import Any

from kivy.properties import BooleanProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout

from kiosk.screens.widgets import load_kv


class Headline(BoxLayout):
    """What is on show, in large letters; and what there is to know of it, beside or below."""

    says = StringProperty()
    about = StringProperty()
    wide = BooleanProperty(defaultvalue=True)

    def __init__(self, **kwargs: Any) -> None:
        load_kv(__file__)
        super().__init__(**kwargs)
