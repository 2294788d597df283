"""What is written on the screen: texts, and icons, which are letters of a typeface of their own.

Kivy's Label has 35 properties and listens to each; it would take 31 kB, and there are nine hundred
texts and icons. These have what is chosen here, draw themselves, and look for what they are to look
like in no `.kv`: each rule is a thing to be kept for each of them.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from kivy.clock import Clock
from kivy.core.text import Label as CoreLabel
from kivy.core.text.markup import MarkupLabel
from kivy.graphics import Color, Rectangle
from kivy.properties import (
    BooleanProperty,
    ColorProperty,
    NumericProperty,
    ObjectProperty,
    StringProperty,
    VariableListProperty,
)
from kivy.uix.widget import Widget
from kivy.utils import get_hex_from_color

from kiosk.screens.fold import balance, fold_end, wrap
from kiosk.screens.icons import ICONS
from kiosk.screens.skin import skin
from kiosk.screens.widgets import wear
from kiosk.screens.widgets.fitting import natural_width, ruler

if TYPE_CHECKING:
    from collections.abc import Collection

    from kivy.graphics.texture import Texture

DRAWN = 120
"""How many of the last written texts and icons are kept: those of a list on show, twice."""


class Letters(Widget):
    """Letters of one typeface. `texture_size` is how wide and high they come out, in pixels.

    What it is to look like may change at any time; but `line_height`, `padding` and `markup`
    stay what they are when the first frame is drawn.
    """

    text = StringProperty()
    font_name = StringProperty("Icons")
    font_size = NumericProperty(18)
    color = ColorProperty()
    disabled_color = ColorProperty((1, 1, 1, 0.3))
    halign = StringProperty("left")
    line_height = NumericProperty(1)
    strikethrough = BooleanProperty(defaultvalue=False)
    padding = VariableListProperty(0)
    markup = BooleanProperty(defaultvalue=False)
    texture_size = ObjectProperty((0, 0))

    texture: Texture | None = None
    hinting = "normal"
    heeds: tuple[str, ...] = ("text", "font_name", "font_size", "color", "disabled")
    """The properties that it is written anew for."""

    def apply_class_lang_rules(
        self, root: Widget | None = None, ignored_consts: Collection[str] = (), **more: Any
    ) -> None:
        """Get ready to draw, and look as letters of this kind do, before the rules say more."""
        self.write = Clock.create_trigger(self._write, -1)
        with self.canvas:
            Color()
            self._drawn = Rectangle(size=(0, 0))
        wear(self, self.looks(), told=ignored_consts)
        super().apply_class_lang_rules(root=root, ignored_consts=ignored_consts, **more)
        for name in self.heeds:
            self.fbind(name, self.write)
        place = self._place
        self.fbind("pos", place)
        self.fbind("size", place)
        self.write()

    def draw_now(self) -> None:
        """Draw what will be seen before anybody sees it."""
        if self.texture is not None:
            self.texture.bind()

    def looks(self) -> dict[str, object]:
        """Give what they look like unless they are told otherwise."""
        return {}

    @property
    def text_size(self) -> tuple[float | None, float | None]:
        """The room in which lines are broken and put in their place; None: as much as they need."""
        return None, None

    def _write(self, _seconds: float) -> None:
        """Draw the letters; or rather say what is to be drawn once they are seen."""
        self.texture = texture = self._written() if self.text else None
        self.texture_size = texture.size if texture is not None else (0, 0)
        self._drawn.texture, self._drawn.size = texture, self.texture_size
        self._place()

    def _written(self) -> Texture:
        how = {
            "font_name": self.font_name,
            "font_size": self.font_size,
            "font_hinting": self.hinting,
            "halign": self.halign,
            "line_height": self.line_height,
            "strikethrough": self.strikethrough,
            "padding": tuple(self.padding),
            "text_size": self.text_size,
        }
        color = tuple(self.disabled_color if self.disabled else self.color)
        if not self.markup:
            return _written(self.text, color=color, **how)
        label = MarkupLabel(f"[color={get_hex_from_color(color)}]{self.text}[/color]", **how)
        label.refresh()
        return label.texture

    def _place(self, *_: object) -> None:
        wide, high = self.texture_size
        self._drawn.pos = int(self.x + self.width / 2 - wide / 2), int(self._bottom(high))

    def _bottom(self, high: float) -> float:
        """Give where letters of this height begin."""
        return float(self.y + self.height / 2 - high / 2)


@lru_cache(maxsize=DRAWN)
def _written(text: str, **how: Any) -> Texture:
    """Write a text, or give it as it was written last: a new line moves all below by a row."""
    label = CoreLabel(text, **how)
    label.refresh()
    return label.texture


class Text(Letters):
    """A text that wraps; with `lines`, it ends in an ellipsis where those do not suffice.

    `balanced`: its lines are as alike in width as they can be. `keeps_end`: the ellipsis stands at
    the start, for somebody is typing at the end. `says` is the whole text, `natural` the width that
    it would have in one line. It `grows` to be as high as its lines, of which a text of nothing
    has none; otherwise they stand in the middle of its height, or `at_top`.
    """

    says = StringProperty()
    lines = NumericProperty(0)
    balanced = BooleanProperty(defaultvalue=False)
    keeps_end = BooleanProperty(defaultvalue=False)
    natural = NumericProperty(0)
    grows = BooleanProperty(defaultvalue=True)
    at_top = BooleanProperty(defaultvalue=False)

    hinting = "light"
    heeds = (
        *("says", "lines", "balanced", "width", "font_name", "font_size"),
        *("color", "halign", "strikethrough", "disabled"),
    )

    def looks(self) -> dict[str, object]:
        """Look as most texts do."""
        return {
            "font_name": "Regular",
            "font_size": skin.size.body,
            "color": skin.look.ink,
            "size_hint_y": None,
            "height": 0,
        }

    def apply_class_lang_rules(self, *args: Any, **kwargs: Any) -> None:
        """Measure it whenever that may come to something else."""
        super().apply_class_lang_rules(*args, **kwargs)
        measure = self._measure
        for name in ("says", "font_size", "font_name"):
            self.fbind(name, measure)
        measure()

    @property
    def text_size(self) -> tuple[float | None, float | None]:
        """Lines are broken at its width."""
        return self.width, None

    def _measure(self, *_: object) -> None:
        self.natural = natural_width(self.says, self.font_name, self.font_size)

    def _write(self, seconds: float) -> None:
        measure, lines = ruler(self.font_name, self.font_size), int(self.lines)
        if self.balanced:
            self.text = balance(self.says, measure, self.width - 1, lines)
        elif self.keeps_end:
            self.text = fold_end(self.says, measure, self.width - 1, lines)
        elif self.markup:
            self.text = self.says  # tags have no width; Kivy knows them when it breaks the lines
        else:
            self.text = wrap(self.says, measure, self.width - 1, lines)
        super()._write(seconds)
        if self.grows:
            self.height = self.texture_size[1]

    def _bottom(self, high: float) -> float:
        return float(self.y + self.height - high) if self.at_top else super()._bottom(high)


class Icon(Letters):
    """One icon, by its name in the theme, in a square as large as its letter."""

    name = StringProperty("neutral")

    def looks(self) -> dict[str, object]:
        """Look as most icons do."""
        return {
            "font_size": skin.size.body,
            "color": skin.look.ink,
            "size_hint": (None, None),
        }

    def apply_class_lang_rules(self, *args: Any, **kwargs: Any) -> None:
        """Find the icon of a name, and have room for it."""
        super().apply_class_lang_rules(*args, **kwargs)
        self.fbind("name", self._find)
        self.fbind("font_size", self._fit)
        self._find()
        self._fit()

    def _find(self, *_: object) -> None:
        self.text = ICONS[self.name]

    def _fit(self, *_: object) -> None:
        self.size = self.font_size, self.font_size
