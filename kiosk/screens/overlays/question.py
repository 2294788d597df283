"""A question that only staff can decide."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kivy.clock import Clock
from kivy.properties import BooleanProperty, ObjectProperty, StringProperty

from kiosk.screens.overlays.overlay import Overlay
from kiosk.screens.skin import skin
from kiosk.screens.widgets import arrange, load_kv, primary_last

if TYPE_CHECKING:
    from kiosk.view.state import Question

TOO_SOON = 0.3
"""Seconds for which Enter does not answer a question that came up: a scanner may send two."""


class QuestionDialog(Overlay):
    """Something only staff can decide. `answer("yes" | "no")` is called.

    `rather_no`: no is what most people press next, and what Enter means.
    """

    headline = StringProperty()
    detail = StringProperty()
    yes = StringProperty()
    no = StringProperty()
    rather_no = BooleanProperty(defaultvalue=False)
    answer = ObjectProperty(lambda _command: None)

    def __init__(self, **kwargs: Any) -> None:
        load_kv(__file__)
        super().__init__(**{"helps": "question", **kwargs})
        self._since = 0.0

    def show(self, question: Question) -> None:
        """Draw a question."""
        self._since = Clock.get_time()
        self.headline = skin.words(question.headline)
        self.detail = skin.words(question.detail)
        self.yes = skin.words(question.yes)
        self.no = skin.words(question.no)
        self.rather_no = question.rather == "no"
        arrange(self.ids.answers, primary_last([self.ids.no, self.ids.yes]))

    @property
    def topic(self) -> tuple[str, str]:
        """What is asked: the answers to another question read alike."""
        return self.headline, self.detail

    def press_primary(self) -> None:
        """Say what is expected."""
        if Clock.get_time() - self._since >= TOO_SOON:
            self.answer("no" if self.rather_no else "yes")

    def dismiss(self) -> None:
        """Say nothing: only Escape and the button say no."""

    def refuse(self) -> None:
        """Say no."""
        self.answer("no")
