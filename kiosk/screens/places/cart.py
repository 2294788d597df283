"""The cart: item after item, and of each one huge word that says where it goes."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from kivy.properties import NumericProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout

from kiosk.screens.inforce import InForce
from kiosk.screens.screen import Screen
from kiosk.screens.skin import skin
from kiosk.screens.widgets import arrange, load_kv
from kiosk.screens.widgets.basics import FactCard, Toned
from kiosk.screens.widgets.prompt import Prompt

if TYPE_CHECKING:
    from kiosk.screens.screen import Part
    from kiosk.view.state import Answer, AppState

WORDS = {f"cart.{word}": word for word in ("shelve", "hold", "transit", "ask", "wait")}
"""The keys of the words that say where an item goes, and the icon of each."""

EMPTY = "cart.empty"

SHORT = 12
"""A word of so many letters fits in one line, however large."""


class WordPanel(Toned, BoxLayout):
    """Where the last item goes, to be read from across the room; or what else there is to say."""

    icon = StringProperty("neutral")
    headline = StringProperty()
    detail = StringProperty()
    number = StringProperty()
    huge = NumericProperty(1)
    """How much larger than usual the word is."""

    def show(self, answer: Answer) -> None:
        """Draw an answer: the word of one item is larger than anything else."""
        self.tone = answer.tone
        word = WORDS.get(answer.headline.key)
        self.icon = "list_empty" if answer.headline.key == EMPTY else word or answer.tone
        self.headline = skin.words(answer.headline)
        self.huge = 1 if word is None else 1.9 if len(self.headline) <= SHORT else 1.4
        self.detail = skin.words(answer.detail) if answer.detail else ""
        self.number = answer.item if word else ""


class CartScreen(Screen):
    """The desk, sorting returns that were held back."""

    panel = cached_property(lambda _: WordPanel())
    prompt = cached_property(lambda _: Prompt(icon="cart"))
    in_force = cached_property(lambda self: InForce(self.acts))
    left = cached_property(lambda _: FactCard())
    what = cached_property(lambda self: self.sends("today", "screen.cart.list", "cart"))
    clear = cached_property(lambda self: self.sends("clear", "screen.cart.clear", "cart:clear"))
    type = cached_property(lambda self: self.button("keyboard", "screen.type", self.acts.open_pad))
    done = cached_property(
        lambda self: self.sends("check", "screen.done_empty", "done", primary=True)
    )

    def __init__(self, **kwargs: Any) -> None:
        load_kv(__file__)
        super().__init__(**kwargs)

    def parts(self) -> tuple[Part, ...]:
        """Draw the count apart from the word: it changes also when the library answers."""
        return (
            (("answer", "paper", "library"), self._show_word),
            (("returns",), self._show_left),
        )

    def _show_word(self, state: AppState) -> None:
        self.prompt.headline = skin.tell("screen.cart.headline")
        self.prompt.detail = skin.tell("screen.cart.detail")
        if state.answer:
            self.panel.show(state.answer)
        strips = self.in_force.strips(state, idle=True)
        arrange(self.ids.left, [self.panel if state.answer else self.prompt, *strips])

    def _show_left(self, state: AppState) -> None:
        left, waiting = state.returns.cart, state.returns.waiting
        self.left.label = skin.tell("screen.cart.left")
        self.left.fact = skin.tell("screen.items", count=left) if left else skin.tell(EMPTY)
        self.left.about = skin.tell("screen.cart.waiting", count=waiting) if waiting else ""
        arrange(self.ids.cards, [self.left])
        left_over = left > waiting
        buttons = [self.what if left else None, self.clear if left_over else None]
        arrange(self.ids.buttons, [*buttons, self.type, self.done])
