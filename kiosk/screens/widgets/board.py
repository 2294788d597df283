"""Letters to type with, made for touch: the keys of a language, its accents, digits and signs.

A page is a tuple of rows, a row a string: each character is a key. Rows are laid out in units of a
key; the keys that do something else share what is left of theirs.
"""

from __future__ import annotations

from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING, Any

from kivy.metrics import dp
from kivy.properties import BooleanProperty, ObjectProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.widget import Widget

from kiosk.screens.skin import skin
from kiosk.screens.widgets import arrange, load_kv, numberpad
from kiosk.screens.widgets.numberpad import Key

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

LETTERS: dict[str, tuple[str, str, str]] = {
    "en": ("qwertyuiop", "asdfghjkl", "zxcvbnm"),
    "es": ("qwertyuiop", "asdfghjklñ", "zxcvbnm"),
    "fr": ("azertyuiop", "qsdfghjklm", "wxcvbn'"),
    "de": ("qwertzuiopü", "asdfghjklöä", "yxcvbnmß"),
}
"""The letters where those who write a language look for them."""

ACCENTS = ("áàâäãåæçéèêë", "íìîïñóòôöõøœ", "úùûüýÿß")
MORE_ACCENTS = ("ąăćčďđęěğıłń", "ňőřśšşșťțůűź", "žżāēīū")
"""Every other letter that a name is likely to have: of the west, and of the east of Europe."""
SIGNS = ("1234567890", "@#&-_+()/%", "'\":;,.!?*=")
DIGITS = "1234567890"
OF_ADDRESS = {"@": 2.5, ".": 2, "-": 1.5, "_": 1}
"""What stands where the space does in other texts, and how wide."""


