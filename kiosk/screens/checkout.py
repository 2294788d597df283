"""The check-out screen: a card, then the items, then Done."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from kivy.properties import BooleanProperty, ObjectProperty, StringProperty
from kivy.uix.behaviors import ButtonBehavior
from kivy.uix.boxlayout import BoxLayout

from kiosk.screens import present
from kiosk.screens.skin import skin
from kiosk.screens.widgets import arrange, load_kv
from kiosk.screens.widgets.answer import AnswerCard, AnswerPanel
from kiosk.screens.widgets.basics import BigButton, Card, Choice
from kiosk.screens.widgets.lines import LineList
from kiosk.screens.widgets.prompt import Prompt

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kivy.input import MotionEvent
    from kivy.uix.widget import Widget

    from kiosk.view.state import AppState, Due, LastVisit

IN_A_ROW = 3


class PatronCard(ButtonBehavior, Card):
    """Who is at the desk. Pressed, it gives the whole of the library's advice."""

    name = StringProperty()
    number = StringProperty()
    missing = StringProperty()
    note = StringProperty()

    def on_touch_down(self, touch: MotionEvent) -> bool:
        """Be pressed only where there is more to read."""
        return bool(self.note) and bool(super().on_touch_down(touch))

    def show(self, state: AppState) -> None:
        """Draw the patron; say why there is no name."""
        patron = state.patron
        if patron is None:
            return
        self.number = present.card_number(patron.card_ending)
        self.name = patron.name
        offline = state.library.state in ("offline", "none")
        self.missing = skin.tell("screen.patron.no_name") if offline and not patron.name else ""
        self.note = skin.words(patron.note) if patron.note else ""


class DueCard(Card):
    """The due date for this patron, and the others to choose from."""

    day = StringProperty()
    send = ObjectProperty(lambda _command: None)
    open_calendar = ObjectProperty(lambda: None)

    def __init__(self, **kwargs: Any) -> None:
        self._shown: Due | None = None
        super().__init__(**kwargs)

    def show(self, due: Due) -> None:
        """Draw the loan lengths, three in a row; the calendar takes what is left of the last."""
        self.day = present.day(skin.words, due.day)
        if due == self._shown:
            return
        self._shown = due
        rows = self.ids.rows
        rows.clear_widgets()
        choices: list[Widget] = [self._preset(p.days, p.day == due.day) for p in due.presets]
        other = all(preset.day != due.day for preset in due.presets)
        choices.append(
            Choice(icon="calendar", chosen=other, on_release=lambda _: self.open_calendar())
        )
        for start in range(0, len(choices), IN_A_ROW):
            rows.add_widget(_row_of(choices[start : start + IN_A_ROW]))

    def _preset(self, days: int, chosen: bool) -> Choice:
        return Choice(
            says=skin.tell("screen.due.days", days=days),
            chosen=chosen,
            on_release=lambda _: self.send(f"due:{days}"),
        )


def _row_of(choices: list[Widget]) -> BoxLayout:
    row = BoxLayout(spacing=skin.size.small, size_hint_y=None, height=skin.size.chip)
    spare = IN_A_ROW - len(choices)
    for choice in choices:
        row.add_widget(choice)
    if spare:
        # Wider by a gap for each place it takes over, so that the columns stay in line.
        last = choices[-1]
        last.size_hint_x = None
        row.bind(width=lambda _row, width: setattr(last, "width", _span(width, spare + 1)))
    return row


def _span(width: float, places: int) -> float:
    gap = skin.size.small
    one = (width - (IN_A_ROW - 1) * gap) / IN_A_ROW
    return float(places * one + (places - 1) * gap)


class FactCard(Card):
    """A label, a fact, and a word about it."""

    label = StringProperty()
    fact = StringProperty()
    about = StringProperty()


