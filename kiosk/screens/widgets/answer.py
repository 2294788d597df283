"""The card at the top left: always the answer to the last scan."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kivy.properties import BooleanProperty, ColorProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout

from kiosk.screens.skin import skin
from kiosk.screens.widgets import load_kv
from kiosk.screens.widgets.basics import Surface

if TYPE_CHECKING:
    from kiosk.view.state import Answer


class AnswerCard(Surface, BoxLayout):
    """What happened, what it means, and the one large fact. Grows only when words need it."""

    icon = StringProperty("neutral")
    ink = ColorProperty()
    headline = StringProperty()
    detail = StringProperty()
    aside = StringProperty()
    aside_label = StringProperty()
    mono = BooleanProperty(defaultvalue=False)
    neutral = BooleanProperty(defaultvalue=False)

    def show(self, answer: Answer) -> None:
        """Draw an answer."""
        _fill(self, answer)
        self.aside = skin.words(answer.aside) if answer.aside else ""
        self.aside_label = skin.words(answer.aside_label) if answer.aside_label else ""


class AnswerPanel(Surface, BoxLayout):
    """The same over the whole left side, for when nothing else may be looked at."""

    icon = StringProperty("not_taken")
    ink = ColorProperty()
    headline = StringProperty()
    detail = StringProperty()
    mono = BooleanProperty(defaultvalue=False)
    neutral = BooleanProperty(defaultvalue=False)

    def show(self, answer: Answer) -> None:
        """Draw an answer."""
        _fill(self, answer)


class BookdropStrip(Surface, BoxLayout):
    """A reminder that items count as returned on another day. `slim` is one line of it."""

    headline = StringProperty()
    detail = StringProperty()
    slim = BooleanProperty(defaultvalue=False)
    ink = ColorProperty()


def _fill(card: AnswerCard | AnswerPanel, answer: Answer) -> None:
    tint = skin.look.tint(answer.tone)
    card.icon = answer.tone
    card.ink = tint.ink
    card.ground = tint.ground
    card.neutral = answer.tone == "neutral"
    card.mono = answer.mono
    card.headline = skin.words(answer.headline)
    card.detail = skin.words(answer.detail) if answer.detail else ""


load_kv(__file__)
