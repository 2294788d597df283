"""What is worn at the moment: theme, sizes, language. The `.kv` files read it.

Widgets put it on when they are made, and do not watch it: a thousand bindings for something that
changes once in a blue moon would cost more than making the window's widgets anew.
"""

from __future__ import annotations

from kivy.core.text import LabelBase
from kivy.metrics import Metrics

from kiosk.desk.words import say
from kiosk.screens import theme
from kiosk.words import Words


class Skin:
    """The theme (`look`), the sizes in pixels (`size`) and the words in use."""

    def __init__(self) -> None:
        self.look = theme.LIGHT
        self.size = theme.NORMAL
        self.words = Words()

    def tell(self, key: str, **args: str | int) -> str:
        """Give the sentence of a key with its parameters: `tell("screen.done", count=3)`."""
        return self.words(say(key, **args))

    def wear(self, name: str) -> None:
        """Put on a theme by its name."""
        self.look = theme.THEMES[name]

    def fit(self, width: float, height: float) -> bool:
        """Choose the sizes for a window of so many pixels. Say whether they are other ones."""
        density = Metrics.density
        before = self.size
        self.size = theme.scaled(theme.sizes_for(width / density, height / density), density)
        return self.size != before

    def speak(self, language: str) -> None:
        """Change the language."""
        self.words = Words(language)


def _register_fonts() -> None:
    for name, file in theme.FONT_FILES.items():
        LabelBase.register(name, str(theme.FONTS / file))
    LabelBase.register(
        "Body",
        str(theme.FONTS / theme.FONT_FILES["Regular"]),
        fn_bold=str(theme.FONTS / theme.FONT_FILES["Bold"]),
    )


_register_fonts()
skin = Skin()