class Board(BoxLayout):
    """The keys. `put(character)`, `rub_out()` and `enter()` are called.

    `enter_says`: what the key that ends the line says. `shift`: "" for small letters, "once" for a
    capital, "caps" for all of them. `page`: "letters", "accents", "more" of these, or "signs".
    `address`: it is one for mail, in which there are no spaces.

    Every page has the same keys, with other characters: keys are dear.
    """

    put = ObjectProperty(lambda _character: None)
    rub_out = ObjectProperty(lambda: None)
    enter = ObjectProperty(lambda: None)
    enter_says = StringProperty()
    shift = StringProperty()
    page = StringProperty("letters")
    address = BooleanProperty(defaultvalue=False)

    def __init__(self, **kwargs: Any) -> None:
        load_kv(numberpad.__file__)  # the key that ends the line is laid out after the others
        load_kv(__file__)
        self._keys: list[Key] = []
        self._written: list[tuple[Key, str]] = []
        """The keys of the page, each with its character."""
        self._rows: list[Row] = []
        super().__init__(**kwargs)
        self.fbind("page", self._turn)
        self.fbind("address", self._turn)
        self.fbind("shift", self._spell)
        self.fbind("enter_says", self._name_end)

    end = cached_property(lambda self: EnterKey(size_hint_x=2.5, on_release=lambda _: self.enter()))
    space = cached_property(
        lambda self: Key(says=SPACE, size_hint_x=4, on_press=lambda _: self.write(" "))
    )
    signs = cached_property(lambda self: [self._make_key(sign) for sign in ",.-"])
    of_address = cached_property(
        lambda self: [self._make_key(sign, width) for sign, width in OF_ADDRESS.items()]
    )
    backspace = cached_property(
        lambda self: Key(icon="backspace", dark=True, on_press=lambda _: self.rub_out())
    )
    shifts = cached_property(lambda self: Key(dark=True, on_press=lambda _: self.turn_shift()))
    pages = cached_property(lambda self: (self._make_page_key(0), self._make_page_key(1)))

    def begin(self, *, shift: str = "", address: bool = False) -> None:
        """Make ready for another text."""
        self.page, self.address = "letters", address
        self.shift = shift
        if not self._rows:
            self._turn()

    def make_ready(self) -> Iterator[None]:
        """Make the keys, a few at each step."""
        count = sum(map(len, _rows("letters", skin.words.language)))
        while len(self._keys) < count:
            self._key(len(self._keys))
            yield
        for part in ("end", "space", "signs", "backspace", "shifts", "pages"):
            getattr(self, part)
            yield
        self._turn()

    def turn_shift(self) -> None:
        """Go over from small letters to a capital, to capitals, and back."""
        self.shift = {"": "once", "once": "caps", "caps": ""}[self.shift]

    def write(self, character: str) -> None:
        """Write what a key says."""
        self.has_written()
        self.put(character)

    def has_written(self) -> None:
        """Go back to small letters, here or on a keyboard: a capital is for one letter alone."""
        if self.shift == "once":
            self.shift = ""

    def _turn(self, *_: object) -> None:
        """Lay out the page."""
        rows, letters = _rows(self.page, skin.words.language), self.page == "letters"
        units = max(*map(len, rows), len(rows[-1]) + (2 if letters else 1))
        self._written = [(self._key(at), sign) for at, sign in enumerate("".join(rows))]
        keys = iter(key for key, _ in self._written)
        while len(self._rows) <= len(rows):
            self._rows.append(Row(spacing=skin.size.between))
        for row, signs in zip(self._rows, rows[:-1], strict=False):
            beside = (units - len(signs)) / 2  # the keys of all rows are of one width
            row.show(beside, islice(keys, len(signs)), beside)
        self.backspace.size_hint_x = max((units - len(rows[-1])) / 2, 1)
        left = self.shifts.size_hint_x = units - len(rows[-1]) - self.backspace.size_hint_x
        first = [self.shifts] if letters else []
        self._rows[len(rows) - 1].show(0 if letters else left, [*first, *keys, self.backspace])
        between = self.of_address if self.address else [self.space, *self.signs]
        self._rows[len(rows)].show(0, [*self.pages, *between, self.end])
        arrange(self, self._rows[: len(rows) + 1])
        for key, page in zip(self.pages, _BESIDE[self.page], strict=True):
            key.says = _PAGE_KEYS[page]
        self._spell()
        self._name_end()

    def _spell(self, *_: object) -> None:
        """Write the characters on the keys as they would come out."""
        for key, character in self._written:
            key.says = _capital(character) if self.shift else character
        self.shifts.icon = "shifted" if self.shift == "caps" else "shift"
        self.shifts.lit = bool(self.shift)

    def _name_end(self, *_: object) -> None:
        self.end.says = self.enter_says

    def _key(self, at: int) -> Key:
        while len(self._keys) <= at:
            self._keys.append(self._make_key())
        return self._keys[at]

    def _make_key(self, says: str = "", width: float = 1) -> Key:
        return Key(says=says, size_hint_x=width, on_press=lambda key: self.write(key.says))

    def _make_page_key(self, at: int) -> Key:
        def turn(_key: Key) -> None:
            self.page = _BESIDE[self.page][at]

        return Key(dark=True, size_hint_x=1.5, on_press=turn)


class Row(BoxLayout):
    """Keys beside each other, with room at both ends, in units of a key."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(size_hint_y=None, height=skin.size.board_key, **kwargs)
        self._left, self._right = Widget(), Widget()

    def show(self, left: float, keys: Iterable[Widget], right: float = 0) -> None:
        """Let these be what is in it."""
        self._left.size_hint_x, self._right.size_hint_x = left, right
        arrange(self, [self._left if left else None, *keys, self._right if right else None])


class EnterKey(Key):
    """The key that ends the line."""

    repeats = False


def _capital(character: str) -> str:
    """Give a letter's capital, where it has one of its own."""
    capital = character.upper()
    return capital if len(capital) == 1 else character


def _rows(page: str, language: str) -> tuple[str, ...]:
    if page != "letters":
        return _PAGES[page]
    rows = LETTERS.get(language, LETTERS["en"])
    return rows if skin.size.rail < dp(NARROW) else (DIGITS, *rows)


NARROW = 90
"""Where the rail is no wider, in dp, there is no room for a row of digits above the letters."""
SPACE = "\N{NO-BREAK SPACE}"
_PAGES = {"accents": ACCENTS, "more": MORE_ACCENTS, "signs": SIGNS}
_PAGE_KEYS = {"letters": "ABC", "accents": "áñü", "more": "łšž", "signs": "12#"}
_BESIDE = {
    "letters": ("signs", "accents"),
    "accents": ("letters", "more"),
    "more": ("letters", "accents"),
    "signs": ("letters", "accents"),
}
"""The pages that each page leads to."""
