"""The check-in screen: item after item, today or as of a book-drop day."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kivy.properties import BooleanProperty, ObjectProperty
from kivy.uix.boxlayout import BoxLayout

from kiosk.screens import present
from kiosk.screens.checkout import FactCard, done_words
from kiosk.screens.skin import skin
from kiosk.screens.widgets import arrange, load_kv
from kiosk.screens.widgets.answer import AnswerCard, BookdropStrip
from kiosk.screens.widgets.basics import BigButton, Card, Choice
from kiosk.screens.widgets.lines import LineList
from kiosk.screens.widgets.prompt import Prompt

if TYPE_CHECKING:
    from kivy.uix.widget import Widget

    from kiosk.view.state import AppState, Returned


class ReturnedCard(Card):
    """The day on which items count as returned."""

    send = ObjectProperty(lambda _command: None)
    open_calendar = ObjectProperty(lambda: None)

    def show(self, returned: Returned) -> None:
        """Draw today, yesterday, and the calendar; it holds the day if it is another one."""
        another = returned.day not in (returned.today, returned.yesterday)
        choices = (
            Choice(
                says=skin.tell("screen.today"),
                chosen=not returned.bookdrop,
                on_release=lambda _: self.send("bookdrop:today"),
            ),
            Choice(
                says=present.short_day(skin.words, returned.yesterday),
                chosen=returned.day == returned.yesterday,
                on_release=lambda _: self.send(f"bookdrop:{returned.yesterday}"),
            ),
            Choice(
                icon="" if another else "calendar",
                says=present.short_day(skin.words, returned.day) if another else "",
                chosen=another,
                on_release=lambda _: self.open_calendar(),
            ),
        )
        self.ids.row.clear_widgets()
        for choice in choices:
            self.ids.row.add_widget(choice)


class CheckinScreen(BoxLayout):
    """It calls `send(command)`, `open_calendar`, `open_pad`, `open_row(title, text)`."""

    send = ObjectProperty(lambda _command: None)
    open_calendar = ObjectProperty(lambda: None)
    open_pad = ObjectProperty(lambda: None)
    open_row = ObjectProperty(lambda _title, _note: None)
    closing = BooleanProperty(defaultvalue=False)

    def __init__(self, **kwargs: Any) -> None:
        load_kv(__file__)
        super().__init__(**kwargs)
        self.answer = AnswerCard()
        self.strip = BookdropStrip()
        self.prompt = Prompt(icon="checkin")
        self.lines = LineList(open_pad=self.open_pad, open_row=self.open_row)
        self.returned = ReturnedCard(send=self.send, open_calendar=self.open_calendar)
        self.batch = FactCard()
        self.type = BigButton(icon="keyboard", on_release=lambda _: self.open_pad())
        self.undo = BigButton(icon="undo", on_release=lambda _: self._press("undo"))
        self.done = BigButton(icon="check", primary=True, on_release=lambda _: self._press("done"))

    def show(self, state: AppState) -> None:
        """Draw what concerns check-in."""
        self.closing = state.closing
        self._show_batch(state)
        begun = bool(state.lines)
        self.prompt.headline = skin.tell("screen.returns.headline")
        self.prompt.detail = skin.tell("screen.returns.detail")
        arrange(
            self.ids.left,
            [
                *self._answers(state),
                self.lines if begun else self.prompt,
            ],
        )
        arrange(self.ids.cards, [self.returned, self.batch if begun else None])
        arrange(
            self.ids.buttons,
            [self.undo if state.items else None, self.done if begun else self.type],
        )

    def show_lines(self, state: AppState) -> None:
        """Draw the history."""
        self.lines.show(state.lines)

    def show_returned(self, state: AppState) -> None:
        """Draw the days of return."""
        self.returned.show(state.returned)

    def _answers(self, state: AppState) -> list[Widget]:
        """Give the answer, and what reminds of the book drop: large where it is all there is."""
        if state.answer:
            self.answer.show(state.answer)
        if not state.returned.bookdrop:
            return [self.answer] if state.answer else []
        self.strip.headline = skin.tell("screen.bookdrop.headline", day=state.returned.day)
        self.strip.detail = skin.tell("screen.bookdrop.detail")
        # The answer to setting the day says the same, and once is enough.
        alone = state.answer is None or self.answer.headline == self.strip.headline
        self.strip.slim = not alone
        return [self.strip] if alone else [self.answer, self.strip]

    def _show_batch(self, state: AppState) -> None:
        self.batch.label = skin.tell("screen.batch")
        self.batch.fact = skin.tell("screen.items", count=state.items)
        self.batch.about = skin.tell("screen.keep_off") if state.keep_off_shelves else ""
        self.undo.says = skin.tell("screen.undo_last")
        self.done.says = done_words(state) if state.closing else skin.tell("screen.done_empty")
        self.type.says = skin.tell("screen.type")

    def _press(self, command: str) -> None:
        if not self.closing:
            self.send(command)
