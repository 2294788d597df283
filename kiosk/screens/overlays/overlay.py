"""What lies over a screen, in a panel."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kivy.properties import ObjectProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.floatlayout import FloatLayout

from kiosk.screens.widgets import load_kv
from kiosk.screens.widgets.basics import Fact, IconButton

if TYPE_CHECKING:
    from kivy.input import MotionEvent


USED_BY_KV = (Fact, IconButton)


class PanelHead(BoxLayout):
    """What a panel is about, and help beside it."""

    says = StringProperty()
    help = ObjectProperty(lambda: None)


class Overlay(FloatLayout):
    """A panel in the middle, over a dimmed screen that cannot be touched.

    `closed()` is called when it has been dismissed. `stays`: also when the visit below has changed.
    `help()` is called for help, which knows the panel as `helps`.
    """

    stays = False

    closed = ObjectProperty(lambda: None)
    helps = StringProperty()
    help = ObjectProperty(lambda: None)

    def on_touch_down(self, touch: MotionEvent) -> bool:
        """Keep every touch; one beside the panel closes."""
        if not super().on_touch_down(touch) and not self._on_panel(touch):
            self.dismiss()
        return True

    def press_primary(self) -> None:
        """Do what Enter does."""
        self.dismiss()

    def dismiss(self) -> None:
        """Do what Escape does."""
        self.closed()

    def _on_panel(self, touch: MotionEvent) -> bool:
        return any(child.collide_point(*touch.pos) for child in self.children)


load_kv(__file__)
