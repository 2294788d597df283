"""Beside what is filled in: the fields so far, and what more there is to know."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kivy.clock import Clock

from kiosk.desk.words import say
from kiosk.screens.skin import skin
from kiosk.screens.widgets import arrange
from kiosk.screens.widgets.basics import Card
from kiosk.screens.widgets.filling import Steps
from kiosk.screens.widgets.texts import Text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from kivy.uix.widget import Widget

    from kiosk.desk.words import Phrase
    from kiosk.view.state import AppState, Asking


class Progress:
    """Fills `cards`, which scroll in `pane`. `ask(number)` is called to go back to a field."""

    def __init__(self, cards: Widget, pane: Widget, ask: Callable[[int], None]) -> None:
        self._cards, self._pane = cards, pane
        self._steps = Steps(ask=ask)
        self._story = Card(spacing=skin.size.small)
        self._at = 0
        self._see = Clock.create_trigger(lambda _: self._bring_into_sight())
        for widget in (cards, pane):
            widget.bind(height=self._see)

    def make_ready(self, fields: int) -> Iterator[None]:
        """Make so many fields before they are wanted."""
        yield from self._steps.make_ready(fields)

    def show(self, form: Asking, story: list[Phrase], *, summary: bool) -> None:
        """Draw the fields, unless a summary shows them; and the story, if there is any."""
        several = len(form.fields) > 1 and not summary
        self._at = form.at
        self._see()
        if several:
            self._steps.show(form)
        if story:
            arrange(self._story, [Text(says=skin.words(x), color=skin.look.muted) for x in story])
        arrange(self._cards, [self._steps if several else None, self._story if story else None])

    def _bring_into_sight(self) -> None:
        """Show the field that is asked, and the one before it where there is room."""
        steps, pane = self._steps.children[::-1], self._pane
        hidden = self._cards.height - pane.height
        pane.scroll_y = 1
        if self._at < len(steps) and self._steps.parent and hidden > 0:
            asked, before = steps[self._at], steps[max(self._at - 1, 0)]
            first = before if pane.height > 3 * asked.height else asked
            pane.scroll_y = max(1 - (self._steps.top - first.top) / hidden, 0)


def story(state: AppState, form: Asking, *, summary: bool) -> list[Phrase]:
    """Tell what more there is to know: about the form, why the desk is locked, whom to ask."""
    support = state.support
    if summary:
        ask = [say("duty.support", text=support.who)] if support.who else []
        return [say("screen.form.summary_how"), *ask]
    if form.kind in ("login", "unlock") and state.locked is not None:
        return [state.locked, *([support.line] if support.line is not None else [])]
    return [form.detail] if form.detail is not None else []
