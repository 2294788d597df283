"""The panels to pick a day, a time, or a kind of item from: each is made once."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from kiosk.screens.overlays.clock import ClockOverlay
from kiosk.screens.overlays.days import DatePicker
from kiosk.screens.overlays.kinds import KindPicker
from kiosk.screens.widgets import calendar, load_kv
from kiosk.screens.widgets.calendar import Calendar, Days

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import date

    from kiosk.screens.panels import Panels
    from kiosk.view.state import LoanKind


class Picking:
    """`panels` opens and closes them."""

    def __init__(self, panels: Panels) -> None:
        self._panels = panels

    calendar = cached_property(lambda _: Calendar())
    days = cached_property(
        lambda self: DatePicker(self.calendar, closed=self._panels.close, help=self._panels.help)
    )
    clock = cached_property(
        lambda self: ClockOverlay(self.calendar, closed=self._panels.close, help=self._panels.help)
    )
    kinds = cached_property(
        lambda self: KindPicker(
            self._panels.at_desk, closed=self._panels.close, help=self._panels.help
        )
    )

    def day(self, title: str, hint: str, days: Days) -> None:
        """Open the calendar."""
        self.days.show(title, hint, days)
        self._panels.open(self.days)

    def time(self, now: str, send: Callable[[str], None]) -> None:
        """Open the clock; `send("time:…")` gets what is chosen."""
        self.clock.show(now, send)
        self._panels.open(self.clock)

    def kind(self, kinds: tuple[LoanKind, ...]) -> None:
        """Ask what kind of item comes next."""
        self.kinds.show(kinds)
        self._panels.open(self.kinds)

    def make_ready(
        self, today: date, kinds: tuple[LoanKind, ...], size: Sequence[float]
    ) -> Iterator[None]:
        """Make the calendar, a part at each step, and draw it where nobody sees it; and kinds."""
        load_kv(calendar.__file__)
        yield
        month = self.calendar
        yield
        yield from month.make_ready()
        picker = self.days
        yield
        if picker.parent is None:
            picker.size = size
            days = Days(low=today, high=today, today=today, chosen=today, choose=lambda _day: None)
            picker.show("", "", days)
        if kinds:
            yield from self.kinds.make_ready(kinds)
