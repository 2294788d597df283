"""Digits to type a number with."""

from __future__ import annotations

from typing import Any

from kivy.properties import ObjectProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout

from kiosk.screens.widgets import load_kv


class NumberPad(BoxLayout):
    """What is typed, and the keys. Each key is told to its listener; the pad keeps nothing.

    `put(character)`, `rub_out()`, `clear()` and `enter()` are called.
    """

    typed = StringProperty()
    title = StringProperty()
    hint = StringProperty()
    put = ObjectProperty(lambda _digit: None)
    rub_out = ObjectProperty(lambda: None)
    clear = ObjectProperty(lambda: None)
    enter = ObjectProperty(lambda: None)

    def __init__(self, **kwargs: Any) -> None:
        load_kv(__file__)
        super().__init__(**kwargs)
