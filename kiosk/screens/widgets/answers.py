"""The two answers to a question, beside the page that says what is asked."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from kivy.clock import Clock

from kiosk.screens.overlays.question import TOO_SOON
from kiosk.screens.skin import skin
from kiosk.screens.widgets import primary_last
from kiosk.screens.widgets.basics import BigButton

if TYPE_CHECKING:
    from collections.abc import Callable

    from kiosk.view.state import Question


ICONS = {"override.yes": "override", "override.no": "check"}
"""The icons of answers, by the keys of their words."""


class Answers:
    """The buttons yes and no. `press("yes" | "no")` is called."""

    def __init__(self, press: Callable[[str], None]) -> None:
        self._press = press
        self._since = 0.0
        self._asked: Question | None = None

    yes = cached_property(lambda self: BigButton(on_release=lambda _: self._press("yes")))
    no = cached_property(lambda self: BigButton(on_release=lambda _: self._press("no")))

    def to(self, question: Question) -> list[BigButton]:
        """Give the buttons for a question; the one that most people press stands below."""
        if question != self._asked:
            self._asked, self._since = question, Clock.get_time()
        rather_no = question.rather == "no"
        self.yes.says, self.no.says = skin.words(question.yes), skin.words(question.no)
        self.yes.primary, self.no.primary = not rather_no, rather_no
        self.yes.icon, self.no.icon = (ICONS.get(x.key, "") for x in (question.yes, question.no))
        return primary_last([self.no, self.yes])

    def press_primary(self) -> None:
        """Say what is expected; not at once: a scanner may send two ends of a line."""
        if self._asked and Clock.get_time() - self._since >= TOO_SOON:
            self._press(self._asked.rather)
