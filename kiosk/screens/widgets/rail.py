"""The rail at the left: where one can go."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kivy.properties import BooleanProperty, ColorProperty, ObjectProperty, StringProperty
from kivy.uix.behaviors import ButtonBehavior
from kivy.uix.boxlayout import BoxLayout

from kiosk.screens.widgets import load_kv
from kiosk.screens.widgets.basics import Surface

if TYPE_CHECKING:
    from kiosk.view.state import AppState


class RailItem(ButtonBehavior, Surface, BoxLayout):
    """One place to go."""

    icon = StringProperty("help")
    says = StringProperty()
    chosen = BooleanProperty(defaultvalue=False)
    ink = ColorProperty()


class Rail(BoxLayout):
    """The rail. `go(command)` is called with the command word of the place."""

    mode = StringProperty()
    go = ObjectProperty(lambda _command: None)

    def show(self, state: AppState) -> None:
        """Mark the place where the desk is."""
        self.mode = state.mode


load_kv(__file__)
