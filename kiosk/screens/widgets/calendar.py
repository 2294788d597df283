"""A month of days to choose one from."""

from __future__ import annotations

import calendar
from datetime import date
from typing import Any

from kivy.properties import BooleanProperty, ColorProperty, ObjectProperty, StringProperty
from kivy.uix.behaviors import ButtonBehavior
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.widget import Widget

from kiosk.screens.skin import skin
from kiosk.screens.widgets import load_kv
from kiosk.screens.widgets.basics import Caption, Surface, Text

DAYS = 7


class DayButton(ButtonBehavior, Surface, Text):
    """One day. Out of range it is grey and cannot be pressed."""

    day = ObjectProperty(date.min)
    open = BooleanProperty(defaultvalue=True)
    chosen = BooleanProperty(defaultvalue=False)
    today = BooleanProperty(defaultvalue=False)
    ink = ColorProperty()


class Calendar(BoxLayout):
    """Days from `low` to `high`, `chosen` among them. `choose(date)` is called with the choice."""

    low = ObjectProperty(date.min)
    high = ObjectProperty(date.max)
    chosen = ObjectProperty(date.min)
    today = ObjectProperty(date.min)
    month = ObjectProperty(date.min)
    title = StringProperty()
    can_back = BooleanProperty(defaultvalue=True)
    can_forward = BooleanProperty(defaultvalue=True)
    choose = ObjectProperty(lambda _day: None)

    def __init__(self, **kwargs: Any) -> None:
        load_kv(__file__)
        super().__init__(**kwargs)
        self.month = self.chosen.replace(day=1)
        self._draw()

    def turn(self, step: int) -> None:
        """Turn one page forward (1) or back (-1)."""
        months = self.month.year * 12 + self.month.month - 1 + step
        self.month = date(months // 12, months % 12 + 1, 1)
        self._draw()

    def _draw(self) -> None:
        name = skin.tell(f"screen.month.{self.month.month}")
        self.title = skin.tell("screen.month_year", month=name, year=self.month.year)
        self.can_back = self.low < self.month
        self.can_forward = _last_day(self.month) < self.high
        grid = self.ids.grid
        grid.clear_widgets()
        first = int(skin.tell("screen.first_weekday"))
        for offset in range(DAYS):
            weekday = (first - 1 + offset) % DAYS + 1
            grid.add_widget(Caption(says=skin.tell(f"screen.weekday.{weekday}"), halign="center"))
        for _ in range((self.month.isoweekday() - first) % DAYS):
            grid.add_widget(Widget(size_hint=(1, None), height=skin.size.day))
        for number in range(1, _last_day(self.month).day + 1):
            grid.add_widget(self._button(self.month.replace(day=number)))

    def _button(self, day: date) -> DayButton:
        return DayButton(
            says=str(day.day),
            day=day,
            open=self.low <= day <= self.high,
            chosen=day == self.chosen,
            today=day == self.today,
            on_release=lambda button: self.choose(button.day) if button.open else None,
        )


def _last_day(month: date) -> date:
    return month.replace(day=calendar.monthrange(month.year, month.month)[1])