class CheckoutScreen(BoxLayout):
    """It calls `send(command)`, `open_calendar`, `open_pad`, `open_row(title, text)`.

    A part is made, and drawn, only when it is on show: the first picture needs few of them.
    """

    send = ObjectProperty(lambda _command: None)
    open_calendar = ObjectProperty(lambda: None)
    open_pad = ObjectProperty(lambda: None)
    open_row = ObjectProperty(lambda _title, _note: None)
    closing = BooleanProperty(defaultvalue=False)

    answer = cached_property(lambda _: AnswerCard())
    panel = cached_property(lambda _: AnswerPanel())
    prompt = cached_property(lambda _: Prompt(icon="card"))
    lines = cached_property(lambda self: LineList(open_pad=self.open_pad, open_row=self.open_row))
    patron = cached_property(
        lambda self: PatronCard(
            on_release=lambda card: self.open_row(card.name or card.number, card.note)
        )
    )
    due = cached_property(lambda self: DueCard(send=self.send, open_calendar=self.open_calendar))
    last_visit = cached_property(lambda _: FactCard())
    default_due = cached_property(lambda _: FactCard())
    reprint = cached_property(lambda self: self._button("printer", "reprint"))
    type = cached_property(
        lambda self: BigButton(icon="keyboard", on_release=lambda _: self.open_pad())
    )
    undo = cached_property(lambda self: self._button("undo", "undo"))
    no_slip = cached_property(lambda self: self._button("no_slip", "done-noslip"))
    pair = cached_property(lambda _: BoxLayout(size_hint_y=None))
    done = cached_property(lambda self: self._button("printer", "done", primary=True))

    def make_ready(self, state: AppState) -> Iterator[None]:
        """Make what the next visit will show, a part at each step, so that no scan waits for it."""
        for part in ("lines", "answer", "patron", "done", "undo", "no_slip"):
            getattr(self, part)
            yield
        if "due" not in vars(self):  # a visit that came meanwhile knows better
            self.due.show(state.due)

    def show(self, state: AppState) -> None:
        """Draw what concerns check-out."""
        self.closing = state.closing
        if state.patron or state.lines:
            self._show_visit(state)
        else:
            self._show_idle(state)

    def show_lines(self, state: AppState) -> None:
        """Draw the history; also that it is over, lest the next one begins with it."""
        if state.lines or "lines" in vars(self):
            self.lines.show(state.lines)

    def _show_visit(self, state: AppState) -> None:
        self.lines.hint = skin.tell("screen.lines.none")
        if state.answer:
            self.answer.show(state.answer)
        arrange(self.ids.left, [self.answer if state.answer else None, self.lines])
        if state.patron:
            self.patron.show(state)
        self.due.show(state.due)
        arrange(self.ids.cards, [self.patron if state.patron else None, self.due])
        self._show_ending(state)
        arrange(self.ids.buttons, [self.pair if state.items else None, self.done])

    def _show_ending(self, state: AppState) -> None:
        slip = has_printer(state) and state.items > 0
        self.done.icon = "printer" if slip else "check"
        self.done.says = done_words(state)
        if not state.items:
            return
        self.undo.says = skin.tell("screen.undo")
        self.no_slip.says = skin.tell("screen.no_slip")
        self.pair.spacing = skin.size.small + skin.size.tight / 2
        self.pair.height = self.undo.height
        arrange(self.pair, [self.undo, self.no_slip if slip else None])

    def _show_idle(self, state: AppState) -> None:
        answer = state.answer
        grave = answer is not None and answer.tone in ("not_taken", "look")
        self.prompt.headline = skin.tell("screen.idle.headline")
        self.prompt.detail = skin.tell("screen.idle.detail")
        if answer:
            (self.panel if grave else self.answer).show(answer)
        if grave:
            arrange(self.ids.left, [self.panel])
        else:
            arrange(self.ids.left, [self.answer if answer else None, self.prompt])
        last = state.last_visit
        if last:
            self._show_last(last)
        self._show_default_due(state.due)
        self.type.says = skin.tell("screen.type")
        arrange(self.ids.cards, [self.last_visit if last else None, self.default_due])
        can_reprint = last is not None and has_printer(state)
        if can_reprint:
            self.reprint.says = skin.tell("screen.reprint")
        arrange(self.ids.buttons, [self.reprint if can_reprint else None, self.type])

    def _show_last(self, last: LastVisit) -> None:
        self.last_visit.label = skin.tell("screen.last.label", at=last.at)
        self.last_visit.fact = skin.tell("screen.items", count=last.items)
        self.last_visit.about = skin.tell("screen.last.card", ending=last.card_ending)

    def _show_default_due(self, due: Due) -> None:
        self.default_due.label = skin.tell("screen.due.default")
        self.default_due.fact = present.day(skin.words, due.default_day)
        self.default_due.about = skin.tell("screen.due.length", count=due.default_days)

    def _button(self, icon: str, command: str, *, primary: bool = False) -> BigButton:
        return BigButton(icon=icon, primary=primary, on_release=lambda _: self._press(command))

    def _press(self, command: str) -> None:
        # A second touch on Done while the desk is closing the visit means nothing.
        if not self.closing:
            self.send(command)


def has_printer(state: AppState) -> bool:
    """Say whether a slip can be printed at all."""
    return any(device.kind == "printer" for device in state.devices)


def done_words(state: AppState) -> str:
    """Write the primary button."""
    if state.closing:
        return str(skin.tell("screen.closing"))
    if not state.items:
        return str(skin.tell("screen.done_empty"))
    return str(skin.tell("screen.done", count=state.items))


load_kv(__file__)
