"""What lies over the screens: a question, the date picker, the number pad, help, a story."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from kivy.clock import Clock
from kivy.properties import BooleanProperty, ObjectProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.floatlayout import FloatLayout

from kiosk.desk.dates.clocks import FIRST_YEAR, LAST_YEAR
from kiosk.screens import present
from kiosk.screens.skin import skin
from kiosk.screens.widgets import arrange, load_kv
from kiosk.screens.widgets.basics import Caption
from kiosk.screens.widgets.calendar import Calendar
from kiosk.screens.widgets.numberpad import NumberPad

if TYPE_CHECKING:
    from collections.abc import Callable

    from kivy.input import MotionEvent

    from kiosk.screens.typing_line import TypedLine
    from kiosk.view.state import AppState, Question, Support

FARTHEST_DUE = timedelta(days=3 * 366)
OLDEST_RETURN = timedelta(days=366)
FIRST_DAY, LAST_DAY = date(FIRST_YEAR, 1, 1), date(LAST_YEAR, 12, 31)
"""Between these the clock can be set."""

TOO_SOON = 0.3
"""Seconds for which a question that came up by itself takes no answer.

A finger on its way to another button, or the second Enter of a scanner that sends two, must not
answer what nobody has read.
"""


class Overlay(FloatLayout):
    """A panel in the middle, over a dimmed screen that cannot be touched.

    `closed()` is called when it has been dismissed.
    """

    closed = ObjectProperty(lambda: None)

    def __init__(self, **kwargs: Any) -> None:
        load_kv(__file__)
        super().__init__(**kwargs)

    def on_touch_down(self, touch: MotionEvent) -> bool:
        """Keep every touch; one beside the panel closes."""
        if not super().on_touch_down(touch) and not self._on_panel(touch):
            self.dismiss()
        return True

    def press_primary(self) -> None:
        """Do what Enter does."""
        self.dismiss()

    def dismiss(self) -> None:
        """Do what Escape does."""
        self.closed()

    def _on_panel(self, touch: MotionEvent) -> bool:
        return any(child.collide_point(*touch.pos) for child in self.children)


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
        super().__init__(**kwargs)
        self._since = 0.0

    def show(self, question: Question) -> None:
        """Draw a question."""
        self._since = Clock.get_time()
        self.headline = skin.words(question.headline)
        self.detail = skin.words(question.detail)
        self.yes = skin.words(question.yes)
        self.no = skin.words(question.no)

    def on_touch_down(self, touch: MotionEvent) -> bool:
        """Take no touch too soon, and none beside the buttons."""
        return self._too_soon() or bool(super().on_touch_down(touch))

    def press_primary(self) -> None:
        """Say what is expected."""
        if not self._too_soon():
            self.answer("no" if self.rather_no else "yes")

    def dismiss(self) -> None:
        """Say nothing: only Escape and the button say no."""

    def refuse(self) -> None:
        """Say no."""
        self.answer("no")

    def _too_soon(self) -> bool:
        return bool(Clock.get_time() - self._since < TOO_SOON)


class Story(Overlay):
    """A headline and a text to read, and a button to close."""

    headline = StringProperty()
    text = StringProperty()


class DatePicker(Overlay):
    """A calendar with a title and what the choice means."""

    title = StringProperty()
    hint = StringProperty()

    def __init__(self, calendar: Calendar, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.ids.slot.add_widget(calendar)


class Stepper(BoxLayout):
    """A number between two buttons. `step(-1)` or `step(1)` is called."""

    says = StringProperty()
    step = ObjectProperty(lambda _by: None)


class ClockOverlay(Overlay):
    """A day and a time to choose. `send("time:2026-11-22T14:05")` is called with the choice."""

    title = StringProperty()

    def __init__(self, now: str, send: Callable[[str], None], **kwargs: Any) -> None:
        self._chosen = datetime.fromisoformat(now).replace(tzinfo=None)
        self._send = send
        super().__init__(**kwargs)
        self.hours = Stepper(step=lambda by: self._step(hours=by))
        self.minutes = Stepper(step=lambda by: self._step(minutes=by))
        self.ids.steppers.add_widget(self.hours)
        self.ids.steppers.add_widget(self.minutes)
        self._draw()
        self._draw_days()

    def press_primary(self) -> None:
        """Take what is chosen for the time."""
        self._send(f"time:{self._chosen:%Y-%m-%dT%H:%M}")

    def _step(self, hours: int = 0, minutes: int = 0) -> None:
        """Turn the hours or the minutes, each in its own circle: the day is chosen apart."""
        now = self._chosen
        self._chosen = now.replace(hour=(now.hour + hours) % 24, minute=(now.minute + minutes) % 60)
        self._draw()

    def _choose_day(self, day: date) -> None:
        self._chosen = datetime.combine(day, self._chosen.time())
        self._draw()
        self._draw_days()

    def _draw(self) -> None:
        chosen = self._chosen
        self.title = skin.tell("screen.time.chosen", at=chosen.isoformat())
        self.hours.says = skin.tell("screen.time.hours", value=f"{chosen.hour:02}")
        self.minutes.says = skin.tell("screen.time.minutes", value=f"{chosen.minute:02}")

    def _draw_days(self) -> None:
        day = self._chosen.date()
        self.ids.slot.clear_widgets()
        self.ids.slot.add_widget(
            Calendar(low=FIRST_DAY, high=LAST_DAY, chosen=day, today=day, choose=self._choose_day)
        )


class PadOverlay(Overlay):
    """The number pad. It and the keyboard write the same line; `on_line(text)` gets it."""

    def __init__(
        self,
        line: TypedLine,
        on_line: Callable[[str], None],
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self._line = line
        self._on_line = on_line
        self.pad = NumberPad(
            title=skin.tell("screen.type"),
            hint=skin.tell("screen.pad.hint"),
            put=self._put,
            rub_out=self._rub_out,
            clear=self._clear,
            enter=self.press_primary,
        )
        self.ids.slot.add_widget(self.pad)
        self.refresh()

    def refresh(self) -> None:
        """Draw what has been typed."""
        self.pad.typed = self._line.text

    def press_primary(self) -> None:
        """Hand over what has been typed, if anything has."""
        text = self._line.take()
        if text:
            self.closed()
            self._on_line(text)

    def dismiss(self) -> None:
        """Forget what has been typed."""
        self._line.clear()
        super().dismiss()

    def _put(self, digit: str) -> None:
        self._line.put(digit)
        self.refresh()

    def _rub_out(self) -> None:
        self._line.rub_out()
        self.refresh()

    def _clear(self) -> None:
        self._line.clear()
        self.refresh()


class HelpPoint(BoxLayout):
    """One thing to know, behind its icon."""

    icon = StringProperty("neutral")
    tone = StringProperty("neutral")
    says = StringProperty()


class HelpOverlay(Overlay):
    """What to do, what the four answers mean, and whom to ask."""

    support = StringProperty()

    def __init__(self, support: Support, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.support = present.support_line(skin.words, support)
        arrange(self.ids.todo, [self._head("screen.help.todo"), *map(_point, _TO_DO)])
        arrange(self.ids.signs, [self._head("screen.help.signs"), *map(_point, _SIGNS)])

    @staticmethod
    def _head(key: str) -> Caption:
        return Caption(says=skin.tell(key))


_TO_DO = (
    ("card", "neutral", "screen.help.scan"),
    ("printer", "neutral", "screen.help.done"),
    ("keyboard", "neutral", "screen.help.type"),
)
_SIGNS = (
    ("confirmed", "confirmed", "screen.help.confirmed"),
    ("recorded", "recorded", "screen.help.recorded"),
    ("look", "look", "screen.help.look"),
    ("not_taken", "not_taken", "screen.help.not_taken"),
)


def _point(point: tuple[str, str, str]) -> HelpPoint:
    icon, tone, key = point
    return HelpPoint(icon=icon, tone=tone, says=skin.tell(key))


def due_picker(state: AppState, choose: Callable[[str], None]) -> DatePicker:
    """Make the calendar for another due date: no day before today."""
    today = date.fromisoformat(state.returned.today)
    return DatePicker(
        Calendar(
            low=today,
            high=today + FARTHEST_DUE,
            chosen=date.fromisoformat(state.due.day[:10]),
            today=today,
            choose=lambda day: choose(f"due:{day.isoformat()}"),
        ),
        title=skin.tell("screen.due.title"),
        hint=skin.tell("screen.due.hint"),
    )


def bookdrop_picker(state: AppState, choose: Callable[[str], None]) -> DatePicker:
    """Make the calendar for the day of return: no day to come."""
    today = date.fromisoformat(state.returned.today)

    def chosen(day: date) -> None:
        choose("bookdrop:today" if day == today else f"bookdrop:{day.isoformat()}")

    return DatePicker(
        Calendar(
            low=today - OLDEST_RETURN,
            high=today,
            chosen=date.fromisoformat(state.returned.day[:10]),
            today=today,
            choose=chosen,
        ),
        title=skin.tell("screen.bookdrop.title"),
        hint=skin.tell("screen.bookdrop.hint"),
    )
