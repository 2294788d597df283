"""A day and a time to choose."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any

from kivy.properties import ObjectProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout

from kiosk.desk.dates.clocks import FIRST_YEAR, LAST_YEAR
from kiosk.screens.overlays.overlay import Overlay
from kiosk.screens.skin import skin
from kiosk.screens.widgets import arrange, load_kv
from kiosk.screens.widgets.calendar import Calendar, Days

if TYPE_CHECKING:
    from collections.abc import Callable

FIRST_DAY, LAST_DAY = date(FIRST_YEAR, 1, 1), date(LAST_YEAR, 12, 31)
"""Between these the clock can be set."""


class Stepper(BoxLayout):
    """A number between two buttons. `step(-1)` or `step(1)` is called."""

    says = StringProperty()
    step = ObjectProperty(lambda _by: None)


class ClockOverlay(Overlay):
    """A day, chosen from `calendar`, and a time. It is made once, and used for all."""

    stays = True
    title = StringProperty()

    def __init__(self, calendar: Calendar, **kwargs: Any) -> None:
        load_kv(__file__)
        super().__init__(helps="clock", **kwargs)
        self._calendar = calendar
        self._chosen = datetime.combine(FIRST_DAY, time())
        self._send: Callable[[str], None] = lambda _command: None
        self.hours = Stepper(step=lambda by: self._step(hours=by))
        self.minutes = Stepper(step=lambda by: self._step(minutes=by))
        self.ids.steppers.add_widget(self.hours)
        self.ids.steppers.add_widget(self.minutes)

    def show(self, now: str, send: Callable[[str], None]) -> None:
        """Begin with a time; `send("time:2026-11-22T14:05")` is called with the one chosen."""
        self._chosen = datetime.fromisoformat(now).replace(tzinfo=None)
        self._send = send
        self._draw()
        self._draw_days()
        arrange(self.ids.slot, [self._calendar])

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
        self._calendar.show(
            Days(low=FIRST_DAY, high=LAST_DAY, chosen=day, today=day, choose=self._choose_day)
        )
