"""A band that reminds of what is in force, or of what is to be done, until staff change it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kivy.properties import BooleanProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout

from kiosk.screens.skin import skin
from kiosk.screens.widgets import load_kv
from kiosk.screens.widgets.basics import BigButton, Toned
from kiosk.screens.widgets.fitting import ruler

if TYPE_CHECKING:
    from collections.abc import Callable


class StripButton(BigButton):
    """A button within a strip, as wide as its word."""


class Strip(Toned, BoxLayout):
    """An icon, a headline, a word about it, and buttons. `slim` is one line of it."""

    icon = StringProperty("neutral")
    headline = StringProperty()
    detail = StringProperty()
    slim = BooleanProperty(defaultvalue=True)

    def __init__(self, **kwargs: Any) -> None:
        load_kv(__file__)
        super().__init__(**kwargs)

    def offer(self, key: str, act: Callable[[], None]) -> None:
        """Add a button by the key of its words."""
        says = skin.tell(key)
        width = ruler(skin.look.strong, skin.size.body)(says) + 2 * skin.size.edge
        width = max(width, skin.size.chip)
        self.ids.buttons.add_widget(StripButton(says=says, width=width, on_release=lambda _: act()))
