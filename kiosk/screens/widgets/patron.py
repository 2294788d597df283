"""Who is at the desk."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kivy.properties import StringProperty
from kivy.uix.behaviors import ButtonBehavior

from kiosk.screens import present
from kiosk.screens.skin import skin
from kiosk.screens.widgets import load_kv
from kiosk.screens.widgets.basics import Card

if TYPE_CHECKING:
    from kivy.input import MotionEvent

    from kiosk.view.state import AppState


class PatronCard(ButtonBehavior, Card):
    """Who is at the desk. Pressed, it gives the whole of the library's advice."""

    name = StringProperty()
    number = StringProperty()
    missing = StringProperty()
    about = StringProperty()
    note = StringProperty()

    def __init__(self, **kwargs: Any) -> None:
        load_kv(__file__)
        super().__init__(**kwargs)

    @property
    def can_press(self) -> bool:
        """Whether there is more to read."""
        return bool(self.note)

    def on_touch_down(self, touch: MotionEvent) -> bool:
        """Be pressed only then."""
        return self.can_press and bool(super().on_touch_down(touch))

    def show(self, state: AppState) -> None:
        """Draw the patron; say why there is no name."""
        patron = state.patron
        if patron is None:
            return
        self.number = present.card_number(patron.card_ending) if patron.card_ending else ""
        self.name = patron.name
        offline = state.library.state in ("offline", "none")
        missing = "no_card" if not self.number else "no_name" if offline and not patron.name else ""
        self.missing = skin.tell(f"screen.patron.{missing}") if missing else ""
        self.about = " · ".join(skin.words(fact) for fact in patron.about)
        self.note = skin.words(patron.note) if patron.note else ""
