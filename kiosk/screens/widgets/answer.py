"""The card at the top left: always the answer to the last scan."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kivy.properties import BooleanProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout

from kiosk.screens.skin import skin
from kiosk.screens.widgets import load_kv
from kiosk.screens.widgets.basics import Toned

if TYPE_CHECKING:
    from kiosk.view.state import Answer


class AnswerCard(Toned, BoxLayout):
    """What happened, what it means, and the one large fact. Grows only when words need it."""

    headline = StringProperty()
    detail = StringProperty()
    aside = StringProperty()
    aside_label = StringProperty()
    mono = BooleanProperty(defaultvalue=False)

    def show(self, answer: Answer) -> None:
        """Draw an answer."""
        _fill(self, answer)
        self.aside = skin.words(answer.aside) if answer.aside else ""
        self.aside_label = skin.words(answer.aside_label) if answer.aside_label else ""


class AnswerPanel(Toned, BoxLayout):
    """The same over the whole left side, for when nothing else may be looked at."""

    headline = StringProperty()
    detail = StringProperty()
    mono = BooleanProperty(defaultvalue=False)

    def show(self, answer: Answer) -> None:
        """Draw an answer."""
        _fill(self, answer)


def _fill(card: AnswerCard | AnswerPanel, answer: Answer) -> None:
    card.tone = answer.tone
    card.mono = answer.mono
    card.headline = skin.words(answer.headline)
    card.detail = skin.words(answer.detail) if answer.detail else ""


load_kv(__file__)
