"""Texts, icons, surfaces and buttons."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from kivy.clock import Clock
from kivy.core.text import Label as CoreLabel
from kivy.properties import (
    BooleanProperty,
    ColorProperty,
    NumericProperty,
    StringProperty,
)
from kivy.uix.anchorlayout import AnchorLayout
from kivy.uix.behaviors import ButtonBehavior
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.label import Label
from kivy.uix.scrollview import ScrollView
from kivy.uix.widget import Widget

from kiosk.screens.fold import fold
from kiosk.screens.widgets import load_kv

if TYPE_CHECKING:
    from collections.abc import Callable


DRAWN = 200
"""How many of the last drawn texts are kept."""

_drawn: dict[tuple[object, ...], Any] = {}


@lru_cache(maxsize=64)
def ruler(font_name: str, font_size: float) -> Callable[[str], float]:
    """Give a function that measures a text, in pixels."""
    # Kivy hints a font when it first draws with it, and SDL keeps the widths from before that: so
    # something is drawn first, or the look of a text would depend on what was measured when.
    label = CoreLabel(text=".", font_name=font_name, font_size=font_size, font_hinting="light")
    label.refresh()
    label.texture.bind()

    # The same few texts are measured for their natural width, again for each change of a rule.
    @lru_cache(maxsize=256)
    def measure(text: str) -> float:
        width: float = label.get_extents(text)[0]
        return width

    return measure


class Text(Label):
    """A text that wraps; with `lines`, it ends in an ellipsis where those do not suffice.

    `says` is the whole text, `natural` the width that it would have in one line.
    """

    says = StringProperty()
    lines = NumericProperty(0)
    natural = NumericProperty(0)

    def __init__(self, **kwargs: Any) -> None:
        # Set before the rule is applied, so that one folding per frame serves all changes.
        self._refold = Clock.create_trigger(self._fold, -1)
        super().__init__(**kwargs)
        for name in ("says", "lines", "width", "font_name", "font_size"):
            self.fbind(name, self._refold)
        self.fbind("says", self._measure)
        self.fbind("font_size", self._measure)
        self.fbind("font_name", self._measure)
        self._measure()
        self._refold()

    def _measure(self, *_: object) -> None:
        measure = ruler(self.font_name, self.font_size)
        self.natural = max((measure(part) for part in self.says.split("\n")), default=0) + 2

    def _fold(self, *_: object) -> None:
        if not self.lines:
            self.text = self.says
            return
        measure = ruler(self.font_name, self.font_size)
        self.text = fold(self.says, measure, self.width - 1, int(self.lines))

    def texture_update(self, *largs: object) -> None:
        """Draw the text, or take it from the last ones drawn.

        A new line moves every row down by one: the same words, in another widget.
        """
        if self.markup or not self.text:
            super().texture_update(*largs)
            return
        key = (
            *(self.text, self.font_name, self.font_size, tuple(self.text_size)),
            *(self.halign, self.valign, self.line_height, self.strikethrough),
            tuple(self.disabled_color if self.disabled else self.color),
        )
        texture = _drawn.pop(key, None)
        if texture is None:
            # Never draw over a texture that another widget may be showing.
            self._label.texture = None
            super().texture_update(*largs)
            texture = self._label.texture
            texture.bind()  # draws at once; later, this label may hold other words
        else:
            self.texture = texture
            self.texture_size = list(texture.size)
        _drawn[key] = texture
        if len(_drawn) > DRAWN:
            del _drawn[next(iter(_drawn))]


class Number(Text):
    """A number of a card or label, in the typeface for numbers."""


class Icon(Label):
    """One icon, by its name in the theme."""

    name = StringProperty("neutral")


class FlushIcon(Icon):
    """An icon whose ink begins where a text below it begins."""


class Surface(Widget):
    """A rounded surface with a line around it."""

    ground = ColorProperty()
    rim = ColorProperty()
    rim_width = NumericProperty(0)
    radius = NumericProperty(0)


class Card(Surface, BoxLayout):
    """A white card with a thin line around it; as high as what it holds."""


class Caption(Text):
    """The small grey word above or below a fact."""


class Fact(Text):
    """A name or a count: what a card is about."""


class Filler(Widget):
    """Takes the room that is left."""


class Pane(ScrollView):
    """Takes the room that is left, and scrolls should what it holds be higher than that."""


class BigButton(ButtonBehavior, Surface, AnchorLayout):
    """A button with an icon and a word. `primary` is the one that most people press next."""

    icon = StringProperty()
    says = StringProperty()
    primary = BooleanProperty(defaultvalue=False)
    ink = ColorProperty()
    rest = ColorProperty()
    pressed = ColorProperty()
    type_size = NumericProperty(18)
    type_face = StringProperty("SemiBold")


class Choice(BigButton):
    """One of several to choose from; the chosen one is filled."""

    chosen = BooleanProperty(defaultvalue=False)


class IconButton(ButtonBehavior, Surface, AnchorLayout):
    """A small square button with an icon only."""

    icon = StringProperty("close")
    ink = ColorProperty()


load_kv(__file__)
