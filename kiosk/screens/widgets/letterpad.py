"""Letters to type a label with, in a panel."""

from __future__ import annotations

from typing import Any

from kivy.properties import ObjectProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout

from kiosk.screens.skin import skin
from kiosk.screens.widgets import load_kv
from kiosk.screens.widgets.board import Board


class LetterPad(BoxLayout):
    """What is typed, and the letters; labels have capitals.

    `put(character)`, `rub_out()`, `enter()`, `digits()`, `close()` and `help()` are called.
    """

    typed = StringProperty()
    title = StringProperty()
    put = ObjectProperty(lambda _character: None)
    rub_out = ObjectProperty(lambda: None)
    enter = ObjectProperty(lambda: None)
    digits = ObjectProperty(lambda: None)
    close = ObjectProperty(lambda: None)
    help = ObjectProperty(lambda: None)

    def __init__(self, **kwargs: Any) -> None:
        load_kv(__file__)
        super().__init__(**kwargs)
        self.board = Board(
            put=self.put,
            rub_out=self.rub_out,
            enter=self.enter,
            enter_says=skin.tell("screen.pad.enter"),
        )
        self.add_widget(self.board)

    def begin(self) -> None:
        """Make ready for another label."""
        self.board.begin(shift="caps")
