"""What is worn at the moment: theme, sizes, language. The `.kv` files read it.

Widgets put it on when they are made, and do not watch it: a thousand bindings for something that
changes once in a blue moon would cost more than making the window's widgets anew.
"""

from __future__ import annotations

import re
from typing import Any

from kivy.core.text import LabelBase
from kivy.metrics import Metrics

from kiosk.desk.words import Phrase, say
from kiosk.screens import theme
from kiosk.words import Words

BLANK = "\xa0"
"""A blank at which no line is broken."""


class ScreenWords(Words):
    """The words of the screen.

    A sentence that names commands to be typed has another one, under `touch.` and its key, that
    names what to press. Lines are broken where a reader would break them: never within a date or a
    number, nor before the dot that parts one thing from the next.
    """

    def __call__(self, phrase: Phrase) -> str:
        """Write a phrase out."""
        text = super().__call__(phrase).replace(" · ", f"{BLANK}· ")
        return _IN_A_NUMBER.sub(BLANK, text)

    def sentence(self, phrase: Phrase) -> str:
        """Give the sentence of a phrase: that of the screen, where it has one."""
        touch = Phrase(f"touch.{phrase.key}", phrase.args)
        return super().sentence(touch) or super().sentence(phrase)

    def _written(self, value: Any, kind: str) -> str:
        if kind == "moment":
            return f"{self._written(value, 'date')}, {self._written(value, 'time')}"
        text = super()._written(value, kind)
        return text.replace(" ", BLANK) if kind in ("day", "date") else text


_IN_A_NUMBER = re.compile(r"(?<=\d) (?=\d)")


class Skin:
    """The theme (`look`), the sizes in pixels (`size`) and the words in use."""

    def __init__(self) -> None:
        self.look = theme.LIGHT
        self.size = theme.NORMAL
        self.words: Words = ScreenWords()

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
        self.words = ScreenWords(language)


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
