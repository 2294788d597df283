"""A month of days to choose one from."""

from __future__ import annotations

import calendar
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from kivy.properties import BooleanProperty, ColorProperty, ObjectProperty, StringProperty
from kivy.uix.behaviors import ButtonBehavior
from kivy.uix.boxlayout import BoxLayout

from kiosk.screens.skin import skin
from kiosk.screens.widgets import load_kv
from kiosk.screens.widgets.basics import Caption, Surface
from kiosk.screens.widgets.texts import Text

if TYPE_CHECKING:
    from collections.abc import Iterator

DAYS, WEEKS = 7, 6
"""Room for every month: the arrows stay where they are while somebody turns the pages."""
MANY_YEARS = timedelta(days=4 * 366)


@dataclass(frozen=True, slots=True)
class Days:
    """The days from `low` to `high`; `choose(date)` is called with the one that was touched.

    It opens at `month`, or where `chosen` is.
    """

    low: date
    high: date
    choose: Callable[[date], None]
    today: date
    chosen: date = date.min
    month: date | None = None


class DayButton(ButtonBehavior, Surface, Text):
    """One day. Out of range it is grey and cannot be pressed; of no month, it is not seen."""

    day = ObjectProperty(date.min)
    open = BooleanProperty(defaultvalue=False)
    chosen = BooleanProperty(defaultvalue=False)
    today = BooleanProperty(defaultvalue=False)
    ink = ColorProperty()

    @property
    def can_press(self) -> bool:
        """Whether it is in range."""
        return bool(self.open)


class Calendar(BoxLayout):
    """A month of days to choose from. Where there are many years, there are steps of a year, too.

    Its buttons are made once: to make them takes longer than a touch may.
    """

    title = StringProperty()
    can_back = BooleanProperty(defaultvalue=True)
    can_forward = BooleanProperty(defaultvalue=True)
    by_years = BooleanProperty(defaultvalue=False)

    def __init__(self, **kwargs: Any) -> None:
        load_kv(__file__)
        super().__init__(**kwargs)
        self._days: Days | None = None
        self._month = date.min
        self._buttons: list[DayButton] = []
        for weekday in self._weekdays():
            says = skin.tell(f"screen.weekday.{weekday}")
            self.ids.grid.add_widget(Caption(says=says, halign="center"))

    def make_ready(self) -> Iterator[None]:
        """Make the days, a week at each step."""
        while len(self._buttons) < WEEKS * DAYS:
            for _ in range(DAYS):
                button = DayButton(on_release=self._press)
                self._buttons.append(button)
                self.ids.grid.add_widget(button)
            yield

    def show(self, days: Days) -> None:
        """Offer these days."""
        for _ in self.make_ready():
            pass
        self._days = days
        self._month = days.month or days.chosen.replace(day=1)
        self.by_years = days.high - days.low > MANY_YEARS
        self._draw(days)

    def turn(self, step: int) -> None:
        """Turn so many pages forward, or back where it is negative."""
        days = self._days
        if days is None:
            return
        months = self._month.year * 12 + self._month.month - 1 + step
        month = date(months // 12, months % 12 + 1, 1)
        self._month = min(max(month, days.low.replace(day=1)), days.high.replace(day=1))
        self._draw(days)

    def _draw(self, days: Days) -> None:
        month, length = self._month, _length(self._month)
        name = skin.tell(f"screen.month.{month.month}")
        self.title = skin.tell("screen.month_year", month=name, year=month.year)
        self.can_back = days.low < month
        self.can_forward = month.replace(day=length) < days.high
        before = (month.isoweekday() - self._weekdays()[0]) % DAYS
        for number, button in enumerate(self._buttons, 1 - before):
            if 0 < number <= length:
                _name(button, month.replace(day=number), days)
            else:
                button.opacity, button.open = 0, False

    def _press(self, button: DayButton) -> None:
        if self._days and button.open:
            self._days.choose(button.day)

    def _weekdays(self) -> list[int]:
        first = int(skin.tell("screen.first_weekday"))
        return [(first - 1 + offset) % DAYS + 1 for offset in range(DAYS)]


def _name(button: DayButton, day: date, days: Days) -> None:
    button.day = day
    button.says = str(day.day)
    button.open = days.low <= day <= days.high
    button.chosen = day == days.chosen
    button.today = day == days.today
    button.opacity = 1


def _length(month: date) -> int:
    return calendar.monthrange(month.year, month.month)[1]
