"""The rail at the left: where one can go."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kivy.properties import (
    BooleanProperty,
    ColorProperty,
    NumericProperty,
    ObjectProperty,
    StringProperty,
)
from kivy.uix.behaviors import ButtonBehavior
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.floatlayout import FloatLayout

from kiosk.screens import present
from kiosk.screens.skin import skin
from kiosk.screens.widgets import arrange, load_kv
from kiosk.screens.widgets.basics import Filler, Surface
from kiosk.screens.widgets.texts import Text

if TYPE_CHECKING:
    from kiosk.view.state import AppState


class Badge(Text):
    """How much there is to do, in a dot."""


class RailItem(ButtonBehavior, Surface, FloatLayout):
    """One place to go. `badge`: how much there is to do there, or ""."""

    name = StringProperty()
    badge = StringProperty()
    icon = StringProperty("help")
    says = StringProperty()
    chosen = BooleanProperty(defaultvalue=False)
    ink = ColorProperty()


class Rail(BoxLayout):
    """The rail. `acts` has to be set: what staff can do. `share`: the room for each item."""

    acts = ObjectProperty()
    share = NumericProperty(0)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._made: dict[str, RailItem] = {}
        self._filler = Filler()

    def show(self, state: AppState, place: str) -> None:
        """List where one can go now, and mark where one is."""
        chosen = where(state, place)
        upper = () if state.locked else ("checkout", "checkin", "more", "today", "to_fix")
        lower = ("help",) if state.locked or not state.role else ("lock", "help")
        items = [self._item(name) for name in (*upper, *lower)]
        arrange(self, [*items[: len(upper)], self._filler, *items[len(upper) :]])
        for item in items:
            item.chosen = item.name == chosen
        if "to_fix" in self._made:
            self._made["to_fix"].badge = present.badge(state.library.to_fix)

    def __getitem__(self, name: str) -> RailItem:
        """Give one of its items."""
        return self._made[name]

    def _item(self, name: str) -> RailItem:
        if name not in self._made:
            self._made[name] = RailItem(
                name=name,
                icon=name,
                says=skin.tell(f"screen.rail.{name}"),
                on_release=self._pressed,
            )
        return self._made[name]

    def _pressed(self, item: RailItem) -> None:
        if item.name == "help":
            self.acts.help()
        elif item.name == "more":
            self.acts.go(item.name)
        else:
            self.acts.at_desk(COMMANDS[item.name])


COMMANDS = {
    "checkout": "checkout",
    "checkin": "checkin",
    "today": "today",
    "to_fix": "exceptions",
    "lock": "lock",
}
"""What some of them send; the engine knows nothing of the others."""


def where(state: AppState, place: str) -> str:
    """Tell which item of the rail stands for what is on show; "" for none."""
    if place == "help":
        return "help"
    if state.locked is not None:
        return ""
    if state.listing is not None and place in ("list", "form", "report"):
        return {"recorded": "today", "exceptions": "to_fix"}.get(state.listing.kind, "more")
    if place in ("checkout", "checkin", "form"):
        return state.mode if state.mode in ("checkout", "checkin") else "more"
    return "more"


load_kv(__file__)
