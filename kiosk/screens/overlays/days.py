"""Calendars: a day to choose for what is lent, taken back, typed, or looked at."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from kivy.properties import StringProperty

from kiosk.screens.overlays.overlay import Overlay
from kiosk.screens.skin import skin
from kiosk.screens.widgets import arrange, load_kv
from kiosk.screens.widgets.calendar import Calendar, Days

if TYPE_CHECKING:
    from kiosk.screens.screen import Acts
    from kiosk.view.state import AppState, FormField

FARTHEST_DUE = timedelta(days=3 * 366)
OLDEST_RETURN = timedelta(days=366)
OLDEST_LIST = timedelta(days=366)


class DatePicker(Overlay):
    """A calendar with a title and what the choice means. It is made once, and used for all."""

    title = StringProperty()
    hint = StringProperty()

    def __init__(self, calendar: Calendar, **kwargs: Any) -> None:
        load_kv(__file__)
        super().__init__(helps="calendar", **kwargs)
        self._calendar = calendar

    def show(self, title: str, hint: str, days: Days) -> None:
        """Offer these days."""
        self.title, self.hint = title, hint
        self._calendar.show(days)
        arrange(self.ids.slot, [self._calendar])


def pick_due(state: AppState, acts: Acts) -> None:
    """Open the calendar for another due date: no day before today."""
    today = date.fromisoformat(state.returned.today)
    days = Days(
        low=today,
        high=today + FARTHEST_DUE,
        chosen=date.fromisoformat(state.due.day[:10]),
        today=today,
        choose=lambda day: _choose(acts, f"due:{day.isoformat()}"),
    )
    acts.pick_day(skin.tell("screen.due.title"), skin.tell("screen.due.hint"), days)


def pick_bookdrop(state: AppState, acts: Acts) -> None:
    """Open the calendar for the day of return: no day to come."""
    today = date.fromisoformat(state.returned.today)

    def chosen(day: date) -> None:
        _choose(acts, "bookdrop:today" if day == today else f"bookdrop:{day.isoformat()}")

    days = Days(
        low=today - OLDEST_RETURN,
        high=today,
        chosen=date.fromisoformat(state.returned.day[:10]),
        today=today,
        choose=chosen,
    )
    acts.pick_day(skin.tell("screen.bookdrop.title"), skin.tell("screen.bookdrop.hint"), days)


def pick_listed(state: AppState, acts: Acts) -> None:
    """Open the calendar for what was recorded on another day."""
    today = date.fromisoformat(state.returned.today)
    days = Days(
        low=today - OLDEST_LIST,
        high=today,
        chosen=today,
        today=today,
        choose=lambda day: _choose(acts, f"day:{day.isoformat()}"),
    )
    acts.pick_day(skin.tell("screen.list.day_title"), skin.tell("screen.list.day_hint"), days)


def pick_for_field(
    state: AppState, field: FormField, begun: list[str], title: str, acts: Acts
) -> None:
    """Open the calendar for a field of a form, where the typed year and month are."""
    today = date.fromisoformat(state.returned.today)
    low, high = date.fromisoformat(field.first), date.fromisoformat(field.last)

    def chosen(day: date) -> None:
        acts.close()
        acts.line.clear()
        acts.type_in(day.isoformat())

    stands = field.value or state.returned.today
    year, month, _ = (part or stand for part, stand in zip(begun, stands.split("-"), strict=True))
    try:
        opens = min(max(date(int(year), int(month), 1), low), high)
    except ValueError:
        opens = min(max(today, low), high)
    days = Days(
        low=low,
        high=high,
        chosen=date.fromisoformat(field.value) if field.value else date.min,
        month=opens.replace(day=1),
        today=today,
        choose=chosen,
    )
    acts.pick_day(title, skin.tell("screen.form.calendar_hint"), days)


def _choose(acts: Acts, command: str) -> None:
    acts.close()
    acts.press(command)
