"""The dashed panel that says what to scan first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kivy.clock import Clock
from kivy.graphics import Color, Line, Rectangle
from kivy.metrics import dp
from kivy.properties import StringProperty
from kivy.uix.floatlayout import FloatLayout

from kiosk.screens.skin import skin
from kiosk.screens.widgets import load_kv
from kiosk.screens.widgets.basics import Surface

if TYPE_CHECKING:
    from collections.abc import Iterator

DASH, GAP, THICK = 8, 6, 2
"""Of the border, in dp. Kivy dashes only lines of one pixel, so they are drawn one by one."""


class Prompt(Surface, FloatLayout):
    """An icon, a headline and a word about it, in the middle of a dashed border."""

    icon = StringProperty("card")
    headline = StringProperty()
    detail = StringProperty()

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        redraw = Clock.create_trigger(self._draw_border, -1)
        self.bind(pos=redraw, size=redraw)

    def _draw_border(self, *_: object) -> None:
        canvas = self.canvas.after
        canvas.clear()
        r, thick = self.radius, dp(THICK)
        with canvas:
            Color(rgba=skin.look.line)
            for x in _dashes(self.x + r, self.right - r):
                Rectangle(pos=(x, self.y), size=(dp(DASH), thick))
                Rectangle(pos=(x, self.top - thick), size=(dp(DASH), thick))
            for y in _dashes(self.y + r, self.top - r):
                Rectangle(pos=(self.x, y), size=(thick, dp(DASH)))
                Rectangle(pos=(self.right - thick, y), size=(thick, dp(DASH)))
            for x, y, start in (
                (self.right - r, self.top - r, 0),
                (self.right - r, self.y + r, 90),
                (self.x + r, self.y + r, 180),
                (self.x + r, self.top - r, 270),
            ):
                for angle in (start + 12, start + 52):
                    arc = (x, y, r - thick / 2, angle, angle + 28)
                    Line(circle=arc, width=thick / 2 + 0.01, cap="none")


def _dashes(start: float, end: float) -> Iterator[float]:
    """Give where dashes begin, so spread that both ends look the same."""
    dash, gap = dp(DASH), dp(GAP)
    count = max(int((end - start + gap) // (dash + gap)), 1)
    step = (end - start - dash) / max(count - 1, 1)
    for i in range(count):
        yield round(start + i * step)


load_kv(__file__)
