"""Surfaces and buttons, and the texts that stand on them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kivy.graphics import Color, SmoothRoundedRectangle
from kivy.properties import (
    BooleanProperty,
    ColorProperty,
    NumericProperty,
    StringProperty,
)
from kivy.uix.anchorlayout import AnchorLayout
from kivy.uix.behaviors import ButtonBehavior
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.scrollview import ScrollView
from kivy.uix.widget import Widget

from kiosk.screens.skin import skin
from kiosk.screens.widgets import arrange, load_kv, wear
from kiosk.screens.widgets.scrolling import Scrolling
from kiosk.screens.widgets.texts import Icon, Text

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable


class Number(Text):
    """A number of a card or label, in the typeface for numbers."""


class FlushIcon(Icon):
    """An icon whose ink begins where a text below it begins."""


class Surface(Widget):
    """A rounded surface with a line around it: of the same colour, where `rim` is None.

    It is drawn from here, not from its `.kv`: there are two hundred, and that would take 17 kB and
    half a millisecond more for each.
    """

    ground = ColorProperty()
    rim = ColorProperty(None, allownone=True)
    rim_width = NumericProperty(0)
    radius = NumericProperty(0)

    def apply_class_lang_rules(
        self, root: Widget | None = None, ignored_consts: Collection[str] = (), **more: Any
    ) -> None:
        """Draw it below what the rules draw."""
        with self.canvas.before:
            drawn = Color(), SmoothRoundedRectangle(), Color(), SmoothRoundedRectangle()
        self._colours, self._shapes = drawn[::2], drawn[1::2]
        looks = {"ground": skin.look.card, "radius": skin.size.card_radius}
        wear(self, looks, told=ignored_consts)
        super().apply_class_lang_rules(root=root, ignored_consts=ignored_consts, **more)
        colour, shape = self._colour, self._shape
        for name in ("ground", "rim"):
            self.fbind(name, colour)
        for name in ("pos", "size", "rim_width", "radius"):
            self.fbind(name, shape)
        self._colour()
        self._shape()

    def _colour(self, *_: object) -> None:
        rim, ground = self._colours
        rim.rgba, ground.rgba = self.rim or self.ground, self.ground

    def _shape(self, *_: object) -> None:
        for shape, inset in zip(self._shapes, (0.5, self.rim_width + 0.5), strict=True):
            shape.pos = self.x + inset, self.y + inset
            shape.size = self.width - 2 * inset, self.height - 2 * inset
            shape.radius = [max(self.radius - inset + 0.5, 1)]


class Toned(Surface):
    """A surface in the colours of its tone. `ink`: what stands out there; `words`: the rest."""

    tone = StringProperty("neutral")
    ink = ColorProperty()
    words = ColorProperty()


class Card(Surface, BoxLayout):
    """A white card with a thin line around it; as high as what it holds."""


class Caption(Text):
    """The small grey word above or below a fact."""


class Fact(Text):
    """A name or a count: what a card is about."""


class FactCard(Card):
    """A label, a fact, and a word about it."""

    label = StringProperty()
    fact = StringProperty()
    about = StringProperty()


class Filler(Widget):
    """Takes the room that is left."""


class Pane(Scrolling, ScrollView):
    """Takes the room that is left, and scrolls should what it holds be higher than that."""


class Stack(Pane):
    """Widgets below each other, that scroll. `ids` has `parts`."""

    spacing = NumericProperty()

    def show(self, parts: Iterable[Widget | None]) -> None:
        """Let these be what is in it."""
        arrange(self.ids.parts, parts)


class BigButton(ButtonBehavior, Surface, AnchorLayout):
    """A button with an icon and a word. `primary` is the one that most people press next.

    `repeats`: two quick touches are two.
    """

    icon = StringProperty()
    says = StringProperty()
    primary = BooleanProperty(defaultvalue=False)
    repeats = BooleanProperty(defaultvalue=False)
    ink = ColorProperty()
    rest = ColorProperty()
    pressed = ColorProperty()
    type_size = NumericProperty(18)
    type_face = StringProperty("SemiBold")
    for_icon = NumericProperty(0)
    room = NumericProperty(0)
    with_icon = BooleanProperty(defaultvalue=False)


class Choice(BigButton):
    """One of several to choose from; the chosen one is filled."""

    chosen = BooleanProperty(defaultvalue=False)


class IconButton(ButtonBehavior, Surface, AnchorLayout):
    """A small square button with an icon only."""

    repeats = True
    icon = StringProperty("close")
    ink = ColorProperty()


load_kv(__file__)
