"""The keyboard's focus: Tab walks over all that can be pressed, Enter and space press it.

Nothing is in focus before the first Tab, for at a desk Enter belongs to the scanner and to the one
button that most people press next. What is touched or typed takes the focus away again.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from kivy.graphics import Color, InstructionGroup, SmoothLine
from kivy.metrics import dp
from kivy.uix.behaviors import ButtonBehavior
from kivy.uix.recycleboxlayout import RecycleBoxLayout
from kivy.uix.recycleview import RecycleView
from kivy.uix.scrollview import ScrollView

from kiosk.screens.skin import skin

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from kivy.uix.widget import Widget

RING, HEM = 3, 1.5
"""How thick the ring is, and the line on each side that sets it off, in dp."""


class Focus:
    """What the next Enter presses, among the widgets of `layer()`, and the ring around it."""

    def __init__(self, layer: Callable[[], Widget]) -> None:
        self.on: Widget | None = None
        self._layer = layer
        self._walked: Widget | None = None
        self._place = 0
        self._ring = InstructionGroup()
        self._release: Callable[[], None] = _nothing

    def move(self, step: int) -> None:
        """Go on to the next (1) or back to the one before (-1), round and round."""
        layer = self._layer()
        stops = list(pressable(layer))
        if layer is not self._walked:
            self.clear()
            self._walked = layer
        if stops:
            self._put(stops, self._next(stops, step) % len(stops))

    def _next(self, stops: list[Widget], step: int) -> int:
        if self.on in stops:
            return stops.index(self.on) + step
        if self.on is None:
            return 0 if step > 0 else -1
        return min(self._place, len(stops) - 1)  # drawn anew meanwhile: about where it was

    def press(self) -> bool:
        """Press what is in focus; say whether anything was."""
        if self.on is None or self.on not in pressable(self._layer()):
            return False
        self.on.trigger_action(0)
        return True

    def clear(self, *_: Any) -> None:
        """Take the focus away."""
        if self.on is None:
            return
        self.on.canvas.after.remove(self._ring)
        for name in ("pos", "size"):
            self.on.funbind(name, self._draw)
        self._release()
        self._release = _nothing
        self.on = None

    def _put(self, stops: list[Widget], place: int) -> None:
        self.clear()
        self.on, self._place = stops[place], place
        widget = self.on
        widget.canvas.after.add(self._ring)
        for name in ("pos", "size"):
            widget.fbind(name, self._draw)
        self._draw()
        for view in _around(widget):
            _scroll_to(view, widget)
            if isinstance(view, RecycleView):
                # With other rows in the list, this widget may stand for another one.
                view.fbind("data", self.clear)
                self._release = partial(view.funbind, "data", self.clear)

    def _draw(self, *_: Any) -> None:
        """Draw it just inside the edge, where no list that scrolls can cut it off."""
        shape: Any = getattr(self.on, "body", self.on)
        radius = getattr(shape, "radius", 0) or min(skin.size.chip_radius, shape.height / 2)
        self._ring.clear()
        inset = 0.0
        ring, hem = (skin.look.ring, dp(RING)), (skin.look.ring_hem, dp(HEM))
        for colour, thick in (hem, ring, hem):
            middle = inset + thick / 2
            self._ring.add(Color(rgba=colour))
            self._ring.add(
                SmoothLine(
                    rounded_rectangle=(
                        *(shape.x + middle, shape.y + middle),
                        *(shape.width - 2 * middle, shape.height - 2 * middle),
                        max(radius - middle, 1),
                    ),
                    width=thick / 2,
                )
            )
            inset += thick


def _nothing() -> None: ...


def pressable(widget: Widget) -> Iterator[Widget]:
    """Give all that can be pressed, in the order in which it is read.

    Layouts are filled from the top left to the bottom right, so that is the order of the widgets;
    but rows that are used again stand in any order.
    """
    if widget.opacity == 0 or widget.disabled or widget.width <= 0 or widget.height <= 0:
        return
    if isinstance(widget, ButtonBehavior):
        if getattr(widget, "can_press", True):
            yield widget
        return
    children = reversed(widget.children)
    if isinstance(widget, RecycleBoxLayout):
        children = sorted(widget.children, key=lambda child: -child.y)
    for child in children:
        yield from pressable(child)


def _scroll_to(view: ScrollView, widget: Widget) -> None:
    """Bring a widget into view, and a little of what comes next."""
    low, lowest = (each.to_window(*each.pos)[1] for each in (widget, view))
    below = lowest - low + skin.size.edge
    above = low + widget.height - lowest - view.height + skin.size.edge
    away = -below if below > 0 else max(0, above)
    view.scroll_y = min(1, max(0, view.scroll_y + view.convert_distance_to_scroll(0, away)[1]))


def _around(widget: Widget) -> Iterator[ScrollView]:
    """Give what must scroll to bring a widget into view."""
    while widget.parent and widget.parent is not widget:
        widget = widget.parent
        if isinstance(widget, ScrollView):
            yield widget
