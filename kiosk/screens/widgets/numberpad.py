"""Digits to type a number with."""

from __future__ import annotations

from typing import Any

from kivy.properties import BooleanProperty, ColorProperty, ObjectProperty, StringProperty
from kivy.uix.behaviors import ButtonBehavior
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.gridlayout import GridLayout

from kiosk.screens.skin import skin
from kiosk.screens.widgets import load_kv
from kiosk.screens.widgets.basics import Surface
from kiosk.screens.widgets.texts import Letters

PAD, PHONE = 1.1, 1.4
"""How wide the digits are, beside what is typed with them: keys as wide as a thumb wants them."""


class Key(ButtonBehavior, Surface, Letters):
    """One key: a character or a word, or an icon. It acts when it is touched, not when let go."""

    says = StringProperty()
    icon = StringProperty()
    dark = BooleanProperty(defaultvalue=False)
    """It does something else than writing a character."""
    lit = BooleanProperty(defaultvalue=False)
    large = BooleanProperty(defaultvalue=False)
    """It has more room than a key of the letters."""
    ink = ColorProperty()
    repeats = True
    hinting = "light"
    can_press = False
    """Tab passes it by: who has a keyboard needs none on the screen."""

    def __init__(self, **kwargs: Any) -> None:
        load_kv(__file__)
        super().__init__(**kwargs)


class DigitKeys(GridLayout):
    """The digits, a key that clears and one that rubs out.

    `put(digit)`, `rub_out()` and `clear()` are called.
    """

    put = ObjectProperty(lambda _digit: None)
    rub_out = ObjectProperty(lambda: None)
    clear = ObjectProperty(lambda: None)

    def __init__(self, **kwargs: Any) -> None:
        load_kv(__file__)
        width = 3 * skin.size.key * 1.25 + 2 * skin.size.between
        super().__init__(**{"size_hint_x": None, "width": width} | kwargs)
        for digit in "789456123":
            self.add_widget(self._digit(digit))
        clear = skin.tell("screen.pad.clear")
        self.add_widget(Key(says=clear, dark=True, on_press=lambda _: self.clear()))
        self.add_widget(self._digit("0"))
        self.add_widget(Key(icon="backspace", dark=True, on_press=lambda _: self.rub_out()))

    def _digit(self, digit: str) -> Key:
        return Key(says=digit, large=True, on_press=lambda _: self.put(digit))


class PhoneKeys(GridLayout):
    """The digits, and what stands between those of a phone number.

    `put(character)` and `rub_out()` are called.
    """

    put = ObjectProperty(lambda _character: None)
    rub_out = ObjectProperty(lambda: None)

    def __init__(self, **kwargs: Any) -> None:
        load_kv(__file__)
        width = 4 * skin.size.key * 0.95 + 3 * skin.size.between
        super().__init__(**{"size_hint_x": None, "width": width} | kwargs)
        for sign in "789\b456+123-(0) ":
            self.add_widget(self._rubs_out() if sign == "\b" else self._writes(sign))

    def _rubs_out(self) -> Key:
        return Key(icon="backspace", dark=True, on_press=lambda _: self.rub_out())

    def _writes(self, sign: str) -> Key:
        icon = "blank" if sign == " " else ""
        return Key(says=sign, icon=icon, large=True, on_press=lambda _: self.put(sign))


class NumberPad(BoxLayout):
    """What is typed, and the keys. Each key is told to its listener; the pad keeps nothing.

    `keys` are the digits; `enter()`, `letters()`, `close()` and `help()` are called.
    """

    typed = StringProperty()
    title = StringProperty()
    hint = StringProperty()
    enter = ObjectProperty(lambda: None)
    letters = ObjectProperty(lambda: None)
    close = ObjectProperty(lambda: None)
    help = ObjectProperty(lambda: None)

    def __init__(self, keys: DigitKeys, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.add_widget(keys)
